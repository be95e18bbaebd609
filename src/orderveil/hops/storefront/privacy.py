"""A request about a person's data that a shop passes on."""

from enum import StrEnum
from typing import Any

import msgspec

from orderveil.core.personal import Personal
from orderveil.hops.storefront.reader import Reader, count_values
from orderveil.hops.storefront.refusing import refuse

_ENCODER = msgspec.json.Encoder(decimal_format="number")


class PrivacyTopic(StrEnum):
    """Shopify's three mandatory privacy webhooks; each is to be finished within 30 days."""

    DATA_REQUEST = "customers/data_request"
    CUSTOMER_REDACT = "customers/redact"
    SHOP_REDACT = "shop/redact"


_ORDERS_KEY = {
    PrivacyTopic.DATA_REQUEST: "orders_requested",
    PrivacyTopic.CUSTOMER_REDACT: "orders_to_redact",
}


class PrivacyRequest(msgspec.Struct, frozen=True):
    """A privacy webhook as it came. The payload names the person, so it is personal itself."""

    kind: PrivacyTopic
    raw: Personal
    """The payload as JSON text."""
    shop_order_ids: tuple[str, ...] = ()
    """The orders it is about; none means all of that customer's, or of the shop's."""


def read_privacy_request(payload: Any, topic: PrivacyTopic, pointer: str = "") -> PrivacyRequest:
    """The request; raises RefusedError when the payload is none."""
    reader = Reader(payload, pointer)
    count_values(payload, pointer)
    key = _ORDERS_KEY.get(topic)
    ids = tuple(reader.codes(key)) if key else ()
    return PrivacyRequest(kind=topic, raw=Personal(_as_text(payload, pointer)), shop_order_ids=ids)


def _as_text(payload: Any, pointer: str) -> str:
    try:
        return _ENCODER.encode(payload).decode()
    except UnicodeEncodeError:
        refuse(
            "lone_surrogate",
            "A text of this payload holds half of a surrogate pair.",
            "Send the shop's payload as it is.",
            pointer=pointer,
            rule="RFC 8259 section 8",
        )
