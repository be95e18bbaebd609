"""Drafting: begin from a version, change it cell by cell or as a text, look, publish.

Rules kept here:
- nothing is saved before the person confirms what the preview shows: the confirmation names the
  text and the version that it was compared with, and if either changed they look again;
- a text that does not load is shown back as it was typed, with every mistake and its place.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.core.hops import Hop, Reach
from orderveil.core.states import ParcelState
from orderveil.core.table import Profile, Requirement, Table
from orderveil.policy import drafts, showing, versions
from orderveil.policy.drafts import Draft
from orderveil.policy.forms import HopForm, NameForm, TextForm, first_values
from orderveil.policy.models import VersionState
from orderveil.policy.toml import PolicyError

UNPROCESSABLE = 422
form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def draft(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The draft as a whole: its name, its profile, what each hop changes so far."""
    now = drafts.current(request, actor)
    table = _table(now)
    if table is None:
        return redirect("policy_draft_text")
    form = NameForm(
        request.POST if request.method == "POST" else None,
        initial={"name": table.name, "profile": table.profile},
    )
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        profile = Profile(form.cleaned_data["profile"])
        text = drafts.renamed(now.text, form.cleaned_data["name"], profile, now.virtual)
        problems = _problems(text, now.virtual)
        if not problems:
            drafts.keep(request, actor, text, now.base)
            return redirect("policy_draft")
    active = versions.active(actor.brand_id)
    found = showing.difference(versions.table_of(active), table)
    changed = dict(found.hops)
    told = {
        "draft": now,
        "active": active,
        "form": form,
        "problems": problems,
        "found": found,
        "hops": [(hop, changed.get(hop, ())) for hop in Hop],
    }
    refused = request.method == "POST"
    return render(request, "policy/draft.html", told, status=UNPROCESSABLE if refused else 200)


@form_page
def hop(request: HttpRequest, actor: Actor, hop: str) -> HttpResponse:
    """One hop's cells and terms."""
    which = _hop(hop)
    now = drafts.current(request, actor)
    table = _table(now)
    if table is None:
        return redirect("policy_draft_text")
    asked = request.POST if request.method == "POST" else None
    first = first_values(table, which, drafts.words_of(now.text, which, now.virtual))
    form = HopForm(asked, hop=which, profile=table.profile, virtual=now.virtual, initial=first)
    problems: list[Problem] = []
    if asked is not None and form.is_valid():
        try:
            text = _with_form(now, which, form)
        except PolicyError as error:
            problems = error.problems
        else:
            drafts.keep(request, actor, text, now.base)
            return _next(asked.get("then", ""), which)
    told = {"hop": which, "hops": list(Hop), "form": form, "problems": problems}
    return render(
        request, "policy/draft_hop.html", told, status=UNPROCESSABLE if asked is not None else 200
    )


def _hop(name: str) -> Hop:
    if name not in set(Hop):
        raise RefusedError(
            Problem(
                code="no_such_hop",
                detail="There is no such hop.",
                remedy=f"The hops are {', '.join(Hop)}.",
                rule="policy: eleven hops",
                status=404,
            )
        )
    return Hop(name)


def _with_form(now: Draft, which: Hop, form: HopForm) -> str:
    said = form.cleaned_data
    return drafts.with_row(
        now.text,
        which,
        form.words(),
        now.virtual,
        purpose=said["purpose"],
        reach=Reach(said["reach"]),
        states=frozenset(ParcelState(each) for each in said["states"]),
        needs=frozenset(Requirement(each) for each in said["needs"]),
    )


def _next(then: str, which: Hop) -> HttpResponse:
    """Where the pressed button leads: the preview, another hop, or back to the whole."""
    if then == "preview":
        return redirect("policy_preview")
    if then == "next":
        road = list(Hop)
        return redirect("policy_draft_hop", road[(road.index(which) + 1) % len(road)])
    return redirect("policy_draft")


@form_page
def text(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The draft as TOML, pasted or uploaded."""
    now = drafts.current(request, actor)
    form = TextForm(initial={"text": now.text})
    problems = _problems(now.text, now.virtual)
    status = 200
    if request.method == "POST":
        form = TextForm(request.POST, request.FILES)
        problems, status = [], UNPROCESSABLE
        if form.is_valid():
            typed = form.cleaned_data["text"]
            drafts.keep(request, actor, typed, now.base)
            problems = _problems(typed, now.virtual)
            if not problems:
                return redirect("policy_preview")
            # What was uploaded is shown, so that it can be mended here.
            form = TextForm(initial={"text": typed})
    told = {"form": form, "problems": problems}
    return render(request, "policy/draft_text.html", told, status=status)


@require_POST
def begin(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A draft from any version's text: to publish again what was rejected or replaced."""
    found = versions.one(actor.brand_id, number)
    drafts.keep(request, actor, found.text, versions.active(actor.brand_id).number)
    return redirect("policy_preview")


@require_POST
def discard(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Forget the draft."""
    del actor
    drafts.drop(request)
    messages.success(request, gettext("The draft is gone."))
    return redirect("policy")


@require_safe
def preview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What publishing would change, and what happens then."""
    now = drafts.current(request, actor)
    table = _table(now)
    if table is None:
        return redirect("policy_draft_text")
    active = versions.active(actor.brand_id)
    told: dict[str, Any] = {
        "draft": now,
        "name": table.name,
        "active": active,
        "found": showing.difference(versions.table_of(active), table),
    }
    return render(request, "policy/preview.html", told)


@require_POST
def publish(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Save the draft as a version: in force at once if provably tighter, else waiting."""
    now = drafts.current(request, actor)
    against = str(versions.active(actor.brand_id).number)
    if (request.POST.get("digest"), request.POST.get("against")) != (now.digest, against):
        said = gettext("The draft or the policy in force changed meanwhile. Look again.")
        messages.warning(request, said)
        return redirect("policy_preview")
    try:
        made = versions.publish(actor.brand_id, now.text, author=actor.person, now=actor.now)
    except PolicyError:
        return redirect("policy_draft_text")
    drafts.drop(request)
    said = (
        gettext("%(version)s is provably tighter: it is in force now.")
        if made.state == VersionState.ACTIVE
        else gettext("%(version)s loosens something: it waits for a second person.")
    )
    messages.success(request, said % {"version": made.label})
    return redirect("policy_version", made.number)


def _table(now: Draft) -> Table | None:
    try:
        return versions.check(now.text, now.virtual)
    except PolicyError:
        return None


def _problems(text: str, virtual: frozenset[Field]) -> list[Problem]:
    try:
        versions.check(text, virtual)
    except PolicyError as error:
        return error.problems
    return []
