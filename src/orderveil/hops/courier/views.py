"""Bookings at the desk: which wait, are refused or in doubt, why, and what to do. Refs only.

Connecting an account is for the command line: it takes secrets, and an address that data goes to.
Whoever manages connections tries again, or says what they saw at the carrier.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.hops.courier import accounts, settling
from orderveil.hops.courier.rows import Booking, State
from orderveil.ledger.acts import by

_MOST_ACCOUNTS = 100


@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The brand's open bookings, and its carrier accounts."""
    page = settling.listing(actor.brand_id, after=request.GET.get("after", "")[:40])
    found = settling.counts(actor.brand_id)
    words = _words()
    told = {
        "bookings": [_shown(row, words) for row in page.bookings],
        "after": page.after,
        "counts": [(words[state][0], count) for state, count in found.items()],
        "accounts": accounts.listing(actor.brand_id)[:_MOST_ACCOUNTS],
    }
    return render(request, "courier/bookings.html", told)


def _words() -> dict[State, tuple[str, str]]:
    """State -> its words, and the badge's class."""
    return {
        State.IN_DOUBT: (_("in doubt"), "bad"),
        State.REFUSED: (_("refused"), "bad"),
        State.CANCELLING: (_("being cancelled"), "warn"),
        State.DUE: (_("waits"), ""),
    }


def _shown(row: Booking, words: dict[State, tuple[str, str]]) -> dict[str, Any]:
    name, badge = words[row.state]
    return {
        "row": row,
        "state": name,
        "badge": badge,
        "is_looked_at": row.state in settling.LOOKED_AT,
        "may_be_there": row.state in settling.LOOKED_AT and not row.is_ending,
    }


@require_POST
def again(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Try one again; what may have arrived is looked for first."""
    settling.retry(actor.brand_id, reference, now=actor.now, who=by(actor))
    messages.success(request, _("It is tried again now."))
    return redirect("bookings")


@require_POST
def there(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Somebody saw it at the carrier, with this waybill number."""
    awb = request.POST.get("awb", "").strip()
    settling.it_is_there(actor.brand_id, reference, awb=awb, now=actor.now, who=by(actor))
    messages.success(request, _("The parcel bears this waybill number now."))
    return redirect("bookings")


@require_POST
def not_there(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Somebody looked, and the carrier has nothing of it."""
    row = settling.it_is_not_there(actor.brand_id, reference, now=actor.now, who=by(actor))
    words = _("It is done with.") if row.is_ending else _("It is booked anew now.")
    messages.success(request, words)
    return redirect("bookings")
