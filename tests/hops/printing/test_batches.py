"""Batches: one sheet a parcel, copies counted, reprints with a reason; reports; doubts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from orderveil.core.devices import DeviceKind
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.asking import Caller
from orderveil.hops.printing import (
    batches,
    counts,
    doubts,
    jobs,
    presses,
    progress,
    reports,
    sweeping,
)
from orderveil.hops.printing.kinds import DOUBT_AFTER, KEPT, Kind, PrintForm, ReprintReason, Seen
from orderveil.incidents import watching
from orderveil.ledger.acts import Who
from scene import execute, rows, together

DEVICE = Who(system="device:1")


def sheets(batch):
    """(state, copy) of each position."""
    return rows(
        "SELECT state, copy_no FROM printing_sheet WHERE batch_id = %s ORDER BY position",
        [batch.batch_id],
    )


def lease(floor):
    return jobs.lease(floor.printer, now=floor.scene.now)


def acts(kind):
    """How many acts of that kind there are."""
    return rows("SELECT count(*) FROM ledger_entry WHERE kind = %s", [kind])[0][0]


def printed(floor, orders):
    """A batch of these whose sheets are all reported as printed."""
    batch = floor.begin(orders)
    while (handed := lease(floor)) is not None:
        positions = [at for each in handed.documents for at in each.positions]
        reports.report(batch, positions, [], who=DEVICE, now=floor.scene.now)
    return batch


def test_what_was_printed_is_printed_again_with_a_reason_only(floor):
    """Without one it is refused by itself, the others are printed; with one it is copy 2."""
    orders = floor.parcels(2)
    first = printed(floor, orders[:1])
    refused = floor.begin(orders)
    assert {at: each.code for at, each in refused.refused.items()} == {1: "reprint_needs_reason"}
    assert f"batch {first.batch_id}" in refused.refused[1].detail
    assert sheets(refused) == [("refused", 2), ("waiting", 1)]
    again = floor.begin(orders[:1], reason=ReprintReason.DAMAGED)
    assert sheets(again) == [("waiting", 2)]
    assert batches.copies(Kind.LABEL, [(orders[0], 1)]) == {(orders[0], 1): (2, again.batch_id)}


def test_a_parcel_of_anothers_takes_no_copy(floor):
    """Who asks for what is not theirs is refused at once, and the rightful first print is first."""
    (order,) = floor.parcels(1)
    other = floor.scene.new_seat(Hop.LABEL, "other-labels")
    squatted = batches.begin(
        other.caller, [(order, None)], Kind.LABEL, PrintForm.ZPL, now=floor.scene.now
    )
    assert {at: each.code for at, each in squatted.refused.items()} == {1: "not_assigned"}
    assert floor.begin([order]).refused == {}
    assert lease(floor).documents[0].positions == (1,)


def test_a_slip_is_no_copy_of_a_label(floor):
    """Copies are counted by kind."""
    (order,) = floor.parcels(1)
    printed(floor, [order])
    slip = batches.begin(
        replace(floor.scene.seat(Hop.WMS).caller),
        *([(order, 1)], Kind.SLIP, PrintForm.ZPL),
        now=floor.scene.now,
    )
    assert sheets(slip) == [("waiting", 1)]


def test_what_waits_is_asked_for_once(floor):
    """Two who ask at once: one gets the sheet, the other is told of it."""
    orders = floor.parcels(5)
    made = together(*[lambda: floor.begin(orders)] * 4)
    waiting = [state for batch in made for state, _ in sheets(batch)]
    assert waiting.count("waiting") == 5
    assert waiting.count("refused") == 15


def test_copies_at_once_never_share_a_number(floor):
    """With a reason everybody gets a sheet, and each another number."""
    orders = floor.parcels(2)
    printed(floor, orders)
    ask = lambda: floor.begin(orders, reason=ReprintReason.LOST)  # noqa: E731
    made = [each for each in together(ask, ask) if not isinstance(each, Problem)]
    numbers = [copy for batch in made for _, copy in sheets(batch)]
    assert sorted(numbers) == sorted([2, 3] * 2 if len(made) == 2 else [2, 2])
    assert len(made) == 2


def test_a_parcel_stands_in_a_batch_once(floor):
    """The second time it is refused, the first is printed."""
    (order,) = floor.parcels(1)
    batch = floor.begin([order, order])
    assert batch.refused[2].code == "asked_twice"
    assert [state for state, _ in sheets(batch)] == ["waiting", "refused"]


@pytest.mark.parametrize(("count", "code"), [(0, "how_many_sheets"), (10_001, "how_many_sheets")])
def test_a_batch_has_its_size(floor, count, code):
    """1 to 10,000."""
    assert floor.begin([bytes(16)] * count).code == code


def test_only_what_can_be_drawn_is_asked_for(floor):
    """A kind without a press, a form it does not draw, a printer of other dots."""
    (order,) = floor.parcels(1)
    assert floor.begin([order], dpi=600).code == "no_such_dpi"
    presses.fill({})
    assert floor.begin([order]).code == "cannot_be_printed"


def test_a_printer_is_ones_own_and_stands(floor):
    """Another partner's, a station, one that is revoked or nowhere: the same answer."""
    other = floor.scene.new_seat(Hop.LABEL, "other-labels").partner
    theirs, _ = floor.device(floor.scene, other, DeviceKind.PRINTER)
    station, _ = floor.device(floor.scene, floor.partner, DeviceKind.STATION, "A-3")
    orders = floor.parcels(1)
    for device_id in (theirs.pk, station.pk, 9_999):
        assert floor.begin(orders, device_id=device_id).code == "no_such_printer"
    late = floor.scene.now + timedelta(days=91)
    assert floor.begin(orders, now=late).code == "no_such_printer"


def test_a_person_asks_on_the_floor_and_pays_at_asking(floor):
    """In a browser of their own they ask for nothing; on a station from their own budget."""
    from desk import Desk  # noqa: PLC0415 - Django is set up by now

    desk = Desk.make(floor.scene)
    packer = desk.actor(desk.person(Role.WAREHOUSE, partner=floor.partner, views_per_day=2))
    caller = Caller(packer.brand_id, floor.partner.pk, Hop.WMS, person=packer.person, actor=packer)
    orders = floor.parcels(3)
    asked = [(each, 1) for each in orders]
    settings = {"now": floor.scene.now, "device_id": floor.printer.pk}
    told = (Kind.LABEL, PrintForm.ZPL)
    assert batches.begin(caller, asked, *told, **settings).code == "device_needed"
    station, _ = floor.device(floor.scene, floor.partner, DeviceKind.STATION, "A-3")
    on_floor = replace(caller, device_id=station.pk)
    assert batches.begin(on_floor, asked, *told, **settings).status == 429
    made = batches.begin(on_floor, asked[:2], *told, **settings)
    assert (made.person, made.asked_on) == (packer.person, station.pk)
    handed = lease(floor)
    assert len(handed.documents) == 2
    raw = rows("SELECT convert_from(entry, 'UTF8') FROM ledger_entry WHERE kind = 'bulk'")[0][0]
    assert f'"person":"{packer.person}"' in raw


def test_a_report_may_come_twice_and_in_pieces(floor):
    """What is known already changes nothing and is no act; what was never handed is named."""
    batch = floor.begin(floor.parcels(3))
    lease(floor)
    told = {"who": DEVICE, "now": floor.scene.now}
    done = reports.report(batch, [1, 2], [3, 9], **told)
    assert (done.printed, done.failed, done.unknown) == (2, 1, [9])
    again = reports.report(batch, [1, 2], [3], **told)
    assert (again.printed, again.failed, again.unknown) == (0, 0, [])
    assert acts("sheets_printed") == 1
    late = reports.report(batch, [3], [1], **told)
    assert (late.printed, late.failed) == (1, 0)
    assert [state for state, _ in sheets(batch)] == ["printed"] * 3


def test_reports_at_once_count_once(floor):
    """The same report by four at the same moment is one act."""
    batch = floor.begin(floor.parcels(5))
    lease(floor)
    tell = lambda: reports.report(  # noqa: E731
        batch, [1, 2, 3, 4, 5], [], who=DEVICE, now=floor.scene.now
    )
    done = together(*[tell] * 4)
    assert sum(each.printed for each in done) == 5
    assert acts("sheets_printed") == 1


def test_what_is_in_doubt_is_settled_once(floor):
    """Said to be printed by one who says how they know, or asked for again as copy 2."""
    batch = floor.begin(floor.parcels(2))
    lease(floor)
    now = floor.scene.now
    assert doubts.say_printed(floor.caller, batch, 1, Seen.IN_HAND, now=now).code == "not_in_doubt"
    reports.report(batch, [], [], who=DEVICE, now=now, in_doubt=[1])
    assert doubts.say_printed(floor.caller, batch, 1, Seen.IN_HAND, now=now) is None
    late = now + DOUBT_AFTER + timedelta(seconds=1)
    made = doubts.ask_again(floor.caller, batch, 2, now=late)
    assert sheets(made) == [("waiting", 2)]
    assert made.reason == ReprintReason.IN_DOUBT
    assert doubts.ask_again(floor.caller, batch, 2, now=late).code == "not_in_doubt"
    assert acts("sheet_settled") == 2
    assert [state for state, _ in sheets(batch)] == ["printed", "handed"]


def test_two_who_settle_at_once(floor):
    """One of them does."""
    batch = floor.begin(floor.parcels(1))
    lease(floor)
    late = floor.scene.now + DOUBT_AFTER + timedelta(seconds=1)
    ask = lambda: doubts.ask_again(floor.caller, batch, 1, now=late)  # noqa: E731
    done = together(ask, ask)
    assert sorted(isinstance(each, Problem) for each in done) == [False, True]


def test_what_waits_is_called_off(floor):
    """It is refused, and the parcel may be asked for again without a reason."""
    orders = floor.parcels(2)
    batch = floor.begin(orders)
    assert doubts.call_off(floor.caller, batch, now=floor.scene.now) == 2
    assert lease(floor) is None
    assert sheets(floor.begin(orders)) == [("waiting", 1)] * 2
    assert doubts.call_off(floor.caller, batch, now=floor.scene.now) == 0
    assert acts("sheets_called_off") == 1


def test_paper_and_ledger_agree(floor):
    """Disclosed, handed, printed and the printer's own count are the same number."""
    now = floor.scene.now
    reports.read_counter(floor.printer, 500, now=now)
    printed(floor, floor.parcels(4))
    reports.read_counter(floor.printer, 504, now=now)
    (day,) = counts.days_of(floor.scene.brand.pk, [floor.printer.pk], days=2, now=now)
    assert (day.disclosed, day.handed, day.printed, day.counted) == (4, 4, 4, 4)
    assert (day.difference, day.is_off) == (0, False)


def test_a_printer_that_prints_more_than_it_was_told_stands_out(floor):
    """What is in doubt explains as much as it is; beyond that somebody should look."""
    now = floor.scene.now
    batch = floor.begin(floor.parcels(3))
    lease(floor)
    reports.read_counter(floor.printer, 500, now=now)
    reports.report(batch, [1, 2], [], who=DEVICE, now=now, in_doubt=[3])
    reports.read_counter(floor.printer, 503, now=now)
    brand = floor.scene.brand.pk
    (day,) = counts.days_of(brand, [floor.printer.pk], days=1, now=now)
    assert (day.in_doubt, day.difference) == (1, 0)
    reports.read_counter(floor.printer, 510, now=now)
    (day,) = counts.days_of(brand, [floor.printer.pk], days=1, now=now)
    assert (day.difference, day.is_off) == (7, True)
    assert counts.differences(brand, now=now) == []  # it was read a moment ago
    later = now + DOUBT_AFTER
    assert [each.difference for each in counts.differences(brand, now=later)] == [7]
    (alert,) = watching.look(brand, later)
    assert (alert.kind, alert.who, alert.count) == (
        "paper_differs",
        f"device:{floor.printer.pk}",
        7,
    )
    assert watching.look(brand, later) == []


def test_an_agent_that_reads_all_day_hides_nothing(floor):
    """A reading of each minute that says nothing new is no sign that it still prints."""
    now = floor.scene.now.replace(hour=6)
    for minute in range(30):
        count = 500 if minute == 0 else 540
        reports.read_counter(floor.printer, count, now=now + timedelta(minutes=minute))
    brand = floor.scene.brand.pk
    assert counts.differences(brand, now=now + timedelta(minutes=9)) == []
    found = counts.differences(brand, now=now + timedelta(minutes=30))
    assert [each.difference for each in found] == [40]


def test_a_day_begins_where_the_last_one_ended(floor):
    """What was printed around us at night counts too."""
    now = floor.scene.now
    reports.read_counter(floor.printer, 500, now=now)
    reports.read_counter(floor.printer, 507, now=now + timedelta(days=1))
    later = now + timedelta(days=1)
    days = counts.days_of(floor.scene.brand.pk, [floor.printer.pk], days=3, now=later)
    assert [each.counted for each in days] == [7, 0]


def test_rows_die(floor):
    """After ninety days nothing of a batch is left; a hold's salt goes with its hold."""
    batch = floor.begin(floor.parcels(1))
    lease(floor)
    sweeping.sweep(batch.created_at + timedelta(hours=2))
    assert rows("SELECT hold_salt FROM printing_job") == [(None,)]
    assert sweeping.sweep(batch.created_at + KEPT) == 0
    assert sweeping.sweep(batch.created_at + KEPT + timedelta(seconds=1)) == 1
    for table in ("printing_batch", "printing_job", "printing_sheet"):
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)]


def test_progress_says_what_is_where(floor):
    """Counts by state, and what is left to fetch."""
    batch = floor.begin(floor.parcels(3), device_id=None)
    now = floor.scene.now
    assert progress.parts_waiting(batch) == [1]
    jobs.fetch(floor.caller, batch, 1, now=now)
    reports.report(batch, [1], [2], who=DEVICE, now=now)
    found = progress.counts_of([batch.batch_id], now + DOUBT_AFTER + timedelta(seconds=1))
    assert found == {batch.batch_id: progress.Counts(handed=1, printed=1, failed=1, in_doubt=1)}
    assert progress.parts_waiting(batch) == []


def test_the_tables_hold_no_buyer(floor):
    """Ids, states and counts."""
    printed(floor, floor.parcels(1))
    for table in ("printing_batch", "printing_job", "printing_sheet", "printing_reading"):
        text = str(rows(f"SELECT t::text FROM {table} t"))
        assert "Tarangini" not in text
        assert "9000000001" not in text
    assert execute("UPDATE printing_sheet SET settled = NULL") == 1
