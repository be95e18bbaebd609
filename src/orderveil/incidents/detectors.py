"""When a count is unusual: the whole of the statistics, without a table in sight.

Rules kept here:
- usual is the median of the history, and the spread its median absolute deviation (MAD), which one
  wild day can't move; times 1.4826 it estimates a normal distribution's standard deviation;
- counts spread by chance alone, at least as a Poisson variable does (variance = mean), and people's
  more: below the square root of `unit` times the usual no spread is believed, so that a history
  of equal days alarms at no flicker;
- an absolute floor: below it nothing is worth a look, whatever the history;
- a history of fewer than LEAST values is none: then the colleagues' is compared with, and without
  that a fixed start.
docs/alerts.md says why K is 6 and how often that is wrong.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from types import MappingProxyType

from orderveil.incidents.words import Severity, What

K = 6
"""How many spreads above the usual a count is unusual."""
NORMAL = 1.4826
LEAST = 5
"""Values that make a history."""
ENOUGH = 2 * LEAST
"""Values that make a habit."""
DAYS = 28
"""Active days that are compared with: four weeks, so each weekday counts alike."""
LOOK_BACK = timedelta(days=60)
"""How far back active days are looked for."""


class Window(StrEnum):
    """Over what is counted; both are the clock's own, in UTC."""

    DAY = "day"
    HOUR = "hour"


class Basis(StrEnum):
    """What a count was compared with."""

    OWN = "own"
    COLLEAGUES = "colleagues"
    START = "start"


@dataclass(frozen=True, slots=True)
class Measure:
    """How one thing is judged."""

    floor: int
    """Never an alert up to here."""
    unit: int = 2
    """How many come at a time by nature: a page of a list is many views at once."""
    start: int | None = None
    """The limit of whoever has neither a history nor colleagues; None: they are being learned."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An unusual count, and what made it so."""

    severity: Severity
    usual: float
    limit: int
    basis: Basis


PEOPLE: Mapping[tuple[What, Window], Measure] = MappingProxyType(
    {
        (What.REVEALS, Window.DAY): Measure(floor=10, start=15),
        (What.REVEALS, Window.HOUR): Measure(floor=8, start=12),
        (What.VIEWS, Window.DAY): Measure(floor=200, unit=50, start=600),
        (What.VIEWS, Window.HOUR): Measure(floor=150, unit=50, start=400),
        (What.REFUSALS, Window.DAY): Measure(floor=15, start=15),
        (What.REFUSALS, Window.HOUR): Measure(floor=10, start=10),
    }
)
SYSTEMS: Mapping[tuple[What, Window], Measure] = MappingProxyType(
    {
        (What.VIEWS, Window.DAY): Measure(floor=500, unit=100),
        (What.VIEWS, Window.HOUR): Measure(floor=200, unit=100),
        (What.REVEALS, Window.DAY): Measure(floor=0, start=0),
        (What.REFUSALS, Window.DAY): Measure(floor=200, unit=20, start=500),
        (What.REFUSALS, Window.HOUR): Measure(floor=100, unit=20, start=200),
    }
)


def bound(history: Sequence[int], measure: Measure) -> tuple[float, int]:
    """(the usual, the limit): more than the limit is unusual. `history` is not empty."""
    usual = median(history)
    spread = median(abs(each - usual) for each in history)
    # max(1, ...): a usual of nothing still flickers.
    scale = max(NORMAL * spread, math.sqrt(measure.unit * max(1.0, usual)))
    return usual, max(measure.floor, math.ceil(usual + K * scale))


def judge(
    count: int, own: Sequence[int], colleagues: Sequence[int], measure: Measure
) -> Verdict | None:
    """Is this count unusual for them? `own`, `colleagues`: earlier counts, active windows only."""
    usual, limit, basis = 0.0, measure.start, Basis.START
    role = bound(colleagues, measure) if len(colleagues) >= LEAST else None
    if len(own) >= LEAST:
        usual, limit = bound(own, measure)
        basis = Basis.OWN
    elif role is not None:
        usual, limit = role
        basis = Basis.COLLEAGUES
    if limit is None or count <= limit:
        return None
    beyond_role = basis is Basis.OWN and role is not None and count > role[1]
    is_high = beyond_role or count > 2 * limit
    return Verdict(Severity.HIGH if is_high else Severity.MEDIUM, usual, limit, basis)


def unlike(own: Sequence[int], colleagues: Sequence[int], measure: Measure) -> Verdict | None:
    """Is their usual day beyond what is unusual for the role? Who always took much shows here."""
    if len(own) < ENOUGH or len(colleagues) < ENOUGH:
        return None
    usual, limit = bound(colleagues, measure)
    return Verdict(Severity.LOW, usual, limit, Basis.COLLEAGUES) if median(own) > limit else None


SIGN_IN_FAILURES = MappingProxyType({Window.HOUR: 6, Window.DAY: 12})
"""From so many on. The sign-in itself takes no more than five tries in five minutes."""
MANY_FAILURES = 30


def failing(in_hour: int, in_day: int) -> Severity | None:
    """What failed sign-ins of one account amount to."""
    if in_hour < SIGN_IN_FAILURES[Window.HOUR] and in_day < SIGN_IN_FAILURES[Window.DAY]:
        return None
    return Severity.HIGH if in_day >= MANY_FAILURES else Severity.MEDIUM


LEARNING = timedelta(days=7)
LEARNED_NETWORKS = 3


def is_new_network(known: int, since: datetime | None, now: datetime) -> bool:
    """Is a network that was not among the `known` ones worth an alert?

    The first of all never is; nor is one of the first LEARNED_NETWORKS in the LEARNING time.
    """
    if known == 0 or since is None:
        return False
    return known >= LEARNED_NETWORKS or now - since >= LEARNING
