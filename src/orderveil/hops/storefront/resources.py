"""The storefront's doors: a shop's webhook, and batches posted with a storefront credential."""

import time
from typing import Any

import msgspec
from falcon import Request, Response

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.operations import Operation
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller, partner_refs
from orderveil.gate.parcels import who
from orderveil.hops.bodies import BATCH_LIMIT_BYTES, WEBHOOK_LIMIT_BYTES, header_map, read_body
from orderveil.hops.resources import caller_for
from orderveil.hops.storefront.decoding import decode
from orderveil.hops.storefront.intake import Received, receive_batch, receive_webhook
from orderveil.hops.storefront.own_schema import OwnBatch
from orderveil.partners.models import Channel

CHANNEL_CACHE_SECONDS = 5.0
"""A revoked channel is refused by every process after at most this long."""


class WebhookAnswer(msgspec.Struct, frozen=True):
    """What became of the delivery: admitted, duplicate, updated, erased, queued, ping."""

    status: str


class OrderResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order of a batch."""

    status: str
    ref: str | None = None
    """The storefront partner's own ref of the order."""
    order: str | None = None
    """The shop's id, as it was sent."""
    dropped: int = 0
    problem: Problem | None = None


class BatchAnswer(msgspec.Struct, frozen=True):
    """A result per order, in the order they were sent."""

    results: list[OrderResult]


_encoder = msgspec.json.Encoder()
_channels: dict[int, tuple[float, Channel]] = {}


def _channel(number: int) -> Channel:
    known = _channels.get(number)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    found = Channel.objects.filter(pk=number, revoked_at=None).first()
    if found is None:
        _channels.pop(number, None)
        raise RefusedError(_NO_CHANNEL)
    _channels[number] = (time.monotonic() + CHANNEL_CACHE_SECONDS, found)
    return found


def forget() -> None:
    """Drop the cached channels: between tests, and after a restore."""
    _channels.clear()


class Webhook:
    """POST /v1/channels/{channel}"""

    def on_post(self, req: Request, resp: Response, channel: int) -> None:
        """A shop's webhook. Its signature is its credential."""
        body = read_body(req, WEBHOOK_LIMIT_BYTES)
        received = receive_webhook(_channel(channel), body, header_map(req), now=req.context.now)
        resp.data = _encoder.encode(WebhookAnswer(received.status))


class Orders:
    """POST /v1/orders"""

    def on_post(self, req: Request, resp: Response) -> None:
        """Up to 1,000 orders of the credential's channel; an answer for each."""
        caller = caller_for(req, Hop.STOREFRONT)
        channel = caller.credential.channel_id if caller.credential else None
        if channel is None:
            raise RefusedError(_CREDENTIAL_WITHOUT_CHANNEL)
        payload: Any = decode(read_body(req, BATCH_LIMIT_BYTES))
        results = receive_batch(_channel(channel), payload, now=req.context.now, who=who(caller))
        resp.data = _encoder.encode(BatchAnswer(_results(caller, results)))


def _results(caller: Caller, received: list[Received]) -> list[OrderResult]:
    law = laws.law_of(caller.brand_id)
    refs = partner_refs(law, law.partners[caller.partner_id])
    return [
        OrderResult(
            each.status,
            refs.make(each.order_id) if each.order_id else None,
            each.shop_order_id,
            each.dropped,
            each.problem,
        )
        for each in received
    ]


_NO_CHANNEL = Problem(
    code="unknown_channel",
    detail="There is no such channel.",
    remedy="Use the address that `orderveil channel add` printed.",
    rule="storefront: a channel is a brand's way in for orders",
    status=404,
)

_CREDENTIAL_WITHOUT_CHANNEL = Problem(
    code="credential_without_channel",
    detail="This storefront credential belongs to no channel.",
    remedy="Make one with `orderveil credential add --channel NAME`.",
    rule="storefront: an order comes in on a channel",
    status=403,
)

ROUTES = (
    ("/v1/channels/{channel:int(min=1)}", Webhook()),
    ("/v1/orders", Orders()),
)

OPERATIONS = (
    Operation(
        "post",
        "/v1/channels/{channel}",
        "A shop's signed webhook (Shopify, WooCommerce, or Standard Webhooks).",
        "orders in",
        response=WebhookAnswer,
        needs_credential=False,
        problems=(400, 401, 404, 413, 422, 429),
    ),
    Operation(
        "post",
        "/v1/orders",
        "Up to 1,000 orders in the channel's format; an answer for each.",
        "orders in",
        request=OwnBatch,
        response=BatchAnswer,
        idempotency_key=True,
        problems=(400, 401, 403, 413, 422),
    ),
)
