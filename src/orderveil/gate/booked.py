"""Waybills: what a carrier booked is written to the parcel, and taken off it.

Rules kept here:
- a waybill is written under the order's lock, with its act and its event, and only if the parcel
  is still with that partner, still in the courier's window, and bears no other number;
- the number itself is in no act and in no event: an erasure removes it from the parcel;
- what is read here is states and ids; nothing is opened.
"""

from datetime import datetime

import msgspec
from django.db import connection

from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate import law as laws
from orderveil.gate import refusals
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.events import EventKind, emit
from orderveil.partners import assignments


class Stand(msgspec.Struct, frozen=True):
    """How a parcel fares, as far as its booking goes."""

    parcel_no: int
    state: ParcelState
    is_reverse: bool
    has_waybill: bool
    courier: int | None
    """The partner that it is assigned to."""
    in_window: bool
    """May its courier see it now?"""


def lock(brand_id: int, order_id: bytes) -> bool:
    """Lock the order in the caller's transaction, as every writer does; False if it is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT erased_at IS NULL FROM vault_order WHERE order_id = %s AND brand_id = %s"
            " FOR UPDATE",
            [order_id, brand_id],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def stands(brand_id: int, order_id: bytes, parcel_no: int | None = None) -> list[Stand]:
    """How the order's parcels fare, or the one; none of an order that is erased or unknown."""
    window = laws.law_of(brand_id).policies.table.rows[Hop.COURIER].states
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.parcel_no, p.state, p.is_reverse, p.awb IS NOT NULL FROM vault_parcel p"
            "  JOIN vault_order o USING (order_id)"
            " WHERE p.order_id = %s AND o.brand_id = %s AND o.erased_at IS NULL"
            "   AND (%s::smallint IS NULL OR p.parcel_no = %s) ORDER BY p.parcel_no",
            [order_id, brand_id, parcel_no, parcel_no],
        )
        rows = cursor.fetchall()
    if not rows:
        return []
    of = assignments.assignees([(order_id, 0)], Hop.COURIER)
    return [
        Stand(
            parcel_no=number,
            state=ParcelState(state),
            is_reverse=is_reverse,
            has_waybill=has_waybill,
            courier=of.get((order_id, number)),
            in_window=state in window,
        )
        for number, state, is_reverse, has_waybill in rows
    ]


def unbooked_of(brand_id: int, partner_id: int, *, most: int) -> list[tuple[bytes, int]]:
    """(order id, parcel number) of a courier's packed parcels that bear no waybill."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.order_id, p.parcel_no FROM vault_parcel p"
            "  JOIN partners_assignment a ON a.order_id = p.order_id"
            "   AND a.parcel_no = p.parcel_no AND a.hop = %s AND a.partner_id = %s"
            "  JOIN vault_order o ON o.order_id = p.order_id AND o.erased_at IS NULL"
            " WHERE p.brand_id = %s AND p.state = %s AND p.awb IS NULL LIMIT %s",
            [Hop.COURIER.value, partner_id, brand_id, ParcelState.PACKED.value, most],
        )
        return [(bytes(order), number) for order, number in cursor.fetchall()]


def put_waybill(
    brand_id: int,
    order_id: bytes,
    parcel_no: int,
    partner_id: int,
    *,
    carrier: str,
    awb: str,
    now: datetime,
    who: Who,
) -> Problem | None:
    """Write what was booked to the parcel, in the caller's transaction; or why not."""
    if not lock(brand_id, order_id):
        return refusals.ERASED
    found = stands(brand_id, order_id, parcel_no)
    if not found:
        return refusals.UNKNOWN
    if found[0].courier != partner_id:
        return refusals.not_assigned(Hop.COURIER)
    if not found[0].in_window:
        return NOT_NOW
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_parcel SET carrier = %s, awb = %s"
            " WHERE order_id = %s AND parcel_no = %s AND (awb IS NULL OR awb = %s)",
            [carrier, awb, order_id, parcel_no, awb],
        )
        if not cursor.rowcount:
            return ELSEWHERE
    _tell(ActKind.PARCEL_BOOKED, brand_id, order_id, parcel_no, partner_id, now, who)
    emit(
        brand_id,
        EventKind.PARCEL_BOOKED,
        now=now,
        order_id=order_id,
        parcel_no=parcel_no,
        detail={"partner": partner_id},
    )
    return None


def take_waybill(
    brand_id: int,
    order_id: bytes,
    parcel_no: int,
    partner_id: int,
    awb: str,
    *,
    now: datetime,
    who: Who,
) -> bool:
    """Take a waybill off a parcel whose booking is called off; the caller holds the lock.

    False if the parcel bears another one, or none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_parcel SET carrier = NULL, awb = NULL"
            " WHERE order_id = %s AND parcel_no = %s AND brand_id = %s AND awb = %s",
            [order_id, parcel_no, brand_id, awb],
        )
        is_off = bool(cursor.rowcount)
    if is_off:
        _tell(ActKind.PARCEL_UNBOOKED, brand_id, order_id, parcel_no, partner_id, now, who)
    return is_off


def _tell(
    kind: ActKind,
    brand_id: int,
    order_id: bytes,
    parcel_no: int,
    partner_id: int,
    now: datetime,
    who: Who,
) -> None:
    detail = {"parcel": parcel_no, "partner": partner_id}
    record(brand_id, kind, now=now, who=who, order_id=order_id, detail=detail)


NOT_NOW = Problem(
    code="outside_window",
    detail="The parcel is not on its way to be delivered by a courier any more.",
    remedy="What was booked for it is cancelled with the carrier.",
    rule="gate: a waybill belongs to a parcel in its courier's window",
    status=409,
)
ELSEWHERE = Problem(
    code="booked_elsewhere",
    detail="The parcel bears another waybill number already.",
    remedy="What was booked besides is cancelled with the carrier.",
    rule="gate: a parcel has one waybill",
    status=409,
)
