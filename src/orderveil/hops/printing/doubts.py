"""What is in doubt is settled by a person, once; and what waits can be called off.

Rules kept here:
- whoever says that a sheet was printed says how they know; whoever wants it again gets a copy with
  a number of its own, in a batch of its own, for the reason `in_doubt`;
- the sheet in doubt stays what it is, handed: what surely was on paper, nobody knows.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from orderveil.core.errors import Problem
from orderveil.gate.asking import Caller
from orderveil.gate.parcels import who
from orderveil.hops.printing import batches, refusing
from orderveil.hops.printing.batches import Batch, settle_waits
from orderveil.hops.printing.jobs import lock
from orderveil.hops.printing.kinds import DOUBT_AFTER, HOP_OF, ReprintReason, Seen
from orderveil.hops.printing.progress import IN_DOUBT
from orderveil.ledger.acts import ActKind, record


@transaction.atomic
def say_printed(
    caller: Caller, batch: Batch, position: int, seen: Seen, *, now: datetime
) -> Problem | None:
    """This sheet in doubt is on paper: `seen` says how they know."""
    with connection.cursor() as cursor:
        lock(cursor, batch.batch_id)
        if _doubtful(cursor, batch, position, now) is None:
            return refusing.NOT_IN_DOUBT
        cursor.execute(
            "UPDATE printing_sheet SET state = 'printed', ended_at = %s, settled = %s"
            " WHERE batch_id = %s AND position = %s",
            [now, seen.value, batch.batch_id, position],
        )
    _settled(caller, batch, position, "printed", now, seen=seen.value)
    return None


@transaction.atomic
def ask_again(caller: Caller, batch: Batch, position: int, *, now: datetime) -> Batch | Problem:
    """Print this sheet in doubt once more, where the batch was printed; the new batch."""
    with connection.cursor() as cursor:
        lock(cursor, batch.batch_id)
        parcel = _doubtful(cursor, batch, position, now)
        if parcel is None:
            return refusing.NOT_IN_DOUBT
        made = _once_more(caller, batch, parcel, ReprintReason.IN_DOUBT, now)
        if isinstance(made, Problem):
            return made
        cursor.execute(
            "UPDATE printing_sheet SET again_in = %s WHERE batch_id = %s AND position = %s",
            [made.batch_id, batch.batch_id, position],
        )
    _settled(caller, batch, position, "again", now, again_in=made.batch_id)
    return made


def reprint(
    caller: Caller, batch: Batch, position: int, reason: ReprintReason, *, now: datetime
) -> Batch | Problem:
    """One sheet of the batch once more, where the batch was printed; the new batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id, parcel_no FROM printing_sheet"
            " WHERE batch_id = %s AND position = %s AND handed_at IS NOT NULL",
            [batch.batch_id, position],
        )
        row = cursor.fetchone()
    if row is None:
        return refusing.NO_SUCH_SHEET
    return _once_more(caller, batch, (bytes(row[0]), row[1]), reason, now)


def _once_more(
    caller: Caller, batch: Batch, parcel: tuple[bytes, int], reason: ReprintReason, now: datetime
) -> Batch | Problem:
    return batches.begin(
        *(replace(caller, hop=HOP_OF[batch.kind]), [parcel], batch.kind, batch.form),
        now=now,
        dpi=batch.dpi,
        device_id=batch.device_id,
        reason=reason,
    )


def _doubtful(cursor: Any, batch: Batch, position: int, now: datetime) -> tuple[bytes, int] | None:
    cursor.execute(
        "SELECT order_id, parcel_no FROM printing_sheet AS sheet"  # noqa: S608 - a condition of ours
        f" WHERE batch_id = %(batch)s AND position = %(position)s AND {IN_DOUBT}",
        {"batch": batch.batch_id, "position": position, "doubt": now - DOUBT_AFTER},
    )
    row = cursor.fetchone()
    return (bytes(row[0]), row[1]) if row else None


def _settled(
    caller: Caller, batch: Batch, position: int, settled_as: str, now: datetime, **more: str | int
) -> None:
    record(
        batch.brand_id,
        ActKind.SHEET_SETTLED,
        now=now,
        who=who(caller),
        subject=f"batch:{batch.batch_id}",
        detail={"position": position, "as": settled_as, **more},
    )


@transaction.atomic
def call_off(caller: Caller, batch: Batch, *, now: datetime) -> int:
    """What waits in this batch is not printed; how many sheets that are."""
    why = msgspec.json.encode(refusing.CALLED_OFF).decode()
    with connection.cursor() as cursor:
        lock(cursor, batch.batch_id)
        cursor.execute(
            "UPDATE printing_sheet SET state = 'refused', problem = %s::jsonb, ended_at = %s"
            " WHERE batch_id = %s AND state = 'waiting'",
            [why, now, batch.batch_id],
        )
        count = int(cursor.rowcount)
        settle_waits(cursor, batch.batch_id)
    if count:
        record(
            batch.brand_id,
            ActKind.SHEETS_CALLED_OFF,
            now=now,
            who=who(caller),
            subject=f"batch:{batch.batch_id}",
            detail={"kind": batch.kind.value, "sheets": count},
        )
    return count
