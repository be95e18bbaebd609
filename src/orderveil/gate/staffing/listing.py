"""A brand's people as a list: role, centre, factors, budgets, last use, and links that wait.

Rule kept here: of somebody who has not accepted yet a brand sees the address it typed itself, and
nothing of the account that may be behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderveil.people import access, factors, invitations, memberships
from orderveil.people.access import Place
from orderveil.people.models import Membership, Person

PAGE = 100


@dataclass(frozen=True, slots=True)
class Colleague:
    """One row."""

    member: Membership
    place: Place
    factors: tuple[str, ...]
    link_until: datetime | None
    """Their one-time link waits until then."""

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.member.person

    @property
    def called(self) -> str:
        """How the brand's pages call them."""
        return called(self.member)


def called(member: Membership) -> str:
    """Their name; the address until they accept."""
    return member.person.email if member.accepted_at is None else member.person.name


def page(brand_id: int, after: int | None, now: datetime) -> tuple[list[Colleague], int | None]:
    """Up to a page of people by name, and the number after which the next page begins."""
    found = memberships.page(brand_id, after, PAGE + 1)
    rest = found[PAGE - 1].pk if len(found) > PAGE else None
    return described(found[:PAGE], now), rest


def described(found: Sequence[Membership], now: datetime) -> list[Colleague]:
    """What is known of each, in three questions for all of them."""
    kinds = factors.kinds_of(each.person_id for each in found if each.accepted_at is not None)
    links = invitations.waiting([each.pk for each in found], now=now)
    return [
        Colleague(
            member,
            access.place_of(member, spent),
            kinds.get(member.person_id, ()),
            links.get(member.pk),
        )
        for member, spent in access.with_spent(found, now)
    ]
