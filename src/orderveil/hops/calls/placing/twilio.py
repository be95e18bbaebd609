"""Twilio's Calls resource: the agent is rung, and TwiML that goes along dials the customer.

Source: twilio.com/docs/voice/api/call-resource (To, From, Twiml, StatusCallback, Timeout),
/docs/voice/twiml/dial (`action`, DialCallStatus), /docs/api/errors/21200.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from orderveil.hops.calls.formats import twilio
from orderveil.hops.calls.placing.speech import Asked, CallStatus, Wanted, by_status
from orderveil.hops.calls.speech import RINGING_SECONDS


class _Answer(msgspec.Struct):
    sid: str


def asked(account: str, wanted: Wanted) -> Asked:
    """The request."""
    form = {
        "To": wanted.agent,
        "From": wanted.shown,
        "Twiml": twilio.connecting(wanted.customer, wanted.shown, wanted.told),
        "Timeout": str(RINGING_SECONDS),
        "StatusCallback": wanted.told,
        "StatusCallbackMethod": "POST",
        "StatusCallbackEvent": "completed",
    }
    return Asked(f"/2010-04-01/Accounts/{account}/Calls.json", urlencode(form).encode())


def answered(status: int, body: bytes) -> CallStatus:
    """What the answer means."""
    try:
        has_id = bool(msgspec.json.decode(body, type=_Answer).sid)
    except msgspec.DecodeError:
        has_id = False
    return by_status(status, has_id=has_id)


def ended(told: Mapping[str, str]) -> CallStatus | None:
    """How the call went; None while it still goes.

    The customer's leg is told by DialCallStatus. An agent's leg that merely "completed" leaves
    open whether the customer's did: they may have hung up before.
    """
    dialled = told.get("DialCallStatus")
    if dialled is not None:
        good = dialled in {"completed", "answered"}
        return CallStatus.CONNECTED if good else CallStatus.NOT_CONNECTED
    status = told.get("CallStatus")
    if status in {"busy", "failed", "no-answer", "canceled"}:
        return CallStatus.NOT_CONNECTED
    return CallStatus.UNKNOWN if status == "completed" else None
