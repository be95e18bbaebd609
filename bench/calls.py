"""One call's answer over HTTP: PIN, limits, decision, record (fsync), whom to dial."""

import itertools
import json
from collections.abc import Iterator

from bench import filled, http, servers
from bench.figures import Figure, Size
from bench.house import House, wait_until_quiet
from bench.load import Source, request
from orderveil.contacts import allocating
from orderveil.contacts.allocating import Place
from orderveil.contacts.models import ContactKind
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate import contacting, parcels
from orderveil.gate.asking import Caller
from orderveil.hops.calls import lines
from orderveil.hops.calls.formats import plain
from orderveil.hops.calls.lines import Terms
from orderveil.hops.calls.speech import Provider
from orderveil.ledger.acts import Who
from orderveil.partners import registry

ORDERS, FEW = 2_000, 300
CLIENTS = 4
"""Calls come one by one: it is the wait that a caller hears, not the rate, that is asked here."""
POOL = "+918047100000"
_ME = Who(system="bench")


def _partner(house: House, slug: str, hop: Hop) -> int:
    made = registry.add_partner(house.brand, slug, [hop], now=house.now)
    registry.agree(made, house.now.date(), None, now=house.now)
    return int(made.pk)


def _pins(house: House, orders: list[bytes]) -> list[str]:
    """Each order's parcel, packed and in the courier's hands, with its PIN."""
    brand, now = house.brand.pk, house.now
    packer, courier = _partner(house, "packers", Hop.WMS), _partner(house, "riders", Hop.COURIER)
    for order in orders:
        parcels.assign(None, brand, order, None, Hop.WMS, packer, now=now)
        parcels.assign(None, brand, order, None, Hop.COURIER, courier, now=now)
        parcels.move(Caller(brand, packer, Hop.WMS), order, None, ParcelState.PACKED, now=now)
    places = [Place(order, 1, courier, Hop.COURIER) for order in orders]
    given = allocating.allocate(brand, ContactKind.PHONE, places, now)
    return [given[place].code for place in places]


def _agents(path: str, token: str, pins: list[str]) -> Source:
    """Agents, each with a number and a parcel of their own, who ring one after another."""
    calls = itertools.count()
    headers = [("Authorization", f"Bearer {token}")]

    def source() -> bytes:
        at = next(calls)
        told = {
            "call": f"bench-{at}",
            "from": f"+9190{at % len(pins):08}",
            "to": POOL,
            "digits": pins[at % len(pins)],
        }
        return request("POST", path, headers=headers, body=json.dumps(told).encode())

    return source


def run(house: House, size: Size) -> Iterator[Figure]:
    """Different parcels all the time, beside a plain SELECT of a row."""
    brand, now = house.brand, house.now
    carrier = registry.add_partner(brand, "telephony", [Hop.COMMS], now=now)
    registry.agree(carrier, now.date(), None, now=now)
    told = {"care_number": "+911800000111", "through": carrier}
    contacting.set_calls(brand.pk, **told, now=now, who=_ME)
    contacting.add_number(brand.pk, POOL, now=now, who=_ME)
    line, secret = lines.add(brand.pk, Terms(Provider.JSON), {}, now=now, who=_ME)
    ids = filled.admitted(house, FEW if size.quick else ORDERS)
    filled.plain_rows(house, ids)
    ours = _agents(lines.bridge_path(line), plain.bearer(secret), _pins(house, ids))
    with servers.product() as address, servers.plain() as (other, token):
        theirs = [("Authorization", f"Bearer {token}")]
        asks = [request("GET", f"/orders/{order.hex()}", headers=theirs) for order in ids]
        wait_until_quiet(house.url)
        product, baseline, spent = http.alternate(
            size,
            (address.port, ours),
            (other.port, itertools.cycle(asks).__next__),
            between=lambda: wait_until_quiet(house.url),
            clients=CLIENTS,
        )
    yield Figure(
        name="calls",
        work=f"one call answered with whom to dial, over HTTP, {CLIENTS} at once",
        unit="calls/s",
        value=http.rate(product),
        baseline=http.rate(baseline),
        baseline_name="SELECT of the plain row over the same server,"
        f" {http.latency_note(baseline)}",
        note=http.latency_note(product),
        detail=http.detail(product, spent),
    )
