"""A brand with a channel and partners on every hop, and orders of invented people.

    scene = Scene.make()
    order = scene.admit()
    scene.move(Hop.WMS, order, ParcelState.PACKED)
    view = scene.ask(Hop.COURIER, order)

Needs the fixture `db`. Everything really commits. A parcel is assigned, when it is admitted, to
the scene's own partner of each hop that needs an assignment.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.orders import Amounts, Facts, Item, OrderDraft
from orderveil.core.personal import Personal
from orderveil.core.states import ParcelState
from orderveil.core.table import Profile
from orderveil.gate import parcels
from orderveil.gate.admit import Admission, admit
from orderveil.gate.asking import Caller
from orderveil.gate.bulk import disclose_many
from orderveil.gate.disclose import disclose
from orderveil.gate.provision import provision_brand
from orderveil.ledger.acts import Who
from orderveil.partners import credentials, registry
from orderveil.partners.models import Brand, Channel, Credential, Partner
from orderveil.partners.papers import Terms

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ME = Who(person="machine")
ASSIGNED_HOPS = (Hop.WMS, Hop.LABEL, Hop.COURIER)

PERSON: Mapping[Field, str] = {
    Field.NAME: "Tarangini Vallabhdas",
    Field.PHONE: "+91 90000 00001",
    Field.EMAIL: "Tarangini.V@mail.example",
    Field.LINE1: "Flat 7-B, Neelkurinji Residency",
    Field.LINE2: "Third Jacaranda Street",
    Field.LANDMARK: "behind the Old Clocktower",
    Field.CITY: "Bengaluru",
    Field.STATE: "Karnataka",
    Field.PINCODE: "560001",
    Field.COUNTRY: "IN",
    Field.GEO: "12.971598,77.594562",
    Field.BILLING_NAME: "Vallabhdas Trading Invented",
    Field.BILLING_ADDRESS: "Shop 44, Marigold Arcade, Bengaluru",
    Field.GSTIN: "29ABCDE1234F1Z5",
    Field.UPI: "tarangini@upi.example",
    Field.CARD_LAST4: "4242",
    Field.GATEWAY_REF: "pay_INVENTED0001XYZ",
    Field.IP: "203.0.113.77",
    Field.USER_AGENT: "InventedBrowser/7.3 (Android)",
    Field.DEVICE: "device-invented-1f2e3d",
    Field.REFERRER: "https://ads.example/leaflet-tarangini",
    Field.DELIVERY_NOTE: "Ring twice, the bell is shy",
    Field.GIFT_MESSAGE: "Happy birthday dear Mandakini",
    Field.FREE_TEXT: "Please hide it from Devadutt",
}
"""Someone who does not exist, with a value for every personal field."""

FULL_TERMS = Terms(
    document_digest="5a" * 32,
    sub_processors=("Nobody Riders Pvt Ltd",),
    countries=("IN",),
    deletion_days=30,
    breach_hours=24,
    contact="privacy@partner.test",
)
"""An agreement that names all that a policy can ask for."""

FACTS = Facts(
    items=(Item("Indigo kurta", 2, sku="KUR-IND-M", kind="apparel", unit_price="899.00"),),
    amounts=Amounts("INR", "1798.00"),
    cod_due="1798.00",
    payment_method="cod",
    weight_g=640,
)


@dataclass(frozen=True)
class Seat:
    """A partner on one hop, with a credential of its own."""

    partner: Partner
    credential: Credential
    token: str
    hop: Hop

    @property
    def caller(self) -> Caller:
        """A request of this seat's, made now."""
        return Caller(self.partner.brand_id, self.partner.pk, self.hop, self.credential)


@dataclass
class Scene:
    """One brand and everything around it. Made by `Scene.make()`."""

    brand: Brand
    channel: Channel
    secret: bytes
    """The channel's webhook secret."""
    now: datetime
    seats: dict[Hop, Seat] = field(default_factory=dict)
    _count: int = 0

    @classmethod
    def make(
        cls,
        slug: str = "kalanjali",
        *,
        profile: Profile = Profile.BALANCED,
        format_: str = "own",
        now: datetime = NOW,
    ) -> "Scene":
        """A brand, a channel, and a seat on each hop whose parcels are assigned."""
        brand = provision_brand(slug, now=now, who=ME, profile=profile)
        channel, secret = registry.add_channel(brand, "shop", format_, now=now)
        scene = cls(brand, channel, secret, now)
        for hop in ASSIGNED_HOPS:
            scene.seat(hop)
        return scene

    def seat(self, hop: Hop) -> Seat:
        """The scene's own seat on a hop; made at the first call."""
        if hop not in self.seats:
            self.seats[hop] = self.new_seat(hop, f"{hop}-one")
        return self.seats[hop]

    def new_seat(
        self,
        hop: Hop,
        slug: str,
        *,
        agreed: bool = True,
        daily_limit: int | None = None,
        **terms: Any,
    ) -> Seat:
        """Another partner on a hop, with an agreement in force unless `agreed` is False."""
        made = registry.add_partner(self.brand, slug, [hop], now=self.now, **terms)
        if agreed:
            registry.agree(made, date(2026, 1, 1), None, now=self.now, terms=FULL_TERMS)
        channel = self.channel if hop is Hop.STOREFRONT else None
        credential, token = credentials.issue(
            made, hop, now=self.now, daily_limit=daily_limit, channel=channel
        )
        return Seat(made, credential, token, hop)

    def draft(
        self,
        shop_order_id: str | None = None,
        *,
        person: Mapping[Field, str] = PERSON,
        only: Mapping[Field, str] | None = None,
        **changes: Any,
    ) -> OrderDraft:
        """An order as a shop sends it. `person` overrides single fields, `only` replaces all."""
        if shop_order_id is None:
            self._count += 1
            shop_order_id = f"shop-{self._count}"
        values = {**PERSON, **person} if only is None else only
        settings: dict[str, Any] = {
            "order_number": f"#{shop_order_id}",
            "placed_at": self.now - timedelta(hours=1),
            "updated_at": None,
            "facts": FACTS,
        }
        return OrderDraft(
            shop_order_id=shop_order_id,
            personal={name: Personal(value) for name, value in values.items()},
            **(settings | changes),
        )

    def deliver(self, *drafts: OrderDraft, delivery_id: str | None = None) -> list[Admission]:
        """What became of drafts delivered together."""
        return admit(
            self.brand.pk, self.channel.pk, drafts, now=self.now, who=ME, delivery_id=delivery_id
        )

    def admit(self, draft: OrderDraft | None = None, *, assign: bool = True) -> bytes:
        """The id of an admitted order, its first parcel assigned to the scene's seats."""
        (order,) = self.admit_many([draft or self.draft()], assign=assign)
        return order

    def admit_many(self, drafts: list[OrderDraft], *, assign: bool = False) -> list[bytes]:
        """The ids of orders admitted in one batch."""
        orders = [each.order_id for each in self.deliver(*drafts)]
        for order in orders if assign else ():
            for hop in ASSIGNED_HOPS:
                self.assign(hop, order)
        return orders

    def assign(
        self, hop: Hop, order: bytes, seat: Seat | None = None, parcel_no: int | None = None
    ) -> None:
        """Give a parcel to a seat, as the journey does."""
        partner = (seat or self.seat(hop)).partner.pk
        problem = parcels.assign(None, self.brand.pk, order, parcel_no, hop, partner, now=self.now)
        assert problem is None

    def move(
        self, hop: Hop, order: bytes, to: ParcelState, parcel_no: int | None = None, **facts: Any
    ) -> Any:
        """What the gate answers when the hop's seat moves a parcel."""
        return parcels.move(self.seat(hop).caller, order, parcel_no, to, now=self.now, **facts)

    def pack(self, order: bytes) -> bytes:
        """The order, its parcel packed: the courier's window opens."""
        assert self.move(Hop.WMS, order, ParcelState.PACKED).changed
        return order

    def ask(
        self, hop: Hop, order: bytes, parcel_no: int | None = None, *, seat: Seat | None = None
    ) -> Any:
        """The View, or the Problem, that a hop's seat gets of an order."""
        return disclose((seat or self.seat(hop)).caller, order, parcel_no, now=self.now)

    def ask_many(self, hop: Hop, orders: list[bytes], *, seat: Seat | None = None) -> Any:
        """The Answers (or the one Problem) that a hop's seat gets of many orders."""
        caller = (seat or self.seat(hop)).caller
        return disclose_many(caller, [(order.hex(), order, None) for order in orders], now=self.now)


def rows(sql: str, params: Any = None) -> list[tuple[Any, ...]]:
    """What a query answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def execute(sql: str, params: Any = None) -> int:
    """Run a statement in the application's role; how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread with connections of its own, all begun at once; their results."""
    results: list[Any] = [None] * len(works)
    faults: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            results[place] = work()
        except BaseException as fault:  # noqa: BLE001 - raised again in the caller's thread
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return results
