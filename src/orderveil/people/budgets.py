"""What a person may be shown in a day and in a minute. Counted directly, in one statement.

Rules kept here:
- the count is committed before anything is shown: a crash can only lose budget, never add any;
- nothing is taken on a refusal, of neither window;
- the minute's limit is for scripts: no human reads that fast.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from django.db import connection, transaction

from orderveil.core.actors import Actor
from orderveil.core.clocks import day_of
from orderveil.core.errors import Problem


class Spending(StrEnum):
    """What is counted."""

    VIEWS = "views"
    REVEALS = "reveals"
    SEARCHES = "searches"
    CORRECTIONS = "corrections"
    """Of addresses."""


PER_MINUTE = {
    Spending.VIEWS: 400,
    Spending.REVEALS: 6,
    Spending.SEARCHES: 20,
    Spending.CORRECTIONS: 6,
}
SEARCHES_PER_DAY = 500
CORRECTIONS_PER_DAY = 60
"""Two pages of undelivered parcels and more, each with a wrong address: one agent's busy day."""
NOBODY = 0
"""Stands for everybody, where a limit is not a person's own."""


def spend(
    actor: Actor, what: Spending, count: int, now: datetime, *, per_day: int
) -> Problem | None:
    """Take `count` from the actor's minute and day, or say which of them is used up."""
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    with transaction.atomic():
        # Two windows of one person: the minute's has a name of its own, as midnight is one too.
        if _take(actor.membership_id, f"{what}/minute", minute, count, PER_MINUTE[what]) is None:
            return _too_fast(what)
        if _take(actor.membership_id, what, day_of(now), count, per_day) is None:
            transaction.set_rollback(True)
            return _used_up(what, per_day)
    return None


def spent(membership_id: int, what: Spending, now: datetime) -> int:
    """How much of today's budget is gone."""
    return spent_by([membership_id], now).get((membership_id, what), 0)


def spent_by(memberships: Sequence[int], now: datetime) -> dict[tuple[int, str], int]:
    """What many have spent of today's budgets: (membership, what) -> count; absent is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT membership_id, what, spent FROM people_budget"
            " WHERE membership_id = ANY(%s) AND what = ANY(%s) AND begins = %s",
            [list(memberships), [str(each) for each in Spending], day_of(now)],
        )
        return {(member, what): int(count) for member, what, count in cursor.fetchall()}


def _take(membership_id: int, what: str, begins: datetime, count: int, limit: int) -> int | None:
    """How much of the window is spent with this; None: it does not fit, and nothing is taken."""
    if count > limit:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_budget AS b (membership_id, what, begins, spent)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT (membership_id, what, begins)"
            " DO UPDATE SET spent = b.spent + excluded.spent"
            " WHERE b.spent + excluded.spent <= %s RETURNING spent",
            [membership_id, what, begins, count, limit],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _used_up(what: Spending, limit: int) -> Problem:
    return Problem(
        code="budget_exhausted",
        detail=f"Your {limit} {what} of today (UTC) are used up.",
        remedy="Ask whoever manages people for more, or go on tomorrow.",
        rule=f"budget: {what} of one person in a day",
        status=429,
    )


def _too_fast(what: Spending) -> Problem:
    return Problem(
        code="too_fast",
        detail=f"That is more than {PER_MINUTE[what]} {what} in a minute.",
        remedy="Wait a minute.",
        rule=f"budget: {what} of one person in a minute",
        status=429,
    )


def tries_left(order_id: bytes, now: datetime, tries: int, *, what: str = "tries") -> int | None:
    """Take one of the day's tries for an order: how many are left, None if none was.

    `what` is tried: each has a count of its own.
    """
    taken = _take(NOBODY, f"{what}/{order_id.hex()}", day_of(now), 1, tries)
    return None if taken is None else tries - taken
