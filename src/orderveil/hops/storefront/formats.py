"""The formats in which orders come in, as one table.

Rules kept here:
- a format says how its sender proves itself, where the delivery id and the topic stand, and
  whether the sender can be refused: a shop's webhook that is answered with an error is sent again
  and then switched off, so what may not be stored there is dropped instead;
- formats that nobody pushes by a scheme of their own are signed by Standard Webhooks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from orderveil.core.orders import OrderDraft
from orderveil.hops.storefront import amazon, own, shopify, signatures, woocommerce
from orderveil.hops.storefront.privacy import PrivacyRequest
from orderveil.hops.storefront.splitting import split_orders


class Format(StrEnum):
    """Whose JSON it is."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    AMAZON = "amazon"
    ORDERVEIL = "orderveil"


class Parse(Protocol):
    """Reads one order, or what else a topic brings. Raises RefusedError."""

    def __call__(
        self, payload: Any, *, topic: str | None = None, pointer: str = ""
    ) -> OrderDraft | PrivacyRequest: ...


Verify = Callable[[bytes, bytes, Mapping[str, str], datetime], bool]
"""(secret, body, headers in any case, now) -> is the signature good?"""


@dataclass(frozen=True, slots=True)
class FormatRules:
    """What the storefront's door must know about a format. Header names are in lower case."""

    parse: Parse
    verify: Verify
    delivery_header: str
    topic_header: str | None
    can_refuse: bool
    """False: card data in a webhook is dropped and recorded, because it can't be refused."""


def _by_header(check: Callable[[bytes, bytes, str | None], bool], header: str) -> Verify:
    def verify(secret: bytes, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
        del now  # the scheme signs no timestamp
        return check(secret, body, read_header(headers, header))

    return verify


def read_header(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a header, whatever the case of its name."""
    return next((value for key, value in headers.items() if key.lower() == name), None)


RULES: Mapping[Format, FormatRules] = MappingProxyType(
    {
        Format.SHOPIFY: FormatRules(
            parse=shopify.parse,
            verify=_by_header(signatures.shopify, "x-shopify-hmac-sha256"),
            delivery_header="x-shopify-webhook-id",
            topic_header="x-shopify-topic",
            can_refuse=False,
        ),
        Format.WOOCOMMERCE: FormatRules(
            parse=woocommerce.parse,
            verify=_by_header(signatures.woocommerce, "x-wc-webhook-signature"),
            delivery_header="x-wc-webhook-delivery-id",
            topic_header="x-wc-webhook-topic",
            can_refuse=False,
        ),
        Format.AMAZON: FormatRules(
            parse=amazon.parse,
            verify=signatures.standard_webhooks,
            delivery_header="webhook-id",
            topic_header=None,
            can_refuse=True,
        ),
        Format.ORDERVEIL: FormatRules(
            parse=own.parse,
            verify=signatures.standard_webhooks,
            delivery_header="webhook-id",
            topic_header=None,
            can_refuse=True,
        ),
    }
)


def split(payload: Any) -> list[tuple[str, Any]]:
    """The orders of a payload of any format, each with its JSON pointer. Raises RefusedError."""
    return split_orders(payload)
