"""The people of a partner's centre in a time: who came, who left, with which factors.

Rules kept here:
- a time that is over stays as it was: what a membership or a factor is today is led back, act by
  act of the ledger, to what it was then;
- nothing older than that time is asked of the ledger but when somebody came over from another
  centre: entries whose term is over take nothing else away.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from orderveil.ledger import doings
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import ActEntry
from orderveil.people import enrolled
from orderveil.people.models import Membership


class Stay(NamedTuple):
    """A time that a membership was at one partner."""

    membership: int
    since: datetime
    until: datetime | None
    partner: int | None
    role: str
    """The last one."""


class Worker(NamedTuple):
    """One person's time at a centre."""

    person: str
    """Their pseudonym."""
    stays: tuple[Stay, ...]
    """Oldest first; none: the ledger does not say any more when they were there."""
    factors: tuple[str, ...]
    """Those they had at the time's end, or when they left."""

    @property
    def role(self) -> str:
        """The last one they had there; "" if nothing says."""
        return self.stays[-1].role if self.stays else ""

    @property
    def joined(self) -> datetime | None:
        """When they came."""
        return self.stays[0].since if self.stays else None

    @property
    def left(self) -> datetime | None:
        """When they went; None: they were there still when the time ended."""
        return self.stays[-1].until if self.stays else None


class _Change(NamedTuple):
    """A change of role or centre, of one membership."""

    at: datetime
    role: str
    """Before."""
    partner: int | None
    """Before."""


def partners_with_people(brand_id: int) -> set[int]:
    """The partners that have, or had, people in this brand."""
    found = Membership.objects.filter(brand_id=brand_id).exclude(partner_id=None)
    now: set[int | None] = set(found.values_list("partner_id", flat=True))
    before = {one.partner for each in _changes(brand_id).values() for one in each}
    return {partner for partner in now | before if partner is not None}


def workers(brand_id: int, partner_id: int, start: datetime, end: datetime) -> list[Worker]:
    """Who belonged to the centre at any moment from `start` to `end` (exclusive), by number.

    Stays that outlast `end` have no end here: what came later is not of this time.
    """
    changes = _changes(brand_id)
    moved = [
        number for number, each in changes.items() if any(one.partner == partner_id for one in each)
    ]
    known = Membership.objects.filter(brand_id=brand_id, accepted_at__lt=end)
    there = known.filter(Q(partner_id=partner_id) | Q(pk__in=moved))
    found: dict[int, tuple[Membership, list[Stay]]] = {}
    for member in there.filter(Q(ended_at=None) | Q(ended_at__gt=start)).order_by("pk"):
        stays = _at(partner_id, _stays(member, changes.get(member.pk, ()), end))
        in_time = [stay for stay in stays if stay.until is None or stay.until > start]
        if in_time:
            _, before = found.get(member.person_id, (member, []))
            found[member.person_id] = (member, [*before, *in_time])
    left = {person: (member, each[-1].until or end) for person, (member, each) in found.items()}
    kinds = enrolled.at(brand_id, left)
    return [
        Worker(f"person:{person}", tuple(stays), kinds[person])
        for person, (_, stays) in sorted(found.items())
    ]


def _at(partner_id: int, stays: Iterable[Stay]) -> list[Stay]:
    """Those at the partner; who only changed the role stayed."""
    found: list[Stay] = []
    for stay in stays:
        if stay.partner != partner_id:
            continue
        goes_on = found and found[-1].until == stay.since
        found.append(stay._replace(since=found.pop().since) if goes_on else stay)
    return found


def _stays(member: Membership, changes: Iterable[_Change], end: datetime) -> list[Stay]:
    """A membership's stays that began before `end`, oldest first: from today back to the first."""
    found = []
    until, partner, role = member.ended_at, member.partner_id, member.role
    for change in sorted(changes, reverse=True):
        found.append(Stay(member.pk, change.at, until, partner, role))
        until, partner, role = change.at, change.partner, change.role
    first = member.accepted_at
    if first is None:
        return []
    found.append(Stay(member.pk, first, until, partner, role))
    # What was changed before they accepted is how they came.
    whole = [one._replace(since=max(first, one.since)) for one in reversed(found)]
    return [
        one if one.until is None or one.until < end else one._replace(until=None)
        for one in whole
        if one.since < end and (one.until is None or one.until > one.since)
    ]


def _changes(brand_id: int) -> Mapping[int, list[_Change]]:
    """Every change of a membership that is on the brand's log, by the membership's number."""
    found: dict[int, list[_Change]] = defaultdict(list)
    for act in doings.acts_of(brand_id, [ActKind.ROLE_CHANGED]):
        found[_number(act, "membership") or 0].append(_change(act))
    return found


def _change(act: ActEntry) -> _Change:
    # An act of before the centre was noted changed the role alone, as far as it says.
    before = "from_partner" if "from_partner" in act.detail else "partner"
    return _Change(act.at, str(act.detail.get("from")), _number(act, before))


def _number(act: ActEntry, name: str) -> int | None:
    found = act.detail.get(name)
    return found if isinstance(found, int) else None
