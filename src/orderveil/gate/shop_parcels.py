"""What a shop tells of an order's parcels (fulfilments), and the events of their states.

Rules kept here:
- the first fulfilment claims the whole-order parcel, each further one is a new parcel;
- the shop moves a parcel only where the transitions table lets the storefront;
- a parcel that a shop calls undelivered has an attempt like any other.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.core.transitions import may_move
from orderveil.gate.reported import follow_state
from orderveil.gate.resealing import fence
from orderveil.ledger.acts import Who
from orderveil.outbox.events import EventKind, emit


def merge_parcels(
    brand_id: int,
    order_id: bytes,
    told: tuple[ParcelDraft, ...],
    now: datetime,
    *,
    who: Who,
    is_cancelled: bool,
) -> bool:
    """Fulfilments: the first claims the whole-order parcel, each further one is a new parcel."""
    unsaid = ParcelState.CANCELLED if is_cancelled else ParcelState.PLACED
    if not told:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT parcel_no, shop_parcel_id, state, carrier, awb FROM vault_parcel"
            " WHERE order_id = %s AND NOT is_reverse ORDER BY parcel_no FOR UPDATE",
            [order_id],
        )
        rows = cursor.fetchall()
        by_id = {row[1]: row for row in rows if row[1]}
        free = [row for row in rows if not row[1]]
        moved = False
        for parcel in told:
            row = by_id.get(parcel.shop_parcel_id) or (free.pop(0) if free else None)
            if row is None:
                moved |= _new_parcel(
                    cursor, brand_id, order_id, parcel, parcel.state or unsaid, now, who
                )
            else:
                moved |= _told_parcel(cursor, brand_id, order_id, row, parcel, now, who)
    return moved


def _new_parcel(
    cursor: Any,
    brand_id: int,
    order_id: bytes,
    parcel: ParcelDraft,
    state: ParcelState,
    now: datetime,
    who: Who,
) -> bool:
    cursor.execute(
        "INSERT INTO vault_parcel (order_id, parcel_no, brand_id, state, changed_at,"
        " shop_parcel_id, carrier, awb)"
        " SELECT %s, max(parcel_no) + 1, %s, %s, %s, %s, %s, %s FROM vault_parcel"
        " WHERE order_id = %s RETURNING parcel_no",
        [
            order_id,
            brand_id,
            state.value,
            now,
            parcel.shop_parcel_id,
            parcel.carrier,
            parcel.awb,
            order_id,
        ],
    )
    number = cursor.fetchone()[0]
    follow_state(brand_id, order_id, number, None, state, now=now, who=who)
    emit(brand_id, EventKind.PARCEL_CREATED, now=now, order_id=order_id, parcel_no=number)
    return True


def _told_parcel(
    cursor: Any,
    brand_id: int,
    order_id: bytes,
    row: tuple[Any, ...],
    parcel: ParcelDraft,
    now: datetime,
    who: Who,
) -> bool:
    number, _, known, carrier, awb = row
    state = before = ParcelState(known)
    if parcel.state and may_move(Hop.STOREFRONT, state, parcel.state):
        state = parcel.state
    after = (parcel.shop_parcel_id, state.value, parcel.carrier or carrier, parcel.awb or awb)
    if after == tuple(row[1:]):
        return False
    if state != before:
        fence(cursor, order_id)
    cursor.execute(
        "UPDATE vault_parcel SET shop_parcel_id = %s, state = %s, carrier = %s, awb = %s,"
        " changed_at = %s WHERE order_id = %s AND parcel_no = %s",
        [*after, now, order_id, number],
    )
    if state != before:
        follow_state(brand_id, order_id, number, before, state, now=now, who=who)
        emit_state(brand_id, order_id, number, state, now)
    return True


_EVENT_OF_STATE = {
    ParcelState.PACKED: EventKind.PARCEL_PACKED,
    ParcelState.SHIPPED: EventKind.PARCEL_SHIPPED,
    ParcelState.DELIVERED: EventKind.PARCEL_DELIVERED,
}


def emit_state(
    brand_id: int, order_id: bytes, parcel_no: int, state: ParcelState, now: datetime
) -> None:
    """The event of a parcel that reached `state`."""
    emit(
        brand_id,
        _EVENT_OF_STATE.get(state, EventKind.PARCEL_STATE_CHANGED),
        now=now,
        order_id=order_id,
        parcel_no=parcel_no,
        detail={"state": state.value},
    )
