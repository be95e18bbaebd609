"""Refusals and faults as RFC 9457 problem+json. Never a value that was sent, never a trace."""

import logging
from http import HTTPStatus
from typing import Any

import falcon
import msgspec
from falcon import Request, Response

from orderveil.core.errors import Place, Problem, RefusedError
from orderveil.core.faults import place_of

PROBLEM_JSON = "application/problem+json"
_log = logging.getLogger(__name__)


class ProblemDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457, with our extension members: code, pointer, rule, remedy, places and more."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    remedy: str = ""
    pointer: str = ""
    rule: str = ""
    places: tuple[Place, ...] = ()
    more: int = 0


def encoded(problem: Problem) -> bytes:
    """The document, as it goes over the wire."""
    status = HTTPStatus(problem.status)
    return msgspec.json.encode(
        ProblemDocument(
            type=f"urn:orderveil:problem:{problem.code}",
            title=status.phrase,
            status=int(status),
            code=problem.code,
            detail=problem.detail,
            remedy=problem.remedy,
            pointer=problem.pointer,
            rule=problem.rule,
            places=problem.places,
            more=problem.more,
        )
    )


def answer(resp: Response, problem: Problem) -> None:
    """Put the problem into the response."""
    status = HTTPStatus(problem.status)
    resp.status = str(int(status))
    resp.content_type = PROBLEM_JSON
    resp.context.problem_code = problem.code
    resp.data = encoded(problem)
    if status == HTTPStatus.UNAUTHORIZED:
        resp.set_header("WWW-Authenticate", "Bearer")


def on_refused(
    _req: Request, resp: Response, refused: RefusedError, _params: dict[str, Any]
) -> None:
    """A refusal."""
    answer(resp, refused.problem)


def on_http_error(
    _req: Request, resp: Response, error: falcon.HTTPError, _params: dict[str, Any]
) -> None:
    """Falcon's own: no such path, no such method."""
    status = HTTPStatus(error.status_code)
    resp.set_headers(error.headers or {})
    answer(
        resp,
        Problem(
            code=status.name.lower(),
            detail=f"{status.phrase}: there is nothing for this request here.",
            remedy="See /v1/openapi.json for what there is.",
            rule="api: paths and methods",
            status=int(status),
        ),
    )


def on_fault(req: Request, resp: Response, error: Exception, _params: dict[str, Any]) -> None:
    """A fault of ours: its type and place go to the log, nothing of the request does."""
    # The message may quote a value; the type and the line never do.
    place = place_of(error)
    _log.error("fault %s at %s in %s", type(error).__name__, place, req.uri_template)
    answer(resp, FAULT)


FAULT = Problem(
    code="fault",
    detail="Something broke on our side; nothing was half-done.",
    remedy="Send the same request again; if it stays, show the log to its owner.",
    rule="",
    status=500,
)
