"""Pages that say no: what was refused, which rule, what to do next. Never a value."""

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderveil.core.errors import Problem
from orderveil.core.faults import place_of

_log = logging.getLogger("orderveil.web")


def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A refusal as a page; for htmx as a fragment that stands where the answer would."""
    partial = bool(getattr(request, "htmx", False))
    template = "web/problem_part.html" if partial else "web/problem.html"
    return render(request, template, {"problem": problem}, status=problem.status)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not ours, or is older than the session."""
    del reason
    return refused(request, _CSRF)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page, or no such thing in this brand."""
    del exception
    return refused(request, NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours. What went wrong is in the log, without values."""
    error = sys.exc_info()[1]
    match = request.resolver_match
    # The message may quote a value; the type, the line and the page's name never do.
    name, place = match.url_name if match else "no page", place_of(error) if error else "?"
    _log.error("fault %s at %s in %s", type(error).__name__, place, name)
    try:
        return refused(request, _BROKEN)
    except Exception:  # noqa: BLE001 - what broke the page may break this one: the database
        text = f"{_BROKEN.detail} {_BROKEN.remedy}"
        return HttpResponse(text, status=_BROKEN.status, content_type="text/plain")


NOT_FOUND = Problem(
    code="not_found",
    detail="There is nothing here by that name.",
    remedy="Go back, or begin at the first page.",
    rule="people: a brand sees its own",
    status=404,
)
_CSRF = Problem(
    code="csrf_failed",
    detail="This form did not come from a page of this session.",
    remedy="Reload the page and send it again.",
    rule="people: a change comes from a page of ours",
    status=403,
)
_BROKEN = Problem(
    code="internal",
    detail="Something broke here.",
    remedy="Try again; if it stays, tell whoever runs this installation.",
    rule="",
    status=500,
)
