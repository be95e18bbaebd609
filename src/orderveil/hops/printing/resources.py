"""The machine door of printing: batches that a label or warehouse system fetches itself.

Rules kept here:
- a batch is its partner's, on the hop of its kind: any other credential is told that it is not
  there;
- a part is handed out once; what is drawn leaves in the answer and is stored nowhere.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from falcon import Request, Response

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.operations import Operation
from orderveil.gate import law as laws
from orderveil.gate import refusals
from orderveil.gate.asking import Caller, open_ref, partner_refs
from orderveil.gate.parcels import FIRST_PARCEL, there, who
from orderveil.hops.bodies import BATCH_LIMIT_BYTES, decode_body
from orderveil.hops.printing import batches, jobs, progress, refusing, reports
from orderveil.hops.printing.batches import Batch
from orderveil.hops.printing.kinds import (
    HOP_OF,
    KIND_OF,
    MOST_SHEETS,
    PART_SHEETS,
    PrintForm,
    ReprintReason,
)
from orderveil.hops.printing.progress import Counts, Named
from orderveil.hops.printing.reports import Reported
from orderveil.hops.resources import Ref, caller_for

Position = Annotated[int, msgspec.Meta(ge=1, le=MOST_SHEETS)]
Positions = Annotated[list[Position], msgspec.Meta(max_length=MOST_SHEETS)]
CONTENT_TYPE = {
    PrintForm.PDF: "application/pdf",
    PrintForm.ZPL: "text/plain; charset=utf-8",
}


class PrintRequest(msgspec.Struct, frozen=True):
    """The parcels to print, one sheet each; `reason` if any of them was printed before."""

    refs: Annotated[list[Ref], msgspec.Meta(min_length=1, max_length=MOST_SHEETS)]
    form: PrintForm = PrintForm.PDF
    dpi: int = 203
    reason: ReprintReason | None = None


class RefusedItem(msgspec.Struct, frozen=True):
    """A sheet that is not printed, by its position in `refs` (from 1), and why."""

    position: int
    ref: str
    problem: Problem


class PrintBatch(msgspec.Struct, frozen=True):
    """The batch's number, and in how many parts it is fetched."""

    batch: int
    sheets: int
    parts: int
    refused: list[RefusedItem]


class InDoubt(msgspec.Struct, frozen=True):
    """A sheet that was handed out, and nobody said how it ended."""

    position: int
    ref: str
    copy: int


class PrintProgress(msgspec.Struct, frozen=True):
    """How far it has come. `waiting_parts` are left to fetch; lists name up to 1,000 sheets."""

    batch: int
    kind: str
    form: PrintForm
    dpi: int
    created_at: datetime
    sheets: int
    counts: Counts
    waiting_parts: list[int]
    refused: list[RefusedItem]
    in_doubt: list[InDoubt]


class PrintListed(msgspec.Struct, frozen=True):
    """One batch of the list."""

    batch: int
    created_at: datetime
    sheets: int
    counts: Counts


class PrintBatches(msgspec.Struct, frozen=True):
    """The latest batches, the newest first."""

    batches: list[PrintListed]


class PrintReport(msgspec.Struct, frozen=True):
    """How handed sheets ended, by position. A report may be sent again."""

    printed: Positions = []
    failed: Positions = []


_decoder = msgspec.json.Decoder(PrintRequest)
_report_decoder = msgspec.json.Decoder(PrintReport)
_encoder = msgspec.json.Encoder()


def _batch_of(caller: Caller, number: int) -> Batch:
    found = batches.find(caller.brand_id, [caller.partner_id], number)
    if isinstance(found, Problem):
        raise RefusedError(found)
    if HOP_OF[found.kind] != caller.hop:
        raise RefusedError(refusing.NO_SUCH_BATCH)
    return found


def _printing_caller(req: Request, hop: str) -> Caller:
    caller = caller_for(req, hop)
    if caller.hop not in KIND_OF:
        raise RefusedError(_NO_PRINTING)
    return caller


def _there(caller: Caller, refs: list[str]) -> list[tuple[bytes, int] | None]:
    """The parcels behind these refs; None where there is none of the brand's."""
    opened = [open_ref(caller, ref) for ref in refs]
    named = [each and (each[0], each[1] or FIRST_PARCEL) for each in opened]
    known = there(caller.brand_id, [each for each in named if each is not None])
    return [each if each in known else None for each in named]


class Batches:
    """GET and POST /v1/hops/{hop}/batches"""

    def on_get(self, req: Request, resp: Response, hop: str) -> None:
        """The partner's latest batches on this hop: for whoever lost an answer."""
        caller = _printing_caller(req, hop)
        ours = progress.listed(caller.brand_id, [caller.partner_id])[: progress.PAGE]
        ours = [each for each in ours if HOP_OF[each.kind] == caller.hop]
        counts = progress.counts_of([each.batch_id for each in ours], req.context.now)
        resp.data = _encoder.encode(
            PrintBatches(
                [
                    PrintListed(each.batch_id, each.created_at, each.sheets, counts[each.batch_id])
                    for each in ours
                ]
            )
        )

    def on_post(self, req: Request, resp: Response, hop: str) -> None:
        """Begin a batch of up to 10,000 sheets; what may not be printed says why."""
        caller = _printing_caller(req, hop)
        asked = decode_body(req, _decoder, BATCH_LIMIT_BYTES)
        wanted = _there(caller, asked.refs)
        made = batches.begin(
            *(caller, wanted, KIND_OF[caller.hop], asked.form),
            now=req.context.now,
            dpi=asked.dpi,
            reason=asked.reason,
        )
        if isinstance(made, Problem):
            raise RefusedError(made)
        unknown = {at: refusals.UNKNOWN for at, each in enumerate(wanted, 1) if each is None}
        why = {**made.refused, **unknown}
        items = [RefusedItem(at, asked.refs[at - 1], why[at]) for at in sorted(why)]
        resp.status = "202"
        parts = -(-made.sheets // PART_SHEETS)
        resp.data = _encoder.encode(
            PrintBatch(made.batch_id, made.sheets - len(items), parts, items)
        )


class OneBatch:
    """GET /v1/hops/{hop}/batches/{number}"""

    def on_get(self, req: Request, resp: Response, hop: str, number: int) -> None:
        """How far the batch has come."""
        caller = _printing_caller(req, hop)
        batch = _batch_of(caller, number)
        now = req.context.now
        law = laws.law_of(caller.brand_id)
        refs = partner_refs(law, law.partners[caller.partner_id])
        ended, doubtful = progress.not_printed(batch, now)

        def ref(each: Named) -> str:
            return refs.make(each.order_id, each.parcel_no)

        resp.data = _encoder.encode(
            PrintProgress(
                batch=batch.batch_id,
                kind=batch.kind.value,
                form=batch.form,
                dpi=batch.dpi,
                created_at=batch.created_at,
                sheets=batch.sheets,
                counts=progress.counts_of([batch.batch_id], now)[batch.batch_id],
                waiting_parts=progress.parts_waiting(batch),
                refused=[
                    RefusedItem(each.position, ref(each), each.problem)
                    for each in ended
                    if each.problem is not None
                ],
                in_doubt=[InDoubt(each.position, ref(each), each.copy_no) for each in doubtful],
            )
        )


class Part:
    """GET /v1/hops/{hop}/batches/{number}/parts/{part}"""

    def on_get(self, req: Request, resp: Response, hop: str, number: int, part: int) -> None:
        """The part's waiting sheets as one file, once. Recorded before any is opened."""
        caller = _printing_caller(req, hop)
        batch = _batch_of(caller, number)
        handed = jobs.fetch(caller, batch, part, now=req.context.now)
        if isinstance(handed, Problem):
            raise RefusedError(handed)
        positions = [at for each in handed.documents for at in each.positions]
        resp.set_header("Orderveil-Job", str(handed.job_id))
        resp.set_header("Orderveil-Sheets", spans(positions))
        resp.content_type = CONTENT_TYPE[batch.form]
        resp.data = b"".join(each.data for each in handed.documents)


class BatchReports:
    """POST /v1/hops/{hop}/batches/{number}/reports"""

    def on_post(self, req: Request, resp: Response, hop: str, number: int) -> None:
        """Say how handed sheets ended."""
        caller = _printing_caller(req, hop)
        batch = _batch_of(caller, number)
        if batch.device_id is not None:  # only its agent knows
            raise RefusedError(refusing.PRINTED_ELSEWHERE)
        told = decode_body(req, _report_decoder, BATCH_LIMIT_BYTES)
        done = reports.report(
            *(batch, told.printed, told.failed), who=who(caller), now=req.context.now
        )
        resp.data = _encoder.encode(done)


def spans(positions: list[int]) -> str:
    """Positions as a short text: "1-37,39"."""
    found: list[list[int]] = []
    for at in positions:
        if found and at == found[-1][1] + 1:
            found[-1][1] = at
        else:
            found.append([at, at])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


_NO_PRINTING = Problem(
    code="no_printing",
    detail="This hop prints nothing.",
    remedy=f"Batches are for the hops {Hop.LABEL} and {Hop.WMS}.",
    rule="printing: labels are the label hop's, slips the warehouse's",
    status=403,
)
_BATCH = "/v1/hops/{hop}/batches/{number:int(min=1,max=999999999999999999)}"
_PART = _BATCH + "/parts/{part:int(min=1,max=10000)}"

ROUTES = (
    ("/v1/hops/{hop}/batches", Batches()),
    (_BATCH, OneBatch()),
    (_PART, Part()),
    (_BATCH + "/reports", BatchReports()),
)

OPERATIONS = (
    Operation(
        "post",
        "/v1/hops/{hop}/batches",
        "Begin a batch of labels (hop label) or slips (hop wms), one sheet a parcel.",
        "printing",
        request=PrintRequest,
        response=PrintBatch,
        status=202,
        idempotency_key=True,
        problems=(401, 403, 413, 422),
    ),
    Operation(
        "get",
        "/v1/hops/{hop}/batches",
        "Your latest batches, the newest first.",
        "printing",
        response=PrintBatches,
        problems=(401, 403),
    ),
    Operation(
        "get",
        _BATCH,
        "How far a batch has come: counts, what was refused, what is in doubt.",
        "printing",
        response=PrintProgress,
        problems=(401, 403, 404),
    ),
    Operation(
        "get",
        _PART,
        "A part's waiting sheets as one PDF or ZPL file, handed out once. Recorded first.",
        "printing",
        problems=(401, 403, 404, 409, 429),
    ),
    Operation(
        "post",
        _BATCH + "/reports",
        "Report how sheets ended: printed or failed, by position.",
        "printing",
        request=PrintReport,
        response=Reported,
        problems=(401, 403, 404, 409, 413, 422),
    ),
)
