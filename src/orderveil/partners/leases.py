"""Leases: a day's number, spent by many processes without a row that all of them queue for.

A process leases a block from (key, UTC day) in a short transaction of its own and spends it from
memory. The total leased never exceeds the limit; a crash loses its lease, so a limit can only be
reached early, never exceeded. What the row had left is remembered: nothing is ever returned to it,
so whoever asks for more than that is refused from memory until the limit or the day changes.
"""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import connection, transaction

BLOCKS_PER_LIMIT: Final = 20
"""A block is a twentieth of the limit: few round trips, little lost with a process."""
DAYS_KEPT: Final = timedelta(days=2)
"""Nothing is leased from a day that is over; a clock may be a little behind."""


class Leases:
    """The leases of this process on the rows of one table: (key, day, leased)."""

    def __init__(self, table: str, key: str) -> None:
        """`table` and its key's column: names of ours."""
        where = f"WHERE {key} = %s AND day = %s"
        self._begin = (
            f"INSERT INTO {table} ({key}, day, leased) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING"  # noqa: S608
        )
        self._look = f"SELECT leased FROM {table} {where} FOR UPDATE"  # noqa: S608
        self._sweep = (
            f"DELETE FROM {table} WHERE ({key}, day) IN (SELECT {key}, day FROM {table}"  # noqa: S608
            " WHERE day < %s LIMIT %s FOR UPDATE SKIP LOCKED)"
        )
        self._add = f"UPDATE {table} SET leased = leased + %s {where}"  # noqa: S608
        self._locks: dict[int, threading.Lock] = {}
        self._left: dict[int, tuple[date, int]] = {}
        self._rest: dict[int, tuple[date, int, int]] = {}
        """Key -> (day, limit, what the row had left of it at most)."""

    def take(self, key: int, limit: int, wanted: int, now: datetime, *, least: int) -> int:
        """How many of `wanted` there are; 0, and nothing is taken, if that is under `least`."""
        today = now.astimezone(UTC).date()
        # One key's lease keeps nobody else waiting.
        with self._locks.setdefault(key, threading.Lock()):
            day, left = self._left.get(key, (today, 0))
            if day != today:
                day, left = today, 0
            more = max(least - left, 1)
            if left < wanted and self._may_have(key, day, limit, more):
                left += self._lease(key, day, limit, wanted - left, least=more)
            granted = min(wanted, left)
            if granted < least:
                granted = 0
            self._left[key] = (day, left - granted)
            return granted

    def give_back(self, key: int, count: int, now: datetime) -> None:
        """What was taken and not used, for this process's next; nothing once the day is over."""
        today = now.astimezone(UTC).date()
        with self._locks.setdefault(key, threading.Lock()):
            day, left = self._left.get(key, (today, 0))
            if day == today:
                self._left[key] = (day, left + count)

    def forget(self) -> None:
        """Drop every lease, which is lost: after a restore, and between tests."""
        self._left.clear()
        self._rest.clear()

    def sweep(self, now: datetime, *, limit: int = 1_000) -> int:
        """Forget days that are long over, up to `limit` rows; how many."""
        day = (now - DAYS_KEPT).astimezone(UTC).date()
        with connection.cursor() as cursor:
            cursor.execute(self._sweep, [day, limit])
            return int(cursor.rowcount)

    def _may_have(self, key: int, day: date, limit: int, count: int) -> bool:
        """False if the row was seen to have less than that, of this limit and on this day."""
        known = self._rest.get(key)
        return known is None or known[:2] != (day, limit) or known[2] >= count

    def _lease(self, key: int, day: date, limit: int, need: int, *, least: int) -> int:
        """How many this process may add to what it holds; 0 if `least` is not to be had."""
        place: list[int | date] = [key, day]
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(self._begin, place)
            cursor.execute(self._look, place)
            left = max(limit - int(cursor.fetchone()[0]), 0)
            block = min(max(need, limit // BLOCKS_PER_LIMIT), left)
            if block < least:
                block = 0
            else:
                cursor.execute(self._add, [block, *place])
        self._rest[key] = (day, limit, left - block)
        return block
