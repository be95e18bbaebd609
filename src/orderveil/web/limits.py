"""What no request of ours looks like: refused before anything reads it.

Rules kept here:
- a NUL is part of no name, and PostgreSQL has no text with one: 400, not a fault;
- no form of the desk is larger than `MOST_BYTES`: 413 before a byte of the body is read. Django's
  own limits hold besides (fields and bytes of a form), and files are kept in memory only;
- what `collecting` refuses before either door is asked is said here.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from orderveil.core.errors import Problem

MOST_BYTES = 3_000_000
_HEADERS = {"Cache-Control": "no-store, private"}


class Bounded:
    """Middleware: the first of all, so that nothing has to think of such requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """What Django makes of it, unless it is nonsense or too large."""
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return _plain("This address holds a character that no address has.", 400)
        if _size(request) > MOST_BYTES:
            return _plain(f"At most {MOST_BYTES} bytes can be sent here.", 413)
        return self._get_response(request)


def _size(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else MOST_BYTES + 1


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain", headers=_HEADERS)


TOO_LARGE = Problem(
    code="body_too_large",
    detail="The body is longer than anything that is accepted here.",
    remedy="Send less at once.",
    rule="api: size limits",
    status=413,
)
TOO_SLOW = Problem(
    code="body_too_slow",
    detail="The request's body did not come in time.",
    remedy="Send it again, at once.",
    rule="server: a body is waited for, but not for long",
    status=408,
)
BUSY = Problem(
    code="busy",
    detail="More is being asked than can be answered at this moment.",
    remedy="Send the same request again in a moment.",
    rule="server: what waits is bounded",
    status=503,
)
