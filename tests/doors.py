"""The doors of a scene, used as the systems outside use them: signed webhooks, bearer tokens.

    doors = Doors.make(format_="shopify")
    doors.webhook(order(), topic="orders/create")
    doors.view(Hop.OMS, doors.the_order())

Needs the fixture `db`. Requests are served in the test's own process by Falcon's test client.
"""

import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from falcon import testing

import database
from orderveil.api.app import create_app
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.gate.keys import ref_key
from orderveil.hops import journey
from orderveil.hops.storefront import samples, signatures
from orderveil.ledger import sequencer
from orderveil.outbox.pump import work
from scene import Scene, Seat, rows

PROBLEM_JSON = "application/problem+json"
MUST_SAY = ("type", "title", "status", "code", "detail", "remedy", "rule")
NAMES = {
    "shopify": ("X-Shopify-Hmac-SHA256", "X-Shopify-Topic", "X-Shopify-Webhook-Id"),
    "woocommerce": (
        "X-WC-Webhook-Signature",
        "X-WC-Webhook-Topic",
        "X-WC-Webhook-Delivery-ID",
    ),
}
_deliveries = itertools.count(1)


def sample(name: str = samples.WALK, /, **changes: Any) -> dict[str, Any]:
    """One of the project's own sample orders, decoded, with top-level changes."""
    return json.loads(samples.load(name).body) | changes


def own(number: str, /, **changes: Any) -> dict[str, Any]:
    """A small order in the project's own format."""
    return {
        "id": number,
        "number": f"#{number}",
        "customer": {"name": "Ira Namuna", "phone": "+91 90000 00002", "email": "ira@mail.example"},
        "address": {"line1": "9 Example Street", "city": "Pune", "pincode": "411001"},
        "items": [{"title": "Clay lamp", "quantity": 1}],
        "amounts": {"currency": "INR", "total": "120.00"},
    } | changes


def signed(format_: str, secret: bytes, body: bytes, topic: str, delivery: str) -> dict[str, str]:
    """The headers with which a shop sends `body`."""
    if format_ in NAMES:
        signature, topic_name, delivery_name = NAMES[format_]
        value = signatures.hmac_header(secret, body)
        return {signature: value, topic_name: topic, delivery_name: delivery}
    return standard(secret, body, delivery, int(time.time()))


def standard(secret: bytes, body: bytes, delivery: str, moment: int) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(moment),
        "webhook-signature": signatures.standard_signature(secret, delivery, str(moment), body),
    }


@dataclass
class Doors:
    """A scene and a client of the machine API."""

    scene: Scene
    client: testing.TestClient

    @classmethod
    def make(cls, slug: str = "kalanjali", *, format_: str = "shopify", **terms: Any) -> "Doors":
        """A scene as of now, and its door."""
        scene = Scene.make(slug, format_=format_, now=utc_now(), **terms)
        return cls(scene, testing.TestClient(create_app()))

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> testing.Result:
        """One request; a body that is no bytes is sent as JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return self.client.simulate_request(method, path, body=body, headers=sent, **more)

    def webhook(
        self,
        body: Any,
        *,
        topic: str = "orders/create",
        delivery: str | None = None,
        secret: bytes | None = None,
    ) -> testing.Result:
        """A delivery of the shop's, signed with the channel's secret unless another is given."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        channel = self.scene.channel
        delivery = delivery or f"delivery-{next(_deliveries)}"
        headers = signed(channel.format, secret or self.scene.secret, raw, topic, delivery)
        return self.call("POST", f"/v1/channels/{channel.pk}", body=raw, headers=headers)

    def post_orders(self, *orders: Any, **more: Any) -> testing.Result:
        """A batch with the storefront's credential."""
        token = self.scene.seat(Hop.STOREFRONT).token
        return self.call("POST", "/v1/orders", token=token, body={"orders": orders}, **more)

    def the_order(self) -> bytes:
        """The id of the one order there is."""
        ((order,),) = rows("SELECT order_id FROM vault_order")
        return bytes(order)

    def ref(self, seat: Seat, order: bytes, parcel_no: int | None = None) -> str:
        """The name under which a seat's partner knows an order."""
        partner = seat.partner
        return ref_key(partner.brand_id, partner.pk, partner.ref_generation).make(order, parcel_no)

    def view(
        self, hop: Hop, order: bytes, parcel_no: int | None = None, *, seat: Seat | None = None
    ) -> testing.Result:
        """What a hop's seat is answered when it asks for an order."""
        seat = seat or self.scene.seat(hop)
        path = f"/v1/hops/{hop}/orders/{self.ref(seat, order, parcel_no)}"
        return self.call("GET", path, token=seat.token)

    def event(
        self,
        hop: Hop,
        order: bytes,
        *,
        parcel_no: int | None = None,
        key: str | None = None,
        **told: Any,
    ) -> testing.Result:
        """What a hop's seat is answered when it reports an event."""
        seat = self.scene.seat(hop)
        headers = {"Idempotency-Key": key} if key is not None else {}
        path = f"/v1/orders/{self.ref(seat, order, parcel_no)}/events"
        return self.call("POST", path, token=seat.token, body=told, headers=headers)

    def settle(self) -> None:
        """Let the journey answer every event, and the sequencer place every entry."""
        while work(journey.handle, utc_now()):
            pass
        sequencer.drain(utc_now())


def problem_of(result: testing.Result, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem that a result is, complete and of that status; fails if it is none."""
    assert result.status_code == status, result.text
    assert result.headers["content-type"] == PROBLEM_JSON
    told = result.json
    assert [name for name in MUST_SAY if not told.get(name)] == []
    assert told["status"] == status
    assert told["type"] == f"urn:orderveil:problem:{told['code']}"
    assert code is None or told["code"] == code, told
    return told


def counted(doors: Doors, name: str) -> dict[str, float]:
    """The samples of one metric: everything before the value -> the value."""
    text = doors.call("GET", "/metrics").text
    lines = [line for line in text.splitlines() if line.startswith(name)]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def sizes() -> dict[str, int]:
    """Every table and how many rows it has, but for what is counted of every request."""
    with database.server().connect(connection.settings_dict["NAME"]) as link:
        return {
            table: link.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for table in _tables()
            if table not in {"partners_refused", "partners_network"}
        }


def stored() -> Iterator[tuple[str, str, bytes]]:
    """(table, column, bytes) of every value of every table, as the owner of all of them sees it."""
    with database.server().connect(connection.settings_dict["NAME"]) as link:
        for table in _tables():
            cursor = link.execute(f'SELECT * FROM "{table}"', binary=False)
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield table, name, _as_bytes(value)


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str).encode()
    return str(value).encode()


def _tables() -> list[str]:
    found = rows(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE nspname = 'public' AND relkind = 'r' ORDER BY relname"
    )
    return [name for (name,) in found]
