"""One audited view over HTTP: decide, record (fsync), open, compose."""

from collections.abc import Iterator
from itertools import cycle

from bench import filled, http, openbao, servers
from bench.figures import Figure, Size
from bench.house import House, wait_until_quiet
from bench.load import CLIENTS, request

ORDERS = 5_000


def run(house: House, size: Size) -> Iterator[Figure]:
    """Different orders all the time, as the order system sees them, beside a plain SELECT."""
    ids = filled.admitted(house, ORDERS)
    filled.plain_rows(house, ids)
    mine = [("Authorization", f"Bearer {house.token}")]
    asks = [
        request("GET", f"/v1/hops/oms/orders/{ref}", headers=mine)
        for ref in filled.refs(house, ids)
    ]
    with servers.product() as address, servers.plain() as (other, token):
        theirs = [("Authorization", f"Bearer {token}")]
        plain_asks = [request("GET", f"/orders/{order.hex()}", headers=theirs) for order in ids]
        wait_until_quiet(house.url)
        product, baseline, spent = http.alternate(
            size,
            (address.port, cycle(asks).__next__),
            (other.port, cycle(plain_asks).__next__),
            between=lambda: wait_until_quiet(house.url),
        )
    yield Figure(
        name="view",
        work=f"one audited view over HTTP, {CLIENTS} clients",
        unit="views/s",
        value=http.rate(product),
        baseline=http.rate(baseline),
        baseline_name="SELECT of the plain row over the same server,"
        f" {http.latency_note(baseline)}",
        budget=6_000,
        note=http.latency_note(product),
        detail=http.detail(product, spent),
    )
    bao = openbao.decrypts_per_second(size.seconds)
    what = "OpenBao Transit, one decrypt a request, nothing recorded"
    yield http.against_openbao("view", http.rate(product), "views/s", bao, what)
