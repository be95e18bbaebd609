"""The pump: hands each event to the journey once, and queues what partners are to be told.

Rules kept here:
- an event is done in the transaction of its handler's writes: its effect happens exactly once;
- a handler has no effect but through this database: one that was taken back is called again;
- a handler that fails takes back its own writes only; its event comes again, later each time,
  and is parked for a person when the schedule is used up;
- two pumps never hold the same event (SKIP LOCKED), and one that dies lets go of all it held.
"""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from orderveil.core.errors import Problem
from orderveil.outbox.events import EVENT_COLUMNS, Event, read_event
from orderveil.outbox.failures import delay, failure_code
from orderveil.outbox.subscriptions import (
    SUBSCRIPTION_COLUMNS,
    Subscription,
    read_subscription,
)

Handler = Callable[[Event], None]

SCHEDULE_SECONDS: Final = (1, 2, 5, 15, 60, 300, 900, 1800, 3600, 3600)
"""Waits after a failed handling: about three hours in all, then the event is parked."""


def work(
    handler: Handler, now: datetime, *, limit: int = 100, rng: random.Random | None = None
) -> int:
    """Handle up to `limit` due events in one transaction; returns how many were taken, 0: idle.

    Call it again while it returns `limit`. A fault of the database itself is raised: the whole
    batch is then as if untouched.
    """
    rng = rng or random.SystemRandom()
    with transaction.atomic(durable=True):
        events = _take(now, limit)
        if len(events) > 1 and _all_handled(handler, events):
            done = [event.event_id for event in events]
        else:
            done = [event.event_id for event in events if _handled(handler, event, now, rng)]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE outbox_event SET done_at = %s WHERE id = ANY(%s)", [now, done])
    return len(events)


def _take(now: datetime, limit: int) -> list[Event]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {EVENT_COLUMNS} FROM outbox_event e
             WHERE e.done_at IS NULL AND e.parked_at IS NULL AND e.next_at <= %s
             ORDER BY e.next_at, e.id LIMIT %s FOR UPDATE SKIP LOCKED
            """,  # noqa: S608 - a constant of ours
            [now, limit],
        )
        return [read_event(row) for row in cursor.fetchall()]


def _all_handled(handler: Handler, events: list[Event]) -> bool:
    """Whether all went well together: the usual case, without a savepoint for each event."""
    try:
        with transaction.atomic():
            for event in events:
                handler(event)
    except Exception:  # noqa: BLE001 - each is handled alone then, and this one put off
        return False
    return True


def _handled(handler: Handler, event: Event, now: datetime, rng: random.Random) -> bool:
    try:
        with transaction.atomic():
            handler(event)
    except Exception as error:  # noqa: BLE001 - one event's failure must not hold the others
        _put_off(event, failure_code(error), now, rng)
        return False
    return True


def _put_off(event: Event, code: str, now: datetime, rng: random.Random) -> None:
    wait = delay(SCHEDULE_SECONDS, event.attempts + 1, rng)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE outbox_event
               SET attempts = attempts + 1, last_error = %s, next_at = %s, parked_at = %s
             WHERE id = %s
            """,
            [code, now + wait if wait else now, None if wait else now, event.event_id],
        )


def fan_out(
    event: Event, now: datetime, *, wanted: Callable[[Subscription], bool] = lambda _: True
) -> int:
    """Queue a delivery for each live subscription of the event's brand and kind; returns how many.

    Part of a handler's transaction; doing it twice queues nothing more. `wanted` narrows it to
    the subscriptions the caller finds fit (the parcel's own courier). What a partner then sees
    is decided at each sending, not here.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {SUBSCRIPTION_COLUMNS} FROM outbox_subscription s
             WHERE s.brand_id = %s AND s.revoked_at IS NULL AND %s = ANY(s.kinds)
             ORDER BY s.id FOR SHARE
            """,  # noqa: S608 - a constant of ours
            [event.brand_id, event.kind.value],
        )
        chosen = [
            subscription.subscription_id
            for subscription in map(read_subscription, cursor.fetchall())
            if wanted(subscription)
        ]
        if not chosen:
            return 0
        cursor.execute(
            """
            INSERT INTO outbox_delivery (subscription_id, event_id, next_at, updated_at)
            SELECT unnest(%s::bigint[]), %s, %s, %s
            ON CONFLICT (subscription_id, event_id) DO NOTHING
            """,
            [chosen, event.event_id, now, now],
        )
        return int(cursor.rowcount)


def parked(brand_id: int, *, limit: int = 100) -> list[tuple[Event, str]]:
    """The brand's events that no schedule will bring back, each with its last error's code."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {EVENT_COLUMNS}, e.last_error FROM outbox_event e
             WHERE e.brand_id = %s AND e.parked_at IS NOT NULL ORDER BY e.id LIMIT %s
            """,  # noqa: S608 - a constant of ours
            [brand_id, limit],
        )
        return [(read_event(row[:-1]), str(row[-1])) for row in cursor.fetchall()]


def release(brand_id: int, event_id: int, now: datetime) -> Problem | None:
    """Give a parked event its whole schedule again; a Problem if the brand has none by that id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE outbox_event SET parked_at = NULL, attempts = 0, next_at = %s
             WHERE id = %s AND brand_id = %s AND parked_at IS NOT NULL
            """,
            [now, event_id, brand_id],
        )
        if cursor.rowcount == 1:
            return None
    return Problem(
        code="no_such_event",
        detail="No parked event of this brand has that id.",
        remedy="List the parked events first.",
        status=404,
    )
