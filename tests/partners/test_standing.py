"""Standing in words: what holds today, and the day it turns on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from orderveil.partners.models import Agreement, Partner
from orderveil.partners.standing import StandingKind, standing_of

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
MONTH = timedelta(days=30)


def told(*terms, **partner):
    """(kind, day) for a partner with agreements of these (first, last) days."""
    agreements = [
        Agreement(pk=number, starts_on=first, ends_on=last)
        for number, (first, last) in enumerate(terms)
    ]
    found = standing_of(Partner(slug="swift", hops=[], **partner), agreements, TODAY)
    return found.kind, found.day


@pytest.mark.parametrize(
    ("terms", "kind", "day"),
    [
        ([], StandingKind.NO_AGREEMENT, None),
        ([(TODAY - MONTH, None)], StandingKind.IN_FORCE, None),
        ([(TODAY, TODAY)], StandingKind.IN_FORCE, TODAY),
        ([(TODAY - MONTH, TODAY + DAY)], StandingKind.IN_FORCE, TODAY + DAY),
        ([(TODAY - MONTH, TODAY), (TODAY, TODAY + MONTH)], StandingKind.IN_FORCE, TODAY + MONTH),
        ([(TODAY - MONTH, TODAY), (TODAY, None)], StandingKind.IN_FORCE, None),
        ([(TODAY - MONTH, None), (TODAY - DAY, TODAY)], StandingKind.IN_FORCE, TODAY),
        ([(TODAY - DAY, TODAY), (TODAY - MONTH, None)], StandingKind.IN_FORCE, TODAY),
        ([(TODAY - MONTH, None), (TODAY - 2 * DAY, TODAY - DAY)], StandingKind.OVER, TODAY - DAY),
        ([(TODAY, None), (TODAY, TODAY)], StandingKind.IN_FORCE, TODAY),
        ([(TODAY, TODAY), (TODAY, None)], StandingKind.IN_FORCE, None),
        ([(TODAY - MONTH, None), (TODAY + DAY, TODAY + DAY)], StandingKind.IN_FORCE, None),
        ([(TODAY - MONTH, TODAY - DAY)], StandingKind.OVER, TODAY - DAY),
        ([(TODAY + DAY, None)], StandingKind.NOT_YET, TODAY + DAY),
        ([(TODAY - MONTH, TODAY - DAY), (TODAY + DAY, None)], StandingKind.NOT_YET, TODAY + DAY),
    ],
)
def test_agreements_make_standing(terms, kind, day):
    """The latest that has begun decides, its first and last day included, in whichever order."""
    assert told(*terms) == (kind, day)


def test_suspension_comes_before_everything():
    """An agreement and being the brand's own do not help."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    for own in (False, True):
        kind, day = told((TODAY, None), suspended_at=at, own=own)
        assert (kind, day) == (StandingKind.SUSPENDED, at.date())


def test_the_brands_own_needs_no_agreement():
    """It has standing without one."""
    assert told(own=True) == (StandingKind.OWN, None)
