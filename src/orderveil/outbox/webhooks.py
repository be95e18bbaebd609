"""Signing what leaves by webhook, as Standard Webhooks 1.0 says (standardwebhooks.com).

Rules kept here:
- the signature covers id, timestamp and body, so none of them can be swapped for another's;
- the id names the delivery and stays the same at each attempt: receivers drop repeats by it;
- while a secret is being rotated both the new and the old one sign.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

SECRET_BYTES: Final = 32
"""Within the 24 to 64 bytes of the specification."""
_PREFIX: Final = "whsec_"


def spell_secret(secret: bytes) -> str:
    """The secret as it is shown, once, to the partner: `whsec_` and base64."""
    return _PREFIX + base64.b64encode(secret).decode()


def sign(secret: bytes, webhook_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; `timestamp` in seconds."""
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def signed_headers(
    secrets: Sequence[bytes], webhook_id: str, moment: datetime, body: bytes
) -> Mapping[str, str]:
    """The three headers of a signed webhook; one signature per secret, newest first."""
    timestamp = int(moment.timestamp())
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            sign(secret, webhook_id, timestamp, body) for secret in secrets
        ),
    }
