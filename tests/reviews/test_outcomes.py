"""What is proposed, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from orderveil.reviews.outcomes import Outcome, proposed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
MONTH, SECOND = timedelta(days=30), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("since", "used", "outcome"),
    [
        (LONG_AGO, NOW - MONTH + SECOND, Outcome.KEEP),
        (LONG_AGO, NOW - MONTH, Outcome.REMOVE),
        (LONG_AGO, NOW - MONTH - SECOND, Outcome.REMOVE),
        (LONG_AGO, NOW, Outcome.KEEP),
        (NOW - MONTH + SECOND, None, Outcome.KEEP),
        (NOW - MONTH, None, Outcome.REMOVE),
        (LONG_AGO, None, Outcome.REMOVE),
        (NOW, None, Outcome.KEEP),
    ],
)
def test_what_is_idle_for_30_days_is_proposed_for_removal(since, used, outcome):
    """Since its last use, or, if it was never used, since it is there."""
    assert proposed(since, used, NOW) is outcome
