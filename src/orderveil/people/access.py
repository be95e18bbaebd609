"""From a request to the Actor: which membership of which person this session works in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from orderveil.core.actors import Actor
from orderveil.core.roles import ROLES, Role, Terms
from orderveil.people import budgets, factors
from orderveil.people.budgets import Spending
from orderveil.people.models import Membership, Person

CHOSEN = "membership"
LAST_USE_STEP = timedelta(minutes=1)


def places(person: Person) -> list[Membership]:
    """Every membership the person has now."""
    return list(Membership.objects.in_force().filter(person=person).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Place:
    """A membership as its owner sees it: the role, and what is left of today's budgets."""

    membership_id: int
    brand_id: int
    role: Role
    terms: Terms
    reveals: int
    reveals_left: int
    views: int
    views_left: int


def described(person: Person, now: datetime) -> list[Place]:
    """Every membership of a person, with its budgets of today."""
    return [place_of(each, spent) for each, spent in with_spent(places(person), now)]


def with_spent(
    found: Sequence[Membership], now: datetime
) -> list[tuple[Membership, tuple[int, int]]]:
    """Each membership with the reveals and the views that it spent today."""
    spent = budgets.spent_by([each.pk for each in found], now)
    return [
        (each, (spent.get((each.pk, Spending.REVEALS), 0), spent.get((each.pk, Spending.VIEWS), 0)))
        for each in found
    ]


def place_of(member: Membership, spent: tuple[int, int]) -> Place:
    """The membership with its own budgets, or its role's."""
    terms = ROLES[Role(member.role)]
    own, seen = member.reveals_per_day, member.views_per_day
    reveals = terms.reveals_per_day if own is None else own
    views = terms.views_per_day if seen is None else seen
    return Place(
        member.pk,
        member.brand_id,
        Role(member.role),
        terms,
        reveals,
        max(0, reveals - spent[0]),
        views,
        max(0, views - spent[1]),
    )


def choose(request: HttpRequest, membership_id: int) -> bool:
    """Work in another membership from now on; False if it is not theirs."""
    if membership_id not in {each.pk for each in places(_person(request))}:
        return False
    request.session[CHOSEN] = membership_id
    return True


def actor_of(request: HttpRequest, now: datetime) -> Actor | None:
    """Who asks, read anew at every request; None if the person belongs to no brand."""
    person = _person(request)
    found = places(person)
    if not found:
        return None
    chosen = request.session.get(CHOSEN)
    membership = next((each for each in found if each.pk == chosen), found[0])
    _touch(membership, now)
    return Actor(
        membership_id=membership.pk,
        person_id=person.pk,
        name=person.name,
        brand_id=membership.brand_id,
        role=Role(membership.role),
        partner_id=membership.partner_id,
        address=str(request.META.get("REMOTE_ADDR", "")),
        now=now,
        factor_at=factors.proved_at(request),
    )


def _person(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)  # noqa: S101 - the guard let only those in
    return person


def _touch(membership: Membership, now: datetime) -> None:
    """Note the last use, at most once a minute, so that looking costs no write."""
    last = membership.last_used_at
    if last is None or now - last >= LAST_USE_STEP:
        Membership.objects.filter(pk=membership.pk).update(last_used_at=now)
