"""Revealing a field, verifying a caller, and the ticket that carries the reason.

Rules kept here:
- a value is in one answer to one POST: in no URL, no session, no message, no cache;
- without JavaScript the answer is a page that leads back to the masked one by itself;
- a link changes nothing: a ticket is opened by the button of the page it leads to;
- whatever is refused is said where it was asked, and what was typed is not repeated.
"""

from enum import StrEnum
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from orderveil.core import masks
from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.personal import Personal
from orderveil.gate.desk.finding import order_named
from orderveil.gate.desk.reveal import SHOWN_SECONDS, Revealable, Revealed, reveal_field
from orderveil.gate.desk.verifying import Said, verify_caller
from orderveil.gate.reasons import Cause, checked_cause, checked_ticket
from orderveil.hops.support import asking, tickets, wording
from orderveil.hops.support.forms import LONGEST
from orderveil.hops.support.refs import order_behind

FACTOR_NEEDED = "factor_needed"
Kind = TypeVar("Kind", bound=StrEnum)


def reveal(request: HttpRequest, actor: Actor, ref: str) -> HttpResponse:
    """One field, for half a minute."""
    if request.method != "POST":
        return redirect("order", ref=ref)
    _caller, order_id = order_behind(actor, ref, "reveal")
    what = _one_of(Revealable, request.POST.get("what", ""))
    done = _revealed(request, actor, order_id, what)
    if isinstance(done, Problem):
        return _say_no(request, ref, done, f"#say-{what}")
    cause, value = done
    if request.POST.get("kept"):
        tickets.remember(request, order_id, cause.reason, actor.now)
    context = {
        "ref": ref,
        "what": what,
        "label": asking.words_of(what),
        "text": ", ".join(value.values.values()),
        "masked": _masked(value),
        "who": actor.name,
        "cause": cause,
        "at": value.at,
        **asking.context(request, actor, order_id),
    }
    if _is_part(request):
        return render(request, "support/revealed_part.html", context)
    answer = render(request, "support/revealed.html", context)
    answer.headers["Refresh"] = f"{SHOWN_SECONDS}; url={reverse('order', args=[ref])}"
    return answer


def verify(request: HttpRequest, actor: Actor, ref: str) -> HttpResponse:
    """Match or no match."""
    if request.method != "POST":
        return redirect("order", ref=ref)
    _caller, order_id = order_behind(actor, ref, "verify caller")
    what = _one_of(Said, request.POST.get("what", ""))
    said = Personal(request.POST.get("said", "")[:LONGEST])
    verdict = verify_caller(actor, order_id, what, said, now=actor.now)
    context = {"ref": ref, "asked": what, **asking.verify_context(actor)}
    status = 200
    if isinstance(verdict, Problem):
        context["problem"] = verdict
        status = verdict.status
    else:
        context["verdict"] = verdict
    name = "verify_card" if _is_part(request) else "verified"
    return render(request, f"support/{name}.html", context, status=status)


def open_ticket(request: HttpRequest, actor: Actor, ticket: str) -> HttpResponse:
    """The helpdesk's link names ticket and order; its one button keeps the ticket, and goes there.

    The link itself looks nothing up: whatever follows links by itself, or a link that somebody
    else laid out, spends no search of this person's and leaves nothing on record.
    """
    told = request.POST if request.method == "POST" else request.GET
    number = checked_ticket(ticket)
    code, named = told.get("reason", ""), told.get("order", "").strip()[:LONGEST]
    reason = checked_cause(code, number).reason if code else None
    if not named:
        raise RefusedError(_NAMES_NONE)
    if request.method != "POST":
        why = wording.of(wording.REASONS, code) if code else ""
        context = {"ticket": number, "named": named, "code": code, "reason": why}
        return render(request, "support/ticket.html", context)
    found = order_named(actor, named, now=actor.now)
    if isinstance(found, Problem):
        raise RefusedError(found)
    tickets.keep(request, found, number, reason, actor.now)
    return redirect("order", ref=asking.ref_of(actor, found))


def _revealed(
    request: HttpRequest, actor: Actor, order_id: bytes, what: Revealable
) -> tuple[Cause, Revealed] | Problem:
    """Why, and the value; a Problem for whatever stands in the way."""
    try:
        cause = _cause(request, actor, order_id)
    except RefusedError as error:
        return error.problem
    done = reveal_field(actor, order_id, what, cause, now=actor.now)
    return done if isinstance(done, Problem) else (cause, done)


def _cause(request: HttpRequest, actor: Actor, order_id: bytes) -> Cause:
    """The reason and the ticket: of the one that is open, or as they were typed."""
    told = request.POST
    if not told.get("kept"):
        return checked_cause(told.get("reason", ""), told.get("ticket", ""))
    kept = tickets.kept(request, order_id, actor.now)
    if kept is None:
        raise RefusedError(tickets.OVER)
    if kept.reason is not None:
        return Cause(kept.reason, kept.ticket)
    return checked_cause(told.get("reason", ""), kept.ticket)


def _masked(done: Revealed) -> str:
    """What stands there when it is hidden again."""
    shown = (masks.shown(Field(name), Form.MASKED, value) for name, value in done.values.items())
    return ", ".join(each for each in shown if each)


def _say_no(request: HttpRequest, ref: str, problem: Problem, place: str) -> HttpResponse:
    """The refusal where it was asked; a factor that is too old is the guard's to ask for."""
    if problem.code == FACTOR_NEEDED:
        raise RefusedError(problem)
    context = {"problem": problem, "ref": ref}
    if not _is_part(request):
        return render(request, "support/not_revealed.html", context, status=problem.status)
    answer = render(request, "web/problem_part.html", context, status=problem.status)
    answer.headers["HX-Retarget"] = place
    answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def _is_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _one_of(kind: type[Kind], code: str) -> Kind:
    """The member of that value; raises `RefusedError`."""
    if code not in {each.value for each in kind}:
        raise RefusedError(_CHOOSE)
    return kind(code)


_CHOOSE = Problem(
    code="choose_one",
    detail="The form did not say which field it is about.",
    remedy="Reload the page and use its forms.",
    rule="desk: one field at a time",
)
_NAMES_NONE = Problem(
    code="unknown_order",
    detail="This link names no order.",
    remedy="Have the helpdesk link to /desk/t/TICKET/?order=ORDER, or search for the order.",
    rule="desk: a ticket is opened for one order",
    status=404,
)
