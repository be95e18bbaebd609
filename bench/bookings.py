"""Bookings prepared: the view disclosed and mapped to the carrier's request, nothing sent."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from bench import filled
from bench.figures import Figure, Size, median
from bench.house import House, run_sql, settle
from orderveil.core.hops import Hop

ORDERS = 2_000
THREADS = 4
"""As many as the worker has for one carrier."""
_ACCOUNT = {"pickup_location": "Primary", "email": "parcels@brand.example", "size_mm": "200x150x50"}
_READY = """
UPDATE vault_parcel SET state = 'packed';
INSERT INTO partners_assignment (order_id, parcel_no, hop, partner_id, brand_id, assigned_at)
SELECT order_id, parcel_no, 'courier', {partner}, brand_id, now() FROM vault_parcel
"""


def _rows(house: House, partner: object, ids: Sequence[bytes]) -> list:
    """Bookings that wait, one an order."""
    from orderveil.gate.keys import ref_key  # noqa: PLC0415
    from orderveil.hops.courier.rows import Booking, Road, State  # noqa: PLC0415

    now = datetime.now(UTC)
    refs = ref_key(house.brand.pk, partner.pk, partner.ref_generation)
    return [
        Booking(
            order_id=order,
            parcel_no=1,
            partner_id=partner.pk,
            brand_id=house.brand.pk,
            reference=refs.make(order, 1),
            life=1,
            is_reverse=False,
            state=State.DUE,
            is_ending=False,
            goes=False,
            account_id=None,
            road=Road.BOOKING,
            done="",
            sent_at=None,
            known={},
            problem=None,
            tries=0,
            claim=1,
            next_at=now,
            created_at=now,
        )
        for order in ids
    ]


def _rate(work: Callable[[int], object], count: int) -> float:
    """How many a second, by several threads."""
    from django.db import connection  # noqa: PLC0415

    def run(first: int) -> None:
        try:
            for number in range(first, count, THREADS):
                work(number)
        finally:
            connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, range(THREADS)))  # what went wrong in one is raised here
    return count / (time.perf_counter() - began)


def run(house: House, size: Size) -> Iterator[Figure]:
    """Beside the same mapping from views that are in memory, disclosed by nobody."""
    from orderveil.gate import law  # noqa: PLC0415
    from orderveil.gate.asking import Caller  # noqa: PLC0415
    from orderveil.gate.disclose import disclose  # noqa: PLC0415
    from orderveil.hops.courier.carriers.shiprocket import SHIPROCKET  # noqa: PLC0415
    from orderveil.hops.courier.carriers.speech import Account, Ask, Shipment  # noqa: PLC0415
    from orderveil.hops.courier.stepping import asked_of  # noqa: PLC0415
    from orderveil.partners import registry  # noqa: PLC0415
    from orderveil.partners.papers import Terms  # noqa: PLC0415

    ids = filled.admitted(house, ORDERS)
    now = datetime.now(UTC)
    partner = registry.add_partner(house.brand, "vanline", [Hop.COURIER], now=now)
    terms = Terms(
        document_digest="5a" * 32,
        countries=("IN",),
        deletion_days=30,
        breach_hours=24,
        contact="privacy@partner.example",
    )
    registry.agree(partner, date(2026, 1, 1), None, now=now, terms=terms)
    run_sql(house.url, _READY.format(partner=partner.pk))
    law.reload(house.brand.pk)
    settle()
    waiting, step = _rows(house, partner, ids), SHIPROCKET.booking[0]
    account = Account(_ACCOUNT, "token")
    caller = Caller(house.brand.pk, partner.pk, Hop.COURIER, reason="booking")
    views = [disclose(caller, order, 1, now=now) for order in ids]

    def prepare(number: int) -> None:
        asked = asked_of(waiting[number], step, account, datetime.now(UTC))
        assert isinstance(asked, Ask), asked

    def plain(number: int) -> None:
        row = waiting[number]
        shipment = Shipment(views[number], row.reference, now)
        assert isinstance(step.ask(account, shipment, {}), Ask)

    ours, theirs = [], []
    for _ in range(size.rounds):
        ours.append(_rate(prepare, ORDERS))
        theirs.append(_rate(plain, ORDERS))
    yield Figure(
        name="bookings",
        work=f"bookings prepared: disclosed and mapped, {THREADS} threads, nothing sent",
        unit="bookings/s",
        value=median(ours),
        baseline=median(theirs),
        baseline_name="the same mapping from views in memory, nothing decided or recorded",
        detail={"rounds": ours},
    )
