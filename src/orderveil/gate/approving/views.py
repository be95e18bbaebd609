"""Requests for credentials and subscriptions: the list, one of them; decided, collected."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.decision import Mode
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.core.roles import Permission
from orderveil.gate.approving import using
from orderveil.gate.approving.forms import TurnDownForm
from orderveil.gate.reasons import checked_reason
from orderveil.outbox.views import subscription_shown
from orderveil.partners import approvals
from orderveil.partners.approvals import Rotate, State, Subscribe
from orderveil.partners.forms import refuse
from orderveil.partners.listing import page_of, partner_of
from orderveil.partners.models import Approval, Credential
from orderveil.partners.views_credentials import credential_shown
from orderveil.policy import prose, versions

UNPROCESSABLE = 422
BADGES = {
    State.WAITING: "warn",
    State.APPROVED: "act",
    State.USED: "ok",
    State.TURNED_DOWN: "bad",
    State.EXPIRED: "",
    State.LAPSED: "",
}


def to_decide(actor: Actor) -> int:
    """How many requests wait for this person's yes or no."""
    return approvals.to_decide(actor).count()


def to_collect(actor: Actor) -> int:
    """How many of their own are approved and wait for them."""
    return approvals.to_use(actor).count()


@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every request of the brand, the newest first."""
    found = Approval.objects.filter(brand_id=actor.brand_id)
    page = page_of(found, request.GET.get("after", ""))
    rows = [
        {"approval": each, "wanted": approvals.wanted_of(each), **_state(each, actor)}
        for each in page.rows
    ]
    return render(request, "approving/approvals.html", {"rows": rows, "next": page.next})


def _state(each: Approval, actor: Actor) -> dict[str, str]:
    state = approvals.state_of(each, actor.now)
    return {"state": state, "badge": BADGES[state]}


@require_safe
def one(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """What is asked, what it would open, and what became of it."""
    return _page(request, actor, approvals.one(actor.brand_id, number), TurnDownForm())


def _page(
    request: HttpRequest, actor: Actor, found: Approval, form: TurnDownForm, status: int = 200
) -> HttpResponse:
    wanted = approvals.wanted_of(found)
    state = _state(found, actor)
    is_mine = found.person == actor.person
    waits, approved = state["state"] == State.WAITING, state["state"] == State.APPROVED
    told: dict[str, Any] = {
        "approval": found,
        "wanted": wanted,
        "partner": partner_of(actor.brand_id, wanted.partner),
        **state,
        **_sight(actor.brand_id, wanted.hop),
        "host": urlsplit(wanted.url).hostname if isinstance(wanted, Subscribe) else "",
        "credential": _credential(wanted.credential) if isinstance(wanted, Rotate) else None,
        "observes": Mode.OBSERVE,
        "is_mine": is_mine,
        "decides": waits and not is_mine and actor.may(Permission.APPROVE_CREDENTIALS),
        "collects": approved and found.asked_by == actor.membership_id,
        "form": form,
    }
    return render(request, "approving/approval.html", told, status=status)


def _sight(brand_id: int, hop: Hop) -> dict[str, str]:
    """What the policy in force shows that hop, in its own words."""
    version = versions.active(brand_id)
    said = dict(zip(Hop, prose.sentences(versions.table_of(version)), strict=True))
    return {"policy": version.label, "sight": said[hop]}


def _credential(number: int) -> Credential:
    return Credential.objects.get(pk=number)


@require_POST
def approve(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The second person's yes."""
    using.approve(actor, number)
    messages.success(request, _("Approved. Whoever asked may use it once, within 48 hours."))
    return redirect("approval", number=number)


@require_POST
def turn_down(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The second person's no."""
    found = approvals.one(actor.brand_id, number)
    form = TurnDownForm(request.POST)
    if form.is_valid():
        try:
            reason = checked_reason(form.cleaned_data["reason"])
        except RefusedError as refused:
            refuse(form, refused.problem)
        else:
            using.turn_down(actor, number, reason)
            messages.success(request, _("Turned down."))
            return redirect("approval", number=number)
    return _page(request, actor, found, form, UNPROCESSABLE)


@require_POST
def use(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Do what was approved; the answer shows the secret, this once."""
    made = using.use(actor, number)
    shown = subscription_shown if isinstance(made.wanted, Subscribe) else credential_shown
    return shown(request, made.number, made.secret)
