"""Subscriptions: the list, one of them; made, rotated, ended. A secret is shown once.

Whoever may not approve asks for a subscription instead (`partners/approvals`). A new signing secret
opens nothing and needs no approval.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.errors import RefusedError
from orderveil.core.numbers import row_number
from orderveil.core.roles import Permission
from orderveil.ledger.acts import by
from orderveil.outbox import subscribing, subscriptions
from orderveil.outbox.forms import SubscriptionForm
from orderveil.outbox.subscriptions import NO_SUCH_SUBSCRIPTION, Subscription
from orderveil.partners import listing
from orderveil.partners.forms import RotateForm, refuse
from orderveil.partners.models import Partner
from orderveil.partners.showing import asked, shown_once, state_of
from orderveil.partners.views import REFUSED

MOST_NUMBER = 2**63 - 1


@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A page of the brand's subscriptions, those that live first."""
    partner, after = (row_number(request.GET.get(name, "")) for name in ("partner", "after"))
    found = subscriptions.page(
        actor.brand_id, partner_id=partner, after=after, limit=listing.PAGE + 1
    )
    shown = found[: listing.PAGE]
    told = {
        "rows": [{"subscription": each, "state": state_of(each, actor.now)} for each in shown],
        "partner": partner,
        "next": shown[-1].subscription_id if len(found) > len(shown) else None,
    }
    return render(request, "outbox/subscriptions.html", told)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Tell a partner's system; the answer to the POST shows the secret."""
    partners = Partner.objects.filter(brand_id=actor.brand_id).order_by("name")
    form = SubscriptionForm(partners, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _add_or_ask(request, actor, form)
        except RefusedError as refused:
            refuse(form, refused.problem)
    status = REFUSED if form.is_bound else 200
    return render(request, "outbox/subscription_add.html", {"form": form}, status=status)


def _add_or_ask(request: HttpRequest, actor: Actor, form: SubscriptionForm) -> HttpResponse:
    partner, hop = form.whose()
    url, kinds = form.cleaned_data["url"], form.wanted()
    # Whatever the hop: views go to an address that this person chose.
    if actor.may(Permission.APPROVE_CREDENTIALS):
        made, secret = subscribing.add(partner, hop, url, kinds, now=actor.now, who=by(actor))
        return subscription_shown(request, made.subscription_id, secret)
    return asked(request, subscribing.ask(actor, partner, hop, url, kinds))


def subscription_shown(request: HttpRequest, number: int, secret: str) -> HttpResponse:
    """The page that shows a subscription's signing secret, this once."""
    return shown_once(
        request,
        _("Subscription %(number)s") % {"number": number},
        _("Its signing secret"),
        secret,
        use=_("The partner's system checks our webhooks with it (Standard Webhooks)."),
        back="subscription",
        number=number,
    )


@require_safe
def one(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One subscription, and what may be done to it."""
    return _page(request, actor, _found(actor, number))


def _found(actor: Actor, number: int) -> Subscription:
    found = subscriptions.find(actor.brand_id, number) if number <= MOST_NUMBER else None
    if found is None:
        raise RefusedError(NO_SUCH_SUBSCRIPTION)
    return found


def _page(
    request: HttpRequest,
    actor: Actor,
    found: Subscription,
    form: RotateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = {
        "subscription": found,
        "state": state_of(found, actor.now),
        "form": form or RotateForm(),
    }
    return render(request, "outbox/subscription.html", told, status=status)


@require_POST
def rotate(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A new secret; the answer shows it."""
    found = _found(actor, number)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, found, form, REFUSED)
    secret = subscribing.rotate(
        actor.brand_id, number, overlap=form.how_long(), now=actor.now, who=by(actor)
    )
    return subscription_shown(request, number, secret)


@require_POST
def revoke(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """End it, and what was still to be sent by it."""
    _found(actor, number)
    subscribing.end(actor.brand_id, number, now=actor.now, who=by(actor))
    messages.success(request, _("The subscription is ended."))
    return redirect("subscription", number=number)
