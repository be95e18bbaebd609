"""Batch views over HTTP: 1,000 orders a request, each recorded by a row of one ledger entry."""

from collections.abc import Iterator
from itertools import cycle

import msgspec

from bench import filled, http, openbao, servers
from bench.figures import Figure, Size
from bench.house import House, wait_until_quiet
from bench.load import request

BATCH = 1_000
CLIENTS = 4
"""Batches are asked for by a few systems at a time; more clients only wait longer."""
ORDERS = 10_000


def run(house: House, size: Size) -> Iterator[Figure]:
    """Beside a plain SELECT of the same 1,000 rows over the same server."""
    ids = filled.admitted(house, ORDERS)
    filled.plain_rows(house, ids)
    mine = [("Authorization", f"Bearer {house.token}")]
    asks = [
        request(
            "POST", "/v1/hops/oms/views", headers=mine, body=msgspec.json.encode({"refs": refs})
        )
        for refs in filled.slices(filled.refs(house, ids), BATCH)
    ]
    with servers.product() as address, servers.plain() as (other, token):
        theirs = [("Authorization", f"Bearer {token}")]
        plain_asks = [
            request("POST", "/views", headers=theirs, body=msgspec.json.encode({"orders": orders}))
            for orders in filled.slices([order.hex() for order in ids], BATCH)
        ]
        wait_until_quiet(house.url)
        product, baseline, spent = http.alternate(
            size,
            (address.port, cycle(asks).__next__),
            (other.port, cycle(plain_asks).__next__),
            between=lambda: wait_until_quiet(house.url),
            clients=CLIENTS,
        )
    yield Figure(
        name="views",
        work=f"batch views of {BATCH:,} orders over HTTP, {CLIENTS} clients",
        unit="orders/s",
        value=http.rate(product) * BATCH,
        baseline=http.rate(baseline) * BATCH,
        baseline_name="SELECT of the same plain rows over the same server",
        budget=25_000,
        note=http.latency_note(product),
        detail=http.detail(product, spent, BATCH),
    )
    bao = openbao.decrypts_per_second(size.seconds, openbao.MOST_AT_ONCE, CLIENTS)
    what = f"OpenBao Transit, {openbao.MOST_AT_ONCE} decrypts a request, nothing recorded"
    yield http.against_openbao("views", http.rate(product) * BATCH, "orders/s", bao, what)
