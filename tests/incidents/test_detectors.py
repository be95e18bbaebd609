"""The statistics of alerts: what is unusual, stated by tables; and how often that is wrong."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from orderveil.incidents.detectors import (
    PEOPLE,
    SYSTEMS,
    Basis,
    Measure,
    Window,
    bound,
    failing,
    is_new_network,
    judge,
    unlike,
)
from orderveil.incidents.words import Severity, What

REVEALS = PEOPLE[What.REVEALS, Window.DAY]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("history", "usual", "limit"),
    [
        # All days alike: no spread at all, so the floor of chance holds: 8 + 6 * sqrt(2 * 8).
        ([8] * 28, 8, 32),
        # Few: six square roots of four above the usual two.
        ([2] * 10, 2, 14),
        # One wild day moves neither the usual nor the limit.
        ([8] * 27 + [500], 8, 32),
        # A wide history: MAD 20, 50 + 6 * 1.4826 * 20.
        ([10, 30, 30, 50, 50, 70, 70, 90], 50, 50 + math.ceil(6 * 1.4826 * 20)),
        # Below the absolute floor nothing is unusual.
        ([1] * 28, 1, 10),
    ],
)
def test_the_limit_is_what_the_table_says(history, usual, limit):
    """Median and MAD, with the floor of chance and an absolute one."""
    assert bound(history, REVEALS) == (usual, limit)


@pytest.mark.parametrize(
    ("count", "own", "colleagues", "expected"),
    [
        (32, [8] * 28, [], None),
        (33, [8] * 28, [], (Severity.MEDIUM, Basis.OWN)),
        (65, [8] * 28, [], (Severity.HIGH, Basis.OWN)),
        # Beyond the role's limit too: high at once.
        (33, [8] * 28, [8] * 50, (Severity.HIGH, Basis.OWN)),
        (33, [8] * 28, [20] * 50, (Severity.MEDIUM, Basis.OWN)),
        # Four days are no history: the role's counts.
        (33, [2] * 4, [8] * 50, (Severity.MEDIUM, Basis.COLLEAGUES)),
        (33, [2] * 4, [20] * 50, None),
        (33, [2] * 5, [20] * 50, (Severity.HIGH, Basis.OWN)),
        # Nobody to compare with: a fixed start.
        (15, [], [], None),
        (16, [], [3] * 4, (Severity.MEDIUM, Basis.START)),
        (31, [], [], (Severity.HIGH, Basis.START)),
    ],
)
def test_a_count_is_judged_as_the_table_says(count, own, colleagues, expected):
    """Against one's own history, else the role's, else the start."""
    verdict = judge(count, own, colleagues, REVEALS)
    assert (verdict and (verdict.severity, verdict.basis)) == expected


def test_a_system_without_history_is_learned():
    """Its volume is its partner's business: a daily limit holds it meanwhile."""
    assert judge(10**6, [3] * 4, [], SYSTEMS[What.VIEWS, Window.DAY]) is None
    assert judge(10**6, [3] * 5, [], SYSTEMS[What.VIEWS, Window.DAY]) is not None


@pytest.mark.parametrize("value", [0, 1, 3, 100])
def test_more_is_never_less_unusual(value):
    """If a count is unusual, every larger one is."""
    verdicts = [
        judge(count, [value] * 10, [], Measure(floor=5)) is not None for count in range(999)
    ]
    assert verdicts == sorted(verdicts)


def test_whoever_always_took_much_shows_beside_the_role():
    """The usual day is compared, so that one wild day makes nobody unlike."""
    assert unlike([40] * 20, [8] * 60, REVEALS).severity is Severity.LOW
    assert unlike([8] * 19 + [400], [8] * 60, REVEALS) is None
    assert unlike([40] * 9, [8] * 60, REVEALS) is None
    assert unlike([40] * 20, [8] * 9, REVEALS) is None


@pytest.mark.parametrize(
    ("hour", "day", "expected"),
    [(5, 11, None), (6, 6, Severity.MEDIUM), (1, 12, Severity.MEDIUM), (2, 30, Severity.HIGH)],
)
def test_failed_sign_ins(hour, day, expected):
    """Six in an hour or twelve in a day; thirty are high."""
    assert failing(hour, day) == expected


@pytest.mark.parametrize(
    ("known", "days", "expected"),
    [(0, None, False), (1, 1, False), (2, 6.9, False), (3, 1, True), (1, 7, True), (9, 90, True)],
)
def test_networks_are_learned_first(known, days, expected):
    """For seven days or three networks, whichever ends first; the very first is never news."""
    since = None if days is None else NOW - timedelta(days=days)
    assert is_new_network(known, since, NOW) is expected


def _poisson(rng, mean):
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    left, count, product = math.exp(-mean), 0, rng.random()
    while product > left:
        count += 1
        product *= rng.random()
    return count


def _day(rng, mean, spread):
    """A steady person's day: Poisson (spread 0), or with a variance of (1 + spread) * mean."""
    return _poisson(rng, mean if not spread else rng.gammavariate(mean / spread, spread))


def _rate(mean, spread, days, measure, times=4_000):
    rng = random.Random(f"{mean}/{spread}/{days}")
    wrong = 0
    for _ in range(times):
        own = [count for _ in range(days) if (count := _day(rng, mean, spread))]
        wrong += judge(_day(rng, mean, spread), own, [], measure) is not None
    return wrong / times


@pytest.mark.parametrize("mean", [2, 8, 20, 30])
@pytest.mark.parametrize(
    ("spread", "days", "most"),
    [
        *[(0, 28, 0.0005), (1, 28, 0.001), (3, 28, 0.006)],
        *[(0, 10, 0.0005), (1, 10, 0.002), (3, 10, 0.01)],
        *[(0, 5, 0.0005), (1, 5, 0.002), (3, 5, 0.02)],
    ],
)
def test_steady_people_are_left_alone(mean, spread, days, most):
    """False alarms per person and day, simulated: what docs/alerts.md says."""
    assert _rate(mean, spread, days, REVEALS) <= most


@pytest.mark.parametrize("mean", [2, 8, 20])
def test_a_thief_is_not_left_alone(mean):
    """Somebody who takes a day's whole budget of reveals at once is seen, whatever they do else."""
    rng = random.Random(mean)
    own = [count for _ in range(28) if (count := _day(rng, mean, 1))]
    assert judge(max(60, 4 * mean), own, [], REVEALS) is not None
