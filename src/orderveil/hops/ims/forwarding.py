"""Forwarding: a checked message to the partner's inventory system, and its checked answer back.

Rules kept here:
- the bytes that were checked are the bytes that are sent; what is not checked is not sent: of the
  headers only Content-Type, Accept and Idempotency-Key go along, and they are looked at too;
- the query is sent as it was read, written anew: nothing of it means one thing here, another there;
- no redirect is followed; the answer is bounded, checked, and comes back with its type alone;
- what the inventory system says of our secret is no business of whoever asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from orderveil.core.errors import Problem, RefusedError
from orderveil.gate.asking import Caller
from orderveil.hops.bodies import BATCH_LIMIT_BYTES
from orderveil.hops.ims import guarding, recording, upstreams
from orderveil.hops.ims.guarding import Checked
from orderveil.hops.ims.models import Upstream
from orderveil.hops.ims.reading.kinds import kind_of
from orderveil.hops.ims.recording import Way
from orderveil.outbox.egress import Egress, EgressError, Reply, Trouble

MOST_PAIRS: Final = 200
WITHOUT_BODY: Final = frozenset({"GET", "DELETE"})
_ACCEPT: Final = re.compile(r"[A-Za-z0-9.+*/;=, -]{1,200}")
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_ANYTHING_READABLE: Final = "application/json, application/xml, text/csv"


@dataclass(frozen=True, slots=True)
class Message:
    """A request on its way to an inventory system. `path` begins with `/`, unescaped."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    content_type: str
    body: bytes
    accept: str = ""
    idempotency_key: str = ""

    def texts(self) -> list[tuple[str, str, str]]:
        """What of it is neither body nor type, for the guard to look at."""
        steps = enumerate(filter(None, self.path.split("/")))
        beside = [("path", str(at), step) for at, step in steps]
        beside += [("query", key, value) for key, value in self.query]
        if self.idempotency_key:
            beside.append(("headers", "idempotency-key", self.idempotency_key))
        return beside


def read_query(raw: str) -> list[tuple[str, str]]:
    """The pairs of a query string; raises `RefusedError` for what isn't UTF-8, or too much."""
    try:
        return parse_qsl(
            raw.encode("latin-1").decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PAIRS,
        )
    except ValueError:
        raise RefusedError(_BAD_QUERY) from None


def check(message: Message) -> Checked:
    """What of a message names a buyer. Raises `RefusedError` for what can't be read."""
    if message.body and message.method in WITHOUT_BODY:
        raise RefusedError(_NO_BODY)
    if message.accept and not _ACCEPT.fullmatch(message.accept):
        raise RefusedError(_BAD_HEADER)
    if message.idempotency_key and not _KEY.fullmatch(message.idempotency_key):
        raise RefusedError(_BAD_HEADER)
    return guarding.check(message.body, message.content_type, message.texts())


def forward(
    caller: Caller, upstream: Upstream, message: Message, egress: Egress, *, now: datetime
) -> Reply:
    """The inventory system's answer, checked. Raises `RefusedError`, and never half-sends."""
    url = upstreams.url_of(upstream, message.method, message.path, message.query)
    if isinstance(url, Problem):
        raise RefusedError(url)
    checked = check(message)
    if not checked.is_clean:
        refused = recording.is_enforced(caller, message.body, now)
        recording.note(caller, checked, Way.OUT, refused=refused, now=now)
        if refused:
            raise RefusedError(guarding.refusal(checked))
    reply = _asked(url, upstream, message, egress)
    return _passable(caller, reply, now)


def _asked(url: str, upstream: Upstream, message: Message, egress: Egress) -> Reply:
    headers = upstreams.secret_header(upstream)
    headers["Accept"] = message.accept or _ANYTHING_READABLE
    if message.body:
        headers["Content-Type"] = message.content_type.strip()
    if message.idempotency_key:
        headers["Idempotency-Key"] = message.idempotency_key
    has_body = message.method not in WITHOUT_BODY
    body = message.body if has_body else None
    try:
        with egress.dial(url) as line:
            return line.ask(message.method, body, headers, most_bytes=BATCH_LIMIT_BYTES)
    except EgressError as error:
        raise RefusedError(_unreached(error.trouble)) from None


def _passable(caller: Caller, reply: Reply, now: datetime) -> Reply:
    """The answer, if it may go back to whoever asked."""
    if reply.status in _OUR_AFFAIR or not (
        HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES
        or HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        raise RefusedError(_bad_answer(f"It answered {reply.status}."))
    try:
        checked = guarding.check(reply.body, reply.content_type)
    except RefusedError as refused:
        raise RefusedError(_bad_answer(f"{reply.status}: {refused.problem.detail}")) from None
    if not checked.is_clean:
        is_kept = recording.is_enforced(caller, reply.body, now)
        recording.note(caller, checked, Way.BACK, refused=is_kept, now=now)
        if is_kept:
            raise RefusedError(_holds_a_buyer(checked))
    kind = reply.content_type.strip() if reply.body and kind_of(reply.content_type) else ""
    return Reply(reply.status, kind, reply.body)


_OUR_AFFAIR: Final = frozenset({401, 403, 407})
"""It means our secret, or our address: not the credential of whoever asked."""
_TOO_LATE: Final = frozenset({Trouble.TIMEOUT})


def _unreached(trouble: Trouble) -> Problem:
    is_late = trouble in _TOO_LATE
    return Problem(
        code="inventory_timeout" if is_late else "inventory_unreachable",
        detail=f"The inventory system gave no answer that could be taken: {trouble}.",
        remedy="It may have done what was asked: repeat it with the same Idempotency-Key.",
        rule="inventory: an answer is whole and in time, or none",
        status=504 if is_late else 502,
    )


def _bad_answer(detail: str) -> Problem:
    return Problem(
        code="inventory_bad_answer",
        detail=f"The inventory system's answer can't be passed on. {detail}",
        remedy="Look at the inventory system; what it was asked may have been done.",
        rule="inventory: what can't be checked is not passed on",
        status=502,
    )


def _holds_a_buyer(checked: Checked) -> Problem:
    return Problem(
        code="buyer_field_in_answer",
        detail="The inventory system's answer holds what belongs to a buyer.",
        remedy="It holds buyers already: have these taken out of it.",
        pointer=checked.places[0].pointer,
        rule="floor: an inventory system holds no buyer",
        status=502,
        places=tuple(checked.places),
        more=checked.more,
    )


_BAD_QUERY = Problem(
    code="bad_query",
    detail=f"The query is not UTF-8 and ASCII escapes, or has over {MOST_PAIRS} pairs.",
    remedy="Escape what is not ASCII as UTF-8.",
    pointer="/query",
    rule="inventory: what can't be checked is not passed on",
)
_NO_BODY = Problem(
    code="body_not_expected",
    detail="A GET or a DELETE has no body here.",
    remedy="Put what it says into the query.",
    rule="inventory: what servers read differently is not passed on",
)
_BAD_HEADER = Problem(
    code="bad_header",
    detail="Accept or Idempotency-Key holds what such a header doesn't.",
    remedy="Accept names media types; an idempotency key has up to 255 visible characters.",
    rule="inventory: what can't be checked is not passed on",
)
