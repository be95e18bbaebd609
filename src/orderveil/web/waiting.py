"""What waits for a person: every folder's `WAITING`, as the home page lists it."""

from typing import Any

from django.urls import reverse

from orderveil.core.actors import Actor
from orderveil.core.pages import Waiting
from orderveil.gate.approving.pages import WAITING as APPROVALS
from orderveil.hops.courier.pages import WAITING as BOOKINGS
from orderveil.incidents.pages import WAITING as ALERTS
from orderveil.partners.pages import WAITING as PARTNERS
from orderveil.policy.pages import WAITING as POLICY
from orderveil.reviews.pages import WAITING as REVIEWS

WAITING: tuple[Waiting, ...] = (*ALERTS, *POLICY, *APPROVALS, *REVIEWS, *PARTNERS, *BOOKINGS)
"""In the order of the list."""


def waiting_for(actor: Actor) -> list[dict[str, Any]]:
    """What waits for this person now: words, count, url."""
    return [
        {"words": each.words, "count": count, "url": reverse(each.name)}
        for each in WAITING
        if actor.may(each.permission) and (count := each.count(actor))
    ]
