"""What the HTTP rows share: alternating rounds of product and baseline, and their figures."""

from collections.abc import Callable
from typing import Any

from bench import cpu
from bench.figures import Figure, Size, median
from bench.load import CLIENTS, WARM_UP_SECONDS, Load, Source, drive

Rounds = list[Load]


def alternate(
    size: Size,
    ours: tuple[int, Source],
    theirs: tuple[int, Source],
    *,
    between: Callable[[], None] = lambda: None,
    clients: int = CLIENTS,
) -> tuple[Rounds, Rounds, dict[str, float]]:
    """Rounds of the product and of the baseline in turn, and the product's CPU seconds.

    Each side is (port, source); `between` runs after each round of the product.
    """
    product, baseline, spent = [], [], dict[str, float]()
    for _ in range(size.rounds):
        before = cpu.used()
        product.append(drive(*ours, size.seconds, clients))
        for kind, seconds in cpu.since(before).items():
            spent[kind] = round(spent.get(kind, 0) + seconds, 2)
        between()
        baseline.append(drive(*theirs, size.seconds, clients))
    return product, baseline, spent


def rate(rounds: Rounds) -> float:
    """Answers a second: the median round."""
    return median([load.per_second for load in rounds])


def latency_note(rounds: Rounds) -> str:
    """p50 and p99 of the median round, as people read them."""
    ranked = sorted(rounds, key=lambda load: load.per_second)
    middle = ranked[len(ranked) // 2]
    return f"p50 {middle.percentile_ms(0.5):.1f} ms, p99 {middle.percentile_ms(0.99):.1f} ms"


def detail(product: Rounds, spent: dict[str, float], each: int = 1) -> dict[str, Any]:
    """Every round, and CPU microseconds for each order by process; includes the warm-up's."""
    done = sum(len(load.latencies) for load in product) * each
    warmed = sum(load.seconds for load in product) / sum(
        load.seconds + WARM_UP_SECONDS for load in product
    )
    return {
        "rounds": [round(load.per_second * each) for load in product],
        "cpu_us_each": {
            kind: round(seconds * warmed / done * 1e6, 1)
            for kind, seconds in sorted(spent.items())
            if seconds > 0
        },
    }


def against_openbao(name: str, value: float, unit: str, theirs: float, what: str) -> Figure:
    """A comparison line: nothing was promised."""
    return Figure(
        name=name,
        work="the same, beside a key server",
        unit=unit,
        value=value,
        baseline=theirs,
        baseline_name=what,
    )
