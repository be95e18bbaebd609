"""Reports: how handed sheets ended, as whoever printed them says.

Rules kept here:
- a report may come twice, late, or in pieces: what is known already changes nothing, and that a
  sheet was printed outlives that it was not;
- a report that changes something is one act, with counts; what a printer counted itself is kept
  beside it, so that both can be compared.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.db import connection, transaction

from orderveil.core.errors import Problem
from orderveil.hops.printing import refusing
from orderveil.hops.printing.batches import COLUMNS, Batch, read_batch
from orderveil.hops.printing.jobs import lock
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.partners.models import Device


class Reported(msgspec.Struct, frozen=True):
    """What a report changed; `unknown` are positions that were never handed out."""

    printed: int
    failed: int
    in_doubt: int
    unknown: list[int]


def report(
    batch: Batch,
    printed: Sequence[int],
    failed: Sequence[int],
    *,
    who: Who,
    now: datetime,
    in_doubt: Sequence[int] = (),
    job_id: int | None = None,
) -> Reported:
    """Note how sheets of the batch ended, by position. `job_id`: only sheets of this job are known.

    `in_doubt` are sheets that may have been printed: a person settles them.
    """
    told = [*printed, *failed, *in_doubt]
    with transaction.atomic(), connection.cursor() as cursor:
        lock(cursor, batch.batch_id)
        known = _known(cursor, batch.batch_id, told, job_id)
        done = Reported(
            printed=_end(cursor, batch, "printed", [at for at in printed if at in known], now),
            failed=_end(cursor, batch, "failed", [at for at in failed if at in known], now),
            in_doubt=_doubt(cursor, batch, [at for at in in_doubt if at in known], now),
            unknown=sorted({at for at in told if at not in known}),
        )
        if done.printed or done.failed or done.in_doubt:
            counts = {
                "printed": done.printed,
                "failed": done.failed,
                "in_doubt": done.in_doubt,
                "kind": batch.kind.value,
            }
            record(
                batch.brand_id,
                ActKind.SHEETS_PRINTED,
                now=now,
                who=who,
                subject=f"batch:{batch.batch_id}",
                detail={**counts, "job": job_id, "device": batch.device_id},
            )
    return done


def _known(cursor: Any, batch_id: int, positions: Sequence[int], job_id: int | None) -> set[int]:
    cursor.execute(
        "SELECT position FROM printing_sheet WHERE batch_id = %s AND position = ANY(%s)"
        " AND handed_at IS NOT NULL AND (%s::bigint IS NULL OR job_id = %s)",
        [batch_id, list(positions), job_id, job_id],
    )
    return {row[0] for row in cursor.fetchall()}


def _end(cursor: Any, batch: Batch, state: str, positions: list[int], now: datetime) -> int:
    before = ["handed", "failed"] if state == "printed" else ["handed"]
    why = None if state == "printed" else msgspec.json.encode(refusing.PRINTER_FAILED).decode()
    cursor.execute(
        "UPDATE printing_sheet SET state = %s, ended_at = %s, problem = %s::jsonb"
        " WHERE batch_id = %s AND position = ANY(%s) AND state = ANY(%s)",
        [state, now, why, batch.batch_id, positions, before],
    )
    return int(cursor.rowcount)


def _doubt(cursor: Any, batch: Batch, positions: list[int], now: datetime) -> int:
    cursor.execute(
        "UPDATE printing_sheet SET doubted_at = %s WHERE batch_id = %s AND position = ANY(%s)"
        " AND state = 'handed' AND doubted_at IS NULL",
        [now, batch.batch_id, positions],
    )
    return int(cursor.rowcount)


def batch_of_job(device: Device, job_id: int) -> Batch | Problem:
    """The batch of a job that was handed to this device."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM printing_batch AS batch JOIN printing_job AS job"  # noqa: S608 - columns of ours
            " USING (batch_id) WHERE job.job_id = %s AND job.device_id = %s",
            [job_id, device.pk],
        )
        row = cursor.fetchone()
    return read_batch(row) if row else refusing.NO_SUCH_JOB


def read_counter(device: Device, count: int, *, now: datetime) -> None:
    """Keep what the printer says it has printed in its life: the first and last of the day.

    A day begins where the last reading before it ended: what is printed around us counts too. A
    reading that says nothing new is not kept: agents read every minute.
    """
    day = now.astimezone(UTC).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO printing_reading (device_id, day, brand_id, before, after, read_at)"
            " VALUES (%s, %s, %s, coalesce((SELECT after FROM printing_reading"
            "   WHERE device_id = %s AND day < %s AND day >= %s ORDER BY day DESC LIMIT 1),"
            "   %s), %s, %s)"
            " ON CONFLICT (device_id, day) DO UPDATE SET after = excluded.after,"
            " read_at = excluded.read_at WHERE printing_reading.read_at <= excluded.read_at"
            " AND printing_reading.after <> excluded.after",
            [
                *(device.pk, day, device.brand_id),
                *(device.pk, day, day - timedelta(days=30)),
                *(count, count, now),
            ],
        )
