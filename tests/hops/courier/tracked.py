"""Parcels on the road, and their carrier's webhooks at the machine door.

    road = Road.make()
    order = road.ship("19041424751540")
    road.tell(told("19041424751540", OUT))

The account is at Shiprocket: its webhook is in clear, bears a token, and its codes are numbers.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from doors import Doors
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.hops.courier import accounts
from orderveil.hops.courier.carriers.answers import IST
from orderveil.hops.courier.models import CarrierAccount
from scene import ME, Scene, Seat, rows

TOKEN = b"invented-webhook-token"
SECRETS = {"email": "api@shop.example", "password": "invented"}
AWB = "19041424751540"
PICKED, OUT, FAILED, GOES_BACK, DELIVERED, BACK = "42", "17", "21", "9", "7", "10"
"""Shiprocket's "Shipment Status Codes"."""


def connect(scene: Scene, seat: Seat | None = None) -> CarrierAccount:
    """An account of a courier's at Shiprocket; of the scene's own courier unless another."""
    return accounts.connect(
        (seat or scene.seat(Hop.COURIER)).partner,
        "shiprocket",
        options={"pickup_location": "Primary"},
        secrets=SECRETS,
        webhook_secret=TOKEN,
        now=scene.now,
        who=ME,
    )


@dataclass
class Road:
    """A scene with doors and a courier's account at Shiprocket."""

    doors: Doors
    account: CarrierAccount

    @classmethod
    def make(cls, slug: str = "kalanjali") -> "Road":
        """A brand with a courier that tells of its parcels."""
        doors = Doors.make(slug, format_="own")
        return cls(doors, connect(doors.scene))

    @property
    def scene(self) -> Scene:
        """The brand and everything around it."""
        return self.doors.scene

    def ship(self, awb: str = AWB) -> bytes:
        """An order, packed and booked under this number."""
        order = self.scene.admit()
        self.scene.move(Hop.WMS, order, ParcelState.PACKED, carrier="Shiprocket", awb=awb)
        return order

    def tell(self, body, *, account=None, token=TOKEN, **more):
        """What a webhook is answered."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        path = f"/v1/tracking/{account or self.account.pk}"
        headers = {"X-Api-Key": token.decode()} if token else {}
        return self.doors.call("POST", path, body=raw, headers=headers, **more)

    def told(self, body, **more):
        """The same, which must go well: what came of it."""
        result = self.tell(body, **more)
        assert result.status_code == 200, result.text
        return result.json

    def ago(self, minutes: float) -> datetime:
        """So many minutes before the scene began."""
        return self.scene.now - timedelta(minutes=minutes)

    def webhook(self, *scans: tuple[str, float], awb: str = AWB) -> dict:
        """Shiprocket's webhook: of each scan its code, and how many minutes ago it was."""
        code, minutes = scans[-1]
        return {
            "awb": awb,
            "courier_name": "Invented Surface",
            "current_status": "WHATEVER",
            "shipment_status_id": int(code),
            "current_timestamp": self.ago(minutes).astimezone(IST).strftime("%d %m %Y %H:%M:%S"),
            "scans": [
                {
                    "date": self.ago(back).astimezone(IST).strftime("%Y-%m-%d %H:%M:%S"),
                    "activity": "Whatever it says",
                    "location": "Bengaluru",
                    "sr-status": each,
                }
                for each, back in scans[:-1]
            ],
        }


def state(order: bytes, parcel_no: int = 1) -> str:
    """The state that a parcel is in."""
    ((found,),) = rows(
        "SELECT state FROM vault_parcel WHERE order_id = %s AND parcel_no = %s", [order, parcel_no]
    )
    return found


def moves() -> list[tuple[str, str]]:
    """Every move that is on record and was the courier's: from, to; as they were made."""
    acts = rows(
        "SELECT convert_from(r.entry, 'UTF8')::json -> 'detail' FROM ledger_record r"
        "  JOIN ledger_pending p USING (entry_id) WHERE r.kind = 'state_changed' ORDER BY p.id"
    )
    return [(act["from"], act["to"]) for (act,) in acts if act["hop"] == "courier"]


def counted() -> dict[tuple[str, str], int]:
    """(what, code) -> how often, of all accounts and days."""
    return {
        (what, code): n for what, code, n in rows("SELECT what, code, count FROM courier_heard")
    }
