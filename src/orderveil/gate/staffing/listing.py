"""A brand's people as a list: role, centre, factors, budgets, last use, and links that wait."""

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


def page(brand_id: int, after: int | None, now: datetime) -> tuple[list[Colleague], int | None]:
    """Up to a page of people by name, and the number after which the next page begins."""
    found = memberships.page(brand_id, after, PAGE + 1)
    rest = found[PAGE - 1].pk if len(found) > PAGE else None
    return described(found[:PAGE], now), rest


def described(found: Sequence[Membership], now: datetime) -> list[Colleague]:
    """What is known of each, in three questions for all of them."""
    people = [each.person_id for each in found]
    kinds, links = factors.kinds_of(people), invitations.waiting(people, now=now)
    return [
        Colleague(
            member,
            access.place_of(member, spent),
            kinds.get(member.person_id, ()),
            links.get(member.person_id),
        )
        for member, spent in access.with_spent(found, now)
    ]
