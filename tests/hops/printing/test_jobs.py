"""Handing out sheets: once, recorded first, and never lost without a trace."""

from datetime import timedelta

import pytest

from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.hops.printing import batches, jobs, progress
from orderveil.hops.printing.kinds import GRACE, HOLD, Kind, PrintForm, ReprintReason
from scene import rows, together


def states(batch):
    """Each position's state."""
    return dict(
        rows(
            "SELECT position, state FROM printing_sheet WHERE batch_id = %s ORDER BY 1",
            [batch.batch_id],
        )
    )


def why(batch):
    """Each position's problem, by its code."""
    ended, _ = progress.not_printed(batch, batch.created_at)
    return {each.position: each.problem.code for each in ended}


def lease(floor, later=timedelta(0)):
    """The printer's next job."""
    return jobs.lease(floor.printer, now=floor.scene.now + later)


def disclosures():
    """(rows, reason) of every bulk on record."""
    return rows("SELECT count(*) FROM ledger_record WHERE kind = 'bulk'")[0][0]


def test_a_job_hands_out_what_waits(floor):
    """The printer gets each sheet once, drawn from what the gate gave, and then nothing."""
    batch = floor.begin(floor.parcels(3))
    handed = lease(floor)
    assert [each.positions for each in handed.documents] == [(1,), (2,), (3,)]
    assert b"Tarangini" in handed.documents[0].data
    assert states(batch) == dict.fromkeys((1, 2, 3), "handed")
    assert lease(floor) is None
    assert disclosures() == 3


def test_a_job_is_fifty_sheets(floor):
    """The rest waits for the next job."""
    batch = floor.begin(floor.parcels(60))
    assert len(lease(floor).documents) == 50
    assert list(states(batch).values()).count("waiting") == 10
    assert len(lease(floor).documents) == 10


def test_two_agents_never_get_the_same_sheet(floor):
    """Asked at once, by two with the same token, each sheet is handed to one of them."""
    floor.begin(floor.parcels(120))
    floor.begin(floor.parcels(40))
    found = together(*[lambda: lease(floor)] * 6)
    handed = [
        (each.batch.batch_id, at)
        for each in found
        if each is not None
        for document in each.documents
        for at in document.positions
    ]
    assert len(handed) == len(set(handed)) > 0
    while (more := lease(floor)) is not None:
        handed += [(more.batch.batch_id, at) for one in more.documents for at in one.positions]
    assert len(handed) == len(set(handed)) == 160


def test_another_printer_gets_none_of_it(floor):
    """A batch is for one device."""
    from orderveil.core.devices import DeviceKind  # noqa: PLC0415

    floor.begin(floor.parcels(1))
    other, _ = floor.device(floor.scene, floor.partner, DeviceKind.PRINTER, "A-2")
    assert jobs.lease(other, now=floor.scene.now) is None


def test_the_ledger_names_batch_copy_and_device(floor):
    """The entry's reason is a number of ours, and no more."""
    batch = floor.begin(floor.parcels(2))
    lease(floor)
    (raw,) = rows("SELECT convert_from(entry, 'UTF8') FROM ledger_entry WHERE kind = 'bulk'")[0]
    assert f'"reason":"print {batch.batch_id} copy 1"' in raw
    assert f'"device":{floor.printer.pk}' in raw
    assert '"rows":2' in raw


def test_what_the_gate_refuses_is_refused_for_good_after_two_minutes(floor):
    """An unpacked parcel waits for a moment: it may be packed yet."""
    order = floor.scene.admit()
    batch = floor.begin([order, *floor.parcels(1)])
    assert [each.positions for each in lease(floor).documents] == [(2,)]
    assert states(batch) == {1: "waiting", 2: "handed"}
    assert lease(floor) is None
    floor.scene.pack(order)
    assert [each.positions for each in lease(floor, timedelta(seconds=6)).documents] == [(1,)]


def test_after_the_grace_it_says_why(floor):
    """The refusal is the gate's own."""
    batch = floor.begin([floor.scene.admit()])
    assert lease(floor, GRACE) is None
    assert states(batch) == {1: "refused"}
    assert why(batch) == {1: "outside_window"}


def test_anothers_parcel_is_refused(floor):
    """Assigned to somebody else meanwhile: nothing is disclosed, nothing printed."""
    (order,) = floor.parcels(1)
    other = floor.scene.new_seat(Hop.LABEL, "other-labels")
    batch = floor.begin([order])
    floor.scene.assign(Hop.LABEL, order, other)
    before = disclosures()
    assert lease(floor, GRACE) is None
    assert why(batch) == {1: "not_assigned"}
    assert disclosures() == before


def test_what_can_not_be_drawn_failed_and_never_left(floor):
    """The others are printed; asked for again it is the first copy still, without a reason."""
    orders = floor.parcels(2)
    floor.drawer.unable = {1}
    batch = floor.begin(orders)
    assert [each.positions for each in lease(floor).documents] == [(2,)]
    assert (states(batch), why(batch)) == ({1: "failed", 2: "handed"}, {1: "no_glyph"})
    again = floor.begin(orders[:1])
    assert states(again) == {1: "waiting"}
    assert rows("SELECT copy_no FROM printing_sheet WHERE batch_id = %s", [again.batch_id]) == [
        (1,)
    ]


def test_a_press_that_breaks_leaves_failed_sheets_and_a_record(floor):
    """Disclosed, not drawn, never left: over-reported, and said so."""
    batch = floor.begin(floor.parcels(2))
    floor.drawer.breaks = RuntimeError("broken")
    with pytest.raises(RuntimeError):
        lease(floor)
    assert states(batch) == dict.fromkeys((1, 2), "failed")
    assert disclosures() == 2
    assert lease(floor) is None


def test_a_process_that_dies_before_it_drew_leaves_a_doubt(floor):
    """Marked as handed before anything was opened: nobody hands it out again."""
    batch = floor.begin(floor.parcels(1))
    real = floor.drawer.disclose
    floor.drawer.disclose = lambda *_asked: (_ for _ in ()).throw(SystemExit)
    from orderveil.hops.printing import presses  # noqa: PLC0415

    press = presses.Press(floor.drawer.disclose, floor.drawer.draw, frozenset(PrintForm))
    presses.fill({Kind.LABEL: press})
    with pytest.raises(SystemExit):
        lease(floor)
    floor.drawer.disclose = real
    assert states(batch) == {1: "handed"}
    assert lease(floor) is None
    later = batch.created_at + timedelta(minutes=10, seconds=1)
    assert [each.position for each in progress.not_printed(batch, later)[1]] == [1]


def test_a_printer_out_of_its_term_gets_nothing(floor):
    """The gate asks whether the device stands; the sheets wait on."""
    batch = floor.begin(floor.parcels(1))
    refused = lease(floor, timedelta(days=91))
    assert isinstance(refused, Problem)
    assert refused.code == "device_unknown"
    assert states(batch) == {1: "waiting"}


def test_a_hold_is_given_again_to_its_device_for_two_hours(floor):
    """Another device is told that there is no such job."""
    from orderveil.core.devices import DeviceKind  # noqa: PLC0415

    floor.begin(floor.parcels(1))
    handed = lease(floor)
    now = floor.scene.now
    late = now + HOLD - timedelta(seconds=1)
    assert jobs.hold_of(floor.printer, handed.job_id, now=late).salt == handed.hold.salt
    assert jobs.hold_of(floor.printer, handed.job_id, now=now + HOLD).code == "hold_over"
    other, _ = floor.device(floor.scene, floor.partner, DeviceKind.PRINTER, "A-2")
    assert jobs.hold_of(other, handed.job_id, now=now).code == "no_such_job"


def test_a_part_is_fetched_once(floor):
    """The second time there is nothing to hand out, and it says what to do."""
    batch = floor.begin(floor.parcels(3), device_id=None)
    handed = jobs.fetch(floor.caller, batch, 1, now=floor.scene.now)
    assert [each.positions for each in handed.documents] == [(1, 2, 3)]
    assert handed.hold is None
    again = jobs.fetch(floor.caller, batch, 1, now=floor.scene.now)
    assert (again.code, again.status) == ("part_already_handed", 409)
    assert jobs.fetch(floor.caller, batch, 2, now=floor.scene.now).code == "no_such_part"


def test_whoever_fetches_pays(floor):
    """A credential's budget is spent by the disclosure, and without budget everything waits."""
    seat = floor.scene.new_seat(Hop.LABEL, "small", daily_limit=1)
    orders = floor.parcels(2)
    for order in orders:
        floor.scene.assign(Hop.LABEL, order, seat)
    batch = batches.begin(
        seat.caller, [(each, 1) for each in orders], Kind.LABEL, PrintForm.ZPL, now=floor.scene.now
    )
    refused = jobs.fetch(seat.caller, batch, 1, now=floor.scene.now)
    assert refused.status == 429
    assert states(batch) == dict.fromkeys((1, 2), "waiting")


def test_what_a_device_prints_nobody_fetches(floor):
    """A batch is printed in one place."""
    batch = floor.begin(floor.parcels(1))
    refused = jobs.fetch(floor.caller, batch, 1, now=floor.scene.now)
    assert refused.code == "printed_by_a_device"


def test_copies_of_a_job_are_recorded_by_their_number(floor):
    """First and second copies of one job are two entries, each with its own reason."""
    orders = floor.parcels(2)
    floor.begin(orders[:1])
    lease(floor)
    floor.begin(orders, reason=ReprintReason.DAMAGED)
    handed = lease(floor)
    assert b"copy 2" in handed.documents[0].data
    assert b"copy 1" in handed.documents[1].data
    raws = rows("SELECT convert_from(entry, 'UTF8') FROM ledger_entry WHERE kind = 'bulk'")
    assert sorted(raw.count("copy 2") for (raw,) in raws) == [0, 0, 1]


def test_a_parcel_that_moved_on_is_not_printed(floor):
    """Delivered since it was asked for: the label's window is over, and says so."""
    orders = floor.parcels(1)
    batch = floor.begin(orders)
    for state in (ParcelState.SHIPPED, ParcelState.OUT_FOR_DELIVERY, ParcelState.DELIVERED):
        assert floor.scene.move(Hop.COURIER, orders[0], state).changed
    assert lease(floor, GRACE) is None
    assert why(batch) == {1: "outside_window"}
