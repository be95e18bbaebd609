"""What is kept of a failure, and how long to wait."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.errors import Problem, RefusedError
from orderveil.outbox.egress import read_url
from orderveil.outbox.failures import delay, failure_code

SCHEDULE = (5, 30, 120)


@settings(max_examples=50)
@given(st.integers(1, 3), st.integers())
def test_the_wait_stays_near_its_schedule(attempt, seed):
    """Each wait lies within a fifth of the schedule's entry."""
    wait = delay(SCHEDULE, attempt, random.Random(seed)).total_seconds()
    assert SCHEDULE[attempt - 1] * 0.8 <= wait <= SCHEDULE[attempt - 1] * 1.2


def test_waits_are_spread_out():
    """Two failures of the same moment come back at different moments."""
    rng = random.Random(1)
    assert delay(SCHEDULE, 1, rng) != delay(SCHEDULE, 1, rng)


def test_a_used_up_schedule_has_no_wait():
    """After the last entry there is no wait any more."""
    assert delay(SCHEDULE, 4, random.Random(1)) is None


def test_a_failures_message_is_not_kept():
    """The code names the exception's class and place, and nothing of its message."""
    try:
        int("Asha Invented, +91 90000 00001")
    except ValueError as error:
        code = failure_code(error)
    assert code.startswith("ValueError@")
    assert "Asha" not in code
    assert "90000" not in code


def test_the_place_of_a_failure_is_in_our_own_source():
    """A failure deep in a library is placed at the last line of ours on the way there."""
    try:
        read_url(None, private=False)
    except Exception as error:  # noqa: BLE001
        code = failure_code(error)
    assert "@orderveil.outbox.egress:" in code


def test_a_refusal_is_kept_by_its_own_code():
    """A carried refusal keeps the code of its Problem."""
    assert failure_code(RefusedError(Problem("budget_spent", "d", "r"))) == "budget_spent"
