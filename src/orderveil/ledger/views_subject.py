"""The record of one order, one person, one partner; and the orders of one bulk."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderveil.core.actors import Actor
from orderveil.core.errors import RefusedError
from orderveil.core.numbers import row_number
from orderveil.ledger import browsing, drawing, holders, of_order, sightings, store
from orderveil.ledger.acts import ActKind
from orderveil.ledger.browsing import Wanted
from orderveil.ledger.sightings import Day
from orderveil.ledger.views import before

ROWS_SHOWN = 200
ENTRIES_SHOWN = 50


def order(request: HttpRequest, actor: Actor, order: str) -> HttpResponse:
    """Everything on record about one order, and who holds what of it."""
    number = drawing.order_id(order)
    after = before(request)
    page = of_order.page_of(number, ENTRIES_SHOWN, log_id=actor.brand_id, before=after)
    if not page.rows:
        raise RefusedError(drawing.NOT_HERE)
    shown = of_order.shown_of(number, log_id=actor.brand_id)
    personal, facts = holders.of(shown)
    told = {
        "order": order.lower(),
        "lines": drawing.lines_of_order(page.rows),
        "more": page.more,
        "is_first": after is None,
        "personal": personal,
        "facts": facts,
        "spoilt": [one for one in shown if one.is_spoilt],
        "erased": of_order.last_of_kinds(number, actor.brand_id, _ERASED),
    }
    return render(request, "ledger/order.html", told)


def orders(request: HttpRequest, actor: Actor, entry_id: UUID) -> HttpResponse:
    """Which orders a bulk speaks of."""
    head = browsing.find(actor.brand_id, entry_id)
    if head is None:
        raise RefusedError(drawing.NOT_HERE)
    after = row_number(request.GET.get("after", ""))
    rows = store.rows_of_bulk(entry_id, head.at, -1 if after is None else after, ROWS_SHOWN + 1)
    shown = rows[:ROWS_SHOWN]
    answer = {
        "line": drawing.lines([head])[0],
        "rows": shown,
        "more": shown[-1].position if len(rows) > ROWS_SHOWN else None,
    }
    return render(request, "ledger/orders.html", answer)


def person(request: HttpRequest, actor: Actor, tag: str) -> HttpResponse:
    """What one person did and was shown, and what was done about them."""
    wanted = Wanted(person=tag)
    told = {"person": tag, "days": sightings.of_person(actor.brand_id, tag, actor.now)}
    return _someone(request, actor, wanted, told)


def partner(request: HttpRequest, actor: Actor, partner: int) -> HttpResponse:
    """What one partner did and was shown, and what was done about it."""
    if partner >= 1 << 63:
        raise RefusedError(drawing.NOT_HERE)
    told = {"partner": partner, "days": sightings.of_partner(actor.brand_id, partner, actor.now)}
    return _someone(request, actor, Wanted(partner=partner), told)


def _someone(
    request: HttpRequest, actor: Actor, wanted: Wanted, told: dict[str, Any]
) -> HttpResponse:
    if "\0" in wanted.person or not browsing.is_known(actor.brand_id, wanted):
        raise RefusedError(drawing.NOT_HERE)
    page = browsing.page(actor.brand_id, wanted, before(request))
    days: list[Day] = told["days"]
    told |= {
        "lines": drawing.lines(page.rows),
        "more": page.more,
        "is_first": before(request) is None,
        "busy": [day for day in days if day.reveals or day.views or day.acts],
        "most": max([1, *(max(day.reveals, day.views, day.acts) for day in days)]),
        "reveals": sum(day.reveals for day in days),
        "views": sum(day.views for day in days),
        "acts": sum(day.acts for day in days),
    }
    return render(request, "ledger/someone.html", told)


_ERASED = {ActKind.ERASED, ActKind.COMPARTMENTS_ERASED}
