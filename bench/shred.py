"""Shred: destroy the keys of 1,000 orders at a time, and leave the proof."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection, transaction

from bench import cpu, filled, plain
from bench.figures import Figure, Size, median
from bench.house import House, run_sql, settle
from orderveil.gate.erase import erase
from orderveil.ledger.acts import Who

BATCH = 1_000
_WHO = Who(system="bench")
_TWINS = tuple(plain.twin(table) for table in ("vault_order", "vault_index", "vault_parcel"))


def _delete(ids: list[bytes]) -> None:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        for table in _TWINS:
            cursor.execute(f"DELETE FROM {table} WHERE order_id = ANY(%s)", [ids])


def run(house: House, size: Size) -> Iterator[Figure]:
    """Batches of the product and of the baseline in turn; the orders are the product's own."""
    ids = filled.admitted(house, size.shred_orders)
    copies = (f"INSERT INTO {twin} SELECT * FROM {twin[6:]}" for twin in _TWINS)
    run_sql(house.url, *plain.create(), *copies)
    settle()
    ours, theirs = [], []
    before = cpu.used()
    for at in range(0, len(ids), BATCH):
        batch = ids[at : at + BATCH]
        began = time.perf_counter()
        erase(house.brand.pk, batch, now=datetime.now(UTC), who=_WHO)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        _delete(batch)
        theirs.append(time.perf_counter() - began)
    yield Figure(
        name="shred",
        work=f"shred {size.shred_orders:,} orders, 1,000 at a time",
        unit="orders/s",
        value=BATCH / median(ours),
        baseline=BATCH / median(theirs),
        baseline_name="DELETE of the plain order, index and parcel rows",
        budget=20_000,
        detail={
            "mean_per_second": round(BATCH * len(ours) / sum(ours)),
            "cpu_seconds": dict(cpu.since(before)),
        },
    )
