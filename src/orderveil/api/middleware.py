"""What every request of the machine door passes: time, credential, idempotency, counting."""

import time
from collections import Counter as Counted
from functools import lru_cache
from typing import Any

import falcon
import msgspec
from django.db import connection
from falcon import Request, Response
from prometheus_client import Counter, Histogram

from orderveil.api import idempotency
from orderveil.api.metrics import REFUSALS, REQUESTS, SECONDS
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.gate.asking import Caller, in_force
from orderveil.gate.law import authenticate, brand_of, current
from orderveil.hops.bodies import BATCH_LIMIT_BYTES, read_body
from orderveil.partners import refused
from orderveil.partners.credentials import UNAUTHORISED, credential_id, proof_of
from orderveil.partners.resources import device_of


class Replayed(msgspec.Struct, frozen=True):
    """The answer to a repeated request: what it came to the first time."""

    replayed: bool
    status: int


SUSPENDED = Problem(
    code="partner_suspended",
    detail="This credential's partner is suspended.",
    remedy="Ask the brand's privacy officer to lift the suspension.",
    rule="standing: a suspended partner is answered nothing",
    status=403,
)


class Doorkeeper:
    """Gives each request its time and its caller, and gives the database connection back."""

    def __init__(
        self,
        open_: frozenset[str],
        taking: frozenset[str],
        by_device: frozenset[str],
        keyed: frozenset[str],
        checking: frozenset[str],
    ) -> None:
        """Path templates: open to all; open, and taking a credential; and so on.

        `by_device`: for the floor's printers and nobody else; `keyed`: with idempotency keys;
        `checking`: asking for the law themselves.
        """
        self._taking = taking
        self._open = open_
        self._by_device = by_device
        self._keyed = keyed
        self._checking = checking

    def process_request(self, req: Request, _resp: Response) -> None:
        """The clock is read once; everything below takes it from here."""
        req.context.now = utc_now()
        req.context.began = time.perf_counter()

    def process_resource(
        self, req: Request, resp: Response, _resource: object, _params: dict[str, Any]
    ) -> None:
        """Who asks; and have they asked this before?"""
        if req.uri_template in self._taking:
            req.context.caller = caller_if_any(req)
        if req.uri_template in self._open:
            return
        if req.uri_template in self._by_device:
            device_of(req)
            return
        # What a statement checks anyway need not be asked twice.
        req.context.caller = caller_of(req, is_checked=req.uri_template in self._checking)
        key = req.get_header("Idempotency-Key")
        if key is not None and req.uri_template in self._keyed:
            self._begin(req, resp, key)

    def _begin(self, req: Request, resp: Response, key: str) -> None:
        # Read once, for the digest here and for the resource.
        body = req.context.body = read_body(req, BATCH_LIMIT_BYTES)
        credential_id = req.context.caller.credential_id
        digest = idempotency.digest_of(req.method, req.path, body)
        status = idempotency.begin(credential_id, key, digest, req.context.now)
        if status is None:
            req.context.key = key
            return
        resp.set_header("Idempotent-Replayed", "true")
        resp.status = str(status)
        resp.data = msgspec.json.encode(Replayed(replayed=True, status=status))
        resp.complete = True

    def process_response(
        self,
        req: Request,
        resp: Response,
        _resource: object,
        _req_succeeded: bool,  # noqa: FBT001 - Falcon's signature
    ) -> None:
        """Count it, keep how it ended, give the connection back."""
        template = req.uri_template or "none"
        status = resp.status_code
        key = getattr(req.context, "key", None)
        if key is not None:
            idempotency.finish(req.context.caller.credential_id, key, status)
        # A method that HTTP does not know is a text the caller chose.
        method = req.method if req.method in falcon.COMBINED_METHODS else "other"
        requests, seconds = _counted(method, template, status)
        requests.inc()
        seconds.observe(time.perf_counter() - req.context.began)
        code = getattr(resp.context, "problem_code", None)
        if code is not None:
            REFUSALS.labels(code).inc()
            if status in refused.STATUSES:
                _count(req, Counted({code: 1}))
        elif hasattr(resp.context, "refused"):
            _count(req, resp.context.refused)
        refused.flush()
        resp.set_header("Cache-Control", "no-store")
        resp.set_header("X-Content-Type-Options", "nosniff")
        connection.close()


def _count(req: Request, codes: Counted[str]) -> None:
    """Refusals of a credential that is known, whoever used it."""
    number = getattr(req.context, "number", None)
    brand_id = None if number is None else brand_of(number)
    if brand_id is None:
        return
    for code, count in codes.items():
        refused.add(brand_id, f"credential:{number}", code, req.context.now, count)


@lru_cache(maxsize=1024)
def _counted(method: str, template: str, status: int) -> tuple[Counter, Histogram]:
    """The counters of one kind of answer; looking labels up costs more than counting."""
    return REQUESTS.labels(method, template, status), SECONDS.labels(template)


def caller_if_any(req: Request) -> Caller | None:
    """The caller behind a bearer token; None without one that is in force: nobody learns which."""
    try:
        return caller_of(req, is_checked=False)
    except RefusedError:
        return None


def caller_of(req: Request, *, is_checked: bool) -> Caller:
    """The caller behind the bearer token; raises `RefusedError`."""
    scheme, _, token = (req.auth or "").partition(" ")
    if scheme.lower() != "bearer":
        raise RefusedError(UNAUTHORISED)
    token = token.strip()
    req.context.number = credential_id(token)
    found = authenticate(token, now=req.context.now, address=req.remote_addr)
    if isinstance(found, Problem):
        raise RefusedError(found)
    law, credential = found
    caller = Caller(
        brand_id=law.brand.pk,
        partner_id=credential.partner_id,
        hop=Hop(credential.hop),
        credential=credential,
        proof=proof_of(token),
    )
    if not is_checked:
        law = current(law)
        problem = in_force(law, caller, req.context.now)
        if problem is not None:
            raise RefusedError(problem)
        if law.partners[credential.partner_id].suspended_at is not None:
            raise RefusedError(SUSPENDED)
    return caller
