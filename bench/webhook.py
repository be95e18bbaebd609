"""One order by webhook over HTTP: signature, cards, parse, seal, store, record, answer."""

import hmac
import itertools
import json
from base64 import b64encode
from collections.abc import Iterator

from bench import http, servers
from bench.figures import Figure, Size
from bench.house import House, run_sql, wait_until_quiet
from bench.load import CLIENTS, Source, request
from orderveil.hops.storefront import samples
from orderveil.partners.registry import channel_secret

_TABLE = """
CREATE TABLE plain_payload (
    id bigserial PRIMARY KEY, shop_order_id bigint NOT NULL UNIQUE,
    received_at timestamptz NOT NULL, payload jsonb NOT NULL
)
"""


class Shop:
    """A shop that never sends the same order twice: the sample's payload under new ids."""

    def __init__(self) -> None:
        order = json.loads(samples.load("shopify_prepaid").body)
        number, name = order["id"], order["name"]
        text = json.dumps(order, ensure_ascii=False, separators=(",", ":"))
        self._pieces = [
            piece.encode()
            for part in text.split(f'"id":{number}', 1)
            for piece in part.split(f'"name":"{name}"', 1)
        ]
        self._numbers = itertools.count(number + 10**9)

    def body(self) -> bytes:
        """The next order, as the shop would send it: about 8 KB of JSON."""
        number = next(self._numbers)
        head, middle, tail = self._pieces
        return head + b'"id":%d' % number + middle + b'"name":"#%d"' % number + tail


def _signed(shop: Shop, path: str, secret: bytes) -> Source:
    deliveries = itertools.count()

    def source() -> bytes:
        body = shop.body()
        headers = [
            ("X-Shopify-Hmac-SHA256", b64encode(hmac.digest(secret, body, "sha256")).decode()),
            ("X-Shopify-Topic", "orders/create"),
            ("X-Shopify-Webhook-Id", f"bench-{next(deliveries)}"),
        ]
        return request("POST", path, headers=headers, body=body)

    return source


def run(house: House, size: Size) -> Iterator[Figure]:
    """Beside a server that inserts the same payload as it came and commits."""
    run_sql(house.url, _TABLE)
    shop = Shop()
    path = f"/v1/channels/{house.channel.pk}"
    ours = _signed(shop, path, channel_secret(house.channel))
    with servers.product() as address, servers.plain() as (other, _):
        product, baseline, spent = http.alternate(
            size,
            (address.port, ours),
            (other.port, lambda: request("POST", "/orders", body=shop.body())),
            between=lambda: wait_until_quiet(house.url),
        )
    yield Figure(
        name="webhook",
        work=f"one order by signed webhook over HTTP, {CLIENTS} clients",
        unit="orders/s",
        value=http.rate(product),
        baseline=http.rate(baseline),
        baseline_name="INSERT of the payload as it came, over the same server",
        budget=2_000,
        note=http.latency_note(product),
        detail=http.detail(product, spent),
    )
