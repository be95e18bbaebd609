"""Which parcels are to be booked, and which bookings called off: what the journey's events say.

Rules kept here:
- an event only wakes: what is done follows from how the parcel fares now, so events that come
  twice, late or in another order do no harm;
- a parcel is queued once for a partner (its key), while it is packed, assigned to a partner with
  an account, and bears no waybill;
- a parcel that was taken back, cancelled or erased is called off, and cancelled with the carrier
  unless it has been shipped;
- once a parcel is on its way nothing can be cancelled: what the carrier told is forgotten then.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import connection

from orderveil.core.states import ParcelState
from orderveil.gate import booked
from orderveil.gate import law as laws
from orderveil.gate.asking import partner_refs
from orderveil.gate.booked import Stand
from orderveil.hops.courier import accounts, rows
from orderveil.hops.courier.rows import AT_REST, Booking, State
from orderveil.ledger.acts import Who
from orderveil.outbox.events import Event, EventKind

WAKES: Final = frozenset(
    {
        *(EventKind.PARCEL_ASSIGNED, EventKind.PARCEL_UNASSIGNED, EventKind.PARCEL_PACKED),
        *(EventKind.PARCEL_SHIPPED, EventKind.PARCEL_DELIVERED, EventKind.PARCEL_STATE_CHANGED),
        *(EventKind.ORDER_CANCELLED, EventKind.ORDER_ERASED),
    }
)
US: Final = Who(system="courier")
_BEFORE: Final = frozenset({ParcelState.PLACED, ParcelState.PACKED})


def follow(event: Event, now: datetime) -> None:
    """What an event means for bookings, in the event's own transaction."""
    if event.order_id is None:
        return
    if event.kind is EventKind.ORDER_ERASED:
        forget(event.order_id, now)
    else:
        reconcile(event.brand_id, event.order_id, event.parcel_no, now)


def reconcile(brand_id: int, order_id: bytes, parcel_no: int | None, now: datetime) -> None:
    """Queue what is to be booked and call off what isn't, as the parcels fare now."""
    is_known = bool(rows.of_order(order_id, parcel_no))
    with_account = accounts.of_partners(brand_id)
    if not is_known and not with_account:
        return
    if is_known and not booked.lock(brand_id, order_id):
        return  # erased: its own event says what becomes of them
    found = rows.of_order(order_id, parcel_no, lock=True) if is_known else []
    for stand in booked.stands(brand_id, order_id, parcel_no):
        of_parcel = [row for row in found if row.parcel_no == stand.parcel_no]
        freed = sum(_settle(row, stand, now) for row in of_parcel)
        if stand.courier in with_account and _is_to_be_booked(stand, is_freed=freed > 0):
            _queue(brand_id, order_id, stand, stand.courier, now)


def _is_to_be_booked(stand: Stand, *, is_freed: bool) -> bool:
    is_bare = is_freed or not stand.has_waybill
    return stand.state is ParcelState.PACKED and stand.in_window and is_bare


def _settle(row: Booking, stand: Stand, now: datetime) -> bool:
    """Call a row off if it is no longer wanted; True if that took the parcel's waybill."""
    if stand.courier != row.partner_id or stand.state is ParcelState.CANCELLED:
        return end(row, now)
    if stand.state in _BEFORE:
        return False
    if row.state is State.BOOKED:
        if row.known:
            rows.change(row, now, hold=None, whatever=True, known={})
    elif row.is_untouched or not stand.in_window:
        return end(row, now)  # it went another way
    return False


def end(row: Booking, now: datetime, *, goes: bool = False) -> bool:
    """Call a locked row off: a worker cancels what there is at the carrier."""
    if row.state in AT_REST or (row.state is State.BOOKED and not row.known):
        return False
    parcel = (row.brand_id, row.order_id, row.parcel_no, row.partner_id)
    freed = (
        row.state is State.BOOKED
        and not goes
        and booked.take_waybill(*parcel, row.known.get("awb", ""), now=now, who=US)
    )
    if not row.is_ending or row.state is not State.CANCELLING:
        rows.change(
            *(row, now),
            hold=None,
            whatever=True,
            state=State.CANCELLING.value,
            is_ending=True,
            goes=row.goes or goes,
            tries=0,
            problem=None,
            next_at=now,
        )
    elif goes and not row.goes:
        rows.change(row, now, hold=None, whatever=True, goes=True)
    return freed


def forget(order_id: bytes, now: datetime) -> None:
    """An order was erased: its rows go, what is at the carrier and not shipped cancelled first."""
    for row in rows.of_order(order_id, lock=True):
        is_over = row.state in AT_REST or (row.state is State.BOOKED and not row.known)
        if is_over:
            rows.delete(row)
        else:
            end(row, now, goes=True)


_QUEUE: Final = """
INSERT INTO courier_booking AS b
       (order_id, parcel_no, partner_id, brand_id, reference, is_reverse, state,
        next_at, created_at, updated_at)
VALUES (%(order)s, %(parcel)s, %(partner)s, %(brand)s, %(reference)s, %(reverse)s, 'due',
        %(now)s, %(now)s, %(now)s)
ON CONFLICT (order_id, parcel_no, partner_id) DO UPDATE
   SET life = b.life + (b.state = 'cancelled')::int,
       reference = CASE WHEN b.state = 'cancelled' THEN %(reference)s || 'R' || b.life + 1
                        ELSE b.reference END,
       state = 'due', is_ending = false, account_id = NULL, road = 'booking', done = '',
       sent_at = NULL, known = NULL, problem = NULL, tries = 0, claim = b.claim + 1,
       held_until = NULL, next_at = %(now)s, updated_at = %(now)s
 WHERE b.state IN ('cancelled', 'called_off') AND NOT b.goes
"""


def _queue(brand_id: int, order_id: bytes, stand: Stand, partner_id: int, now: datetime) -> None:
    """Queue one booking; nothing happens if there is one. One that was cancelled gets a new life,
    and a new reference: the carrier knows the old one as cancelled."""
    law = laws.current(laws.law_of(brand_id))
    partner = law.partners.get(partner_id)
    if partner is None:
        return
    reference = partner_refs(law, partner).make(order_id, stand.parcel_no)
    with connection.cursor() as cursor:
        cursor.execute(
            _QUEUE,
            {
                "order": order_id,
                "parcel": stand.parcel_no,
                "partner": partner_id,
                "brand": brand_id,
                "reference": reference,
                "reverse": stand.is_reverse,
                "now": now,
            },
        )


def parcel_of(brand_id: int, reference: str) -> tuple[bytes, int, int] | None:
    """(order id, parcel number, partner id) that a carrier names by our reference."""
    row = rows.by_reference(brand_id, reference)
    return (row.order_id, row.parcel_no, row.partner_id) if row else None


def wake(partner_id: int, now: datetime, codes: Iterable[str]) -> int:
    """Let rows of a partner that stand still for one of these reasons go on; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE courier_booking SET next_at = %s, tries = 0, problem = NULL, claim = claim + 1,"
            "       state = CASE WHEN is_ending THEN 'cancelling' ELSE 'due' END"
            " WHERE partner_id = %s AND state IN ('due', 'refused', 'cancelling')"
            "   AND problem ->> 'code' = ANY(%s) AND held_until IS NULL",
            [now, partner_id, list(codes)],
        )
        return int(cursor.rowcount)
