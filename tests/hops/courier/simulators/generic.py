"""A courier that implements the contract of docs/couriers.md: signed webhooks in and out."""

import base64
import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass
from typing import Any

from hops.courier.simulators.serving import Received, Reply, Simulator, said

SECRET = "whsec_" + base64.b64encode(b"the courier's invented secret 01").decode()


@dataclass
class Taken:
    """One parcel that it will fetch."""

    reference: str
    view: dict[str, Any]
    awb: str
    is_numbered: bool = True
    is_cancelled: bool = False


class Generic(Simulator):
    """Checks signatures, drops repetitions by the key, gives numbers at once or later."""

    most = 1000

    def __init__(self, *, numbers_later: bool = False) -> None:
        super().__init__()
        self.secret = SECRET
        self.numbers_later = numbers_later
        self.is_on_its_way = False
        self.taken: list[Taken] = []
        self.keys: set[str] = set()
        self._numbers = itertools.count(700100)

    def bookings(self, reference: str) -> int:
        return len([one for one in self.taken if one.reference == reference])

    def give_numbers(self) -> None:
        """The numbers that were promised are there."""
        for one in self.taken:
            one.is_numbered = True

    def signed_out(self) -> Reply:
        return said(401, {"error": "bad signature"})

    def handle_one(self, asked: Received) -> Reply:
        if not self._is_genuine(asked):
            return self.signed_out()
        told = asked.json()
        data = told["data"]
        assert asked.headers["idempotency-key"] == data["idempotency_key"]
        assert asked.headers["webhook-id"] == data["idempotency_key"]
        does = _DOES.get(told["type"])
        return does(self, data) if does else said(422, {"error": "unknown type"})

    def _request(self, data: dict[str, Any]) -> Reply:
        if data["idempotency_key"] not in self.keys:
            self.keys.add(data["idempotency_key"])
            awb = f"SL{next(self._numbers)}"
            numbered = not self.numbers_later
            self.taken.append(Taken(data["reference"], data["view"], awb, numbered))
        return self._number(data)

    def _number(self, data: dict[str, Any]) -> Reply:
        found = [one for one in self.taken if one.reference == data["reference"]]
        if not found:
            return said(404, {"error": "unknown"})
        if not found[0].is_numbered:
            return said(202, {})
        return said(200, {"awb": found[0].awb, "carrier": "Saffron Logistics"})

    def _cancel(self, data: dict[str, Any]) -> Reply:
        if self.is_on_its_way:
            return said(409, {"error": "it is on its way"})
        found = [one for one in self.taken if one.reference == data["reference"]]
        self.taken = [one for one in self.taken if one not in found]
        self.keys.discard(f"booking.requested:{data['reference']}")
        return Reply(204) if found else said(404, {"error": "unknown"})

    def _is_genuine(self, asked: Received) -> bool:
        told = asked.headers
        signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + asked.body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{digest}" in told["webhook-signature"].split()


_DOES = {
    "booking.requested": Generic._request,
    "booking.number": Generic._number,
    "booking.cancelled": Generic._cancel,
}


def tracking(secret: str, at: int, *events: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """A signed `tracking.updated` of this courier: body and headers."""
    body = json.dumps({"type": "tracking.updated", "data": list(events)}).encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"evt_1.{at}.".encode() + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(digest).decode()
    return body, {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
    }
