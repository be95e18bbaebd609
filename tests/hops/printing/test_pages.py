"""The pages of prints: states and refs, two buttons for what is in doubt, and no buyer."""

from datetime import timedelta

import pytest

from desk import Desk
from orderveil.core.clocks import utc_now
from orderveil.core.devices import DeviceKind
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate import parcels
from orderveil.gate.asking import Caller
from orderveil.hops.printing import batches, jobs, reports
from orderveil.hops.printing.kinds import Kind, PrintForm
from orderveil.ledger.acts import Who
from scene import Scene, execute, rows


@pytest.fixture
def desk(floor):
    """People around the same scene, whose own partner packs and labels."""
    desk = Desk.make(floor.scene)
    desk.own.hops = [*desk.own.hops, Hop.LABEL.value]
    desk.own.save()
    return desk


class Packed:
    """A batch of slips that the house's printer was handed, and somebody who packs."""

    def __init__(self, desk, count=2):
        scene = desk.scene
        self.orders = scene.admit_many([scene.draft() for _ in range(count)], assign=True)
        for order in self.orders:
            scene.pack(order)
            parcels.assign(None, scene.brand.pk, order, 1, Hop.WMS, desk.own.pk, now=scene.now)
        self.printer, _ = desk.station(kind=DeviceKind.PRINTER)
        caller = Caller(scene.brand.pk, desk.own.pk, Hop.WMS)
        self.batch = batches.begin(
            *(caller, [(each, 1) for each in self.orders], Kind.SLIP, PrintForm.ZPL),
            now=scene.now,
            device_id=self.printer.pk,
        )
        self.handed = jobs.lease(self.printer, now=scene.now)
        self.client = desk.at_work(desk.person(Role.WAREHOUSE))

    def doubt(self, *positions):
        """The printer's agent can't tell of these."""
        told = {"who": Who(system="device:1"), "now": utc_now()}
        reports.report(self.batch, [], [], in_doubt=list(positions), **told)

    def post(self, what, **told):
        """What the page says after a button."""
        path = f"/floor/prints/{self.batch.batch_id}/{what}/"
        return self.client.post(path, told, follow=True)

    def states(self):
        return rows(
            "SELECT state FROM printing_sheet WHERE batch_id = %s ORDER BY position",
            [self.batch.batch_id],
        )


@pytest.fixture
def packed(desk):
    return Packed(desk)


def text(answer):
    return answer.content.decode()


def test_the_list_names_batches_and_no_buyer(packed):
    """What, how many, where it stands."""
    page = text(packed.client.get("/floor/prints/"))
    assert "Packing slip" in page
    assert "2 handed out" in page
    assert "Tarangini" not in page
    assert "Bengaluru" not in page


def test_a_persons_own_browser_sees_states(desk, packed):
    """No buyer is on it, so no device of the floor is asked for; buttons are another matter."""
    client = desk.client(desk.person(Role.WAREHOUSE))
    assert client.get("/floor/prints/").status_code == 200
    path = f"/floor/prints/{packed.batch.batch_id}/"
    assert client.get(path).status_code == 200
    assert client.post(path + "again/", {"position": 1, "reason": "lost"}).status_code == 403


def test_what_is_in_doubt_is_settled_by_a_button(packed):
    """Printed, with how they know; without it nothing changes."""
    packed.doubt(1)
    assert "In doubt" in text(packed.client.get(f"/floor/prints/{packed.batch.batch_id}/"))
    refused = packed.post("settle", **{"position": 1, "as": "printed"})
    assert refused.status_code == 422
    assert packed.states() == [("handed",), ("handed",)]
    done = packed.post("settle", **{"position": 1, "as": "printed", "seen": "in_hand"})
    assert "on record as printed" in text(done)
    assert packed.states() == [("printed",), ("handed",)]
    again = packed.post("settle", **{"position": 1, "as": "printed", "seen": "in_hand"})
    assert again.status_code == 409


def test_what_is_in_doubt_is_printed_again(packed):
    """As copy 2, in a batch of its own, on the same printer."""
    packed.doubt(2)
    done = packed.post("settle", **{"position": 2, "as": "again"})
    assert "printed again" in text(done)
    made = rows(
        "SELECT batch.reason, batch.device_id, sheet.copy_no FROM printing_batch AS batch"
        " JOIN printing_sheet AS sheet USING (batch_id) WHERE batch.batch_id <> %s",
        [packed.batch.batch_id],
    )
    assert made == [("in_doubt", packed.printer.pk, 2)]


def test_a_sheet_is_printed_again_with_a_reason(packed):
    """And without one it is not."""
    assert packed.post("again", position=1).status_code == 422
    assert packed.post("again", position=1, reason="because").status_code == 422
    assert "printed again" in text(packed.post("again", position=1, reason="damaged"))
    assert packed.post("again", position=7, reason="damaged").status_code == 404
    assert rows("SELECT count(*) FROM printing_batch WHERE reason = 'damaged'") == [(1,)]


def test_what_waits_is_called_off(desk):
    """The batch says so of each sheet, with what to do."""
    packed = Packed(desk, count=1)
    execute("UPDATE printing_sheet SET state = 'waiting', handed_at = NULL, job_id = NULL")
    done = packed.post("off")
    assert "called off" in text(done)
    assert "Ask for it again if it is needed." in text(done)
    assert packed.states() == [("refused",)]


def test_the_state_is_asked_for_again_by_itself(packed):
    """A fragment while something moves; the answer that ends the asking once nothing does."""
    path = f"/floor/prints/{packed.batch.batch_id}/"
    htmx = {"HTTP_HX_REQUEST": "true"}
    assert 'hx-trigger="every 5s"' in text(packed.client.get(path))
    part = packed.client.get(path, **htmx)
    assert part.status_code == 200
    assert "<html" not in text(part)
    reports.report(packed.batch, [1, 2], [], who=Who(system="device:1"), now=utc_now())
    assert packed.client.get(path, **htmx).status_code == 286


def test_a_large_batch_makes_no_endless_page(desk):
    """The first hundred in doubt are listed, and the page says so."""
    packed = Packed(desk, count=1)
    execute(
        "INSERT INTO printing_sheet (batch_id, position, kind, order_id, parcel_no, copy_no,"
        " state, handed_at, doubted_at) SELECT batch_id, place, kind, order_id, parcel_no, place,"
        " 'handed', handed_at, handed_at FROM printing_sheet, generate_series(2, 201) AS place"
    )
    page = text(packed.client.get(f"/floor/prints/{packed.batch.batch_id}/"))
    assert page.count('name="seen"') == 100
    assert "The first 100 are listed." in page
    assert "200 in doubt" in page


def test_another_partners_batch_is_not_there(desk, packed):
    """404 for people of another warehouse, and of another brand."""
    other = desk.scene.new_seat(Hop.WMS, "other-house").partner
    theirs = desk.person(Role.WAREHOUSE, "theirs", partner=other)
    client = desk.on_device(desk.client(theirs), other)
    path = f"/floor/prints/{packed.batch.batch_id}/"
    assert client.get(path).status_code == 404
    away = Desk.make(Scene.make("elsewhere", now=utc_now()))
    stranger = away.at_work(away.person(Role.WAREHOUSE))
    assert stranger.get(path).status_code == 404
    assert stranger.post(path + "off/").status_code == 404
    assert path not in text(stranger.get("/floor/prints/"))


def test_paper_and_ledger_stand_side_by_side(packed):
    """The day's counts, and whether they agree."""
    now = packed.batch.created_at
    reports.read_counter(packed.printer, 100, now=now)
    reports.report(packed.batch, [1, 2], [], who=Who(system="device:1"), now=now)
    reports.read_counter(packed.printer, 102, now=now + timedelta(seconds=1))
    page = text(packed.client.get("/floor/prints/"))
    assert "Paper and ledger" in page
    assert ">yes<" in page
    reports.read_counter(packed.printer, 109, now=now + timedelta(seconds=2))
    assert "no: look" in text(packed.client.get("/floor/prints/"))
