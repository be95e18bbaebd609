"""Ending a partner as a whole: what ends is listed first, then ended as one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orderveil.core.actors import Actor
from orderveil.gate.leaving import end_partner
from orderveil.ledger.acts import by
from orderveil.outbox import subscriptions
from orderveil.partners.listing import partner_of
from orderveil.partners.models import Credential
from orderveil.people.models import Membership

MOST_LISTED = 200


@require_http_methods(["GET", "POST"])
def partner_end(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """GET lists what ends with the partner; POST ends it."""
    one = partner_of(actor.brand_id, number)
    if request.method == "POST":
        left = end_partner(one, now=actor.now, who=by(actor))
        said = _(
            "The partner receives nothing from now on: %(keys)d credentials revoked, "
            "%(floor)d floor devices revoked, %(hooks)d subscriptions ended. "
            "What it was shown stays on record."
        )
        counts = {
            "keys": len(left.credentials),
            "floor": len(left.devices),
            "hooks": len(left.subscriptions),
        }
        messages.success(request, said % counts)
        return redirect("partner", number=number)
    keys = Credential.objects.filter(partner=one, revoked_at=None).order_by("pk")
    hooks = subscriptions.listing(actor.brand_id, partner_id=one.pk)
    people = Membership.objects.filter(
        brand_id=actor.brand_id, partner_id=one.pk, ended_at=None
    ).select_related("person")
    told = {
        "partner": one,
        "credentials": keys[:MOST_LISTED],
        "subscriptions": [each for each in hooks if each.revoked_at is None],
        "people": people.order_by("pk")[:MOST_LISTED],
    }
    return render(request, "brands/partner_end.html", told)
