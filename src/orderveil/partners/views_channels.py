"""Channels: the ways in for orders. A webhook secret is shown once, in its POST's own answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.errors import RefusedError
from orderveil.ledger.acts import by
from orderveil.partners import channels, registry
from orderveil.partners.forms import ChannelForm, RotateChannelForm, refuse
from orderveil.partners.listing import channel_of, page_of
from orderveil.partners.models import Brand, Channel
from orderveil.partners.showing import shown_once, state_of
from orderveil.partners.views import REFUSED


@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every channel of the brand."""
    page = page_of(Channel.objects.filter(brand_id=actor.brand_id), request.GET.get("after", ""))
    rows = [{"channel": each, "state": state_of(each, actor.now)} for each in page.rows]
    return render(request, "partners/channels.html", {"rows": rows, "next": page.next})


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new channel; the answer to the POST shows its secret, unless the shop made it."""
    form = ChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        given = said["secret"].encode() or None
        brand = Brand.objects.get(pk=actor.brand_id)
        try:
            made, secret = registry.add_channel(
                brand, said["name"], said["format"], now=actor.now, secret=given, who=by(actor)
            )
        except RefusedError as refused:
            refuse(form, refused.problem)
        else:
            return _done(request, made.pk, None if given else secret)
    status = REFUSED if form.is_bound else 200
    return render(request, "partners/channel_add.html", {"form": form}, status=status)


def _done(request: HttpRequest, number: int, secret: bytes | None) -> HttpResponse:
    """Show what we made; what the shop made it knows already."""
    if secret is None:
        messages.success(request, _("The shop's secret is sealed."))
        return redirect("channel", number=number)
    return shown_once(
        request,
        _("Channel %(number)s") % {"number": number},
        _("Its webhook secret"),
        secret.decode(),
        use=_("The shop signs its webhooks with it."),
        back="channel",
        number=number,
    )


@require_safe
def one(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One channel, and what may be done to it."""
    return _page(request, actor, channel_of(actor.brand_id, number))


def _page(
    request: HttpRequest,
    actor: Actor,
    found: Channel,
    form: RotateChannelForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = {
        "channel": found,
        "state": state_of(found, actor.now),
        "form": form or RotateChannelForm(),
        "address": request.build_absolute_uri(f"/v1/channels/{found.pk}"),
    }
    return render(request, "partners/channel.html", told, status=status)


@require_POST
def rotate(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A new secret; the answer shows it, unless the shop made it."""
    found = channel_of(actor.brand_id, number)
    form = RotateChannelForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, found, form, REFUSED)
    given = form.cleaned_data["secret"].encode() or None
    overlap = form.how_long()
    made = channels.rotate(found, overlap=overlap, now=actor.now, who=by(actor), secret=given)
    return _done(request, found.pk, None if given else made)


@require_POST
def revoke(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Its webhooks are refused within seconds, and its secrets are gone."""
    found = channel_of(actor.brand_id, number)
    registry.revoke_channel(found, now=actor.now, who=by(actor))
    messages.success(request, _("The channel is closed."))
    return redirect("channel", number=number)
