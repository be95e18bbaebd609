"""Jobs: handing out the next sheets of a batch, once.

Rules kept here:
- sheets are marked as handed, and that is durable, before anything of them is opened: two who ask
  at once never get the same sheet, and whatever breaks afterwards leaves a sheet in doubt, which
  is more than was printed and never less;
- what the gate refuses is refused; what may still come (the parcel was packed a moment ago) waits
  for up to two minutes; what could not be drawn failed, and never left;
- a printer's agent may hold its job sealed for two hours: the salt of its key is given again to
  the same device only, and within that time.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from orderveil.core.errors import Problem
from orderveil.gate import refusals
from orderveil.gate.asking import Caller
from orderveil.hops.printing import refusing
from orderveil.hops.printing.batches import COLUMNS, Batch, read_batch, settle_waits
from orderveil.hops.printing.kinds import (
    AGAIN_AFTER,
    GRACE,
    HOLD,
    HOP_OF,
    JOB_SHEETS,
    PART_SHEETS,
)
from orderveil.hops.printing.presses import (
    Document,
    Drawn,
    Format,
    Press,
    Sheet,
    Shown,
    press_for,
)
from orderveil.partners import assignments
from orderveil.partners.models import Device

MAY_STILL_COME = frozenset(
    {"not_assigned", "outside_window", "label_without_waybill", refusals.BUSY.code}
)
SALT_BYTES = 32
MOST_EMPTY = 3
"""How many jobs of nothing but refusals are passed over before an agent is told to ask again."""


@dataclass(frozen=True, slots=True)
class Hold:
    """With what a station makes the key of what it holds, and until when it may."""

    salt: bytes
    until: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """Sheets that were handed out, drawn. It exists in the answer only."""

    job_id: int
    batch: Batch
    documents: tuple[Document, ...]
    hold: Hold | None


def fetch(caller: Caller, batch: Batch, part: int, *, now: datetime) -> Handed | Problem:
    """The waiting sheets of the batch's part, as few documents as can be; a second time: none.

    `caller` is whoever asked for the batch or another of the same partner: each sheet is a
    disclosure to them, and is paid for by them.
    """
    if batch.device_id is not None:
        return refusing.PRINTED_ELSEWHERE
    first = (part - 1) * PART_SHEETS + 1
    if not 1 <= first <= batch.sheets:
        return refusing.NO_SUCH_PART
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        lock(cursor, batch.batch_id)
        taken = _take(cursor, batch, first, PART_SHEETS, PART_SHEETS, None, now)
    if taken is None:
        return refusing.PART_HANDED
    handed = _hand(replace(caller, hop=HOP_OF[batch.kind]), batch, taken, now, apart=False)
    return refusing.NOTHING_LEFT if handed is None else handed


def lease(device: Device, *, now: datetime) -> Handed | Problem | None:
    """The printer's next job of up to 50 sheets, a document each; None: nothing waits for it."""
    for _ in range(MOST_EMPTY):
        found = _next_of(device, now)
        if found is None:
            return None
        batch, taken = found
        caller = Caller(
            batch.brand_id,
            batch.partner_id,
            HOP_OF[batch.kind],
            person=batch.person,
            device_id=device.pk,
        )
        handed = _hand(caller, batch, taken, now, apart=True)
        if handed is not None:
            return handed
    return None


def hold_of(device: Device, job_id: int, *, now: datetime) -> Hold | Problem:
    """The hold of a job that was handed to this device, while it lasts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hold_salt, hold_until FROM printing_job WHERE job_id = %s AND device_id = %s",
            [job_id, device.pk],
        )
        row = cursor.fetchone()
    if row is None:
        return refusing.NO_SUCH_JOB
    salt, until = row
    return Hold(bytes(salt), until) if salt and now < until else refusing.HOLD_OVER


def lock(cursor: Any, batch_id: int) -> None:
    """Lock the batch: whoever changes its sheets does this first."""
    cursor.execute("SELECT 1 FROM printing_batch WHERE batch_id = %s FOR UPDATE", [batch_id])


@dataclass(frozen=True, slots=True)
class _Taken:
    """Sheets that are marked as handed."""

    job_id: int
    sheets: tuple[Sheet, ...]
    hold: Hold | None


def _next_of(device: Device, now: datetime) -> tuple[Batch, _Taken] | None:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM printing_batch AS batch"  # noqa: S608 - columns of ours
            " WHERE batch.device_id = %s AND batch.partner_id = %s AND batch.waits AND EXISTS ("
            "   SELECT 1 FROM printing_sheet AS sheet WHERE sheet.batch_id = batch.batch_id"
            "      AND sheet.state = 'waiting' AND coalesce(sheet.again_at <= %s, true))"
            " ORDER BY batch.batch_id LIMIT 1 FOR UPDATE SKIP LOCKED",
            [device.pk, device.partner_id, now],
        )
        row = cursor.fetchone()
        if row is None:
            return None
        batch = read_batch(row)
        taken = _take(cursor, batch, 1, batch.sheets, JOB_SHEETS, device.pk, now)
    return None if taken is None else (batch, taken)


def _take(
    cursor: Any,
    batch: Batch,
    first: int,
    places: int,
    most: int,
    device_id: int | None,
    now: datetime,
) -> _Taken | None:
    """Mark the next waiting sheets of these places as handed; the batch is locked."""
    hold = None if device_id is None else Hold(secrets.token_bytes(SALT_BYTES), now + HOLD)
    cursor.execute(
        "SELECT position, order_id, parcel_no, copy_no FROM printing_sheet"
        " WHERE batch_id = %s AND position BETWEEN %s AND %s AND state = 'waiting'"
        "   AND coalesce(again_at <= %s, true) ORDER BY position LIMIT %s FOR UPDATE",
        [batch.batch_id, first, first + places - 1, now, most],
    )
    sheets = tuple(Sheet(at, bytes(order), *rest) for at, order, *rest in cursor.fetchall())
    if not sheets:
        return None
    cursor.execute(
        "INSERT INTO printing_job (batch_id, device_id, handed_at, hold_salt, hold_until)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING job_id",
        [batch.batch_id, device_id, now, hold and hold.salt, hold and hold.until],
    )
    job_id = int(cursor.fetchone()[0])
    cursor.execute(
        "UPDATE printing_sheet SET state = 'handed', handed_at = %s, job_id = %s, again_at = NULL"
        " WHERE batch_id = %s AND position = ANY(%s)",
        [now, job_id, batch.batch_id, [each.position for each in sheets]],
    )
    settle_waits(cursor, batch.batch_id)
    return _Taken(job_id, sheets, hold)


def _hand(
    caller: Caller, batch: Batch, taken: _Taken, now: datetime, *, apart: bool
) -> Handed | Problem | None:
    """Disclose and draw what is marked; None if nothing of it could be."""
    press = press_for(batch.kind, batch.form)
    shown = press if isinstance(press, Problem) else _disclose(press, caller, batch, taken, now)
    if isinstance(press, Problem) or isinstance(shown, Problem):
        _put_back(batch, taken, now)
        return press if isinstance(press, Problem) else shown  # type: ignore[return-value]
    given = [(sheet, shown[sheet.position]) for sheet in taken.sheets]
    able = [(sheet, each.content) for sheet, each in given if isinstance(each, Shown)]
    refused = {sheet.position: each for sheet, each in given if isinstance(each, Problem)}
    entries = {UUID(each.disclosure) for _, each in given if isinstance(each, Shown)}
    style = Format(batch.form, batch.dpi, apart, batch.brand_id, now)
    failed: Mapping[int, Problem] = dict.fromkeys(
        [sheet.position for sheet, _ in able], refusing.COULD_NOT_DRAW
    )
    documents: tuple[Document, ...] = ()
    try:
        drawn = _drawn(press, able, style)
        documents, failed = drawn.documents, drawn.failed
    finally:
        _note(batch, taken, refused, failed, sorted(entries), now)
    return Handed(taken.job_id, batch, documents, taken.hold) if documents else None


def _disclose(
    press: Press, caller: Caller, batch: Batch, taken: _Taken, now: datetime
) -> dict[int, Shown | Problem] | Problem:
    """What the gate gives for each position. The copy is a disclosure's reason."""
    answers: dict[int, Shown | Problem] = {}
    sheets = list(taken.sheets)
    if batch.person is not None:
        # Whoever packs sees their partner's own parcels, whatever reach the policy gives the hop.
        theirs = assignments.assignees(
            [(each.order_id, each.parcel_no) for each in sheets], caller.hop
        )
        for each in sheets:
            if theirs.get((each.order_id, each.parcel_no)) != batch.partner_id:
                answers[each.position] = refusals.not_assigned(caller.hop)
        sheets = [each for each in sheets if each.position not in answers]
    sheets.sort(key=lambda each: (each.copy_no, each.position))
    for copy_no, group in groupby(sheets, key=lambda each: each.copy_no):
        some = list(group)
        asking = replace(caller, reason=f"print {batch.batch_id} copy {copy_no}")
        wanted = [(str(each.position), each.order_id, each.parcel_no) for each in some]
        shown = press.disclose(asking, wanted, now)
        if isinstance(shown, Problem):
            return shown
        answers |= {each.position: one for each, one in zip(some, shown, strict=True)}
    return answers


def _drawn(press: Press, able: Sequence[tuple[Sheet, Any]], style: Format) -> Drawn:
    """What was drawn; a sheet that is in no document failed, whatever the press says of it."""
    if not able:
        return Drawn((), {})
    drawn = press.draw(able, style)
    inside = {at for document in drawn.documents for at in document.positions}
    lost = {sheet.position: refusing.COULD_NOT_DRAW for sheet, _ in able}
    failed = {at: drawn.failed.get(at, lost[at]) for at in lost if at not in inside}
    return Drawn(drawn.documents, failed)


@transaction.atomic
def _put_back(batch: Batch, taken: _Taken, now: datetime) -> None:
    """Nothing was disclosed to this caller: the sheets wait on."""
    with connection.cursor() as cursor:
        lock(cursor, batch.batch_id)
        _wait_on(cursor, batch, taken, [each.position for each in taken.sheets], now)
        cursor.execute("DELETE FROM printing_job WHERE job_id = %s", [taken.job_id])
        settle_waits(cursor, batch.batch_id)


def _wait_on(
    cursor: Any, batch: Batch, taken: _Taken, positions: Sequence[int], now: datetime
) -> None:
    cursor.execute(
        "UPDATE printing_sheet SET state = 'waiting', handed_at = NULL, job_id = NULL,"
        " again_at = %s WHERE batch_id = %s AND position = ANY(%s) AND job_id = %s"
        " AND state = 'handed'",
        [now + AGAIN_AFTER, batch.batch_id, list(positions), taken.job_id],
    )


@transaction.atomic
def _note(
    batch: Batch,
    taken: _Taken,
    refused: Mapping[int, Problem],
    failed: Mapping[int, Problem],
    entries: Sequence[UUID],
    now: datetime,
) -> None:
    """What is not given out after all, and under which entries the rest is on record."""
    is_new = now < batch.created_at + GRACE
    later = [at for at, why in refused.items() if is_new and why.code in MAY_STILL_COME]
    ended = [(at, "refused", why) for at, why in refused.items() if at not in later]
    ended += [(at, "failed", why) for at, why in failed.items()]
    with connection.cursor() as cursor:
        lock(cursor, batch.batch_id)
        if later:
            _wait_on(cursor, batch, taken, later, now)
        for at, state, why in ended:
            cursor.execute(
                "UPDATE printing_sheet SET state = %s, problem = %s::jsonb, ended_at = %s,"
                " handed_at = NULL WHERE batch_id = %s AND position = %s AND job_id = %s",
                [state, msgspec.json.encode(why).decode(), now, batch.batch_id, at, taken.job_id],
            )
        cursor.execute(
            "UPDATE printing_job SET disclosures = %s WHERE job_id = %s",
            [list(entries), taken.job_id],
        )
        settle_waits(cursor, batch.batch_id)
