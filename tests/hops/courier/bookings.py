"""A brand whose courier has an account at a simulated carrier, and the work of a day on it.

    office = Office.make(simulator)
    order = office.packed()
    office.work()
    office.awb(order)

Time passes only when the office says so; what a worker waits for comes when it is waited for.
"""

import random
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from hops.courier.simulators import delhivery, easypost, generic, shiprocket
from hops.courier.simulators.serving import Simulator
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.hops import journey
from orderveil.hops.courier import accounts, rows, working
from orderveil.hops.courier.models import CarrierAccount
from orderveil.outbox import pump
from orderveil.outbox.egress import Egress
from scene import ME, Scene, Seat
from scene import rows as query

FAST = Egress(private=True, connect_seconds=2, deadline_seconds=0.4)
HOME = {
    "from_name": "Marigold Trading Invented",
    "from_street1": "44 Marigold Arcade",
    "from_city": "Bengaluru",
    "from_state": "Karnataka",
    "from_zip": "560002",
    "from_country": "IN",
    "from_phone": "+919000000099",
    "currency": "INR",
}
SIMULATORS: Mapping[str, type[Simulator]] = {
    "shiprocket": shiprocket.Shiprocket,
    "delhivery": delhivery.Delhivery,
    "easypost": easypost.EasyPost,
    "generic": generic.Generic,
}
OPTIONS: Mapping[str, Mapping[str, str]] = {
    "shiprocket": {
        "pickup_location": "Primary",
        "email": "parcels@brand.example",
        "size_mm": "200x150x50",
    },
    "delhivery": {"pickup_location": "Marigold Warehouse"},
    "easypost": HOME | {"size_mm": "200x150x50"},
    "generic": {},
}
SECRETS: Mapping[str, Mapping[str, str]] = {
    "shiprocket": {"email": shiprocket.EMAIL, "password": shiprocket.PASSWORD},
    "delhivery": {"token": delhivery.TOKEN},
    "easypost": {"key": easypost.KEY},
    "generic": {"secret": generic.SECRET},
}


class KilledError(BaseException):
    """The process is gone: nothing catches it."""


@dataclass
class Office:
    """One brand, one courier, one carrier."""

    scene: Scene
    carrier: Simulator
    account: CarrierAccount
    now: datetime = field(default_factory=utc_now)
    requests: int = 4
    """How many a booking takes."""

    @classmethod
    def make(cls, carrier: Simulator, name: str = "shiprocket", **settings: Any) -> "Office":
        scene = Scene.make(now=utc_now(), **settings)
        account = connect(scene.seat(Hop.COURIER), carrier, name)
        return cls(scene, carrier, account)

    @property
    def seat(self) -> Seat:
        """The courier's."""
        return self.scene.seat(Hop.COURIER)

    def packed(self, count: int | None = None) -> Any:
        """An order whose parcel is packed and queued; with a count, so many."""
        orders = self.scene.admit_many([self.scene.draft() for _ in range(count or 1)], assign=True)
        for order in orders:
            self.scene.pack(order)
        self.pump()
        return orders if count else orders[0]

    def pump(self) -> None:
        """The journey hears what happened."""
        while pump.work(journey.handle, utc_now() + timedelta(seconds=5), limit=200):
            pass

    def work(self, workers: int = 1, limit: int = 500) -> int:
        """One look at what is due."""
        rng = random.Random(7)
        self.now = max(self.now, utc_now() + timedelta(seconds=1))
        return working.work(self.now, limit, workers=workers, egress=FAST, rng=rng)

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    def until_quiet(self, workers: int = 1) -> None:
        """Look whenever something is due, for up to two days."""
        for _ in range(60):
            self.pump()
            self.work(workers)
            later = next_due()
            if later is None:
                return
            self.now = max(self.now, later) + timedelta(seconds=1)
        raise AssertionError("it never came to rest")

    def reference(self, order: bytes) -> str:
        """What the carrier knows the parcel by."""
        return self.row(order).reference

    def row(self, order: bytes) -> rows.Booking:
        """The one row of an order."""
        (row,) = rows.of_order(order)
        return row

    def awb(self, order: bytes) -> tuple[str | None, str | None]:
        """Carrier and waybill number that the parcel bears."""
        (found,) = query("SELECT carrier, awb FROM vault_parcel WHERE order_id = %s", [order])
        return found[0], found[1]

    def move(self, order: bytes, to: ParcelState, hop: Hop = Hop.OMS) -> None:
        """A hop moves the parcel, and the journey hears of it."""
        self.scene.seat(hop)
        moved = self.scene.move(hop, order, to)
        assert moved.changed, moved
        self.pump()

    def at_carrier(self, reference: str) -> int:
        """How many parcels it would fetch under this reference."""
        if isinstance(self.carrier, generic.Generic):
            taken = [one for one in self.carrier.taken if one.reference == reference]
            return sum(not one.is_cancelled for one in taken)
        return self.carrier.bookings(reference)

    def is_booked_once(self, order: bytes) -> bool:
        """At the carrier and at the parcel."""
        row = self.row(order)
        return (
            row.state is rows.State.BOOKED
            and self.at_carrier(row.reference) == 1
            and self.awb(order)[1] is not None
        )


def connect(seat: Seat, carrier: Simulator, name: str) -> CarrierAccount:
    """An account of a seat's partner."""
    return accounts.connect(
        seat.partner,
        name,
        options=OPTIONS[name],
        secrets=SECRETS[name],
        base_url=carrier.url,
        now=utc_now(),
        who=ME,
    )


def next_due() -> datetime | None:
    """When a row is to be looked at next; None if none ever is."""
    (found,) = query(
        "SELECT min(greatest(b.next_at, b.held_until, a.paused_until)) FROM courier_booking b"
        " LEFT JOIN courier_account a ON a.partner_id = b.partner_id AND a.revoked_at IS NULL"
        " WHERE b.state IN ('due', 'cancelling')"
    )
    return found[0]


@contextmanager
def killed_at(commit: int, *, after: bool):
    """The process dies at the n-th commit from here: just before it, or just after."""
    usual, count = BaseDatabaseWrapper.commit, 0
    told = {"killed": False}

    def commit_or_die(self):
        nonlocal count
        count += 1
        if count != commit:
            return usual(self)
        usual(self) if after else self.rollback()
        told["killed"] = True
        raise KilledError

    BaseDatabaseWrapper.commit = commit_or_die
    try:
        yield told
    except KilledError:
        pass
    finally:
        BaseDatabaseWrapper.commit = usual
        connection.close()
