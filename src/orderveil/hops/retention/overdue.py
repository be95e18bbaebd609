"""How purges stand, by partner: what is not asked for yet, asked, overdue, confirmed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Min, Q, Sum

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
    confirmed_at: datetime | None = None
    days: int = 0
    is_agreed: bool = True
    """Of those that are open: were all terms an agreement's?"""


def stands(brand_id: int, now: datetime) -> list[Stand]:
    """Every partner of the brand that has a purge, the one that is due first at the top."""
    open_ = (
        Purge.objects.filter(brand_id=brand_id, confirmed_at=None)
        .values("partner_id")
        .annotate(
            unasked=Count("pk", filter=Q(request=None)),
            asked=Count("pk", filter=Q(request__isnull=False)),
            overdue=Count("pk", filter=Q(due_at__lt=now)),
            first_due=Min("due_at"),
            assumed=Count("pk", filter=Q(is_agreed=False)),
        )
    )
    since = now - CONFIRMED_WITHIN
    done = (
        Request.objects.filter(brand_id=brand_id, made_at__gte=since, confirmed__gt=0)
        .values("partner_id")
        .annotate(confirmed=Sum("confirmed"), confirmed_at=Max("closed_at"))
    )
    rows: dict[int, dict[str, object]] = {}
    for row in [*open_, *done]:
        rows.setdefault(row["partner_id"], {}).update(row)
    found = [_stand(row) for row in rows.values()]
    return sorted(found, key=lambda each: (each.first_due is None, each.first_due or now))


def _stand(row: dict[str, object]) -> Stand:
    told = dict(row)
    told["is_agreed"] = not told.pop("assumed", 0)
    return Stand(**told)  # type: ignore[arg-type]  # the names are the annotations'


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
