"""May a partner receive data today, and why: said in words, from its agreements.

Rules kept here:
- the latest agreement that has begun decides, whatever an earlier one says: a new one can end an
  open one, and of two that begin on one day the one recorded last is the later;
- the gate decides by the same rule (`is_agreed`); here it is told to people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from orderveil.core.papers import Term, unnamed
from orderveil.partners.models import Agreement, Partner
from orderveil.partners.papers import named


class StandingKind(StrEnum):
    """Why a partner may receive data today, or may not."""

    SUSPENDED = "suspended"
    OWN = "own"
    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    OVER = "over"
    NO_AGREEMENT = "no_agreement"


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds today, and the day it turns on: of its end, or of the next beginning."""

    kind: StandingKind
    day: date | None = None
    unnamed: tuple[Term, ...] = ()
    """In force: what the agreement does not name. A policy may need it, as it does of couriers."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is signed with a partner, as the gate weighs it on one day."""

    in_force: bool
    named: frozenset[Term] = frozenset()
    begins_on: date | None = None
    ended_on: date | None = None


def deciding(agreements: Iterable[Agreement], today: date) -> Agreement | None:
    """The agreement of one partner that decides today; None if none has begun."""
    begun = [each for each in agreements if each.starts_on <= today]
    return max(begun, key=lambda each: (each.starts_on, each.pk), default=None)


def is_agreed(agreements: Iterable[Agreement], today: date) -> bool:
    """Is there an agreement with the partner? Its first and its last day are included."""
    one = deciding(agreements, today)
    return one is not None and (one.ends_on is None or today <= one.ends_on)


def begins_on(agreements: Iterable[Agreement], today: date) -> date | None:
    """The first day of the next agreement; None if no later one is on record."""
    return min((each.starts_on for each in agreements if each.starts_on > today), default=None)


def deletion_days_of(partner_id: int, today: date) -> int | None:
    """Within how many days of a delivery the partner deletes; None if no agreement names it.

    What an agreement that has ended says of deletion holds on: it is owed for what was received.
    """
    one = deciding(Agreement.objects.filter(partner_id=partner_id), today)
    return one.deletion_days if one is not None else None


def contact_of(partner_id: int, today: date) -> str:
    """Where the partner is written to about data protection; "" if no agreement names it.

    From the agreement that decides, or decided last: it is who is asked to delete.
    """
    one = deciding(Agreement.objects.filter(partner_id=partner_id), today)
    return one.contact if one is not None else ""


def paper_of(agreements: Sequence[Agreement], today: date) -> Paper:
    """The paper in force, or what there is instead; `agreements` are one partner's."""
    one = deciding(agreements, today)
    if one is not None and is_agreed(agreements, today):
        return Paper(in_force=True, named=named(one))
    ended = one.ends_on if one is not None else None
    return Paper(in_force=False, begins_on=begins_on(agreements, today), ended_on=ended)


def standing_of(partner: Partner, agreements: Sequence[Agreement], today: date) -> Standing:
    """What holds for the partner today; `agreements` are its own."""
    if partner.suspended_at is not None:
        return Standing(StandingKind.SUSPENDED, partner.suspended_at.date())
    if partner.own:
        return Standing(StandingKind.OWN)
    paper = paper_of(agreements, today)
    if paper.in_force:
        one = deciding(agreements, today)
        last = one.ends_on if one is not None else None
        return Standing(StandingKind.IN_FORCE, last, unnamed(paper.named))
    if paper.begins_on is not None:
        return Standing(StandingKind.NOT_YET, paper.begins_on)
    if paper.ended_on is not None:
        return Standing(StandingKind.OVER, paper.ended_on)
    return Standing(StandingKind.NO_AGREEMENT)


def standings(brand_id: int, partners: Sequence[Partner], today: date) -> dict[int, Standing]:
    """What holds for each of the brand's partners, by number; two queries at most."""
    found: dict[int, list[Agreement]] = {}
    for each in Agreement.objects.filter(partner__brand_id=brand_id, partner__in=partners):
        found.setdefault(each.partner_id, []).append(each)
    return {one.pk: standing_of(one, found.get(one.pk, []), today) for one in partners}
