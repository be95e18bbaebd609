"""Ending contacts: when their parcel is out of its partner's window for good, or in other hands.

Whatever happened to the order, what is true now decides: events come twice, and out of order. A
use asks the gate anyway; ending takes the partner's side away, and frees the PIN.
"""

from datetime import datetime
from typing import Final

from django.db import connection

from orderveil.contacts import allocating, using
from orderveil.contacts.models import Contact
from orderveil.core.hops import Hop, Reach
from orderveil.core.states import ParcelState
from orderveil.gate import law as laws
from orderveil.gate.law import Law
from orderveil.gate.windows import is_past
from orderveil.outbox.events import Event, EventKind
from orderveil.partners import assignments

WAKES: Final = frozenset(
    {
        *(EventKind.PARCEL_ASSIGNED, EventKind.PARCEL_UNASSIGNED, EventKind.PARCEL_STATE_CHANGED),
        *(EventKind.PARCEL_SHIPPED, EventKind.PARCEL_DELIVERED),
        *(EventKind.ORDER_CANCELLED, EventKind.ORDER_ERASED),
    }
)


def follow(event: Event, now: datetime) -> None:
    """What an event means for the order's contacts, in the event's own transaction."""
    if event.order_id is not None:
        end_closed(event.brand_id, event.order_id, now)


def end_closed(brand_id: int, order_id: bytes, now: datetime) -> int:
    """End those of the order's contacts that stand for nobody any more; how many."""
    live = [each for each in using.of_order(brand_id, order_id) if each.ended_at is None]
    if not live:
        return 0
    law = laws.current(laws.law_of(brand_id))
    states = _states(brand_id, order_id)
    over = [each for each in live if _is_over(law, each, states.get(each.parcel_no))]
    ended = 0
    for place in {(each.parcel_no, each.partner_id) for each in over}:
        parcel_no, partner_id = place
        ended += allocating.end(order_id, now, parcel_no=parcel_no, partner_id=partner_id)
    return ended


def _is_over(law: Law, contact: Contact, state: ParcelState | None) -> bool:
    if state is None:
        return True
    hop = Hop(contact.hop)
    row = law.policies.table.rows[hop]
    if is_past(state, row.states):
        return True
    if row.reach != Reach.ASSIGNED:
        return False
    holder = assignments.assignee(bytes(contact.order_id), contact.parcel_no, hop)
    return holder != contact.partner_id


def _states(brand_id: int, order_id: bytes) -> dict[int, ParcelState]:
    """Parcel number -> state; empty of an erased order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.parcel_no, p.state FROM vault_parcel p JOIN vault_order o USING (order_id)"
            " WHERE p.order_id = %s AND p.brand_id = %s AND o.erased_at IS NULL",
            [order_id, brand_id],
        )
        return {number: ParcelState(state) for number, state in cursor.fetchall()}
