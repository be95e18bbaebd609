"""May a partner receive data today, and why: said in words, from its agreements.

The gate decides by the same rule (`holds`); here it is told to people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from orderveil.partners.models import Agreement, Partner


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
    """What holds today, and the day it turns on: of the last end, or of the next beginning."""

    kind: StandingKind
    day: date | None = None


def holds(agreement: Agreement, today: date) -> bool:
    """Is this agreement in force? Its first and its last day are included."""
    ends_on = agreement.ends_on
    return agreement.starts_on <= today and (ends_on is None or today <= ends_on)


def standing_of(partner: Partner, agreements: Sequence[Agreement], today: date) -> Standing:
    """What holds for the partner today; `agreements` are its own."""
    if partner.suspended_at is not None:
        return Standing(StandingKind.SUSPENDED, partner.suspended_at.date())
    if partner.own:
        return Standing(StandingKind.OWN)
    holding = [each.ends_on for each in agreements if holds(each, today)]
    if holding:
        ends = [end for end in holding if end is not None]
        return Standing(StandingKind.IN_FORCE, max(ends) if len(ends) == len(holding) else None)
    coming = [each.starts_on for each in agreements if each.starts_on > today]
    if coming:
        return Standing(StandingKind.NOT_YET, min(coming))
    ended = [each.ends_on for each in agreements if each.ends_on is not None]
    return Standing(StandingKind.OVER, max(ended)) if ended else Standing(StandingKind.NO_AGREEMENT)


def standings(brand_id: int, partners: Sequence[Partner], today: date) -> dict[int, Standing]:
    """What holds for each of the brand's partners, by number; two queries at most."""
    found: dict[int, list[Agreement]] = {}
    for each in Agreement.objects.filter(partner__brand_id=brand_id, partner__in=partners):
        found.setdefault(each.partner_id, []).append(each)
    return {one.pk: standing_of(one, found.get(one.pk, []), today) for one in partners}
