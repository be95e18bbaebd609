"""Forgetting what is over: budgets of past days, old counts and links, sessions that ended.

Rules kept here:
- only what nothing asks for any more goes: whether a link or a session is good never depends on it;
- in batches, each a transaction of its own; what somebody else holds waits for the next time;
- an ended session goes with its entry in allauth's list: its address and browser are personal.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from orderveil.people.models import Invitation

BATCH: Final = 1_000
BUDGETS_KEPT: Final = timedelta(days=2)
"""The longest window is a UTC day."""
REFUSALS_KEPT: Final = timedelta(days=395)
"""Thirteen months, so that the pack of any month of the past year counts them."""
LINKS_KEPT: Final = timedelta(days=30)
SETTLED: Final = timedelta(hours=1)
"""A session is listed while it begins: a younger entry may be ahead of it."""

_BUDGETS = """
DELETE FROM people_budget WHERE (membership_id, what, begins) IN
 (SELECT membership_id, what, begins FROM people_budget WHERE begins < %s
   LIMIT %s FOR UPDATE SKIP LOCKED)
"""
_REFUSALS = """
DELETE FROM people_refusal WHERE (membership_id, day, code) IN
 (SELECT membership_id, day, code FROM people_refusal WHERE day < %s
   LIMIT %s FOR UPDATE SKIP LOCKED)
"""


def sweep(now: datetime) -> Iterator[tuple[str, int]]:
    """Forget batch after batch; for each that was not empty, of what it was and how many rows."""
    links = now - LINKS_KEPT
    old_links = Invitation.objects.filter(Q(expires_at__lt=links) | Q(used_at__lt=links))
    ended = Session.objects.filter(expire_date__lt=now)
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gte=now)
    listed = UserSession.objects.filter(~Exists(alive), created_at__lt=now - SETTLED)
    day = (now - REFUSALS_KEPT).astimezone(UTC).date()
    steps: tuple[tuple[str, Callable[[], int]], ...] = (
        ("budgets", lambda: _delete(_BUDGETS, now - BUDGETS_KEPT)),
        ("refusals", lambda: _delete(_REFUSALS, day)),
        ("links", lambda: _delete_of(old_links)),
        ("sessions", lambda: _delete_of(ended)),
        ("listed sessions", lambda: _delete_of(listed)),
    )
    for name, step in steps:
        while count := step():
            yield name, count


def _delete(statement: str, before: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [before, BATCH])
        return int(cursor.rowcount)


def _delete_of(found: QuerySet[Any]) -> int:
    numbers = list(found.values_list("pk", flat=True)[:BATCH])
    # Asked again in the deleting: what has changed meanwhile stays.
    return int(found.filter(pk__in=numbers).delete()[0]) if numbers else 0
