"""What a benchmark returns: figures beside their budgets and baselines."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.house import House


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. `value` and `baseline` are in `unit`."""

    name: str
    work: str
    unit: str
    value: float
    baseline: float | None = None
    baseline_name: str = ""
    budget: float | None = None
    at_most: bool = False
    """The budget is a ceiling, not a floor."""
    ratio_budget: float | None = None
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """value / baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def verdict(self) -> str:
        """OK, MISSED, or "" where nothing was promised."""
        kept = []
        if self.budget is not None:
            kept.append(self.value <= self.budget if self.at_most else self.value >= self.budget)
        if self.ratio_budget is not None and self.ratio is not None:
            kept.append(
                self.ratio <= self.ratio_budget if self.at_most else self.ratio >= self.ratio_budget
            )
        if not kept:
            return ""
        return "OK" if all(kept) else "MISSED"


@dataclass(frozen=True, slots=True)
class Size:
    """How much a run does."""

    quick: bool
    rounds: int
    seconds: float
    """Of one round of an HTTP row."""
    admit_batches: int
    find_orders: int
    shred_orders: int
    leaves: int


FULL = Size(
    quick=False,
    rounds=3,
    seconds=2.5,
    admit_batches=40,
    find_orders=1_000_000,
    shred_orders=100_000,
    leaves=1_000_000,
)
QUICK = Size(
    quick=True,
    rounds=1,
    seconds=2.0,
    admit_batches=15,
    find_orders=100_000,
    shred_orders=10_000,
    leaves=50_000,
)

Benchmark = Callable[[House, Size], Iterator[Figure]]


def median(values: Sequence[float]) -> float:
    """The middle one: rounds on a shared machine have a tail on one side only."""
    return statistics.median(values)
