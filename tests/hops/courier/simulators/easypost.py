"""EasyPost as its documentation describes it (docs.easypost.com: "Shipments", "EasyPost Objects",
"Buy a Shipment", "Errors", "Shipping Refund").

From memory: which fields of an address a rate needs, and the code of an unpaid account.
"""

import base64
import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any

from hops.courier.simulators.serving import Received, RefusalError, Reply, Simulator, said

KEY = "EZTK0invented0key"
ADDRESS = ("name", "street1", "city", "state", "zip", "country", "phone")


@dataclass
class Made:
    """One shipment of the account."""

    number: str
    asked: dict[str, Any]
    rates: list[dict[str, Any]] = field(default_factory=list)
    tracking_code: str | None = None
    bought: dict[str, Any] | None = None
    refund_status: str | None = None

    @property
    def reference(self) -> str:
        return str(self.asked.get("reference"))

    def shown(self) -> dict[str, Any]:
        """The Shipment object."""
        return {
            "id": self.number,
            "object": "Shipment",
            "reference": self.asked.get("reference"),
            "to_address": self.asked["to_address"],
            "from_address": self.asked["from_address"],
            "rates": self.rates,
            "selected_rate": self.bought,
            "tracking_code": self.tracking_code,
            "refund_status": self.refund_status,
            "status": "unknown",
            "postage_label": {"label_url": "https://easypost.example/label.png"},
        }


class EasyPost(Simulator):
    """One account."""

    most = 300

    def __init__(self) -> None:
        super().__init__()
        self.shipments: list[Made] = []
        self.key = KEY
        self.is_poor = False
        self.refund = "submitted"
        self._codes = itertools.count(9400110200793000000)

    def bookings(self, reference: str) -> int:
        return len([one for one in self.shipments_of(reference) if one.tracking_code])

    def shipments_of(self, reference: str) -> list[Made]:
        """Those of a reference that weren't given back."""
        return [
            one for one in self.shipments if one.reference == reference and not one.refund_status
        ]

    def signed_out(self) -> Reply:
        words = "The API key you provided is invalid or inactive."
        return _error(401, "APIKEY.INACTIVE", words)

    def handle_one(self, asked: Received) -> Reply:
        given = asked.headers.get("authorization", "").removeprefix("Basic ")
        if given != base64.b64encode(f"{self.key}:".encode()).decode():
            return self.signed_out()
        parts = asked.path.split("/")[1:]
        if parts == ["v2", "shipments"] and asked.method == "POST":
            return self._create(asked)
        if parts[:2] == ["v2", "shipments"] and len(parts) in {3, 4}:
            return self._of_one(asked, parts)
        return _error(404, "NOT_FOUND", "The requested resource could not be found.")

    def _of_one(self, asked: Received, parts: list[str]) -> Reply:
        made = self._named(parts[2])
        if (asked.method, parts[3:]) == ("GET", []):
            return said(200, made.shown())
        if (asked.method, parts[3:]) == ("POST", ["buy"]):
            return self._buy(made, asked)
        if (asked.method, parts[3:]) == ("POST", ["refund"]):
            return self._refund(made)
        return _error(404, "NOT_FOUND", "The requested resource could not be found.")

    def _create(self, asked: Received) -> Reply:
        shipment = asked.json().get("shipment")
        if not isinstance(shipment, dict):
            return _error(422, "PARAMETER.REQUIRED", "Missing required parameter.", "shipment")
        for place in ("to_address", "from_address"):
            address = shipment.get(place) or {}
            for name in ADDRESS:
                if not isinstance(address.get(name), str) or not address[name]:
                    return _error(422, "SHIPMENT.INVALID_PARAMS", "Unable to create.", name)
            if len(address["country"]) != 2:
                return _error(422, "ADDRESS.COUNTRY.INVALID", "Invalid 'country'.", "country")
        parcel = shipment.get("parcel") or {}
        for name in ("weight", "length", "width", "height"):
            if not isinstance(parcel.get(name), int | float) or parcel[name] <= 0:
                return _error(422, "PARCEL.INVALID_PARAMS", "Unable to create parcel.", name)
        made = Made(f"shp_{secrets.token_hex(16)}", shipment)
        made.rates = [
            _rate(*named) for named in (("USPS", "Priority", "8.40"), ("USPS", "Ground", "6.07"))
        ]
        self.shipments.append(made)
        return said(201, made.shown())

    def _buy(self, made: Made, asked: Received) -> Reply:
        number = ((asked.json() or {}).get("rate") or {}).get("id")
        rate = next((one for one in made.rates if one["id"] == number), None)
        if rate is None:
            return _error(422, "SHIPMENT.INVALID_PARAMS", "rate not found", "rate")
        if made.tracking_code:
            words = "Postage already exists for this shipment."
            return _error(422, "SHIPMENT.POSTAGE.EXISTS", words)
        if self.is_poor:
            return _error(402, "PAYMENT_REQUIRED", "Payment required.")
        made.tracking_code, made.bought = str(next(self._codes)), rate
        return said(200, made.shown())

    def _refund(self, made: Made) -> Reply:
        if not made.tracking_code:
            return _error(422, "SHIPMENT.REFUND.UNAVAILABLE", "Nothing to refund.")
        if self.refund == "rejected":
            return said(200, made.shown() | {"refund_status": "rejected"})
        made.refund_status = self.refund
        return said(200, made.shown())

    def _named(self, name: str) -> Made:
        """By id, or by reference: then the newest."""
        for made in reversed(self.shipments):
            if name in {made.number, made.reference}:
                return made
        raise RefusalError(_error(404, "NOT_FOUND", "The requested resource could not be found."))


def _rate(carrier: str, service: str, price: str) -> dict[str, Any]:
    number = f"rate_{secrets.token_hex(16)}"
    return {"id": number, "carrier": carrier, "service": service, "rate": price, "currency": "USD"}


def _error(status: int, code: str, words: str, name: str = "") -> Reply:
    errors = [{"field": name, "message": words, "suggestion": None}] if name else []
    return said(status, {"error": {"code": code, "message": words, "errors": errors}})
