"""The machine door of the inventory system: the guard, and what goes through it.

Rules kept here:
- only a credential of the hop `ims` asks here, and only its own partner's system is reached;
- at most two messages of a process are read or on the wire at once, beyond small ones: a slow
  inventory system takes no thread from the other hops.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec
from django.conf import settings
from falcon import Request, Response

from orderveil.core.errors import Place, Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.operations import Operation
from orderveil.gate.asking import Caller
from orderveil.hops.bodies import BATCH_LIMIT_BYTES, read_body
from orderveil.hops.ims import forwarding, guarding, recording, upstreams
from orderveil.hops.ims.forwarding import Message
from orderveil.hops.ims.guarding import WRONG_TYPE
from orderveil.hops.ims.recording import Way
from orderveil.hops.resources import caller_for
from orderveil.outbox.egress import Egress

GUARD: Final = "/v1/hops/ims/guard"
FORWARD: Final = "/v1/hops/ims/forward/{path:path}"
_BEFORE_PATH: Final = len("/v1/hops/ims/forward")
_AT_ONCE: Final = 2
_SMALL_BYTES: Final = 64 * 1024
_places = threading.BoundedSemaphore(_AT_ONCE)


class GuardAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found. Of a partner that is observed, what would have been refused."""

    places: tuple[Place, ...]
    more: int = 0
    observed: bool = False


_encoder = msgspec.json.Encoder()


class Guard:
    """POST /v1/hops/ims/guard"""

    def on_post(self, req: Request, resp: Response) -> None:
        """Is there anything of a buyer's in this body, or in this query?"""
        caller = caller_for(req, Hop.IMS)
        body = read_body(req, BATCH_LIMIT_BYTES)
        _must_be_plain(req)
        query = [("query", *pair) for pair in forwarding.read_query(req.query_string)]
        with _a_place(len(body)):
            checked = guarding.check(body, req.content_type or "", query)
        if checked.is_clean:
            resp.data = _encoder.encode(GuardAnswer(()))
            return
        refused = recording.is_enforced(caller, body, req.context.now)
        recording.note(caller, checked, Way.GUARD, refused=refused, now=req.context.now)
        if refused:
            raise RefusedError(guarding.refusal(checked))
        answer = GuardAnswer(tuple(checked.places), checked.more, observed=True)
        resp.data = _encoder.encode(answer)


class Forward:
    """/v1/hops/ims/forward/..."""

    def on_get(self, req: Request, resp: Response, path: str) -> None:
        """Ask the inventory system."""
        _forward(req, resp, path)

    def on_post(self, req: Request, resp: Response, path: str) -> None:
        """Tell the inventory system."""
        _forward(req, resp, path)

    def on_put(self, req: Request, resp: Response, path: str) -> None:
        """Replace something there."""
        _forward(req, resp, path)

    def on_patch(self, req: Request, resp: Response, path: str) -> None:
        """Change something there."""
        _forward(req, resp, path)

    def on_delete(self, req: Request, resp: Response, path: str) -> None:
        """Remove something there."""
        _forward(req, resp, path)


def _forward(req: Request, resp: Response, _path: str) -> None:
    caller: Caller = caller_for(req, Hop.IMS)
    body = read_body(req, BATCH_LIMIT_BYTES)
    _must_be_plain(req)
    upstream = upstreams.live(caller.brand_id, caller.partner_id)
    if upstream is None:
        raise RefusedError(upstreams.NOT_CONNECTED)
    message = Message(
        method=req.method,
        path=req.path[_BEFORE_PATH:],  # as it came: a router may have joined what was doubled
        query=forwarding.read_query(req.query_string),
        content_type=req.content_type or "",
        body=body,
        accept=req.get_header("Accept") or "",
        idempotency_key=req.get_header("Idempotency-Key") or "",
    )
    with _a_place(_SMALL_BYTES + 1):
        reply = forwarding.forward(caller, upstream, message, way_out(), now=req.context.now)
    resp.status = str(reply.status)
    if reply.content_type:
        resp.content_type = reply.content_type
    resp.data = reply.body


def way_out() -> Egress:
    """How an inventory system is reached: as webhooks are."""
    return Egress(private=settings.WEBHOOK_PRIVATE)


def _must_be_plain(req: Request) -> None:
    if (req.get_header("Content-Encoding") or "identity").strip().lower() != "identity":
        raise RefusedError(WRONG_TYPE)


@contextmanager
def _a_place(size: int) -> Iterator[None]:
    """One of the places for what takes long; none is needed for what is small."""
    if size <= _SMALL_BYTES:
        yield
        return
    if not _places.acquire(blocking=False):
        raise RefusedError(_BUSY)
    try:
        yield
    finally:
        _places.release()


_BUSY = Problem(
    code="inventory_busy",
    detail="Other messages are being checked or are on their way at this moment.",
    remedy="Send the same request again in a moment.",
    rule=f"inventory: at most {_AT_ONCE} at once in a process",
    status=503,
)

ROUTES = ((GUARD, Guard()), (FORWARD, Forward()))

_PROBLEMS = (401, 403, 404, 413, 415, 422, 502, 503, 504)
OPERATIONS = (
    Operation(
        "post",
        GUARD,
        "Is there anything of a buyer's in this JSON, XML or CSV? 422 with each place if there is.",
        "inventory",
        response=GuardAnswer,
        problems=(401, 403, 413, 415, 422, 503),
    ),
    *(
        Operation(
            method,
            FORWARD,
            "Through the guard to your inventory system; its answer comes back checked.",
            "inventory",
            problems=_PROBLEMS,
        )
        for method in ("get", "post", "put", "patch", "delete")
    ),
)
