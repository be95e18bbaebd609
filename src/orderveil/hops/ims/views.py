"""Inventory systems at the desk: which are connected, in which mode, and what was refused.

Connecting one is for the command line: it takes a secret, and an address that messages go to.
Ending one takes nothing but a decision.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.hops import Hop
from orderveil.hops.ims import recording, upstreams
from orderveil.hops.ims.recording import Way
from orderveil.ledger.acts import by
from orderveil.partners.models import Partner

MOST_DAYS = 200
"""Rows of the table: a day, a partner, a way."""
_MOST_PARTNERS = 100
_MOST_NUMBER = 2**63 - 1


@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every inventory system of the brand, and the last thirty days."""
    ways = {
        Way.GUARD: _("asked about"),
        Way.OUT: _("on the way there"),
        Way.BACK: _("in its answer"),
    }
    days = recording.days(actor.brand_id, actor.now)[:MOST_DAYS]
    found = Partner.objects.filter(brand_id=actor.brand_id, hops__contains=[Hop.IMS])
    told = {
        "systems": upstreams.listing(actor.brand_id)[:_MOST_PARTNERS],
        "partners": found.order_by("name")[:_MOST_PARTNERS],
        "days": [{"day": each, "way": ways[Way(each.way)]} for each in days],
    }
    return render(request, "ims/inventory.html", told)


@require_POST
def disconnect(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """End one; its secret is destroyed."""
    known = min(number, _MOST_NUMBER)
    upstreams.disconnect(actor.brand_id, known, now=actor.now, who=by(actor))
    messages.success(request, _("The inventory system is disconnected."))
    return redirect("inventory")
