"""Inclusion proof: that an entry is in a log of a million."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from bench.figures import Figure, Size, median
from bench.house import House, run_sql, settle
from orderveil.core.errors import Problem
from orderveil.ledger.proofs import inclusion
from orderveil.ledger.sequencer import drain

TIMES = 500

_FILL = """
INSERT INTO ledger_pending (log_id, entry_id, leaf, order_id, at)
SELECT {log}, gen_random_uuid(), sha256(('leaf' || n)::bytea), NULL, now()
  FROM generate_series(1, {leaves}) AS n
"""
_SOME = """
SELECT entry_id FROM ledger_leaf WHERE log_id = %s AND index = ANY(
    SELECT (n::bigint * %s / %s) FROM generate_series(0, %s - 1) AS n)
"""


def _milliseconds(entries: list[UUID]) -> float:
    took = []
    for entry in entries:
        began = time.perf_counter()
        if isinstance(inclusion(entry), Problem):
            msg = "an entry that was placed has no proof"
            raise TypeError(msg)
        took.append((time.perf_counter() - began) * 1e3)
    return median(took[len(took) // 5 :])


def _select_milliseconds(entries: list[UUID]) -> float:
    took = []
    for entry in entries:
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM ledger_leaf WHERE entry_id = %s", [entry])
            cursor.fetchone()
        took.append((time.perf_counter() - began) * 1e3)
    return median(took[len(took) // 5 :])


def run(house: House, size: Size) -> Iterator[Figure]:
    """Proofs of entries from the whole length of the log, beside a plain SELECT of one row."""
    log = house.brand.pk
    run_sql(house.url, _FILL.format(log=log, leaves=size.leaves))
    began = time.perf_counter()
    placed = drain(datetime.now(UTC))
    took = time.perf_counter() - began
    settle()
    with connection.cursor() as cursor:
        cursor.execute(_SOME, [log, size.leaves, TIMES, TIMES])
        entries = [row[0] for row in cursor.fetchall()]
    yield Figure(
        name="proof",
        work=f"inclusion proof among {size.leaves:,} entries",
        unit="ms",
        value=_milliseconds(entries),
        baseline=_select_milliseconds(entries),
        baseline_name="SELECT of one row by its key",
        at_most=True,
        budget=1.0,
        detail={"sequenced_per_second": round(placed / took)},
    )
