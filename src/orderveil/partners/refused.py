"""How often each caller is refused, by hour: what alerts are raised from. Counts and codes only.

Rules kept here:
- a refusal costs an addition in memory; the sums are written at most once a second, by whichever
  request comes next;
- a process that dies loses what it counted in its last second: a count is a hint, not a record;
- counting never breaks an answer: if the database is away, the sums wait, bounded.
"""

import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import DatabaseError, connection

STATUSES = frozenset({401, 403, 404, 410, 429})
"""What counts: not allowed, not there, too much. A malformed request is a defect, not a try."""
FLUSH_SECONDS = 1.0
MOST_PENDING = 5_000

Key = tuple[int, str, str, datetime]
"""(brand id, who, the refusal's code, the hour it began in)"""

_pending: Counter[Key] = Counter()
_lock = threading.Lock()
_flushed = [float("-inf")]

_ADD = """
INSERT INTO partners_refused AS r (brand_id, who, code, hour, count)
SELECT * FROM unnest(%s::integer[], %s::text[], %s::text[], %s::timestamptz[], %s::integer[])
ON CONFLICT (brand_id, hour, who, code) DO UPDATE SET count = r.count + excluded.count
"""


class Refused(NamedTuple):
    """How often one caller was refused in one hour, for one reason."""

    who: str
    code: str
    hour: datetime
    times: int


def add(brand_id: int, who: str, code: str, now: datetime, count: int = 1) -> None:
    """Count a refusal of `who` ("person:17", "credential:5")."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with _lock:
        key = (brand_id, who, code, hour)
        if key in _pending or len(_pending) < MOST_PENDING:
            _pending[key] += count


def flush(*, at_once: bool = False) -> None:
    """Write the sums, if a second has passed since the last time and no transaction is open."""
    if not _pending or connection.in_atomic_block:
        return
    with _lock:
        moment = time.monotonic()
        if not at_once and moment - _flushed[0] < FLUSH_SECONDS:
            return
        _flushed[0] = moment
        # In one order everywhere, so that two processes never wait for each other.
        sums = sorted(_pending.items(), key=lambda item: (item[0][0], item[0][3], *item[0][1:3]))
        _pending.clear()
    try:
        _write(sums)
    except DatabaseError:
        with _lock:
            _pending.update(dict(sums[:MOST_PENDING]))


def _write(sums: list[tuple[Key, int]]) -> None:
    columns = list(zip(*((*key, count) for key, count in sums), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in columns])


def since(brand_id: int, hour: datetime) -> list[Refused]:
    """The brand's counts from that hour on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT who, code, hour, count FROM partners_refused"
            " WHERE brand_id = %s AND hour >= %s ORDER BY hour, who, code",
            [brand_id, hour],
        )
        return [Refused(*row) for row in cursor.fetchall()]


def sweep(before: datetime) -> int:
    """Forget hours before then; how many rows."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM partners_refused WHERE hour < %s", [before])
        return int(cursor.rowcount)


def forget() -> None:
    """Drop what waits, and be ready to write at once: between tests."""
    with _lock:
        _pending.clear()
        _flushed[0] = float("-inf")


KEPT = timedelta(days=7)
"""How long the counts are of use: alerts keep sums of their own."""
