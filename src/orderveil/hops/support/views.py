"""The order desk's lists: what there is, what a search found, and handing orders to a centre."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.numbers import row_number
from orderveil.core.personal import Personal
from orderveil.core.roles import Permission
from orderveil.gate.asking import left, open_ref, per_day
from orderveil.gate.desk import handing
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.desk.finding import kinds_of, search_orders
from orderveil.gate.desk.listing import PAGE, Listed, Place, list_orders
from orderveil.gate.search import By
from orderveil.hops.support import places, wording
from orderveil.hops.support.forms import Filters, Search
from orderveil.hops.support.rows import rows_of
from orderveil.people.budgets import Spending

_FILTERS = ("state", "since", "until")


def orders(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A page of masked orders, the newest first; filters and place are in the URL."""
    filters = Filters(request.GET)
    after = _place(actor, request.GET.get("after", ""))
    listed = list_orders(actor, filters.wanted(), after, now=actor.now)
    if isinstance(listed, Problem):
        raise RefusedError(listed)
    query = _query(request.GET)
    context = {
        "form": filters,
        "rows": rows_of(listed.answers),
        "next": _next(listed, query),
        "first": f"?{query.urlencode()}" if after else "",
        "query": query.urlencode(),
        "centres": _centres(actor),
        **budget(actor),
    }
    return render(request, "support/orders.html", context)


def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the search box found: one order's page, or a list of several."""
    form = Search(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("orders")
    value, by = form.cleaned_data["value"], form.cleaned_data["by"]
    kinds = (By(by),) if by else kinds_of(value)
    hits = search_orders(actor, kinds, Personal(value), now=actor.now)
    if isinstance(hits, Problem):
        raise RefusedError(hits)
    if len(hits.answers) == 1:
        return redirect("order", ref=hits.answers[0].ref)
    context = {
        "rows": rows_of(hits.answers),
        "tried": [wording.of(wording.BY, kind) for kind in hits.tried],
        "most": PAGE,
        **budget(actor),
    }
    return render(request, "support/found.html", context)


def hand_many(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Hand the ticked orders of a list to a centre, or take them back."""
    back = f"{reverse('orders')}?{_query(QueryDict(request.POST.get('query', ''))).urlencode()}"
    if request.method != "POST":
        return redirect(back)
    refs = request.POST.getlist("ref")[:PAGE]
    if not refs:
        messages.warning(request, _("Tick the orders first."))
        return redirect(back)
    caller = caller_of(actor, "hand out")
    if isinstance(caller, Problem):
        raise RefusedError(caller)
    found = (open_ref(caller, ref) for ref in refs)
    hand(request, actor, [order[0] for order in found if order])
    return redirect(back)


def hand(request: HttpRequest, actor: Actor, ids: list[bytes]) -> None:
    """Do what the form's `centre` says, and leave the sentence; raises `RefusedError`."""
    centre = request.POST.get("centre", "")
    partner_id = row_number(centre)
    if centre != "back" and partner_id is None:
        messages.warning(request, _("Choose a centre first."))
        return
    changed = handing.hand_over(actor, ids, partner_id, now=actor.now)
    if isinstance(changed, Problem):
        raise RefusedError(changed)
    if partner_id is None:
        said = ngettext("%(n)s order taken back.", "%(n)s orders taken back.", changed)
    else:
        said = ngettext("%(n)s order handed over.", "%(n)s orders handed over.", changed)
    messages.success(request, said % {"n": changed})


def budget(actor: Actor) -> dict[str, Any]:
    """How many orders this person may still be shown today, for the page to say."""
    return {
        "views_left": left(actor, Spending.VIEWS, actor.now),
        "views_per_day": per_day(actor, Spending.VIEWS),
    }


def _centres(actor: Actor) -> list[Any]:
    if not actor.may(Permission.HAND_OUT_ORDERS):
        return []
    return handing.centres(actor.brand_id)


def _query(told: QueryDict) -> QueryDict:
    """The filters of a list's address, and nothing else."""
    query = QueryDict(mutable=True)
    for name in _FILTERS:
        if told.get(name):
            query[name] = str(told[name])
    return query


def _next(listed: Listed, query: QueryDict) -> str:
    """The address of the next page. It names the last row as this person's partner knows it."""
    if listed.next is None:
        return ""
    after = places.spell(listed.next.at, listed.answers[-1].ref)
    return f"?{query.urlencode()}&after={after}".replace("?&", "?")


def _place(actor: Actor, text: str) -> Place | None:
    """The place that an address names; None, the beginning, if it names none."""
    found = places.read(actor, text)
    return Place(*found[:2]) if found else None
