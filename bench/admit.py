"""Batch admit: seal, index, store and record 1,000 orders at a time, in one process."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from django.db import connection, transaction

from bench import cpu, people, plain
from bench.figures import Figure, Size, median
from bench.house import House, run_sql
from orderveil.gate import copying
from orderveil.gate.admit import admit
from orderveil.gate.keys import brand_keys
from orderveil.gate.prepare import identify
from orderveil.ledger.acts import Who

BATCH = 1_000
_WARM_UP = 3
_WHO = Who(system="bench")


def _copy(copies: list[plain.Copy]) -> float:
    began = time.perf_counter()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        for target, rows in copies:
            copying.copy(cursor, target, rows)
    return time.perf_counter() - began


def run(house: House, size: Size) -> Iterator[Figure]:
    """Batches of the product and of the baseline in turn, so that both meet the same machine."""
    run_sql(house.url, *plain.create())
    keys = brand_keys(house.brand.pk)
    ours, theirs, bare, packing = [], [], [], []
    spent = 0.0
    before = cpu.used()
    for number, drafts in enumerate(islice(people.batches(BATCH), size.admit_batches + _WARM_UP)):
        now = datetime.now(UTC)
        ids = [identify(keys, house.channel.pk, draft) for draft in drafts]
        began, cpu_began = time.perf_counter(), time.process_time()
        admit(house.brand.pk, house.channel.pk, drafts, now=now, who=_WHO)
        ours.append(time.perf_counter() - began)
        spent += time.process_time() - cpu_began
        began = time.perf_counter()
        copies = plain.rows(drafts, ids, house.brand.pk, now)
        packing.append(time.perf_counter() - began)
        theirs.append(_copy(copies))
        if number == _WARM_UP - 1:
            for each in (ours, theirs, packing):
                each.clear()
            spent = 0.0
    used = cpu.since(before)
    for drafts in islice(people.batches(BATCH), 2 * size.admit_batches, 3 * size.admit_batches):
        copies = plain.rows(drafts, [identify(keys, 1, each) for each in drafts], 1, house.now)
        bare.append(_copy([each for each in copies if not _is_our_own(each)]))
    yield Figure(
        name="admit",
        work="batch admit, one process, 1,000 at a time",
        unit="orders/s",
        value=BATCH / median(ours),
        baseline=BATCH / median(theirs),
        baseline_name="COPY of the same rows in plain text, packed beforehand",
        budget=40_000,
        ratio_budget=0.35,
        detail={
            "orders": BATCH * len(ours),
            "mean_per_second": round(BATCH * len(ours) / sum(ours)),
            "process_cpu_us_per_order": round(spent / len(ours) / BATCH * 1e6, 1),
            "wall_us_per_order": round(median(ours) / BATCH * 1e6, 1),
            "cpu_seconds": dict(used),
        },
    )
    yield Figure(
        name="admit",
        work="the same, beside a writer that packs its plain rows too",
        unit="orders/s",
        value=BATCH / median(ours),
        baseline=BATCH / median([a + b for a, b in zip(packing, theirs, strict=True)]),
        baseline_name="pack and COPY the same rows in plain text",
    )
    yield Figure(
        name="admit",
        work="the same, beside a writer without keys and records",
        unit="orders/s",
        value=BATCH / median(ours),
        baseline=BATCH / median(bare),
        baseline_name="COPY of order, index, parcel and event only, packed beforehand",
    )


def _is_our_own(copy: plain.Copy) -> bool:
    return copy[0].split(" ", 1)[0] in {plain.twin(table) for table in plain.OUR_OWN}
