"""The road of a walk, over real HTTP: webhooks in, views out, states reported."""

import json
import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import urllib3

from orderveil.cli.walking.cast import Cast
from orderveil.core.errors import OrderveilError
from orderveil.core.hops import Hop
from orderveil.core.orders import OrderDraft
from orderveil.core.refs import RefKey
from orderveil.core.states import ParcelState
from orderveil.gate.keys import ref_key
from orderveil.hops.storefront import samples, shopify, signatures
from orderveil.hops.storefront.decoding import decode
from orderveil.hops.storefront.formats import Format
from orderveil.partners.registry import channel_secret

WAIT_SECONDS = 20.0
SAMPLES = (samples.WALK, "shopify_prepaid", "woocommerce_cod", "woocommerce_gift")
_HEADERS: dict[Format, tuple[str, str, str]] = {
    Format.SHOPIFY: ("X-Shopify-Hmac-SHA256", "X-Shopify-Topic", "X-Shopify-Webhook-Id"),
    Format.WOOCOMMERCE: (
        "X-WC-Webhook-Signature",
        "X-WC-Webhook-Topic",
        "X-WC-Webhook-Delivery-ID",
    ),
}
PLACED_HOPS = (
    *(Hop.STOREFRONT, Hop.OMS, Hop.IMS, Hop.WMS, Hop.COMMS, Hop.SUPPORT),
    *(Hop.MARKETING, Hop.REPORTS, Hop.RETENTION),
)
PACKED_HOPS = (Hop.LABEL, Hop.COURIER)
AWB = "SWIFT0000012345"
_AMAZON_ID = re.compile(rb"408-[0-9]{7}-")


class Road:
    """One walk against one running server."""

    def __init__(self, url: str, cast: Cast, say: Callable[[str], None]) -> None:
        self._url = url
        self._cast = cast
        self._say = say
        self._http = urllib3.PoolManager(retries=False, timeout=15.0)
        self.answers: dict[Hop, dict[str, Any]] = {}
        self.asked_in: dict[Hop, str] = {}

    def _call(
        self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        response = self._http.request(method, self._url + path, body=body, headers=headers)
        answer: dict[str, Any] = msgspec.json.decode(response.data)
        return response.status, answer

    def _as(self, hop: Hop) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._cast.tokens[hop]}"}

    def deliver(self, number: int) -> OrderDraft:
        """Send every sample; `number` makes their ids this walk's own. The walk's own order."""
        walked: OrderDraft | None = None
        for name in SAMPLES:
            sample = samples.load(name)
            order = msgspec.json.decode(sample.body)
            order["id"] += number
            body = json.dumps(order).encode()
            self._webhook(sample, body, f"walk-{number}-{name}")
            if name == samples.WALK:
                draft = shopify.parse(decode(body), topic=sample.topic)
                walked = draft if isinstance(draft, OrderDraft) else None
        self._import(number)
        if walked is None:
            msg = "The walk's own sample is no order."
            raise OrderveilError(msg, remedy="Restore the samples of this version.")
        return walked

    def _webhook(self, sample: samples.Sample, body: bytes, delivery: str) -> None:
        channel = self._cast.channels[sample.format]
        signature, topic, delivery_id = _HEADERS[sample.format]
        headers = {
            signature: signatures.hmac_header(channel_secret(channel), body),
            topic: sample.topic or "",
            delivery_id: delivery,
        }
        path = f"/v1/channels/{channel.pk}"
        status, answer = self._call("POST", path, body=body, headers=headers)
        self._say(f"{sample.format} webhook, {sample.topic}: {status} {_outcome(answer)}")

    def _import(self, number: int) -> None:
        headers = {"Authorization": f"Bearer {self._cast.import_token}"}
        for name in ("amazon_v0", "amazon_2026"):
            payload = _AMAZON_ID.sub(b"408-%07d-" % (number % 10**7), samples.load(name).body)
            status, answer = self._call("POST", "/v1/orders", body=payload, headers=headers)
            results = ", ".join(each["status"] for each in answer.get("results", ())) or "refused"
            self._say(f"amazon import, {name}: {status} {results}")

    def travel(self, order_id: bytes) -> None:
        """Each hop asks in its own time; the parcel goes from placed to delivered."""
        for hop in PLACED_HOPS:
            self._ask(hop, order_id, ParcelState.PLACED)
        self._report(Hop.WMS, order_id, ParcelState.PACKED, carrier="Swiftpost", awb=AWB)
        for hop in PACKED_HOPS:
            self._ask(hop, order_id, ParcelState.PACKED)
        self._report(Hop.COURIER, order_id, ParcelState.SHIPPED)
        self._report(Hop.COURIER, order_id, ParcelState.DELIVERED)
        status, answer = self._view(Hop.COURIER, order_id)
        self._say(f"courier asks again after delivery: {status} {_outcome(answer)}")

    def _ref(self, hop: Hop, order_id: bytes) -> str:
        partner = self._cast.partners[hop]
        refs: RefKey = ref_key(self._cast.brand.pk, partner.pk, partner.ref_generation)
        return refs.make(order_id)

    def _view(self, hop: Hop, order_id: bytes) -> tuple[int, dict[str, Any]]:
        path = f"/v1/hops/{hop}/orders/{self._ref(hop, order_id)}"
        return self._call("GET", path, headers=self._as(hop))

    def _ask(self, hop: Hop, order_id: bytes, state: ParcelState) -> None:
        """Ask until the journey has assigned the parcel, which takes it a moment."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            status, answer = self._view(hop, order_id)
            if answer.get("code") != "not_assigned" or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        self.answers[hop] = answer
        self.asked_in[hop] = state
        self._say(f"{hop} asks while {state}: {status} {_outcome(answer)}")

    def _report(
        self,
        hop: Hop,
        order_id: bytes,
        state: ParcelState,
        *,
        carrier: str | None = None,
        awb: str | None = None,
    ) -> None:
        body = msgspec.json.encode({"state": state, "carrier": carrier, "awb": awb})
        path = f"/v1/orders/{self._ref(hop, order_id)}/events"
        status, answer = self._call("POST", path, body=body, headers=self._as(hop))
        if status != 200:
            msg = f"The walk stopped: {hop} could not report {state} ({_outcome(answer)})."
            raise OrderveilError(msg, remedy="Look at the server's log above.")
        self._say(f"{hop} reports {state}: {status}")


def _outcome(answer: dict[str, Any]) -> str:
    if "fields" in answer:
        shown = sum(value is not None for value in answer["fields"].values())
        return f"{shown} values"
    return str(answer.get("status") if "code" not in answer else answer["code"])


def walk_number(now: datetime) -> int:
    """A number of this walk's own, so that its orders are new ones."""
    return int(now.timestamp() * 10) % 10**9
