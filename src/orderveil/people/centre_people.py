"""The people of a partner's centre in a time: who joined, who left, with which factors.

Factors are those that were enrolled before the end and are there still: one that was taken away
since is in the ledger, not here.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from django.db.models import Q

from orderveil.people.factors import FACTORS
from orderveil.people.models import Membership


class Worker(NamedTuple):
    """One person's time at a centre."""

    person: str
    """Their pseudonym."""
    membership: int | None
    """None: they belong to the centre no more, and their membership is another's now."""
    role: str
    joined: datetime | None
    left: datetime | None
    factors: tuple[str, ...]

    def worked_at(self, at: datetime) -> bool:
        """Did they belong to the centre then?"""
        return (
            self.joined is not None and self.joined <= at and (self.left is None or at < self.left)
        )


def partners_with_people(brand_id: int) -> set[int]:
    """The partners that have, or had, people in this brand."""
    found = Membership.objects.filter(brand_id=brand_id).exclude(partner_id=None)
    return set(found.values_list("partner_id", flat=True))  # type: ignore[arg-type]


def workers(brand_id: int, partner_id: int, start: datetime, end: datetime) -> list[Worker]:
    """Who belonged to the centre at any moment from `start` to `end` (exclusive), by number."""
    there = Membership.objects.filter(brand_id=brand_id, partner_id=partner_id, accepted_at__lt=end)
    members = list(there.filter(Q(ended_at=None) | Q(ended_at__gt=start)).order_by("pk"))
    kinds = _factors({member.person_id for member in members}, end)
    return [
        Worker(
            f"person:{member.person_id}",
            member.pk,
            member.role,
            member.accepted_at,
            member.ended_at,
            kinds.get(member.person_id, ()),
        )
        for member in members
    ]


def _factors(people: Collection[int], end: datetime) -> dict[int, tuple[str, ...]]:
    found: dict[int, set[str]] = {}
    there = Authenticator.objects.filter(user_id__in=people, type__in=FACTORS, created_at__lt=end)
    for person, kind in there.values_list("user_id", "type"):
        found.setdefault(person, set()).add(str(kind))
    return {person: tuple(sorted(kinds)) for person, kinds in found.items()}
