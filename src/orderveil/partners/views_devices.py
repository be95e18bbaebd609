"""Floor devices: the list, one of them; registered, attested again, linked anew, revoked.

A one-time link is in the answer to the POST that made it and nowhere else: no redirect carries it,
no session keeps it, and nothing caches the page. Whoever registers a device says that they have
seen it; so does whoever attests it again.
"""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.devices import DeviceKind
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.ledger.acts import by
from orderveil.partners import devices
from orderveil.partners.forms import DeviceForm, VouchForm, refuse
from orderveil.partners.listing import device_of, page_of
from orderveil.partners.models import Device, Partner
from orderveil.partners.showing import shown_once, state_of_device
from orderveil.partners.views import REFUSED


@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every device of the brand's floors: whose, for how long vouched for, when last used."""
    found = Device.objects.filter(brand_id=actor.brand_id).select_related("partner")
    page = page_of(found, request.GET.get("after", ""))
    rows = [{"device": each, "state": state_of_device(each, actor.now)} for each in page.rows]
    return render(request, "partners/devices.html", {"rows": rows, "next": page.next})


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Register a device; the answer to the POST shows its link."""
    form = DeviceForm(_with_a_floor(actor.brand_id), request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        kind = DeviceKind(said["kind"])
        try:
            made, text = devices.register(
                *(said["partner"], said["name"], kind, said["asset"]), now=actor.now, who=by(actor)
            )
        except RefusedError as refused:
            refuse(form, refused.problem)
        else:
            return _link_shown(request, made, text)
    status = REFUSED if form.is_bound else 200
    return render(request, "partners/device_add.html", {"form": form}, status=status)


def _with_a_floor(brand_id: int) -> QuerySet[Partner]:
    packs = Q(hops__contains=[Hop.WMS.value]) | Q(hops__contains=[Hop.LABEL.value])
    return Partner.objects.filter(packs, brand_id=brand_id, suspended_at=None).order_by("name")


def _link_shown(request: HttpRequest, device: Device, text: str) -> HttpResponse:
    """The page that shows a link, this once: for a station as the address to open."""
    is_station = device.kind == DeviceKind.STATION
    if is_station:
        text = request.build_absolute_uri(reverse("device_enrol", kwargs={"link": text}))
        use = _("Open it in the browser of the station itself. It works once, within a day.")
    else:
        use = _("Give it to the print agent beside the printer. It works once, within a day.")
    return shown_once(
        request, device.name, _("Its one-time link"), text, use=use, back="device", number=device.pk
    )


@require_safe
def one(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One device, and what may be done to it."""
    return _page(request, actor, device_of(actor.brand_id, number))


def _page(
    request: HttpRequest,
    actor: Actor,
    found: Device,
    form: VouchForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = {
        "device": found,
        "state": state_of_device(found, actor.now),
        "stands": devices.stands(found, actor.now),
        "form": form or VouchForm(),
    }
    return render(request, "partners/device.html", told, status=status)


@require_POST
def attest(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Somebody has looked at it again."""
    found = device_of(actor.brand_id, number)
    form = VouchForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, found, form, REFUSED)
    devices.attest(found.pk, actor.brand_id, now=actor.now, who=by(actor))
    messages.success(request, _("You vouch for it from now on."))
    return redirect("device", number=number)


@require_POST
def link(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A new one-time link; what the device knew opens nothing more."""
    found = device_of(actor.brand_id, number)
    text = devices.relink(found.pk, actor.brand_id, now=actor.now, who=by(actor))
    return _link_shown(request, found, text)


@require_POST
def revoke(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """From now on it shows and prints nothing."""
    found = device_of(actor.brand_id, number)
    if found.revoked_at is None:
        devices.revoke(found.pk, actor.brand_id, now=actor.now, who=by(actor))
    messages.success(request, _("The device is revoked."))
    return redirect("device", number=number)
