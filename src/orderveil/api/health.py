"""Is the process alive, may it take requests, and how is it doing?"""

import msgspec
from django.db import DatabaseError, connection
from falcon import Request, Response

from orderveil.api.metrics import exposition
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.operations import Operation
from orderveil.outbox.upkeep import backlog

SEQUENCER_LATE_SECONDS = 10
"""Ready is false when entries wait longer than this for their place in the tree."""


class Health(msgspec.Struct, frozen=True):
    """`status` is "ok"; anything else is answered as a problem."""

    status: str


def _trouble() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT min(at) < now() - make_interval(secs => %s) FROM ledger_pending",
                [SEQUENCER_LATE_SECONDS],
            )
            if cursor.fetchone()[0]:
                return "the sequencer is late"
    except DatabaseError:
        return "the database does not answer"
    return None


class Healthz:
    """GET /healthz"""

    def on_get(self, _req: Request, resp: Response) -> None:
        """Alive: the process answers."""
        resp.data = msgspec.json.encode(Health("ok"))


class Readyz:
    """GET /readyz"""

    def on_get(self, _req: Request, resp: Response) -> None:
        """Ready: the database answers and the ledger keeps up."""
        trouble = _trouble()
        if trouble is not None:
            raise RefusedError(_not_ready(trouble))
        resp.data = msgspec.json.encode(Health("ok"))


def _not_ready(trouble: str) -> Problem:
    return Problem(
        code="not_ready",
        detail=f"Not ready: {trouble}.",
        remedy="Send requests to another node until this one is ready; see its log.",
        rule="operations: no request before the ledger keeps up",
        status=503,
    )


class Metrics:
    """GET /metrics"""

    def on_get(self, _req: Request, resp: Response) -> None:
        """Prometheus text: counters of this installation, no personal data in any label."""
        waiting = backlog()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_pending")
            pending = cursor.fetchone()[0]
        gauges = {
            "orderveil_ledger_pending": ("Entries not yet in the tree.", float(pending)),
        } | {
            f"orderveil_outbox_{name}": (f"Outbox: {name.replace('_', ' ')}.", float(value))
            for name, value in msgspec.structs.asdict(waiting).items()
            if isinstance(value, int | float)
        }
        resp.content_type = "text/plain; version=0.0.4; charset=utf-8"
        resp.data = exposition(gauges)


ROUTES = (("/healthz", Healthz()), ("/readyz", Readyz()), ("/metrics", Metrics()))

OPERATIONS = (
    Operation(
        "get",
        "/healthz",
        "Alive?",
        "operations",
        response=Health,
        needs_credential=False,
    ),
    Operation(
        "get",
        "/readyz",
        "Ready to take requests?",
        "operations",
        response=Health,
        needs_credential=False,
        problems=(503,),
    ),
    Operation("get", "/metrics", "Prometheus metrics.", "operations", needs_credential=False),
)
