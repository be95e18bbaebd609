"""Exotel's Connect applet with a dynamic URL, behind a Gather applet that took the PIN.

A GET with CallSid, CallFrom, CallTo and `digits` (which come in double quotes); the answer is JSON
that names whom to dial and which number they see. What the applet can't do is ask or say: the
Gather applet before it asks, and who can't be put through gets the care number, or the flow's own
"nobody answered" branch when there is none.

Requests carry no signature: the URL is configured with a user name and password (RFC 7617), which
are compared in constant time.

Source: support.exotel.com/support/solutions/articles/3000096873 (Connect applet, dynamic URL) and
3000084635 (Gather applet). That `digits` are quoted, and the names under `destination`, are from
the first of them; nothing is from memory but that an empty `numbers` takes the flow's branch for
calls that nobody answered.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping

import msgspec

from orderveil.core.errors import Problem
from orderveil.hops.calls.speech import (
    RINGING_SECONDS,
    TALKING_SECONDS,
    Ask,
    Dial,
    Reply,
    Ring,
    Spoken,
    ring_of,
)


def is_genuine(secret: bytes, authorization: str) -> bool:
    """Are these the credentials that the URL was configured with, as `user:password`?"""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic" or not secret:
        return False
    try:
        pair = base64.b64decode(given.strip().encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return False
    return hmac.compare_digest(pair, secret)


def read(params: Mapping[str, str]) -> Ring | Problem:
    """The call behind a request's query."""
    return ring_of(
        params.get("CallSid", ""),
        params.get("CallFrom", ""),
        params.get("CallTo", ""),
        params.get("digits"),
    )


def spoken(reply: Reply) -> Spoken:
    """The applet's parameters for this call."""
    numbers: list[str] = []
    shown = ""
    if isinstance(reply, Dial):
        numbers, shown = [reply.number], reply.shown
    elif isinstance(reply, Ask) and reply.care:
        numbers, shown = [reply.care], reply.shown
    told: dict[str, object] = {
        "fetch_after_attempt": False,
        "destination": {"numbers": numbers},
        "record": False,
        "max_ringing_duration": RINGING_SECONDS,
        "max_conversation_duration": TALKING_SECONDS,
        "music_on_hold": {"type": "operator_tone"},
    }
    if shown:
        told["outgoing_phone_number"] = shown
    return Spoken("application/json", msgspec.json.encode(told))
