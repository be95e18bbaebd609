"""Volume budgets: how many orders a credential may see in a UTC day.

A process leases a block from (credential, day) in a short transaction of its own and spends it
from memory. The total leased never exceeds the limit; a crash loses its lease, so the limit can
only be reached early, never exceeded.
"""

import threading
from datetime import UTC, date, datetime

from django.db import connection, transaction

from orderveil.core.errors import Problem

BLOCKS_PER_LIMIT = 20
"""A block is a twentieth of the limit: few round trips, little lost with a process."""


class Budgets:
    """The leases of this process."""

    def __init__(self) -> None:
        self._locks: dict[int, threading.Lock] = {}
        self._left: dict[int, tuple[date, int]] = {}

    def spend(
        self, credential_id: int, limit: int | None, orders: int, now: datetime
    ) -> Problem | None:
        """Take `orders` from the budget, or say why not. Nothing is taken on a refusal."""
        if limit is None:
            return None
        today = now.astimezone(UTC).date()
        # One credential's lease keeps nobody else waiting.
        with self._locks.setdefault(credential_id, threading.Lock()):
            day, left = self._left.get(credential_id, (today, 0))
            if day != today:
                day, left = today, 0
            if left < orders:
                left += self._lease(credential_id, day, limit, orders - left)
            if left < orders:
                self._left[credential_id] = (day, left)
                return _exhausted(limit)
            self._left[credential_id] = (day, left - orders)
            return None

    def forget(self) -> None:
        """Drop every lease, which is lost: after a restore, and between tests."""
        self._left.clear()

    @staticmethod
    def _lease(credential_id: int, day: date, limit: int, need: int) -> int:
        """How many orders this process may add to what it holds; 0 if `need` is not to be had."""
        key: list[int | date] = [credential_id, day]
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO partners_budget (credential_id, day, leased) VALUES (%s, %s, 0)"
                " ON CONFLICT DO NOTHING",
                key,
            )
            cursor.execute(
                "SELECT leased FROM partners_budget WHERE credential_id = %s AND day = %s"
                " FOR UPDATE",
                key,
            )
            left = limit - int(cursor.fetchone()[0])
            block = min(max(need, limit // BLOCKS_PER_LIMIT), left)
            if block < need:
                return 0
            cursor.execute(
                "UPDATE partners_budget SET leased = leased + %s"
                " WHERE credential_id = %s AND day = %s",
                [block, *key],
            )
        return block


def _exhausted(limit: int) -> Problem:
    return Problem(
        code="budget_exhausted",
        detail=f"This credential has seen its {limit} orders of today (UTC).",
        remedy="Wait for the next UTC day, or ask the brand for a larger daily limit.",
        rule="budget: orders a credential may see in a day",
        status=429,
    )
