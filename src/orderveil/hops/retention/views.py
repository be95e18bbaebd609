"""Purges at the desk: how each partner stands, its requests, and what a person can do about them.

A receipt that came otherwise (by letter, by phone) is written down by somebody who answers for it.
"""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.errors import RefusedError
from orderveil.core.numbers import row_number
from orderveil.hops.retention import hurrying, overdue, receipts, sending
from orderveil.hops.retention.models import Request
from orderveil.hops.retention.receipts import NO_REQUEST, Way
from orderveil.ledger.acts import by
from orderveil.partners.listing import partner_of
from orderveil.partners.standing import contact_of, deletion_days_of

PAGE = 50
_MOST_NUMBER = 2**63 - 1


@require_safe
def purges(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every partner that has something to delete."""
    told = {
        "stands": overdue.stands(actor.brand_id, actor.now),
        "now": actor.now,
        "mail": bool(settings.MAIL),
    }
    return render(request, "retention/purges.html", told)


@require_safe
def of_partner(request: HttpRequest, actor: Actor, partner: int) -> HttpResponse:
    """One partner's requests, the newest first."""
    one = partner_of(actor.brand_id, partner)
    before = row_number(request.GET.get("before", ""))
    found = overdue.requests_of(actor.brand_id, one.pk, limit=PAGE + 1, before=before)
    stands = overdue.stands(actor.brand_id, actor.now)
    told = {
        "partner": one,
        "stand": next((each for each in stands if each.partner_id == one.pk), None),
        "requests": found[:PAGE],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "days": deletion_days_of(one.pk, actor.now.date()),
        "contact": contact_of(one.pk, actor.now.date()),
        "hooked": sending.has_webhook(actor.brand_id, one.pk),
        "mail": bool(settings.MAIL),
        "now": actor.now,
    }
    return render(request, "retention/partner.html", told)


@require_POST
def send(request: HttpRequest, actor: Actor, partner: int) -> HttpResponse:
    """Ask now for what waits, and try again what could not be sent."""
    one = partner_of(actor.brand_id, partner)
    count = hurrying.hurry(actor.brand_id, one.pk, now=actor.now)
    said = ngettext(
        "%(count)d request goes out within a minute.",
        "%(count)d requests go out within a minute.",
        count,
    )
    messages.success(request, said % {"count": count} if count else _("Nothing waits to be sent."))
    return redirect("purges_partner", one.pk)


@require_POST
def confirm(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Write down a receipt that the partner gave otherwise."""
    found = Request.objects.filter(pk=min(number, _MOST_NUMBER), brand_id=actor.brand_id).first()
    if found is None:
        raise RefusedError(NO_REQUEST)
    receipts.confirm(found, way=Way.TOLD, now=actor.now, who=by(actor))
    messages.success(request, _("The receipt is recorded."))
    return redirect("purges_partner", found.partner_id)
