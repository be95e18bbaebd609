"""A WSGI application's answer, as far as it is known before it leaves.

Called in a thread. Rules kept here:
- an answer in one piece is closed before it leaves; one that streams is closed by whoever asked
  for its pieces, exactly once;
- what breaks outside the doors' own handling is a fault like any other: its type is logged, never
  its message; the answer is a problem, or ends without its end if it has begun.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from orderveil.api.problems import FAULT, PROBLEM_JSON, encoded
from orderveil.core.errors import Problem
from orderveil.web.environs import Environ

App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

RETRY_SECONDS = "1"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Answer:
    """Status, headers and the first piece; `rest` gives the others, None: there are none."""

    status: int
    headers: list[tuple[bytes, bytes]]
    first: bytes
    rest: Iterator[bytes] | None = None
    close: Callable[[], object] = lambda: None
    is_broken: bool = False

    def following(self) -> bytes | None:
        """The next piece; None: there is none, or (`is_broken`) there should have been."""
        try:
            return None if self.rest is None else next(self.rest, None)
        except Exception as error:  # noqa: BLE001 - as in `begin`
            _log.error("fault %s", type(error).__name__)
            self.is_broken = True
            return None


def begin(app: App, environ: Environ) -> Answer:
    """Run the application until its first piece is there."""
    try:
        return _begin(app, environ)
    except Exception as error:  # noqa: BLE001 - whatever it is, its message may quote a value
        _log.error("fault %s", type(error).__name__)
        return refusal(FAULT)


def _begin(app: App, environ: Environ) -> Answer:
    told: list[Any] = []
    parts = app(environ, lambda *given: told.append(given))
    close = getattr(parts, "close", lambda: None)
    try:
        pieces = iter(parts)
        first = next(pieces, b"")
        status, headers = int(told[-1][0][:3]), _raw(told[-1][1])
    except BaseException:
        close()
        raise
    is_whole = isinstance(parts, list) and len(parts) < 2
    if is_whole or environ["REQUEST_METHOD"] == "HEAD" or len(first) == _declared(headers):
        close()
        return Answer(status, headers, first)
    return Answer(status, headers, first, pieces, close)


def _raw(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def _declared(headers: list[tuple[bytes, bytes]]) -> int | None:
    return next((int(value) for name, value in headers if name == b"content-length"), None)


def refusal(problem: Problem) -> Answer:
    """A problem (RFC 9457), where no door has been asked yet."""
    body = encoded(problem)
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        # What is left of a body is not the next request.
        (b"connection", b"close"),
    ]
    if problem.status == 503:
        headers.append((b"retry-after", RETRY_SECONDS.encode()))
    return Answer(problem.status, headers, body)
