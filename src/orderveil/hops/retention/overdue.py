"""How purges stand, by partner: what is not asked for yet, asked, overdue, confirmed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final

from django.db.models import Count, Min, Sum

from orderveil.hops.retention.models import Purge, Request

CONFIRMED_WITHIN: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Stand:
    """One partner's purges, counted in parcels."""

    partner_id: int
    unasked: int = 0
    asked: int = 0
    """Asked for and not confirmed, the overdue among them."""
    overdue: int = 0
    confirmed: int = 0
    """In the last ninety days."""
    first_due: datetime | None = None
    """When the first of those that are open is, or was, due."""


def stands(brand_id: int, now: datetime) -> list[Stand]:
    """Every partner of the brand that has a purge, the one that is due first at the top.

    What was asked for is counted by the requests' own counters: there may be millions of parcels.
    """
    unasked = (
        Purge.objects.filter(brand_id=brand_id, request=None, confirmed_at=None)
        .values("partner_id")
        .annotate(unasked=Count("pk"), first_due=Min("due_at"))
    )
    asked = (
        Request.objects.filter(brand_id=brand_id, closed_at=None)
        .values("partner_id")
        .annotate(asked=Sum("items") - Sum("confirmed"), first_due=Min("due_at"))
    )
    since = now - CONFIRMED_WITHIN
    done = (
        Request.objects.filter(brand_id=brand_id, made_at__gte=since, confirmed__gt=0)
        .values("partner_id")
        .annotate(confirmed=Sum("confirmed"))
    )
    overdue = [
        {"partner_id": each.partner_id, "overdue": each.overdue, "first_due": each.first_due}
        for each in late(brand_id, now)
    ]
    found: dict[int, Stand] = {}
    for row in map(dict[str, Any], chain(unasked, asked, done, overdue)):
        stand = found.get(row["partner_id"], Stand(row["partner_id"]))
        dues = [each for each in (stand.first_due, row.get("first_due")) if each is not None]
        found[stand.partner_id] = replace(stand, **row | {"first_due": min(dues, default=None)})
    return sorted(found.values(), key=lambda each: (each.first_due is None, each.first_due or now))


@dataclass(frozen=True, slots=True)
class Late:
    """A partner that has not confirmed in time."""

    partner_id: int
    overdue: int
    first_due: datetime


def late(brand_id: int, now: datetime) -> list[Late]:
    """Partners of the brand with overdue purges: what alerts are raised from."""
    found = (
        Purge.objects.filter(brand_id=brand_id, confirmed_at=None, due_at__lt=now)
        .values("partner_id")
        .annotate(overdue=Count("pk"), first_due=Min("due_at"))
        .order_by("partner_id")
    )
    return [Late(**row) for row in found]


def requests_of(
    brand_id: int, partner_id: int, *, limit: int, before: int | None = None
) -> list[Request]:
    """A partner's requests, the newest first."""
    found = Request.objects.filter(brand_id=brand_id, partner_id=partner_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:limit])
