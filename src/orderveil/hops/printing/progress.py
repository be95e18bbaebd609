"""How far a batch has come: counts by state, what was refused and why, what is in doubt.

A sheet is *in doubt* while it is handed and nobody says how it ended: as soon as whoever printed it
says that they can't tell, else after ten minutes.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import connection

from orderveil.core.errors import Problem
from orderveil.hops.printing.batches import COLUMNS, Batch, read_batch
from orderveil.hops.printing.kinds import DOUBT_AFTER, PART_SHEETS, SheetState

MOST_NAMED = 1_000
PAGE = 30
IN_DOUBT = (
    "(sheet.state = 'handed' AND sheet.again_in IS NULL"
    " AND (sheet.doubted_at IS NOT NULL OR sheet.handed_at < %(doubt)s))"
)


class Counts(msgspec.Struct, frozen=True):
    """How many sheets are where. `in_doubt` are among the handed."""

    waiting: int = 0
    handed: int = 0
    printed: int = 0
    failed: int = 0
    refused: int = 0
    in_doubt: int = 0


class Named(msgspec.Struct, frozen=True):
    """One sheet, as pages and answers name it; `problem` says why it was refused or failed."""

    position: int
    order_id: bytes
    parcel_no: int
    copy_no: int
    state: SheetState
    problem: Problem | None
    handed_at: datetime | None


def counts_of(batch_ids: Sequence[int], now: datetime) -> dict[int, Counts]:
    """The counts of each of these batches."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sheet.batch_id, sheet.state, count(*),"  # noqa: S608 - a condition of ours
            f" count(*) FILTER (WHERE {IN_DOUBT})"
            " FROM printing_sheet AS sheet WHERE sheet.batch_id = ANY(%(batches)s) GROUP BY 1, 2",
            {"batches": list(batch_ids), "doubt": now - DOUBT_AFTER},
        )
        found: dict[int, dict[str, int]] = {each: {} for each in batch_ids}
        for batch_id, state, count, doubtful in cursor.fetchall():
            found[batch_id][state] = count
            if doubtful:
                found[batch_id]["in_doubt"] = doubtful
    return {batch_id: Counts(**each) for batch_id, each in found.items()}


def not_printed(
    batch: Batch, now: datetime, most: int = MOST_NAMED
) -> tuple[list[Named], list[Named]]:
    """(refused or failed, in doubt), up to `most` of each, by position."""
    ended = "sheet.state IN ('refused', 'failed')"
    return _named(batch, ended, now, most), _named(batch, IN_DOUBT, now, most)


def _named(batch: Batch, which: str, now: datetime, most: int) -> list[Named]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, order_id, parcel_no, copy_no, state, problem::text, handed_at"  # noqa: S608 - a condition of ours
            f" FROM printing_sheet AS sheet WHERE batch_id = %(batch)s AND {which}"
            " ORDER BY position LIMIT %(most)s",
            {"batch": batch.batch_id, "most": most, "doubt": now - DOUBT_AFTER},
        )
        rows = cursor.fetchall()
    return [
        Named(
            *(at, bytes(order), parcel_no, copy_no, SheetState(state)),
            msgspec.json.decode(why, type=Problem) if why else None,
            handed_at,
        )
        for at, order, parcel_no, copy_no, state, why, handed_at in rows
    ]


def parts_waiting(batch: Batch) -> list[int]:
    """The parts that hold a sheet that waits: what is left to fetch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT (position - 1) / %s + 1 FROM printing_sheet"
            " WHERE batch_id = %s AND state = 'waiting' ORDER BY 1",
            [PART_SHEETS, batch.batch_id],
        )
        return [row[0] for row in cursor.fetchall()]


def listed(brand_id: int, partner_ids: Sequence[int], *, before: int | None = None) -> list[Batch]:
    """A page of these partners' batches and one more if there is a next page, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM printing_batch AS batch"  # noqa: S608 - columns of ours
            " WHERE batch.brand_id = %s AND batch.partner_id = ANY(%s)"
            " AND (%s::bigint IS NULL OR batch.batch_id < %s)"
            " ORDER BY batch.batch_id DESC LIMIT %s",
            [brand_id, list(partner_ids), before, before, PAGE + 1],
        )
        return [read_batch(row) for row in cursor.fetchall()]
