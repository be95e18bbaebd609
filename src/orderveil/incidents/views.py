"""The pages of alerts: the list, one alert and its closing, canaries, the receiver."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orderveil.core.actors import Actor
from orderveil.core.errors import RefusedError
from orderveil.core.roles import Permission
from orderveil.incidents import alerts, canaries, receivers
from orderveil.incidents.forms import CanaryForm, CloseForm, ReceiverForm
from orderveil.incidents.models import Alert, Looked, Notice
from orderveil.incidents.words import TITLES, AlertKind, Outcome, State, sentence
from orderveil.partners.models import Credential, Partner


@require_GET
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open alerts, or closed ones; the newest first."""
    state = State.CLOSED if request.GET.get("state") == State.CLOSED else State.OPEN
    before = request.GET.get("before", "")
    place = int(before) if before.isdecimal() and len(before) < 16 else None
    found = alerts.listed(actor.brand_id, state, before=place)
    page = found[: alerts.PAGE]
    told = {
        "alerts": _drawn(page),
        "state": state,
        "next": page[-1].pk if len(found) > alerts.PAGE else None,
        "looked": Looked.objects.filter(pk=actor.brand_id).first(),
        "mail": bool(settings.MAIL),
        "receiver": receivers.of(actor.brand_id) is not None,
    }
    return render(request, "incidents/alerts.html", told)


@require_GET
def alert(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One alert with its evidence."""
    return _alert(request, actor, alerts.find(actor.brand_id, number), CloseForm())


@require_POST
def close(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Say what it was."""
    found = alerts.find(actor.brand_id, number)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            outcome = Outcome(form.cleaned_data["outcome"])
            alerts.close(actor, number, outcome, form.cleaned_data["reason"])
        except RefusedError as error:
            if error.problem.status != 422:
                raise
            form.add_error("reason", f"{error.problem.detail} {error.problem.remedy}")
        else:
            messages.success(request, gettext("The alert is closed, and that is on record."))
            return redirect("alerts")
    return _alert(request, actor, found, form, status=422)


def _alert(
    request: HttpRequest, actor: Actor, found: Alert, form: CloseForm, status: int = 200
) -> HttpResponse:
    told = {
        "one": _drawn([found])[0],
        "notices": Notice.objects.filter(alert=found).order_by("pk"),
        "form": form,
        "may_close": found.state == State.OPEN and actor.may(Permission.HANDLE_ALERTS),
        "mail": bool(settings.MAIL),
    }
    return render(request, "incidents/alert.html", told, status=status)


@require_http_methods(["GET", "POST"])
def canary_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The canaries that are watched, and the form for another."""
    partners = list(
        Partner.objects.filter(brand_id=actor.brand_id).order_by("name").values_list("pk", "name")
    )
    form = CanaryForm(partners, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            order = canaries.order_by_number(actor.brand_id, form.cleaned_data["number"])
            canaries.mark(actor, order, form.cleaned_data["expected"])
        except RefusedError as error:
            if error.problem.status not in {404, 409}:
                raise
            form.add_error("number", f"{error.problem.detail} {error.problem.remedy}")
        else:
            messages.success(request, gettext("The canary is watched from now on."))
            return redirect("canaries")
    told = {
        "form": form,
        "canaries": canaries.alive(actor.brand_id),
        "partners": dict(partners),
    }
    return render(request, "incidents/canaries.html", told, status=422 if form.errors else 200)


@require_POST
def canary_retire(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Watch it no longer."""
    canaries.retire(actor, number)
    messages.success(request, gettext("The canary is watched no longer."))
    return redirect("canaries")


@require_http_methods(["GET", "POST"])
def receiver(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where alerts are posted; a new secret is shown in the answer, this once."""
    form = ReceiverForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {"form": form, "mail": bool(settings.MAIL)}
    if request.method == "POST" and form.is_valid():
        try:
            told["secret"] = receivers.change(actor, form.cleaned_data["url"])
        except RefusedError as error:
            if error.problem.status != 422:
                raise
            form.add_error("url", f"{error.problem.detail} {error.problem.remedy}")
    told["receiver"] = receivers.of(actor.brand_id)
    told["people"] = alerts.handlers(actor.brand_id)
    return render(request, "incidents/receiver.html", told, status=422 if form.errors else 200)


@require_POST
def receiver_end(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Post alerts nowhere."""
    receivers.end(actor)
    messages.success(request, gettext("Alerts are posted nowhere now."))
    return redirect("alert_receiver")


def _drawn(found: Sequence[Alert]) -> list[dict[str, Any]]:
    """Alerts as the templates show them."""
    partners = _partners(found)
    return [
        {
            "alert": each,
            "title": gettext(TITLES[AlertKind(each.kind)]),
            "what": sentence(each.kind, each.count, each.evidence),
            "tone": {"high": "bad", "medium": "warn"}.get(each.severity, ""),
            "is_person": each.who.startswith("person:"),
            "partner_id": partners.get(each.who),
        }
        for each in found
    ]


def _partners(found: Sequence[Alert]) -> dict[str, int]:
    """The partners that these alerts, all of one brand, are about, or whose credentials."""
    about = [each.who.partition(":") for each in found]
    own = {f"partner:{number}": int(number) for kind, _, number in about if kind == "partner"}
    numbers = {int(number) for kind, _, number in about if kind == "credential"}
    brands = {each.brand_id for each in found}
    owners = Credential.objects.filter(pk__in=numbers, brand_id__in=brands)
    keys = {f"credential:{pk}": partner for pk, partner in owners.values_list("pk", "partner_id")}
    return own | keys
