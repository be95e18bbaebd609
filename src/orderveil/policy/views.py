"""The policy: the table in force, its history, and the second person's yes or no."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.policy import prose, showing, versions
from orderveil.policy.forms import ReasonForm
from orderveil.policy.models import Version, VersionState
from orderveil.policy.toml import PolicyError

PAGE = 50
BADGES = {
    VersionState.ACTIVE: "ok",
    VersionState.PENDING: "warn",
    VersionState.REJECTED: "bad",
    VersionState.REPLACED: "",
}


@require_safe
def policy(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The table in force: hop by field, and each hop's terms."""
    version = versions.active(actor.brand_id)
    table = versions.table_of(version)
    told = {
        "tab": "policy",
        "version": version,
        "warnings": prose.warnings(table),
        "hops": list(Hop),
        "groups": showing.grid(table),
        "terms": showing.terms(table),
        "legend": showing.LEGEND,
        "pending": len(versions.waiting(actor.brand_id)),
    }
    return render(request, "policy/table.html", told)


@require_safe
def sentences(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The table in force, a paragraph for each hop."""
    version = versions.active(actor.brand_id)
    table = versions.table_of(version)
    told = {
        "tab": "policy_sentences",
        "version": version,
        "warnings": prose.warnings(table),
        "sentences": zip(Hop, prose.sentences(table), strict=True),
    }
    return render(request, "policy/sentences.html", told)


@require_safe
def history(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every version, newest first, a page at a time."""
    found = Version.objects.filter(brand_id=actor.brand_id).order_by("-number")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 10:
        found = found.filter(number__lt=int(before))
    rows = list(found[: PAGE + 1])
    told = {
        "tab": "policy_versions",
        "rows": [(row, BADGES[VersionState(row.state)]) for row in rows[:PAGE]],
        "older": rows[PAGE - 1].number if len(rows) > PAGE else None,
    }
    return render(request, "policy/history.html", told)


@require_safe
def version(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One version: its text, what it changed, and what it would change now."""
    return _version(request, actor, versions.one(actor.brand_id, number), ReasonForm())


def _version(
    request: HttpRequest, actor: Actor, shown: Version, form: ReasonForm, status: int = 200
) -> HttpResponse:
    active = versions.active(actor.brand_id)
    before = versions.before(shown)
    told: dict[str, Any] = {
        "tab": "policy_versions",
        "version": shown,
        "badge": BADGES[VersionState(shown.state)],
        "active": active,
        "before": before,
        "from_before": showing.compared(before, shown),
        "from_active": showing.compared(active, shown),
        "loads": _loads(shown),
        "waits": shown.state == VersionState.PENDING,
        "moved_on": versions.moved_on(shown, active),
        "is_author": shown.author == actor.person,
        "form": form,
    }
    return render(request, "policy/version.html", told, status=status)


def _loads(shown: Version) -> bool:
    try:
        versions.table_of(shown)
    except PolicyError:
        return False
    return True


@require_POST
def approve(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The second person's yes; the use case refuses it to the author."""
    versions.one(actor.brand_id, number)
    made = versions.approve(actor.brand_id, number, approver=actor.person, now=actor.now)
    messages.success(request, gettext("%(version)s is in force.") % {"version": made.label})
    return redirect("policy_version", number)


@require_POST
def reject(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The second person's no, or the author's withdrawal."""
    shown = versions.one(actor.brand_id, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _version(request, actor, shown, form, status=422)
    reason = form.cleaned_data["reason"]
    try:
        made = versions.reject(
            actor.brand_id, number, person=actor.person, reason=reason, now=actor.now
        )
    except RefusedError as error:
        if error.problem.code != "reason_needed":
            raise
        form.add_error("reason", _sentence(error.problem))
        return _version(request, actor, shown, form, status=422)
    said = (
        gettext("%(version)s is withdrawn.")
        if made.is_withdrawn
        else gettext("%(version)s is rejected.")
    )
    messages.success(request, said % {"version": made.label})
    return redirect("policy_version", number)


def _sentence(problem: Problem) -> str:
    return f"{problem.detail} {problem.remedy}"


def drafts_waiting(actor: Actor) -> int:
    """How many versions wait for this person's approval: never their own."""
    waiting = versions.waiting(actor.brand_id)
    return sum(version.author != actor.person for version in waiting)
