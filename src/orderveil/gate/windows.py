"""Whose work on which parcel is over: the window of a partner that was shown something of it.

Rules kept here:
- what is true now is told, whatever event made somebody ask: events come twice, and out of order;
- a window is over for good when the parcel is in no state of it and can come to none any more,
  when the parcel is somebody else's, and when the order is erased;
- whoever was shown nothing has nothing to delete.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from orderveil.core.decision import enforced_for
from orderveil.core.hops import Hop, Reach
from orderveil.core.states import ParcelState
from orderveil.core.transitions import ROADS
from orderveil.gate import law as laws
from orderveil.gate.law import Law
from orderveil.ledger import recipients
from orderveil.ledger.recipients import Assigned, Received
from orderveil.partners import assignments
from orderveil.partners.models import Partner

UNASSIGNED, ERASED = "unassigned", "erased"


class Stay(NamedTuple):
    """One partner's window of one parcel."""

    partner_id: int
    parcel_no: int
    shown_at: datetime
    """When it was shown something of the parcel last."""
    over: str
    """Why its work is over: the parcel's state, "unassigned" or "erased"; "": it is not."""
    over_at: datetime | None
    """Since when; None: it is not over, or not told by the order itself."""
    window: frozenset[ParcelState]
    """The states in which the partner may ask."""


class _Order(NamedTuple):
    erased_at: datetime | None
    parcels: Mapping[int, tuple[ParcelState, datetime]]


def stays(brand_id: int, order_id: bytes, hops: Collection[Hop], now: datetime) -> list[Stay]:
    """The windows of all that were shown this order on these hops; the brand's own aside."""
    shown = recipients.received(brand_id, order_id, hops)
    order = _order(brand_id, order_id) if shown else None
    if order is None:
        return []
    law = laws.current(laws.law_of(brand_id))
    once = recipients.assigned(brand_id, order_id)
    found: dict[tuple[int, int], Stay] = {}
    for each in shown:
        partner = law.partners.get(each.partner_id)
        if partner is None or partner.own:
            continue
        for number in _parcels_of(each, order, once):
            stay = _stay(law, partner, each, order_id, number, order, now)
            other = found.get((partner.pk, number))
            found[partner.pk, number] = _wider(stay, other) if other else stay
    return [found[key] for key in sorted(found)]


def _wider(one: Stay, other: Stay) -> Stay:
    """Of a partner that runs several hops: it goes on as long as one window does."""
    kept = one if not one.over else other
    return kept._replace(shown_at=max(one.shown_at, other.shown_at))


def _parcels_of(shown: Received, order: _Order, once: set[Assigned]) -> list[int]:
    """Which parcels a disclosure told of; of the order as such, those that were ever theirs."""
    if shown.parcel_no:
        return [shown.parcel_no] if shown.parcel_no in order.parcels else []
    theirs = {each.parcel_no for each in once if each[:2] == (shown.partner_id, shown.hop)}
    return sorted(theirs & order.parcels.keys()) or sorted(order.parcels)


def _stay(
    law: Law,
    partner: Partner,
    shown: Received,
    order_id: bytes,
    number: int,
    order: _Order,
    now: datetime,
) -> Stay:
    hop = Hop(shown.hop)
    state, changed_at = order.parcels[number]
    window = _window(law, partner, hop, order_id, now)
    over, over_at = "", None
    if is_past(state, window):
        over, over_at = state.value, changed_at
    elif order.erased_at is not None:
        over, over_at = ERASED, order.erased_at
    elif law.policies.table.rows[hop].reach == Reach.ASSIGNED:
        holder = assignments.assignee(order_id, number, hop)
        over = "" if holder == partner.pk else UNASSIGNED
    return Stay(partner.pk, number, shown.last, over, over_at, window)


def _window(
    law: Law, partner: Partner, hop: Hop, order_id: bytes, now: datetime
) -> frozenset[ParcelState]:
    """The states in which the partner may ask, as `decide` has them."""
    states = law.policies.table.rows[hop].states
    if enforced_for(law.standing(partner, now.date()), order_id):
        return states
    return states | law.policies.today.rows[hop].states


@lru_cache(maxsize=64)
def is_past(state: ParcelState, window: frozenset[ParcelState]) -> bool:
    """Is a parcel in this state outside of the window, with no way back into it?"""
    seen, ahead = {state}, [state]
    while ahead:
        at = ahead.pop()
        for road in ROADS.values():
            fresh = road.get(at, set()) - seen
            seen |= fresh
            ahead += fresh
    return not seen & window


def _order(brand_id: int, order_id: bytes) -> _Order | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.erased_at, p.parcel_no, p.state, p.changed_at FROM vault_order o"
            " JOIN vault_parcel p USING (order_id) WHERE o.order_id = %s AND o.brand_id = %s",
            [order_id, brand_id],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    return _Order(rows[0][0], {row[1]: (ParcelState(row[2]), row[3]) for row in rows})


def waybills(
    brand_id: int, parcels: Sequence[tuple[bytes, int]]
) -> dict[tuple[bytes, int], tuple[str, str]]:
    """(carrier, AWB) of parcels; "" where there is none, and of every erased order's.

    They are facts. Whoever hands them out records to whom.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id, parcel_no, carrier, awb FROM vault_parcel"
            " WHERE order_id = ANY(%s) AND brand_id = %s",
            [list({order_id for order_id, _ in parcels}), brand_id],
        )
        rows = cursor.fetchall()
    wanted = set(parcels)
    found = {(bytes(row[0]), row[1]): (row[2] or "", row[3] or "") for row in rows}
    return {key: value for key, value in found.items() if key in wanted}
