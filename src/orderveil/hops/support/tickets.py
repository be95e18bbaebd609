"""The ticket a person works on: opened once from the helpdesk, good for one order, a while.

Rules kept here:
- a session keeps pseudonymous ids only: the order's id, the ticket, the reason's code, a time;
- what is over is dropped, and of many only the newest are kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from orderveil.core.errors import Problem
from orderveil.gate.reasons import Reason

MINUTES = 15
MOST = 20
_KEY = "tickets"

OVER = Problem(
    code="ticket_over",
    detail=f"The {MINUTES} minutes of this ticket are over.",
    remedy="Open it once more from the helpdesk, or reload the page and type it in.",
    rule="a ticket that was opened once is good for one order and a quarter of an hour",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A ticket that still holds for an order."""

    ticket: str
    reason: Reason | None
    until: datetime

    def minutes_left(self, now: datetime) -> int:
        """Whole minutes, rounded up."""
        return -(-int((self.until - now).total_seconds()) // 60)


def keep(
    request: HttpRequest, order_id: bytes, ticket: str, reason: Reason | None, now: datetime
) -> None:
    """Carry this ticket for this order from now on."""
    until = now + timedelta(minutes=MINUTES)
    told = {"ticket": ticket, "reason": reason, "until": until.isoformat()}
    alive = {order: each for order, each in _alive(request, now).items() if order != order_id.hex()}
    newest = dict(list(alive.items())[-(MOST - 1) :])
    request.session[_KEY] = newest | {order_id.hex(): told}


def kept(request: HttpRequest, order_id: bytes, now: datetime) -> Kept | None:
    """The ticket for this order, if one was opened and still holds."""
    told = _alive(request, now).get(order_id.hex())
    if told is None:
        return None
    reason = Reason(told["reason"]) if told["reason"] else None
    return Kept(told["ticket"], reason, datetime.fromisoformat(told["until"]))


def remember(request: HttpRequest, order_id: bytes, reason: Reason, now: datetime) -> None:
    """The first reveal said why: the next ones for this ticket are for the same reason."""
    alive = _alive(request, now)
    told = alive.get(order_id.hex())
    if told is not None and not told["reason"]:
        request.session[_KEY] = alive | {order_id.hex(): told | {"reason": reason}}


def _alive(request: HttpRequest, now: datetime) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = request.session.get(_KEY, {})
    return {
        order: each for order, each in told.items() if datetime.fromisoformat(each["until"]) > now
    }
