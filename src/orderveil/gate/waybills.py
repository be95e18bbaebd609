"""Which parcels a courier knows by a waybill number: ids and states, nothing opened.

Rules kept here:
- a number finds parcels of one brand that are assigned to one partner, and of no other: the same
  number of another brand's, or of another courier's, is unknown;
- an erased order has no number any more, and is not found by one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.core.transitions import ENDED


class Carried(NamedTuple):
    """A parcel that a courier carries."""

    order_id: bytes
    parcel_no: int
    awb: str
    state: ParcelState
    is_reverse: bool
    changed_at: datetime
    """When its state last changed."""


_CARRIED = """
SELECT p.order_id, p.parcel_no, p.awb, p.state, p.is_reverse, p.changed_at
  FROM vault_parcel p
  JOIN partners_assignment a ON a.order_id = p.order_id AND a.parcel_no = p.parcel_no
                            AND a.hop = %(hop)s AND a.partner_id = %(partner)s
  JOIN vault_order o ON o.order_id = p.order_id AND o.erased_at IS NULL
 WHERE p.brand_id = %(brand)s AND """
_BY_NUMBER = "p.awb = ANY(%(awbs)s) ORDER BY p.order_id, p.parcel_no"
_UNDER_WAY = """p.awb IS NOT NULL AND p.state = ANY(%(states)s)
   AND (p.order_id, p.parcel_no) > (%(order)s, %(parcel)s)
 ORDER BY p.order_id, p.parcel_no LIMIT %(most)s"""

_OPEN = [state.value for state in ParcelState if state not in ENDED | {ParcelState.PLACED}]
START = (b"", 0)


def carried(brand_id: int, partner_id: int, awbs: Sequence[str]) -> dict[str, list[Carried]]:
    """The partner's parcels of each waybill number; a number without one is left out."""
    found: dict[str, list[Carried]] = {}
    for each in _ask(_BY_NUMBER, brand_id, partner_id, awbs=list(awbs)):
        found.setdefault(each.awb, []).append(each)
    return found


def under_way(
    brand_id: int, partner_id: int, *, after: tuple[bytes, int] = START, most: int = 1_000
) -> list[Carried]:
    """The partner's parcels that have a number, are packed and have not ended: a page of them.

    `after`: the last (order id, parcel number) of the page before.
    """
    order, parcel = after
    return _ask(
        _UNDER_WAY, brand_id, partner_id, states=_OPEN, order=order, parcel=parcel, most=most
    )


def _ask(which: str, brand_id: int, partner_id: int, **terms: Any) -> list[Carried]:
    known: dict[str, Any] = {"brand": brand_id, "partner": partner_id, "hop": Hop.COURIER.value}
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED + which, known | terms)
        return [
            Carried(bytes(order), number, awb, ParcelState(state), is_reverse, changed_at)
            for order, number, awb, state, is_reverse, changed_at in cursor.fetchall()
        ]
