"""Deliveries: the telling of one event to one subscription, from queued to settled.

Rules kept here:
- claiming is one short statement: it counts the attempt and moves `next_at` past the lease, so
  no second worker takes the delivery while the first is on the wire, and if the first dies the
  delivery comes back by itself, under the same webhook id (at least once);
- a failure is settled only by the attempt that had it: one that outlived its lease changes
  nothing; a success is true whoever reports it;
- locks are taken subscription first, delivery second, here as in `subscriptions.revoke`;
- bodies are never stored; of a failure only its code and the HTTP status are.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec
from django.db import connection, transaction

from orderveil.core.errors import Problem
from orderveil.outbox.events import EVENT_COLUMNS, Event, read_event
from orderveil.outbox.subscriptions import (
    SUBSCRIPTION_COLUMNS,
    Subscription,
    read_subscription,
)


class DeliveryState(StrEnum):
    """What became of a delivery; all but `pending` are at rest."""

    PENDING = "pending"
    DELIVERED = "delivered"
    REFUSED = "refused"
    """The gate would not compose it; nothing was sent."""
    DEAD = "dead"
    """Tried to the end of the schedule, or its subscription ended. Kept for a person."""


class Delivery(msgspec.Struct, frozen=True):
    """One telling. `webhook_id` stays the same at every attempt; `attempt` counts from 1."""

    delivery_id: int
    webhook_id: str
    attempt: int
    event: Event


class DeadDelivery(msgspec.Struct, frozen=True):
    """A delivery at rest that a person may send again."""

    delivery_id: int
    subscription_id: int
    partner_id: int
    hop: str
    event_id: int
    kind: str
    state: DeliveryState
    attempts: int
    last_status: int | None
    last_error: str | None
    updated_at: datetime


class Outcome(msgspec.Struct, frozen=True):
    """How one attempt ended. `next_at`: when to try again, for `pending` only."""

    state: DeliveryState
    status: int | None = None
    error: str | None = None
    next_at: datetime | None = None


_EVENT_WIDTH: Final = 8


def due(now: datetime, limit: int) -> int:
    """How many deliveries could be claimed now, counted up to `limit`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM outbox_delivery WHERE state = 'pending' AND next_at <= %s LIMIT %s
            ) AS first
            """,
            [now, limit],
        )
        return int(cursor.fetchone()[0])


def claim(
    now: datetime, lease: timedelta, *, busy: Collection[int] = ()
) -> tuple[Delivery, Subscription] | None:
    """Take the delivery that is due longest, for one attempt; None if nothing is due.

    `busy`: subscriptions to leave alone for now. Must not run inside a transaction: the claim
    holds only once it is committed.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH first AS MATERIALIZED (
                SELECT d.id FROM outbox_delivery d
                  JOIN outbox_subscription s ON s.id = d.subscription_id
                 WHERE d.state = 'pending' AND d.next_at <= %s
                   AND s.revoked_at IS NULL AND d.subscription_id <> ALL(%s)
                 ORDER BY d.next_at, d.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED
            )
            UPDATE outbox_delivery d SET attempts = d.attempts + 1, next_at = %s, updated_at = %s
              FROM first, outbox_event e, outbox_subscription s
             WHERE d.id = first.id AND e.id = d.event_id AND s.id = d.subscription_id
            RETURNING d.id, d.webhook_id, d.attempts, {EVENT_COLUMNS}, {SUBSCRIPTION_COLUMNS}
            """,  # noqa: S608 - constants of ours
            [now, list(busy), now + lease, now],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    event, subscription = row[3 : 3 + _EVENT_WIDTH], row[3 + _EVENT_WIDTH :]
    delivery = Delivery(row[0], f"msg_{UUID(str(row[1])).hex}", row[2], read_event(event))
    return delivery, read_subscription(subscription)


def settle(delivery: Delivery, subscription: Subscription, outcome: Outcome, now: datetime) -> None:
    """Record how an attempt ended, on the delivery and on the subscription's run of failures."""
    answered = outcome.state is DeliveryState.DELIVERED
    failed = outcome.state in {DeliveryState.PENDING, DeliveryState.DEAD}
    with transaction.atomic(), connection.cursor() as cursor:
        if answered or failed:
            cursor.execute(
                """
                UPDATE outbox_subscription SET failures = CASE WHEN %s THEN 0 ELSE failures + 1 END
                 WHERE id = %s AND (failures > 0 OR NOT %s)
                """,
                [answered, subscription.subscription_id, answered],
            )
        cursor.execute(
            """
            UPDATE outbox_delivery
               SET state = %s, last_status = %s, last_error = %s, updated_at = %s,
                   next_at = COALESCE(%s, next_at)
             WHERE id = %s AND (%s OR (state = 'pending' AND attempts = %s))
            """,
            [
                outcome.state.value,
                outcome.status,
                outcome.error,
                now,
                outcome.next_at,
                delivery.delivery_id,
                answered,
                delivery.attempt,
            ],
        )


def dead(brand_id: int, *, limit: int = 100) -> list[DeadDelivery]:
    """The brand's dead and refused deliveries, oldest first."""
    names = DeadDelivery.__struct_fields__
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.subscription_id, s.partner_id, s.hop, d.event_id, e.kind, d.state,
                   d.attempts, d.last_status, d.last_error, d.updated_at
              FROM outbox_delivery d
              JOIN outbox_subscription s ON s.id = d.subscription_id
              JOIN outbox_event e ON e.id = d.event_id
             WHERE s.brand_id = %s AND d.state IN ('dead', 'refused')
             ORDER BY d.id LIMIT %s
            """,
            [brand_id, limit],
        )
        rows = cursor.fetchall()
    return [msgspec.convert(dict(zip(names, row, strict=True)), DeadDelivery) for row in rows]


def retry(brand_id: int, delivery_id: int, now: datetime) -> Problem | None:
    """Queue a dead or refused delivery again, with its whole schedule and the same webhook id.

    A Problem if the brand has none by that id, or if its subscription was revoked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE outbox_delivery d
               SET state = 'pending', attempts = 0, next_at = %s, updated_at = %s
              FROM outbox_subscription s
             WHERE d.id = %s AND s.id = d.subscription_id AND s.brand_id = %s
               AND s.revoked_at IS NULL AND d.state IN ('dead', 'refused')
            """,
            [now, now, delivery_id, brand_id],
        )
        if cursor.rowcount == 1:
            return None
    return Problem(
        code="no_such_delivery",
        detail="No dead or refused delivery of a live subscription of this brand has that id.",
        remedy="List the dead deliveries; a revoked subscription has to be made anew.",
        status=404,
    )
