"""Batches: what somebody asked to print, one sheet a parcel, and how far it has come.

Rules kept here:
- a batch and its sheets hold ids, states and counts; what is on the paper is nowhere;
- of a parcel's sheets of one kind each has a copy number of its own, given when it is asked for:
  two who ask at once never get the same one;
- a sheet that waits, or was given out, and is asked for again is a reprint: it needs a reason;
- a parcel that is another partner's to handle takes no copy number: it would be the rightful one's;
- who fetches the sheets themselves pays for them as they are disclosed; what a printer of the
  floor will print is paid for here, because a device has no budget.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from orderveil.core.devices import DeviceKind
from orderveil.core.errors import Problem
from orderveil.core.hops import Reach
from orderveil.gate import law as laws
from orderveil.gate import refusals
from orderveil.gate.asking import Caller, in_force, spend
from orderveil.gate.parcels import FIRST_PARCEL, who
from orderveil.hops.printing import refusing
from orderveil.hops.printing.kinds import (
    DPI,
    HOP_OF,
    MOST_SHEETS,
    Kind,
    PrintForm,
    ReprintReason,
    SheetState,
)
from orderveil.hops.printing.presses import press_for
from orderveil.ledger.acts import ActKind, record
from orderveil.partners import assignments
from orderveil.partners.devices import stands

MOST_TRIES = 10
ALIVE = "(sheet.state = 'waiting' OR sheet.handed_at IS NOT NULL)"
"""A sheet that waits, or was given out: what has a copy number of its own."""

Wanted = tuple[bytes, int | None]
"""(order id, parcel number; None: the first)"""


class Batch(msgspec.Struct, frozen=True):
    """One asking. Its number is `batch_id`; its sheets' positions count from 1."""

    batch_id: int
    brand_id: int
    partner_id: int
    kind: Kind
    form: PrintForm
    dpi: int
    device_id: int | None
    """The floor's printer that prints it; None: who asked fetches it."""
    credential_id: int | None
    person: str | None
    asked_on: int | None
    """The device of the floor that the person worked on."""
    reason: ReprintReason | None
    sheets: int
    created_at: datetime
    refused: Mapping[int, Problem] = {}
    """By position; filled by `begin` only."""


COLUMNS = (
    "batch.batch_id, batch.brand_id, batch.partner_id, batch.kind, batch.form, batch.dpi,"
    " batch.device_id, batch.credential_id, batch.person, batch.asked_on, batch.reason,"
    " batch.sheets, batch.created_at"
)


def read_batch(row: Sequence[Any]) -> Batch:
    """A Batch of a row's first columns, which are `COLUMNS`."""
    return msgspec.convert(dict(zip(Batch.__struct_fields__, row, strict=False)), Batch)


def begin(
    caller: Caller,
    wanted: Sequence[Wanted | None],
    kind: Kind,
    form: PrintForm,
    *,
    now: datetime,
    dpi: int = 203,
    device_id: int | None = None,
    reason: ReprintReason | None = None,
) -> Batch | Problem:
    """A batch of one sheet for each parcel, in their order; what it may not print is in `refused`.

    `caller` is whose partner prints; for labels it asks on the hop label whatever its own hop is.
    `device_id` is the printer of the floor that prints it; without one the caller fetches it with
    `jobs.fetch`. A None in `wanted` leaves its position out. Nothing is disclosed yet.
    """
    caller = replace(caller, hop=HOP_OF[kind])
    asked = [(at, *each) for at, each in enumerate(wanted, 1) if each is not None]
    problem = _countable(len(wanted), dpi) or (refusals.UNKNOWN if not asked else None)
    reach = problem or _allowed(caller, kind, form, device_id, now)
    if isinstance(reach, Problem):
        return reach
    problem = spend(caller, len(asked), now) if device_id is not None else None
    if problem is not None:
        return problem
    sheets = [(at, order_id, parcel_no or FIRST_PARCEL) for at, order_id, parcel_no in asked]
    others = _others(caller, reach, [each[1:] for each in sheets])
    for _ in range(MOST_TRIES):
        try:
            return _write(
                *(caller, kind, form, dpi, device_id, reason, len(wanted), sheets, others, now)
            )
        except UniqueViolation:  # somebody asked for one of these parcels at the same moment
            continue
    return refusals.BUSY


def _countable(count: int, dpi: int) -> Problem | None:
    if not 1 <= count <= MOST_SHEETS:
        return refusing.HOW_MANY
    return None if dpi in DPI else refusing.NO_SUCH_DPI


def _allowed(
    caller: Caller, kind: Kind, form: PrintForm, device_id: int | None, now: datetime
) -> Reach | Problem:
    """Whose parcels may be asked for, if any may. Each disclosure is decided for itself, later."""
    press = press_for(kind, form)
    if isinstance(press, Problem):
        return press
    law = laws.current(laws.law_of(caller.brand_id))
    problem = in_force(law, caller, now)
    if problem is not None:
        return problem
    if caller.actor is not None and caller.actor.terms.needs_device and caller.device_id is None:
        return refusing.NOT_ON_FLOOR
    partner = law.partners[caller.partner_id]
    decision = law.decide(partner, caller.hop, enforced=True, today=now.date())
    if isinstance(decision, Problem):
        return decision
    # Whoever packs sees their partner's own parcels, whatever reach the policy gives the hop.
    reach = Reach.ASSIGNED if caller.person is not None else decision[0].reach
    if device_id is None:
        return reach
    device = law.devices.get(device_id)
    is_ours = device is not None and device.partner_id == caller.partner_id
    is_printer = is_ours and device is not None and device.kind == DeviceKind.PRINTER
    return reach if is_printer and device and stands(device, now) else refusing.NO_SUCH_PRINTER


def _others(
    caller: Caller, reach: Reach, parcels: list[tuple[bytes, int]]
) -> set[tuple[bytes, int]]:
    """The parcels that another partner handles. One that nobody handles yet may still be theirs."""
    if reach == Reach.ALL:
        return set()
    handled = assignments.assignees(parcels, caller.hop)
    return {each for each in parcels if handled.get(each, caller.partner_id) != caller.partner_id}


@transaction.atomic
def _write(
    caller: Caller,
    kind: Kind,
    form: PrintForm,
    dpi: int,
    device_id: int | None,
    reason: ReprintReason | None,
    places: int,
    sheets: list[tuple[int, bytes, int]],
    others: set[tuple[bytes, int]],
    now: datetime,
) -> Batch:
    known = copies(kind, [(order_id, parcel_no) for _, order_id, parcel_no in sheets])
    rows = []
    refused: dict[int, Problem] = {}
    seen: set[tuple[bytes, int]] = set()
    for at, order_id, parcel_no in sheets:
        last, in_batch = known.get((order_id, parcel_no), (0, 0))
        if (order_id, parcel_no) in others:
            refused[at] = refusals.not_assigned(caller.hop)
        elif (order_id, parcel_no) in seen:
            refused[at] = refusals.ASKED_TWICE
        elif last and reason is None:
            refused[at] = refusing.needs_reason(last, in_batch)
        seen.add((order_id, parcel_no))
        rows.append((at, order_id, parcel_no, last + 1, refused.get(at)))
    by = caller.credential_id, caller.person, caller.device_id
    head = [caller.brand_id, caller.partner_id, kind, form, dpi, device_id, *by, reason, places]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO printing_batch AS batch (brand_id, partner_id, kind, form, dpi, device_id,"  # noqa: S608 - columns of ours
            " credential_id, person, asked_on, reason, sheets, created_at)"
            f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING {COLUMNS}",
            [*head, now],
        )
        batch = read_batch(cursor.fetchone())
        _copy_sheets(cursor, batch, rows, now)
        settle_waits(cursor, batch.batch_id)
    again = sum(1 for _, _, _, copy_no, problem in rows if copy_no > 1 and problem is None)
    detail = {"kind": kind.value, "sheets": len(rows) - len(refused), "reprints": again}
    record(
        batch.brand_id,
        ActKind.SHEETS_ASKED,
        now=now,
        who=who(caller),
        subject=f"batch:{batch.batch_id}",
        detail={**detail, "reason": reason and reason.value, "device": device_id},
    )
    return msgspec.structs.replace(batch, refused=refused)


def _copy_sheets(
    cursor: Any,
    batch: Batch,
    rows: list[tuple[int, bytes, int, int, Problem | None]],
    now: datetime,
) -> None:
    with cursor.copy(
        "COPY printing_sheet (batch_id, position, kind, order_id, parcel_no, copy_no, state,"
        " problem, ended_at) FROM STDIN"
    ) as copy:
        # Always in one order: two who ask for the same parcels wait, and do not lock each other.
        for at, order_id, parcel_no, copy_no, problem in sorted(rows, key=lambda row: row[1:3]):
            state = SheetState.WAITING if problem is None else SheetState.REFUSED
            why = None if problem is None else msgspec.json.encode(problem).decode()
            ended = None if problem is None else now
            name = (batch.batch_id, at, batch.kind.value, order_id, parcel_no, copy_no)
            copy.write_row([*name, state.value, why, ended])


def settle_waits(cursor: Any, batch_id: int) -> None:
    """Note on the batch, which the caller has locked, whether any of its sheets waits."""
    cursor.execute(
        "UPDATE printing_batch SET waits = EXISTS (SELECT 1 FROM printing_sheet AS sheet"
        " WHERE sheet.batch_id = %s AND sheet.state = 'waiting') WHERE batch_id = %s",
        [batch_id, batch_id],
    )


def copies(
    kind: Kind, parcels: Sequence[tuple[bytes, int]]
) -> dict[tuple[bytes, int], tuple[int, int]]:
    """(order id, parcel number) -> (the last copy's number, its batch), of those that have one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (sheet.order_id, sheet.parcel_no)"  # noqa: S608 - columns of ours
            " sheet.order_id, sheet.parcel_no, sheet.copy_no, sheet.batch_id"
            " FROM unnest(%s::bytea[], %s::smallint[]) AS asked (order_id, parcel_no)"
            " JOIN printing_sheet AS sheet USING (order_id, parcel_no)"
            f" WHERE sheet.kind = %s AND {ALIVE}"
            " ORDER BY sheet.order_id, sheet.parcel_no, sheet.copy_no DESC",
            [[each[0] for each in parcels], [each[1] for each in parcels], kind.value],
        )
        return {
            (bytes(order_id), parcel_no): (copy_no, batch_id)
            for order_id, parcel_no, copy_no, batch_id in cursor.fetchall()
        }


def find(brand_id: int, partner_ids: Sequence[int], batch_id: int) -> Batch | Problem:
    """One of these partners' batches; any other is not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM printing_batch AS batch"  # noqa: S608 - columns of ours
            " WHERE batch.batch_id = %s AND batch.brand_id = %s AND batch.partner_id = ANY(%s)",
            [batch_id, brand_id, list(partner_ids)],
        )
        row = cursor.fetchone()
    return read_batch(row) if row else refusing.NO_SUCH_BATCH
