"""The purge clock: it starts when a partner's work on a parcel is over for good.

Rules kept here:
- an event only makes us look; what is written follows from what is true then, in the event's own
  transaction: the same event twice, or two in the wrong order, make one purge;
- the days are the agreement's; where none names them they are `DEFAULT_DAYS`, and that is said;
- a parcel that is the partner's again, before it was asked to delete it, has no purge any more;
- once confirmed, a parcel has a new purge only if something of it was shown after that.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate.windows import Stay, is_past, stays
from orderveil.outbox.events import Event, EventKind
from orderveil.partners.standing import deletion_days_of

HOPS: Final = frozenset({Hop.COURIER})
"""Whose partners are asked to delete. Another hop is added here, and nowhere else."""
DEFAULT_DAYS: Final = 30
WAKES: Final = frozenset(
    {
        EventKind.PARCEL_DELIVERED,
        EventKind.PARCEL_STATE_CHANGED,
        EventKind.PARCEL_ASSIGNED,
        EventKind.PARCEL_UNASSIGNED,
        EventKind.ORDER_CANCELLED,
        EventKind.ORDER_ERASED,
    }
)
"""What may end a partner's work, or give it back."""

_START = """
INSERT INTO retention_purge AS p
       (brand_id, order_id, parcel_no, partner_id, why, started_at, days, is_agreed, due_at)
SELECT %(brand)s, %(order)s, %(parcel)s, %(partner)s, %(why)s, %(at)s, %(days)s, %(agreed)s,
       %(due)s
 WHERE NOT EXISTS (
       SELECT 1 FROM retention_purge
        WHERE order_id = %(order)s AND parcel_no = %(parcel)s AND partner_id = %(partner)s
          AND confirmed_at >= %(shown)s)
ON CONFLICT (order_id, parcel_no, partner_id) WHERE confirmed_at IS NULL DO UPDATE
   SET why = excluded.why, started_at = excluded.started_at, due_at = excluded.due_at
 WHERE p.request_id IS NULL AND excluded.started_at < p.started_at
"""
_WITHDRAW = """
DELETE FROM retention_purge
 WHERE order_id = %s AND parcel_no = %s AND partner_id = %s
   AND request_id IS NULL AND confirmed_at IS NULL
"""


def follow(event: Event, now: datetime, *, hops: frozenset[Hop] = HOPS) -> None:
    """Start what is to be started of the event's order, and withdraw what is not due any more."""
    if event.order_id is None:
        return
    for stay in stays(event.brand_id, event.order_id, hops, now):
        with connection.cursor() as cursor:
            if stay.over:
                cursor.execute(_START, _started(event, event.order_id, stay, now))
            else:
                cursor.execute(_WITHDRAW, [event.order_id, stay.parcel_no, stay.partner_id])


def _started(event: Event, order_id: bytes, stay: Stay, now: datetime) -> dict[str, Any]:
    agreed = deletion_days_of(stay.partner_id, now.date())
    days = DEFAULT_DAYS if agreed is None else agreed
    at = _moment(event, stay)
    return {
        "brand": event.brand_id,
        "order": order_id,
        "parcel": stay.parcel_no,
        "partner": stay.partner_id,
        "shown": stay.shown_at,
        "why": stay.over,
        "at": at,
        "days": days,
        "agreed": agreed is not None,
        "due": at + timedelta(days=days),
    }


def _moment(event: Event, stay: Stay) -> datetime:
    """Since when: since the first move out of the window that an event tells of, or the parcel.

    What is told of a parcel later moves its own moment on: an event's is the earlier one.
    """
    if stay.over_at is None:
        return event.created_at
    state = event.detail.get("state")
    if event.parcel_no == stay.parcel_no and isinstance(state, str):
        ended = is_past(ParcelState(state), stay.window)
        return min(event.created_at, stay.over_at) if ended else stay.over_at
    return stay.over_at
