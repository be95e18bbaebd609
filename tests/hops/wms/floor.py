"""A warehouse's floor: people who pick and pack, a station, a printer, parcels that wait.

floor = Floor.make()
order = floor.admit(items=(Item("Indigo kurta", 2, sku="KUR-IND-M"),))
page = floor.packer().post("/floor/packing/", {"code": "W1-1"})
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from desk import Desk
from orderveil.core.actors import Actor
from orderveil.core.devices import DeviceKind
from orderveil.core.hops import Hop
from orderveil.core.orders import Facts, Item
from orderveil.core.roles import Role
from orderveil.gate.asking import Caller
from orderveil.hops import journey  # noqa: F401 - fills the table of what can be printed
from orderveil.hops.wms import locations, waves
from orderveil.hops.wms.floor_caller import caller_for
from orderveil.hops.wms.models import Tote, Wave
from orderveil.partners.models import Device, Partner
from orderveil.people.models import Membership
from scene import ME

KURTA = Item("Indigo kurta", 2, sku="KUR-IND-M", unit_price="899.00")
SCARF = Item("Silk scarf", 1, sku="SCA-SIL")
SCARF_EAN = "8901234567890"


@dataclass
class Floor:
    """One brand's own warehouse."""

    desk: Desk
    station: Device
    token: str
    printer: Device
    partner: Partner
    """Whose warehouse it is."""

    @classmethod
    def make(cls, desk: Desk | None = None, partner: Partner | None = None) -> "Floor":
        """A station and a printer; the kurta and the scarf have places."""
        desk = desk or Desk.make()
        partner = partner or desk.own
        station, token = desk.station(partner, name="Packing table 1")
        printer, _ = desk.station(partner, kind=DeviceKind.PRINTER, name="Slip printer")
        floor = cls(desk, station, token, printer, partner)
        floor.shelve(
            ("KUR-IND-M", "B-10-1", ""),
            ("SCA-SIL", "A-2-4", SCARF_EAN),
        )
        return floor

    def shelve(self, *places: tuple[str, str, str]) -> Any:
        """Say where items lie."""
        rows = [dict(zip(("sku", "location", "barcode"), each, strict=True)) for each in places]
        return locations.set_locations(self.partner, rows, now=self.desk.scene.now, who=ME)

    def admit(self, *, items: tuple[Item, ...] = (KURTA,), **changes: Any) -> bytes:
        """An order whose parcel is this warehouse's to pack."""
        scene = self.desk.scene
        scene.now += timedelta(milliseconds=1)  # so that one is older than the other
        order = scene.admit(scene.draft(facts=Facts(items=items), **changes), assign=False)
        self.take_on(order)
        return order

    def take_on(self, order: bytes, parcel_no: int | None = None) -> None:
        """The parcel is this warehouse's."""
        self.desk.scene.assign(Hop.WMS, order, _Seat(self.partner), parcel_no)

    def actor(self, role: Role = Role.WAREHOUSE, *, at_station: bool = True) -> Actor:
        """Somebody of that role; the warehouse's people at the station."""
        device = self.station.pk if at_station and role == Role.WAREHOUSE else None
        return self.desk.actor(self.person(role), device_id=device)

    def person(self, role: Role = Role.WAREHOUSE) -> Membership:
        """Somebody of that role; the warehouse's people work for its partner, if it is not own."""
        is_theirs = role == Role.WAREHOUSE and self.partner != self.desk.own
        if is_theirs:
            return self.desk.person(role, f"packer_{self.partner.slug}", partner=self.partner)
        return self.desk.person(role)

    def caller(self, *, at_station: bool = True, reason: str = "test") -> Caller:
        """How the gate knows the packer."""
        return caller_for(self.actor(at_station=at_station), reason)

    def wave(self, most: int = 20) -> Wave:
        """A new wave of the parcels that wait."""
        made = waves.make_wave(self.caller(), most, now=self.desk.scene.now)
        assert isinstance(made, Wave), made
        return made

    def packer(self, *, at_station: bool = True) -> Client:
        """The packer's browser: the station's, or their own."""
        client = self.desk.client(self.person())
        if at_station:
            client.cookies[settings.DEVICE_COOKIE_NAME] = self.token
        return client


@dataclass(frozen=True)
class _Seat:
    partner: Any


def totes(wave: Wave) -> list[Tote]:
    """A wave's totes by position."""
    return list(Tote.objects.filter(wave=wave).order_by("position"))
