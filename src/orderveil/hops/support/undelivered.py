"""Undelivered parcels: the queue of those that wait, and an answer to each.

Nobody sees a phone here. What is answered goes to the courier; the customer is reached through
actions, and those without a gateway are shown as not configured.
"""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from orderveil.core.actors import Actor
from orderveil.core.attempts import CONCERNS_ADDRESS, AttemptAnswer
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Permission
from orderveil.core.transitions import ENDED
from orderveil.gate.asking import open_ref
from orderveil.gate.compose import View
from orderveil.gate.desk.attempts import (
    NO_ANSWER,
    Attempt,
    Place,
    Queue,
    answer_attempt,
    attempts_of,
    days_ahead,
    open_attempts,
)
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.refusals import UNKNOWN
from orderveil.hops.support import places, wording
from orderveil.hops.support.history import told_person
from orderveil.hops.support.rows import rows_of
from orderveil.hops.support.views import budget


def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A page of what waits, the oldest first. Opening it is a disclosure."""
    after = _place(actor, request.GET.get("after", ""))
    found = open_attempts(actor, after, now=actor.now)
    if isinstance(found, Problem):
        raise RefusedError(found)
    orders = dict(zip(found.answers, rows_of(list(found.answers.values())), strict=True))
    context = {
        "waiting": [
            {"order": orders[each.order_id], **_line(actor, each, orders[each.order_id].ref)}
            for each in found.attempts
        ],
        "next": _next(found),
        "after": after is not None,
        **_days(actor),
        **budget(actor),
    }
    return render(request, "support/undelivered.html", context)


def answer(request: HttpRequest, actor: Actor, ref: str, number: int) -> HttpResponse:
    """Answer one attempt of the parcel that `ref` names: again on a day, or back."""
    if request.method != "POST":
        return redirect("undelivered")
    order_id, parcel_no = parcel_behind(actor, ref)
    told = request.POST.get("answer", "")
    if told not in {AttemptAnswer.REATTEMPT, AttemptAnswer.CANCEL}:
        raise RefusedError(NO_ANSWER)
    what = AttemptAnswer(told)
    again_on = _day(request.POST.get("again_on", "")) if what == AttemptAnswer.REATTEMPT else None
    problem = answer_attempt(
        actor, order_id, parcel_no, number, what, now=actor.now, again_on=again_on
    )
    if problem is not None:
        raise RefusedError(problem)
    said = _("The courier is asked to try again.")
    if what == AttemptAnswer.CANCEL:
        said = _("The courier is asked to send the parcel back.")
    if getattr(request, "htmx", False):
        return render(request, "support/undelivered_done.html", {"said": said})
    messages.success(request, said)
    return redirect("undelivered")


def actions(actor: Actor, order_id: bytes, view: View) -> dict[str, Any]:
    """What `support/undelivered_actions.html` needs on an order's page; {} for other roles.

    `view` is the person's own of that order. Where an attempt waits, the address is corrected as
    its answer; otherwise by itself, while a parcel is on its road.
    """
    if not actor.may(Permission.WORK_UNDELIVERED):
        return {}
    found = attempts_of(actor, order_id, now=actor.now)
    if isinstance(found, Problem):
        return {}
    waits = any(each.answer is None for each in found)
    on_road = any(each.state not in ENDED for each in view.parcels)
    return {
        "attempts": [_line(actor, each, view.ref) for each in found],
        "order_ref": view.ref,
        "may_correct": on_road and not waits and actor.may(Permission.CORRECT_ADDRESS),
        **_days(actor),
    }


def parcel_behind(actor: Actor, ref: str) -> tuple[bytes, int]:
    """(order id, parcel number) of a parcel's ref; raises `RefusedError`."""
    caller = caller_of(actor, "undelivered")
    if isinstance(caller, Problem):
        raise RefusedError(caller)
    found = open_ref(caller, ref)
    if found is None or found[1] is None:
        raise RefusedError(UNKNOWN)
    return found[0], found[1]


def _line(actor: Actor, attempt: Attempt, ref: str) -> dict[str, Any]:
    """An attempt in words, and the parcel's ref under which it is answered."""
    return {
        "ref": f"{ref}-{attempt.parcel_no}",
        "key": f"{ref}-{attempt.parcel_no}-{attempt.attempt_no}",
        "parcel": attempt.parcel_no,
        "number": attempt.attempt_no,
        "reason": wording.of(wording.ATTEMPTS, attempt.reason),
        "wants_address": attempt.reason in CONCERNS_ADDRESS,
        "at": attempt.reported_at,
        "answer": wording.of(wording.ANSWERS, attempt.answer) if attempt.answer else "",
        "is_answered_by_person": attempt.answered_by is not None,
        "answered_by": told_person(actor, attempt.answered_by),
        "answered_at": attempt.answered_at,
        "again_on": attempt.again_on,
    }


def _days(actor: Actor) -> dict[str, Any]:
    first, last = days_ahead(actor.now)
    return {"first_day": first.isoformat(), "last_day": last.isoformat()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _next(found: Queue) -> str:
    """The address of the next page. It names the last row as this person's partner knows it."""
    if found.next is None:
        return ""
    ref = found.answers[found.next.order_id].ref
    return f"?after={places.spell(found.next.at, f'{ref}-{found.next.parcel_no}')}"


def _place(actor: Actor, text: str) -> Place | None:
    """The place that an address names; None, the beginning, if it names none."""
    found = places.read(actor, text)
    if found is None or found[2] is None:
        return None
    return Place(found[0], found[1], found[2])
