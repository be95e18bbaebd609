"""Who sent this body? Webhook signatures, checked on the raw bytes before anything is parsed.

Rules kept here:
- secrets and signatures are compared in constant time, as bytes;
- an empty secret verifies nothing;
- freshness is asked for only where the timestamp is signed: shops retry legitimately for hours.
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime

TOLERANCE_SECONDS = 300


def hmac_header(secret: bytes, body: bytes) -> str:
    """The header value with which Shopify and WooCommerce sign: base64 HMAC-SHA256 of the body."""
    return base64.b64encode(hmac.digest(secret, body, "sha256")).decode()


def standard_signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """One `v1,...` signature of the Standard Webhooks specification, over `id.timestamp.body`."""
    return "v1," + hmac_header(secret, f"{message_id}.{timestamp}.".encode() + body)


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def shopify(secret: bytes, body: bytes, header: str | None) -> bool:
    """True if `X-Shopify-Hmac-SHA256` proves that the shop sent exactly this body."""
    return bool(secret) and header is not None and _same(hmac_header(secret, body), header.strip())


def woocommerce(secret: bytes, body: bytes, header: str | None) -> bool:
    """True if `X-WC-Webhook-Signature` proves that the shop sent exactly this body."""
    return shopify(secret, body, header)


def standard_webhooks(
    secret: bytes,
    body: bytes,
    headers: Mapping[str, str],
    now: datetime,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> bool:
    """True if one of the `webhook-signature` values is ours and the signed timestamp is fresh.

    Header names match in any case. Several signatures, separated by spaces, let a sender rotate
    its secret; versions other than `v1` are passed over (Standard Webhooks, "Signature scheme").
    """
    sent = {name.lower(): value for name, value in headers.items()}
    message_id = sent.get("webhook-id", "")
    timestamp = sent.get("webhook-timestamp", "")
    if not secret or not message_id or not _is_fresh(timestamp, now, tolerance_seconds):
        return False
    try:
        expected = standard_signature(secret, message_id, timestamp, body)
    except UnicodeEncodeError:
        return False
    matches = [_same(expected, given) for given in sent.get("webhook-signature", "").split()]
    return any(matches)


def _is_fresh(timestamp: str, now: datetime, tolerance_seconds: int) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= tolerance_seconds
