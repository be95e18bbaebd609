"""Exotel's Calls/connect: `From` is rung first, then `To`; both see `CallerId`.

Source: developer.exotel.com/docs/voice-v1/api-reference/connect-two-numbers (parameters, answer)
and developer.exotel.com/api/statuscallback (what is told at the end). From memory: that the
`terminal` event as JSON has `Legs`, the second being the customer's.
"""

from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from orderveil.hops.calls.placing.speech import Asked, CallStatus, Wanted, by_status
from orderveil.hops.calls.speech import RINGING_SECONDS, TALKING_SECONDS

_OVER: Final = ("completed", "failed", "busy", "no-answer", "canceled")
"""A tuple: what is told may be of any type."""


class _Call(msgspec.Struct):
    Sid: str


class _Answer(msgspec.Struct):
    Call: _Call


def asked(account: str, wanted: Wanted) -> Asked:
    """The request. Nothing is recorded, and no field of ours is sent along."""
    form = {
        "From": wanted.agent,
        "To": wanted.customer,
        "CallerId": wanted.shown,
        "CallType": "trans",
        "TimeOut": str(RINGING_SECONDS),
        "TimeLimit": str(TALKING_SECONDS),
        "Record": "false",
        "StatusCallback": wanted.told,
        "StatusCallbackEvents[0]": "terminal",
        "StatusCallbackContentType": "application/json",
    }
    return Asked(f"/v1/Accounts/{account}/Calls/connect.json", urlencode(form).encode())


def answered(status: int, body: bytes) -> CallStatus:
    """What the answer means."""
    try:
        has_id = bool(msgspec.json.decode(body, type=_Answer).Call.Sid)
    except msgspec.DecodeError:
        has_id = False
    return by_status(status, has_id=has_id)


def ended(told: dict[str, Any]) -> CallStatus | None:
    """How the call went; None while it still goes. Connected: the customer's leg was."""
    status = told.get("Status")
    if status not in _OVER:
        return None
    legs = told.get("Legs")
    if isinstance(legs, list) and len(legs) > 1 and isinstance(legs[1], dict):
        status = legs[1].get("Status")
    return CallStatus.CONNECTED if status == "completed" else CallStatus.NOT_CONNECTED
