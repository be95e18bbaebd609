"""A browser becomes a packing station of the floor, says which one it is, and ends being one.

Rules kept here:
- looking at a link spends nothing, so that a scanner of links makes nothing a station; the form on
  its page does, once;
- nobody need be signed in to enrol a station: the link is the word of somebody who may; and being
  a station shows nobody anything;
- a browser is one station: becoming another, or none, ends what it was, wherever its token went.
"""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orderveil.core.actors import Actor
from orderveil.core.clocks import utc_now
from orderveil.core.devices import DeviceKind
from orderveil.core.errors import RefusedError
from orderveil.ledger.acts import Who, by
from orderveil.partners import devices, stations


@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, link: str) -> HttpResponse:
    """GET says what this browser would become; POST spends the link."""
    now = utc_now()
    try:
        if request.method == "POST":
            return _become(request, link)
        device = devices.linked(link, DeviceKind.STATION, now=now)
    except RefusedError as refused:
        problem = refused.problem
        return render(request, "web/problem.html", {"problem": problem}, status=problem.status)
    told = {"device": device, "old": stations.here(request, now)}
    answer = render(request, "partners/station_enrol.html", told)
    # The page's own address is the link.
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer


def _become(request: HttpRequest, link: str) -> HttpResponse:
    now = utc_now()
    old = stations.here(request, now)
    with transaction.atomic():
        device, token = devices.enrol(link, DeviceKind.STATION, now=now)
        if old is not None and old.pk != device.pk:
            devices.leave(old.pk, old.brand_id, now=now, who=Who(system=f"device:{old.pk}"))
    answer = redirect("station")
    stations.remember(answer, device, token, now)
    return answer


@require_http_methods(["GET", "POST"])
def station(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Which device this browser is; POST ends that."""
    found = stations.here(request, actor.now)
    if found is not None and found.brand_id != actor.brand_id:
        found = None
    if request.method == "POST":
        if found is not None:
            devices.leave(found.pk, actor.brand_id, now=actor.now, who=by(actor))
        answer = redirect("station")
        stations.forget(answer)
        return answer
    told = {
        "device": found,
        # Where it stands on another floor, what it is does not count for this person.
        "counts": found is not None and found.pk == actor.device_id,
    }
    return render(request, "partners/station.html", told)


def works_on_the_floor(actor: Actor) -> bool:
    """Do they work on its devices?"""
    return actor.terms.needs_device
