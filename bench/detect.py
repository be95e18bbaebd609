"""The detector beside Presidio: what they find, what they take for it, and how fast.

Both judge the corpus of the tests (`tests/core/detect/corpus.py`), one seed, with the key of each
value as context. Rules kept here, each in Presidio's favour:
- a value counts as found if any hit of its kind touches it; the tests ask the exact place of ours;
- it is asked for finds at its default threshold, 0, where it finds most, and for false alarms at
  0.4, the highest at which its phone recognizer still speaks without a word beside the number;
- its rows are read a column at a time by its own batch engine;
- it runs without a language model, which is its quickest way; ours finds names and places as well.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

from tests.core.detect import corpus, rows
from tests.core.detect.corpus import Case, Found
from tests.core.detect.disguises import DISGUISES, fits
from tests.core.detect.lookalikes import LOOKALIKES

from bench import presidio
from bench.figures import Figure, Size, median
from bench.house import House
from bench.presidio import Presidio
from orderveil.core.detect import Kind, find, judge

SEED = 1126
LEAST = 0.4
"""The score from which Presidio's finds count as false alarms."""
GROUPS = {"awb": "AWB numbers", "imei": "IMEIs", "order": "order ids"}
_OURS, _THEIRS, _NAME = "ours", "presidio", "Presidio"

Finder = Callable[[Case], list[Found]]


def ours(case: Case) -> list[Found]:
    """What our detector finds; of the numbers of firms, which it tells apart, only the IFSC."""
    hits = find(case.text, case.context)
    told = [hit for hit in hits if hit.personal or hit.kind is Kind.IFSC]
    return [(hit.kind.name, hit.start, hit.end) for hit in told]


def theirs(engine: Presidio, least: float) -> Finder:
    """The same question put to Presidio."""
    return lambda case: engine.find(case.text, case.context, least)


def run(house: House, size: Size) -> Iterator[Figure]:  # noqa: ARG001 - needs no database
    """Rates, recall of every kind, false alarms on what couriers, makers and shops number."""
    engine = presidio.start()
    yield _rate(engine, size)
    for kind in corpus.KINDS:
        yield _recall(kind, theirs(engine, 0.0), 40 if size.quick else 200)
    for group, told in GROUPS.items():
        yield _alarms(group, told, theirs(engine, LEAST), 200 if size.quick else 1_000)


def _rate(engine: Presidio, size: Size) -> Figure:
    """Every tenth row leaks; all read the same rows, by turns, on one core."""
    count = 2_000 if size.quick else 10_000
    leaking = [row for row, _, _ in rows.leaking(count // 10, SEED)]
    table = leaking + list(rows.clean(count - len(leaking), SEED + 1))
    mixed = table[:: count // 200]
    own, other = [], []
    for _ in range(size.rounds):
        own.append(count / _seconds(lambda: _read(table)))
        other.append(len(mixed) / _seconds(lambda: engine.read(mixed)))
    return Figure(
        name="detect",
        work="look for personal data in rows of 10 columns, one core",
        unit="rows/s",
        value=median(own),
        baseline=median(other),
        baseline_name=f"{_NAME} without a language model",
        budget=15_000,
        ratio_budget=50,
        detail={_OURS: own, _THEIRS: other},
    )


def _seconds(work: Callable[[], object]) -> float:
    """Of processor time: neither waits for anything, and what else runs here does not count."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _read(table: list[rows.Row]) -> int:
    return sum(len(judge(list(row.items()))) for row in table)


def _recall(kind: str, other: Finder, count: int) -> Figure:
    plain = list(corpus.positives(kind, count, SEED))
    rng = Random(f"{kind} {SEED}")
    worn = {
        name: [corpus.disguised(case, name, rng) for case in plain]
        for name in DISGUISES
        if fits(name, kind)
    }
    every = [case for cases in worn.values() for case in cases]
    known = kind in presidio.KINDS.values()
    told = f"disguised: {_found(ours, every):.3g} %"
    return Figure(
        name=f"detect {kind}",
        work=f"detector: {kind} found",
        unit="%",
        value=_found(ours, plain),
        baseline=_found(other, plain) if known else None,
        baseline_name=f"{_NAME}; disguised: {_found(other, every):.3g} %" if known else "",
        ratio_budget=1.0 if known else None,
        note=told if known else f"{told}; {_NAME}: none",
        detail={
            name: {_OURS: _found(ours, cases), _THEIRS: _found(other, cases) if known else None}
            for name, cases in worn.items()
        },
    )


def _found(finder: Finder, cases: list[Case]) -> float:
    """Per cent of the cases."""
    good = sum(not corpus.missed(case, finder(case), exact=False) for case in cases)
    return 100 * good / len(cases)


def _alarms(group: str, told: str, other: Finder, count: int) -> Figure:
    names = [name for name, looks in LOOKALIKES.items() if looks.group == group]
    cases = [
        case
        for name in names
        for case in islice(corpus.negatives(name, count, SEED), count // len(names))
    ]
    own, presidios = _alarming(ours, cases), _alarming(other, cases)
    return Figure(
        name=f"detect {group}",
        work=f"detector: false alarms on {told}",
        unit="%",
        value=100 * own.total() / len(cases),
        baseline=100 * presidios.total() / len(cases),
        baseline_name=_NAME,
        at_most=True,
        ratio_budget=1.0,
        detail={_OURS: dict(own), _THEIRS: dict(presidios), "cases": len(cases)},
    )


def _alarming(finder: Finder, cases: list[Case]) -> Counter[str]:
    """How many of the cases are taken for something personal, by the first such kind."""
    alarms = (corpus.alarms(case, finder(case)) for case in cases)
    return Counter(found[0][0] for found in alarms if found)
