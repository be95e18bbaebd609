"""The machine door of the floor's printers: the next job, how it went, and the key of what is held.

Rules kept here:
- a printer's agent is known by its device's token; it gets its own jobs and no other's;
- a job's documents are in the answer only; the salt that opens what the agent holds of them is
  given again to the same device, for two hours, while somebody vouches for it.
"""

import base64
from datetime import datetime
from typing import Annotated

import msgspec
from falcon import Request, Response

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.operations import Operation
from orderveil.hops.bodies import SMALL_LIMIT_BYTES, decode_body
from orderveil.hops.printing import jobs, reports
from orderveil.hops.printing.jobs import Handed, Hold
from orderveil.hops.printing.kinds import JOB_SHEETS, MOST_SHEETS, PrintForm
from orderveil.hops.printing.reports import Reported
from orderveil.ledger.acts import Who
from orderveil.partners.resources import device_of

Position = Annotated[int, msgspec.Meta(ge=1, le=MOST_SHEETS)]
Positions = Annotated[list[Position], msgspec.Meta(max_length=JOB_SHEETS)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class PrintLease(msgspec.Struct, frozen=True):
    """What the printer says it has printed in its life, if it says so."""

    counted: Count | None = None


class PrintHold(msgspec.Struct, frozen=True):
    """With what the agent makes the key of what it holds, and until when it may hold it."""

    salt: str
    until: datetime


class PrintDocument(msgspec.Struct, frozen=True):
    """Sheets to print: `data` in base64, so many `pages` of paper."""

    positions: list[int]
    pages: int
    data: str


class PrintJob(msgspec.Struct, frozen=True):
    """A job: up to 50 sheets of one batch, a document each."""

    job: int
    batch: int
    kind: str
    form: PrintForm
    dpi: int
    documents: list[PrintDocument]
    hold: PrintHold


class PrintJobReport(msgspec.Struct, frozen=True):
    """How sheets of the job ended, by position. A report may be sent again.

    `in_doubt`: may be on paper or not; the agent will not print them again.
    """

    printed: Positions = []
    failed: Positions = []
    in_doubt: Positions = []
    counted: Count | None = None


_lease_decoder = msgspec.json.Decoder(PrintLease)
_report_decoder = msgspec.json.Decoder(PrintJobReport)
_encoder = msgspec.json.Encoder()


def _hold(hold: Hold) -> PrintHold:
    return PrintHold(base64.b64encode(hold.salt).decode(), hold.until)


class Jobs:
    """POST /v1/print/jobs"""

    def on_post(self, req: Request, resp: Response) -> None:
        """The printer's next job; 204 if nothing waits. Recorded before any sheet is opened."""
        device = device_of(req)
        asked = decode_body(req, _lease_decoder, SMALL_LIMIT_BYTES)
        if asked.counted is not None:
            reports.read_counter(device, asked.counted, now=req.context.now)
        handed = jobs.lease(device, now=req.context.now)
        if isinstance(handed, Problem):
            raise RefusedError(handed)
        if handed is None:
            resp.status = "204"
            return
        resp.data = _encoder.encode(_answer(handed))


def _answer(handed: Handed) -> PrintJob:
    assert handed.hold is not None  # noqa: S101 - a device's job has one
    return PrintJob(
        job=handed.job_id,
        batch=handed.batch.batch_id,
        kind=handed.batch.kind.value,
        form=handed.batch.form,
        dpi=handed.batch.dpi,
        documents=[
            PrintDocument(list(each.positions), each.pages, base64.b64encode(each.data).decode())
            for each in handed.documents
        ],
        hold=_hold(handed.hold),
    )


class JobReports:
    """POST /v1/print/jobs/{job}/reports"""

    def on_post(self, req: Request, resp: Response, job: int) -> None:
        """Say how sheets of the job ended."""
        device = device_of(req)
        told = decode_body(req, _report_decoder, SMALL_LIMIT_BYTES)
        batch = reports.batch_of_job(device, job)
        if isinstance(batch, Problem):
            raise RefusedError(batch)
        now = req.context.now
        if told.counted is not None:
            reports.read_counter(device, told.counted, now=now)
        done = reports.report(
            *(batch, told.printed, told.failed),
            who=Who(system=f"device:{device.pk}", partner=device.partner_id),
            now=now,
            in_doubt=told.in_doubt,
            job_id=job,
        )
        resp.data = _encoder.encode(done)


class Holds:
    """POST /v1/print/holds/{job}"""

    def on_post(self, req: Request, resp: Response, job: int) -> None:
        """The salt of a held job again, for the agent that was restarted."""
        found = jobs.hold_of(device_of(req), job, now=req.context.now)
        if isinstance(found, Problem):
            raise RefusedError(found)
        resp.data = _encoder.encode(_hold(found))


_NUMBER = "{job:int(min=1,max=999999999999999999)}"
_REPORTS = f"/v1/print/jobs/{_NUMBER}/reports"
_HOLDS = f"/v1/print/holds/{_NUMBER}"

ROUTES = (("/v1/print/jobs", Jobs()), (_REPORTS, JobReports()), (_HOLDS, Holds()))

OPERATIONS = (
    Operation(
        "post",
        "/v1/print/jobs",
        "The printer's next job of up to 50 sheets; 204 if nothing waits. Recorded first.",
        "printing",
        request=PrintLease,
        response=PrintJob,
        by_device=True,
        problems=(401, 403, 422),
    ),
    Operation(
        "post",
        _REPORTS,
        "Report how sheets of a job ended: printed, failed, or in doubt.",
        "printing",
        request=PrintJobReport,
        response=Reported,
        by_device=True,
        problems=(401, 403, 404, 422),
    ),
    Operation(
        "post",
        _HOLDS,
        "The salt of a held job's key again, for two hours.",
        "printing",
        response=PrintHold,
        by_device=True,
        problems=(401, 403, 404, 410),
    ),
)
