"""The demo's orders: invented customers, in every state that a parcel can be in.

They take the road by the gate's own use cases, as partners' systems would move them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

from orderveil.core.attempts import AttemptReason
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.orders import Amounts, Facts, Item, OrderDraft
from orderveil.core.personal import Personal
from orderveil.core.states import ParcelState as State
from orderveil.gate import parcels
from orderveil.gate.admit import Status, admit
from orderveil.gate.asking import Caller
from orderveil.gate.disclose import disclose
from orderveil.hops.storefront.formats import Format
from orderveil.ledger.acts import machine
from orderveil.partners.models import Brand, Channel, Partner

COUNT = 120
_FIRST = ("Anvika", "Bhargavi", "Chirayu", "Dhruvika", "Eshwar", "Falguni", "Girik", "Hemangi")
_LAST = ("Patternwala", "Sampleswamy", "Inventkar", "Fictionpur", "Madeupta", "Nobodyan", "Testani")
_STREETS = ("Jacaranda Street", "Lantern Lane", "Kite Maker Road", "Blue Door Galli")
_CITIES = (
    ("Bengaluru", "Karnataka", "560001"),
    ("Pune", "Maharashtra", "411001"),
    ("Jaipur", "Rajasthan", "302001"),
    ("Kochi", "Kerala", "682001"),
    ("Lucknow", "Uttar Pradesh", "226001"),
)
_GOODS = (
    ("Indigo kurta", "KUR-IND", 899),
    ("Block-print stole", "STO-BLK", 649),
    ("Brass oil lamp", "LMP-BRS", 1250),
    ("Filter coffee set", "COF-SET", 1799),
)
_ROADS: tuple[tuple[tuple[Hop, State], ...], ...] = (
    (),
    ((Hop.WMS, State.PACKED),),
    ((Hop.WMS, State.PACKED), (Hop.COURIER, State.SHIPPED)),
    (
        (Hop.WMS, State.PACKED),
        (Hop.COURIER, State.SHIPPED),
        (Hop.COURIER, State.OUT_FOR_DELIVERY),
    ),
    ((Hop.WMS, State.PACKED), (Hop.COURIER, State.SHIPPED), (Hop.COURIER, State.UNDELIVERED)),
    ((Hop.WMS, State.PACKED), (Hop.COURIER, State.SHIPPED), (Hop.COURIER, State.DELIVERED)),
    ((Hop.WMS, State.PACKED), (Hop.COURIER, State.SHIPPED), (Hop.COURIER, State.DELIVERED)),
)
"""One of these for each order in turn: how far it has come."""
_REASONS = tuple(AttemptReason)


_ASKS_BEFORE: Mapping[State, tuple[Hop, ...]] = {
    State.PACKED: (Hop.WMS,),
    State.SHIPPED: (Hop.LABEL, Hop.COURIER),
    State.OUT_FOR_DELIVERY: (Hop.COMMS,),
    State.UNDELIVERED: (Hop.COMMS,),
    State.DELIVERED: (Hop.COMMS,),
}
"""Whose systems ask before a parcel gets there."""


def deliver_orders(brand: Brand, now: datetime) -> int:
    """Admit the demo's orders and let them travel; how many are new."""
    channel = Channel.objects.get(brand=brand, name=str(Format.ORDERVEIL))
    # Told the same way at each start, an order that is there is a duplicate and stays as it is.
    drafts = [_draft(number, brand.created_at) for number in range(COUNT)]
    done = admit(brand.pk, channel.pk, drafts, now=now, who=machine())
    new = [(at, each.order_id) for at, each in enumerate(done) if each.status == Status.ADMITTED]
    partners = {hop: _partner(brand, hop) for hop in (Hop.WMS, Hop.LABEL, Hop.COURIER)}
    centre = Partner.objects.filter(brand=brand, slug="careline").first()
    for at, order_id in new:
        for hop, partner in partners.items():
            parcels.assign(None, brand.pk, order_id, None, hop, partner.pk, now=now)
        if centre is not None and at % 3 == 0:
            parcels.assign(None, brand.pk, order_id, None, Hop.SUPPORT, centre.pk, now=now)
        _ask(brand, Hop.OMS, order_id, now)
        for hop, state in _ROADS[at % len(_ROADS)]:
            for asking in _ASKS_BEFORE[state]:
                _ask(brand, asking, order_id, now)
            _move(brand, partners[hop], hop, order_id, state, at, now)
    return len(new)


def _ask(brand: Brand, hop: Hop, order_id: bytes, now: datetime) -> None:
    """A hop's system asks for its view, as it would for its job."""
    disclose(Caller(brand.pk, _partner(brand, hop).pk, hop), order_id, None, now=now)


@cache
def _partner(brand: Brand, hop: Hop) -> Partner:
    return Partner.objects.filter(
        brand=brand, hops__contains=[hop], assigned_by_default=True
    ).earliest("pk")


def _move(
    brand: Brand,
    partner: Partner,
    hop: Hop,
    order_id: bytes,
    state: State,
    at: int,
    now: datetime,
) -> None:
    caller = Caller(brand.pk, partner.pk, hop, person=machine().person)
    parcels.move(
        caller,
        order_id,
        None,
        state,
        now=now,
        carrier="Swiftpost" if hop == Hop.WMS else None,
        awb=f"SWIFT{at:010d}" if hop == Hop.WMS else None,
        reason=_REASONS[at % len(_REASONS)] if state == State.UNDELIVERED else None,
    )


def _draft(number: int, newest: datetime) -> OrderDraft:
    title, sku, price = _GOODS[number % len(_GOODS)]
    quantity = 1 + number % 3
    total = str(Decimal(price * quantity))
    is_cod = number % 2 == 0
    return OrderDraft(
        shop_order_id=f"demo-{number:04d}",
        order_number=f"#SS-{2000 + number}",
        placed_at=newest - timedelta(hours=5 * number + 1),
        updated_at=None,
        personal={field: Personal(value) for field, value in _person(number).items()},
        facts=Facts(
            items=(Item(title, quantity, sku=sku, kind="home", unit_price=str(price)),),
            amounts=Amounts("INR", total),
            cod_due=total if is_cod else None,
            payment_method="cod" if is_cod else "upi",
            weight_g=300 * quantity,
        ),
    )


def _person(number: int) -> dict[Field, str]:
    """Nobody: the names say so, and the numbers are a pattern."""
    first = _FIRST[number % len(_FIRST)]
    last = _LAST[number % len(_LAST)]
    city, state, pincode = _CITIES[number % len(_CITIES)]
    return {
        Field.NAME: f"{first} {last}",
        Field.PHONE: f"+91 90000 {10000 + number}",
        Field.EMAIL: f"{first}.{last}.{number}@mail.example".lower(),
        Field.LINE1: f"{1 + number}, {_STREETS[number % len(_STREETS)]}",
        Field.LINE2: f"Block {'ABCD'[number % 4]}",
        Field.CITY: city,
        Field.STATE: state,
        Field.PINCODE: pincode,
        Field.COUNTRY: "IN",
    }
