"""Keeping the outbox small, and saying how much waits in it.

Rules kept here: only what is finished is swept; what waits for a person stays.
"""

from datetime import datetime

import msgspec
from django.db import connection, transaction


class Backlog(msgspec.Struct, frozen=True):
    """What waits in the outbox of the whole installation; counts, and the oldest event's time."""

    events: int
    oldest_event_at: datetime | None
    parked_events: int
    pending_deliveries: int
    dead_deliveries: int


def backlog() -> Backlog:
    """How much waits: for readiness and metrics."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT
              (SELECT count(*) FROM outbox_event WHERE done_at IS NULL AND parked_at IS NULL),
              (SELECT min(created_at) FROM outbox_event
                WHERE done_at IS NULL AND parked_at IS NULL),
              (SELECT count(*) FROM outbox_event WHERE parked_at IS NOT NULL),
              (SELECT count(*) FROM outbox_delivery WHERE state = 'pending'),
              (SELECT count(*) FROM outbox_delivery WHERE state = 'dead')
            """
        )
        return Backlog(*cursor.fetchone())


def sweep(before: datetime, *, limit: int = 10_000) -> int:
    """Delete deliveries and events finished before then, up to `limit` of each; events deleted.

    An event goes when nothing that refers to it is left: dead deliveries keep theirs.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM outbox_delivery WHERE id IN (
                SELECT id FROM outbox_delivery
                 WHERE state IN ('delivered', 'refused') AND updated_at < %s
                 LIMIT %s FOR UPDATE SKIP LOCKED)
            """,
            [before, limit],
        )
        cursor.execute(
            """
            DELETE FROM outbox_event WHERE id IN (
                SELECT e.id FROM outbox_event e
                 WHERE e.done_at < %s
                   AND NOT EXISTS (SELECT 1 FROM outbox_delivery d WHERE d.event_id = e.id)
                 LIMIT %s FOR UPDATE SKIP LOCKED)
            """,
            [before, limit],
        )
        return int(cursor.rowcount)
