"""Requests: what is new of a partner's purges becomes one request, not one for each parcel.

Rules kept here:
- a partner is asked at most once an hour, or when `MOST_ITEMS` parcels wait: never a mail each;
- a request, its parcels, its link's digest and its act are one transaction; sending comes after;
- whoever makes requests for a partner holds its pace's row: two nodes never ask twice.
"""

import secrets as randomness
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from orderveil.hops.retention import links
from orderveil.hops.retention.models import Pace, Purge, Request
from orderveil.ledger.acts import ActKind, Who, record_bulk

MOST_ITEMS: Final = 500
PACE: Final = timedelta(hours=1)
RETENTION: Final = Who(system="retention")


def ask(
    now: datetime,
    *,
    brand_id: int | None = None,
    partner_id: int | None = None,
    at_once: bool = False,
) -> list[Request]:
    """Make the requests that are due, of all or of one; `at_once`: whatever the pace."""
    waiting = Purge.objects.filter(request=None, confirmed_at=None)
    if brand_id is not None:
        waiting = waiting.filter(brand_id=brand_id)
    if partner_id is not None:
        waiting = waiting.filter(partner_id=partner_id)
    made = []
    for number in waiting.order_by("partner").values_list("partner", flat=True).distinct():
        while (request := _ask(number, now, at_once=at_once)) is not None:
            made.append(request)
    return made


@transaction.atomic
def _ask(partner_id: int, now: datetime, *, at_once: bool) -> Request | None:
    """The partner's next request, if one is due."""
    Pace.objects.get_or_create(partner_id=partner_id)
    pace = Pace.objects.select_for_update().get(partner_id=partner_id)
    waiting = Purge.objects.filter(partner=partner_id, request=None, confirmed_at=None)
    purges = list(waiting.order_by("due_at", "pk").select_for_update()[:MOST_ITEMS])
    is_time = at_once or pace.asked_at is None or now - pace.asked_at >= PACE
    if not purges or not (is_time or len(purges) == MOST_ITEMS):
        return None
    request = _made(purges, now)
    pace.asked_at = now
    pace.save(update_fields=["asked_at"])
    return request


def _made(purges: list[Purge], now: datetime) -> Request:
    first = purges[0]
    request = Request.objects.create(
        name=f"purge_{randomness.token_hex(16)}",
        brand_id=first.brand_id,
        partner_id=first.partner_id,
        items=len(purges),
        due_at=first.due_at,
        made_at=now,
        next_at=now,
        link_until=(now + links.LASTS).replace(microsecond=0),
    )
    request.link_digests = [links.digest(links.token_of(request))]
    request.save(update_fields=["link_digests"])
    Purge.objects.filter(pk__in=[each.pk for each in purges]).update(request=request)
    record_bulk(
        request.brand_id,
        ActKind.PURGE_REQUESTED,
        [(bytes(each.order_id), each.parcel_no) for each in purges],
        now=now,
        who=RETENTION,
        detail={"request": request.name, "partner": request.partner_id},
    )
    return request


def open_items(request: Request) -> list[Purge]:
    """What the request still asks for, what is due first at the top."""
    found = Purge.objects.filter(request=request, confirmed_at=None)
    return list(found.order_by("due_at", "pk"))
