"""The plain format, for an exchange of the brand's own: JSON in, JSON out.

    POST {"call": "c-1", "from": "+91...", "to": "+91...", "digits": "482913"}
    -> {"dial": "+91...", "caller_id": "+91..."}, or {"say": "...", "code": "pin_needed"}

Signed as Standard Webhooks 1.0 says (its id names the request; `call` names the call), or with the
secret as a bearer token, compared in constant time.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from orderveil.core.errors import Problem
from orderveil.hops.calls.speech import WORDS, Dial, Reply, Ring, Spoken, ring_of
from orderveil.outbox.webhooks import sign

TOLERANCE_SECONDS: Final = 300


class Told(msgspec.Struct, frozen=True):
    """A call, as an exchange tells it."""

    call: str
    to: str
    from_: str = msgspec.field(name="from", default="")
    digits: str | None = None


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom to dial and what they see; or what to say, and its code. `care`: it is no customer."""

    dial: str = ""
    caller_id: str = ""
    care: bool = False
    say: str = ""
    code: str = ""


def is_genuine(secret: bytes, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Does the bearer token, or one of the signatures, prove that the exchange sent this?"""
    if not secret:
        return False
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return hmac.compare_digest(_spelled(secret), token.strip().encode("utf-8", "replace"))
    name, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    is_moment = moment.isascii() and moment.isdigit() and len(moment) <= 12
    if not name or not is_moment or abs(now.timestamp() - int(moment)) > TOLERANCE_SECONDS:
        return False
    expected = sign(secret, name, int(moment), body).encode()
    given = headers.get("webhook-signature", "").split()
    matches = [hmac.compare_digest(expected, each.encode("utf-8", "replace")) for each in given]
    return any(matches)


def bearer(secret: bytes) -> str:
    """The secret as a bearer token: what signs is not what is sent."""
    return _spelled(secret).decode()


def _spelled(secret: bytes) -> bytes:
    digest = hmac.digest(secret, b"orderveil calls bearer", hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=")


def read(told: Told) -> Ring | Problem:
    """The call."""
    return ring_of(told.call, told.from_, told.to, told.digits)


def spoken(reply: Reply) -> Spoken:
    """JSON."""
    if isinstance(reply, Dial):
        answer = Answer(dial=reply.number, caller_id=reply.shown, care=reply.is_care)
    else:
        answer = Answer(say=WORDS[reply.sentence], code=reply.sentence)
    return Spoken("application/json", msgspec.json.encode(answer))
