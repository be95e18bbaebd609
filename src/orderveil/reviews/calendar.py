"""When a brand's next review is due, and that it is opened then, whoever forgets.

A brand reviews every `EVERY_DAYS` unless it says otherwise, counted from the opening of its last
campaign, the first one from the brand's own beginning. A fault in one brand keeps no other from it.
"""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.faults import place_of
from orderveil.core.roles import Permission
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.partners.models import Brand
from orderveil.reviews.campaigns import open_campaign
from orderveil.reviews.models import Campaign, Setting

EVERY_DAYS = 90
LEAST_DAYS, MOST_DAYS = 7, 366
CLOCK = Who(system="reviews")
_log = logging.getLogger(__name__)


class Due(NamedTuple):
    """Where a brand stands with its reviews."""

    every_days: int
    open: Campaign | None
    next_at: datetime
    """When the next one is due to be opened."""
    since: datetime | None
    """Overdue since then; None: nothing is overdue."""


def standing(brand_id: int, now: datetime) -> Due:
    """What is open, what comes next, what is overdue."""
    setting = Setting.objects.filter(brand_id=brand_id).first()
    days = setting.every_days if setting else EVERY_DAYS
    last = Campaign.objects.filter(brand_id=brand_id).order_by("-opened_at").first()
    begins = last.opened_at if last else Brand.objects.get(pk=brand_id).created_at
    next_at = begins + timedelta(days=days)
    is_open = last is not None and last.closed_at is None
    deadline = last.due_at if last is not None and is_open else next_at
    since = deadline if deadline < now else None
    return Due(days, last if is_open else None, next_at, since)


def due(actor: Actor) -> Due | None:
    """What this actor has to be told, on home as here: an overdue review, if they may review."""
    if not actor.may(Permission.REVIEW_ACCESS):
        return None
    found = standing(actor.brand_id, actor.now)
    return found if found.since else None


def open_due(now: datetime) -> list[Campaign]:
    """Open a campaign for every brand whose next one is due; those that were opened."""
    numbers = Brand.objects.order_by("pk").values_list("pk", flat=True)
    return [made for number in numbers if (made := _open_one(number, now)) is not None]


def _open_one(brand_id: int, now: datetime) -> Campaign | None:
    """Open the brand's, if it is due; what breaks is logged, and tried again the next day."""
    try:
        found = standing(brand_id, now)
        if found.open is None and now >= found.next_at:
            return open_campaign(brand_id, now=now, who=CLOCK)
    except RefusedError:  # somebody opened it meanwhile
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, the next brand has its review
        place = place_of(error)
        _log.error("opening a review broke: %s at %s", type(error).__name__, place)
    return None


@transaction.atomic
def set_every(brand_id: int, days: int, *, now: datetime, who: Who) -> None:
    """How often the brand reviews from now on. Raises `RefusedError`."""
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise RefusedError(_OUT_OF_RANGE)
    Setting.objects.update_or_create(brand_id=brand_id, defaults={"every_days": days})
    record(
        brand_id,
        ActKind.BRAND_CHANGED,
        now=now,
        who=who,
        subject=f"brand:{brand_id}",
        detail={"review_every_days": days},
    )


_OUT_OF_RANGE = Problem(
    code="days_out_of_range",
    detail=f"A brand reviews every {LEAST_DAYS} to {MOST_DAYS} days.",
    remedy="A quarter is 90 days.",
    rule="reviews: due every quarter unless the brand says otherwise",
)
