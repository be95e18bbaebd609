"""A brand's pool number, a parcel with a PIN, and callers that come through each provider."""

import base64
import itertools
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import urllib3

from orderveil.contacts import allocating, setup
from orderveil.contacts.allocating import Place
from orderveil.contacts.models import Contact, ContactKind
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.hops.calls import lines
from orderveil.hops.calls.formats import twilio
from orderveil.hops.calls.lines import Terms, Use
from orderveil.hops.calls.models import Line
from orderveil.hops.calls.speech import Provider
from orderveil.outbox.webhooks import signed_headers
from scene import ME, Scene, rows

POOL = "+918047100000"
CARE = "+911800000111"
CUSTOMER = "+919000000001"
"""The number of scene.PERSON, who does not exist."""
AGENT = "+919000000077"
TWILIO_TOKEN = b"twilio-auth-token-invented"
_calls = itertools.count(1)


@dataclass
class Telephone:
    """One brand, its lines, and a parcel that a courier's agent may call about."""

    scene: Scene
    url: str
    exotel: Line
    basic: bytes
    twilio: Line
    json: Line
    secret: bytes
    order: bytes = b""
    pin: str = ""
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False))

    @classmethod
    def make(cls, url: str) -> "Telephone":
        scene = Scene.make(now=utc_now())
        carrier = scene.new_seat(Hop.COMMS, "telephony").partner
        changes = {"care_number": CARE, "call_partner_id": carrier.pk}
        setup.save(scene.brand.pk, changes, now=scene.now, who=ME)
        setup.put_number(scene.brand.pk, POOL, now=scene.now, who=ME, retire=False)
        brand = scene.brand.pk
        exotel, basic = lines.add(brand, Terms(Provider.EXOTEL), {}, now=scene.now, who=ME)
        given = {Use.BRIDGE: TWILIO_TOKEN}
        tw, _ = lines.add(brand, Terms(Provider.TWILIO), given, now=scene.now, who=ME)
        plain, secret = lines.add(brand, Terms(Provider.JSON), {}, now=scene.now, who=ME)
        made = cls(scene, url, exotel, basic, tw, plain, secret)
        made.order = made.new_order()
        made.pin = made.pin_of(made.order)
        return made

    def new_order(self, **more: Any) -> bytes:
        """An admitted order whose parcel the courier has."""
        return self.scene.pack(self.scene.admit(self.scene.draft(**more) if more else None))

    def place(self, order: bytes) -> Place:
        return Place(order, 1, self.scene.seat(Hop.COURIER).partner.pk, Hop.COURIER)

    def pin_of(self, order: bytes) -> str:
        place = self.place(order)
        given = allocating.allocate(self.scene.brand.pk, ContactKind.PHONE, [place], self.scene.now)
        return given[place].code

    def contact(self) -> Contact:
        return Contact.objects.get(code=self.pin)

    def ask_json(self, digits: str | None = None, caller: str = AGENT, **more: Any) -> Any:
        """What an exchange of the brand's own is told."""
        told = {"call": f"call-{next(_calls)}", "from": caller, "to": POOL, "digits": digits}
        return self.raw_json(told | more)

    def raw_json(self, told: Any, headers: dict[str, str] | None = None) -> Any:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        if headers is None:
            headers = dict(signed_headers([self.secret], "m-1", utc_now(), body))
        path = self.url + lines.bridge_path(self.json)
        return self.http.request("POST", path, body=body, headers=headers)

    def dialled(self, digits: str | None = None, caller: str = AGENT, **more: Any) -> str:
        """Whom the exchange dials, or the code of what it says."""
        told = self.ask_json(digits, caller, **more).json()
        return told.get("dial") or told["code"]

    def ask_exotel(self, digits: str | None = None, caller: str = AGENT, **more: Any) -> Any:
        """What Exotel's Connect applet is told."""
        told = {"CallSid": f"ex{next(_calls)}", "CallFrom": caller, "CallTo": POOL}
        if digits is not None:
            told["digits"] = f'"{digits}"'
        basic = more.pop("basic", self.basic)
        headers = {"Authorization": "Basic " + base64.b64encode(basic).decode()}
        path = f"{self.url}{lines.bridge_path(self.exotel)}?{urlencode(told | more)}"
        return self.http.request("GET", path, headers=headers)

    def ask_twilio(self, digits: str | None = None, caller: str = AGENT, **more: Any) -> Any:
        """What Twilio is told."""
        told = {"CallSid": f"CA{next(_calls)}", "From": caller, "To": POOL, "CallStatus": "ringing"}
        if digits is not None:
            told["Digits"] = digits
        token = more.pop("token", TWILIO_TOKEN)
        told |= more
        url = self.url + lines.bridge_path(self.twilio)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": twilio.signature(token, url, told.items()),
        }
        return self.http.request("POST", url, body=urlencode(told), headers=headers)

    def deliver(self) -> None:
        """The parcel goes all its way."""
        for state in (ParcelState.SHIPPED, ParcelState.OUT_FOR_DELIVERY, ParcelState.DELIVERED):
            self.scene.move(Hop.COURIER, self.order, state)


def twiml(answer: Any) -> ET.Element:
    """The document that Twilio was answered."""
    assert answer.headers["Content-Type"].startswith("text/xml")
    return ET.fromstring(answer.data)


def uses(order: bytes) -> list[tuple[str, str]]:
    """(way, outcome) of each use on an order's record, the oldest first."""
    found = rows(
        "SELECT entry FROM ledger_record WHERE order_id = %s AND kind = 'contact_used' ORDER BY at,"
        " entry_id",
        [order],
    )
    told = [json.loads(bytes(entry))["detail"] for (entry,) in found]
    return [(each["way"], each["outcome"]) for each in told]


def disclosed_to_carrier(order: bytes) -> int:
    """How often the customer's number went to whoever carries calls."""
    sql = "SELECT count(*) FROM ledger_record WHERE order_id = %s AND hop = 'comms'"
    return rows(sql, [order])[0][0]
