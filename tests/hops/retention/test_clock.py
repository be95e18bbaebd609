"""The purge clock: when it starts, for whom, and that events twice or out of order make one."""

from datetime import timedelta

from hops.retention.yard import Yard, purges
from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.gate import parcels
from orderveil.gate.erase import erase
from orderveil.gate.windows import is_past
from orderveil.hops.retention import clock, receipts
from orderveil.hops.retention.models import Purge
from orderveil.hops.retention.receipts import Way
from orderveil.outbox.events import Event, EventKind
from scene import ME, NOW, execute, rows, together

LATER = NOW + timedelta(hours=2)


def event(yard, kind, order, *, at=NOW, parcel=1, **detail):
    """An event as the pump hands it over."""
    return Event(1, yard.scene.brand.pk, kind, order, parcel, detail, at)


def test_delivered_closes_access_and_starts_the_clock(yard):
    """The courier is refused at once; its purge is due after the agreement's days."""
    (order,) = yard.delivered()
    assert yard.scene.ask(Hop.COURIER, order).code == "outside_window"
    (made,) = purges()
    assert (bytes(made.order_id), made.parcel_no, made.why) == (order, 1, "delivered")
    assert (made.days, made.is_agreed) == (20, True)
    assert made.due_at == made.started_at + timedelta(days=20)


def test_without_a_term_there_are_thirty_days(yard):
    """Where the agreement names none it is our own default, and the purge says so."""
    yard.end(yard.seen())
    yard.agree(deletion_days=None)
    clock.follow(event(yard, EventKind.PARCEL_DELIVERED, *orders(), state="delivered"), NOW)
    (made,) = purges()
    assert (made.days, made.is_agreed) == (clock.DEFAULT_DAYS, False)


def orders():
    """Every order's id."""
    return [bytes(row[0]) for row in rows("SELECT order_id FROM vault_order ORDER BY 1")]


def test_who_was_shown_nothing_deletes_nothing(yard):
    """A parcel that was delivered unseen starts no clock."""
    yard.end(yard.scene.pack(yard.scene.admit()))
    yard.settle()
    assert purges() == []


def test_while_the_parcel_is_on_its_road_no_clock_runs(yard):
    """Shipped, out for delivery, undelivered: the window is open."""
    order = yard.seen()
    for state in (ParcelState.SHIPPED, ParcelState.UNDELIVERED):
        yard.scene.move(Hop.COURIER, order, state)
    yard.settle()
    assert purges() == []


def test_a_placed_parcel_may_still_come_into_the_window():
    """Out of the window is not past it, as long as there is a way in."""
    window = frozenset({ParcelState.PACKED, ParcelState.SHIPPED})
    assert not is_past(ParcelState.PLACED, window)
    assert not is_past(ParcelState.PACKED, window)
    assert is_past(ParcelState.DELIVERED, window)
    assert is_past(ParcelState.RETURNING, window)
    assert is_past(ParcelState.CANCELLED, window)


def test_the_same_event_twice_makes_one_purge(yard):
    """Handled again, at the same moment or later: nothing changes."""
    (order,) = yard.delivered()
    before = purges()[0].due_at
    told = event(yard, EventKind.PARCEL_DELIVERED, order, state="delivered")
    together(*[lambda: clock.follow(told, LATER)] * 4)
    (made,) = purges()
    assert made.due_at == before


def test_events_out_of_order_make_the_same_purge(yard):
    """Closed is handled first, delivered after it: the clock runs from the delivery."""
    order = yard.end(yard.seen())
    execute("UPDATE vault_parcel SET state = 'closed', changed_at = %s", [LATER])
    closed = event(yard, EventKind.PARCEL_STATE_CHANGED, order, at=LATER, state="closed")
    clock.follow(closed, LATER)
    assert purges()[0].started_at == LATER
    clock.follow(event(yard, EventKind.PARCEL_DELIVERED, order, state="delivered"), LATER)
    (made,) = purges()
    assert made.started_at == NOW
    clock.follow(closed, LATER)
    assert purges()[0].started_at == NOW


def test_a_cancelled_order_starts_the_clock(yard):
    """Cancelled while packed: the courier that saw it deletes it."""
    order = yard.seen()
    yard.scene.deliver(yard.scene.draft("shop-1", cancelled=True))
    yard.settle()
    assert [(bytes(each.order_id), each.why) for each in purges()] == [(order, "cancelled")]


def test_the_courier_before_deletes_what_another_carries_now(yard):
    """Given to another courier: the first one's clock starts, the second's does not."""
    order = yard.seen()
    other = yard.scene.new_seat(Hop.COURIER, "courier-two")
    yard.scene.assign(Hop.COURIER, order, other)
    assert yard.scene.ask(Hop.COURIER, order, seat=other).fields
    yard.settle()
    (made,) = purges()
    assert (made.partner_id, made.why) == (yard.partner.pk, "unassigned")


def test_given_back_before_it_was_asked_there_is_no_purge(yard):
    """The parcel is the courier's again: it needs what it got."""
    order = yard.seen()
    other = yard.scene.new_seat(Hop.COURIER, "courier-two")
    yard.scene.assign(Hop.COURIER, order, other)
    yard.settle()
    assert len(purges()) == 1
    yard.scene.assign(Hop.COURIER, order)
    yard.settle()
    assert purges() == []


def test_an_erased_order_is_purged_too(yard):
    """Erased on its road: the courier must delete, and the purge holds ids only."""
    order = yard.seen()
    erase(yard.scene.brand.pk, [order], now=NOW, who=ME)
    yard.settle()
    (made,) = purges()
    assert (made.why, made.started_at) == ("erased", NOW)


def test_a_purge_outlives_the_order(yard):
    """Erased after its delivery: the same purge, the same date."""
    (order,) = yard.delivered()
    before = purges()[0].due_at
    erase(yard.scene.brand.pk, [order], now=LATER, who=ME)
    yard.settle()
    assert [each.due_at for each in purges()] == [before]


def test_each_parcel_has_its_own_clock(yard):
    """One parcel of two was delivered: one purge; a bulk ask counts as any other."""
    fulfilments = (
        ParcelDraft("f-1", None, "First Courier", "AWB1"),
        ParcelDraft("f-2", None, "First Courier", "AWB2"),
    )
    order = yard.scene.admit(yard.scene.draft(parcels=fulfilments))
    yard.scene.assign(Hop.COURIER, order, parcel_no=2)
    yard.scene.assign(Hop.WMS, order, parcel_no=2)
    for number in (1, 2):
        assert yard.scene.move(Hop.WMS, order, ParcelState.PACKED, number).changed
    (answer,) = yard.scene.ask_many(Hop.COURIER, [order])
    assert answer.view
    yard.end(order, 1)
    yard.settle()
    assert [each.parcel_no for each in purges()] == [1]
    yard.end(order, 2)
    yard.settle()
    assert [each.parcel_no for each in purges()] == [1, 2]


def test_a_single_disclosure_names_its_parcel(yard):
    """Who was shown parcel 2 deletes parcel 2."""
    order = yard.scene.admit()
    yard.scene.pack(order)
    yard.scene.ask(Hop.COURIER, order, 1)
    yard.end(order, 1)
    yard.settle()
    assert [each.parcel_no for each in purges()] == [1]


def test_the_brands_own_department_is_not_asked(yard):
    """A partner that is the brand itself has nothing to send back."""
    own = yard.scene.new_seat(Hop.COURIER, "riders", own=True)
    order = yard.scene.pack(yard.scene.admit())
    yard.scene.assign(Hop.COURIER, order, own)
    assert yard.scene.ask(Hop.COURIER, order, seat=own).fields
    for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
        moved = parcels.move(own.caller, order, None, state, now=NOW)
        assert moved.changed
    yard.settle()
    assert purges() == []


def test_after_its_receipt_a_parcel_has_no_new_purge(yard):
    """Whatever comes later of the order: what was confirmed stays confirmed."""
    request = yard.asked()
    receipts.confirm(request, way=Way.MACHINE, now=LATER, who=ME)
    (order,) = orders()
    clock.follow(event(yard, EventKind.PARCEL_STATE_CHANGED, order, state="closed"), LATER)
    assert Purge.objects.count() == 1


def test_shown_again_after_the_receipt_it_has_a_new_one(yard):
    """Confirmed, assigned again and shown again: that has to be deleted, too."""
    order = yard.seen()
    other = yard.scene.new_seat(Hop.COURIER, "courier-two")
    yard.scene.assign(Hop.COURIER, order, other)
    yard.settle()
    Purge.objects.update(confirmed_at=NOW - timedelta(minutes=1))
    yard.scene.assign(Hop.COURIER, order)
    assert yard.scene.ask(Hop.COURIER, order).fields
    yard.end(order)
    yard.settle()
    assert [each.confirmed_at is None for each in purges()] == [False, True]


def test_another_hop_is_one_word_away(yard):
    """The clock runs for every hop it is told of: a warehouse that saw an order and packed it."""
    order = yard.scene.admit()
    assert yard.scene.ask(Hop.WMS, order).fields
    yard.scene.pack(order)
    packed = event(yard, EventKind.PARCEL_STATE_CHANGED, order, state="packed")
    clock.follow(packed, NOW, hops=frozenset({Hop.WMS}))
    assert purges() == []
    execute("UPDATE vault_parcel SET state = 'shipped'")
    clock.follow(packed, NOW, hops=frozenset({Hop.WMS}))
    assert [each.partner_id for each in purges()] == [yard.scene.seat(Hop.WMS).partner.pk]


def test_another_brands_order_starts_nothing(yard):
    """An event that names another brand's order finds nothing."""
    order = yard.end(yard.seen())
    other = Yard.make("saree")
    clock.follow(event(other, EventKind.PARCEL_DELIVERED, order, state="delivered"), NOW)
    assert purges() == []
