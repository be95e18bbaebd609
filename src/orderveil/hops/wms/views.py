"""Waves and their pick lists: a person's own browser will do, because no buyer is in them."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.numbers import row_number
from orderveil.hops.wms import sheets, wording
from orderveil.hops.wms import waves as work
from orderveil.hops.wms.floor_caller import caller_for, warehouses, wave_for
from orderveil.hops.wms.models import Tote, Wave
from orderveil.hops.wms.picking import PickList, pick_list
from orderveil.ledger.acts import by

LISTED = 50
"""Waves on the page: the open ones come first."""
PICK = "pick list"


def waves(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The open waves of the person's warehouse, and the last that ended."""
    theirs = warehouses(actor)
    found = Wave.objects.filter(brand_id=actor.brand_id, partner__in=theirs).annotate(
        parcels=Count("tote"), to_pack=Count("tote", filter=Q(tote__is_open=True))
    )
    rows = [
        *found.filter(closed_at=None).order_by("pk")[:LISTED],
        *found.exclude(closed_at=None).order_by("-closed_at")[:10],
    ]
    context = {
        "rows": rows,
        "warehouses": theirs,
        "usual": work.USUAL_PARCELS,
        "most": work.MOST_PARCELS,
    }
    return render(request, "wms/waves.html", context)


@require_POST
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a wave of the parcels that wait."""
    most = row_number(request.POST.get("parcels", "")) or work.USUAL_PARCELS
    warehouse = row_number(request.POST.get("warehouse", ""))
    caller = caller_for(actor, "wave", warehouse)
    made = work.make_wave(caller, most, now=actor.now)
    if isinstance(made, Problem):
        messages.warning(request, _("No parcel waits that is not in an open wave already."))
        return redirect("waves")
    return redirect("wave", number=made.pk)


def wave(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The pick list. Opening it is a disclosure of the items, on record."""
    one, totes, listed = _picked_for(actor, number)
    open_ = [tote for tote in totes if tote.is_open]
    context = {
        "wave": one,
        "totes": len(totes),
        "open": len(open_),
        "packed": sum(1 for tote in totes if tote.packed_at),
        "listed": listed,
        "has_nowhere": any(not line.location for line in listed.lines),
        "dropped": [
            (tote, wording.DROPPED.get(tote.dropped, tote.dropped))
            for tote in totes
            if tote.dropped
        ],
    }
    return render(request, "wms/wave.html", context)


def sheet(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The same on paper, with codes for the totes."""
    del request
    one, totes, listed = _picked_for(actor, number)
    answer = HttpResponse(
        sheets.pdf(one, totes, listed, now=actor.now), content_type="application/pdf"
    )
    answer.headers["Content-Disposition"] = f'inline; filename="pick-{one}.pdf"'
    return answer


@require_POST
def picked(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Somebody walked it: the cart is on its way to a station."""
    _caller, one = wave_for(actor, number, PICK)
    work.mark_picked(one, now=actor.now, who=by(actor))
    messages.success(request, _("Wave %(wave)s is picked.") % {"wave": one})
    return redirect("waves")


@require_POST
def end(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """What is not packed waits for the next wave."""
    _caller, one = wave_for(actor, number, PICK)
    work.end_wave(one, now=actor.now, who=by(actor))
    messages.success(request, _("Wave %(wave)s is ended.") % {"wave": one})
    return redirect("waves")


def _picked_for(actor: Actor, number: int) -> tuple[Wave, list[Tote], PickList]:
    caller, one = wave_for(actor, number, PICK)
    totes = work.look_again(caller, one, now=actor.now)
    listed = pick_list(caller, one, totes, now=actor.now)
    if isinstance(listed, Problem):
        raise RefusedError(listed)
    one.refresh_from_db()
    return one, totes, listed
