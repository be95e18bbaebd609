"""The machine door of calls that are placed: a helpdesk asks, and the provider tells how it went.

Rules kept here:
- a helpdesk names an order by its own ref and a telephone by its name: no number goes in or out;
- its Idempotency-Key is kept for good with the call, and beyond the door's day finds it still;
- who tells how a call went proves it by the call's own secret in the path, Twilio by its signature
  as well; of what it tells only the outcome is taken.
"""

import hmac
import uuid
from dataclasses import replace
from typing import Annotated, Any, Final

import msgspec
from django.conf import settings
from falcon import Request, Response

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.operations import Operation
from orderveil.gate.asking import Caller, open_ref
from orderveil.gate.reasons import Reason, checked_cause
from orderveil.gate.refusals import UNKNOWN
from orderveil.hops.bodies import SMALL_LIMIT_BYTES, decode_body, read_body
from orderveil.hops.calls import agents, clicking
from orderveil.hops.calls.formats import twilio as twiml
from orderveil.hops.calls.models import Call
from orderveil.hops.calls.placing import exotel, twilio
from orderveil.hops.calls.placing.speech import CallStatus
from orderveil.hops.calls.resources import NOT_PROVED, read_pairs, twilio_form
from orderveil.hops.calls.speech import Provider
from orderveil.hops.resources import Ref, caller_for

CALLS: Final = "/v1/calls"
STATUS: Final = clicking.STATUS_PATH + "/{call}/{proof}"
_LIMIT_BYTES: Final = 16 * 1024


class CallRequest(msgspec.Struct, frozen=True):
    """Whose telephone is rung for which order. `reason` and `ticket` go into the record."""

    order: Ref
    agent: Annotated[str, msgspec.Meta(min_length=1, max_length=agents.LONGEST)]
    """A telephone's name, as it was registered: "desk 4"."""
    ticket: Annotated[str, msgspec.Meta(max_length=40)] = ""
    reason: Reason = Reason.CALL_BACK


class CallAnswer(msgspec.Struct, frozen=True):
    """The call, and what is known of it."""

    call: str
    status: CallStatus


_asked = msgspec.json.Decoder(CallRequest)
_encoder = msgspec.json.Encoder()


class Calls:
    """POST /v1/calls"""

    def on_post(self, req: Request, resp: Response) -> None:
        """Ring an agent's telephone, then the customer of an order."""
        caller = caller_for(req, Hop.SUPPORT)
        asked = decode_body(req, _asked, SMALL_LIMIT_BYTES)
        found = open_ref(caller, asked.order)
        if found is None:
            raise RefusedError(UNKNOWN)
        agent = agents.named(caller.brand_id, caller.partner_id, asked.agent)
        call = clicking.place(
            _with_reason(caller, asked), *found, agent, once=_once(req, caller), now=req.context.now
        )
        status = CallStatus(call.status)
        resp.data = _encoder.encode(CallAnswer(call.pk.hex, status))


class Told:
    """POST /v1/calls/status/{call}/{proof}"""

    def on_post(self, req: Request, resp: Response, call: str, proof: str) -> None:
        """How a call went."""
        found = _call(call)
        if found is None or not _is_proved(found, proof):
            raise RefusedError(NOT_PROVED)
        status = _outcome(req, found)
        if status is not None:
            clicking.settle(found, status, now=req.context.now)
        nothing = twiml.nothing()
        resp.content_type, resp.data = nothing.content_type, nothing.body


def _call(text: str) -> Call | None:
    try:
        number = uuid.UUID(text)
    except ValueError:
        return None
    return Call.objects.select_related("line").filter(pk=number).first()


def _is_proved(call: Call, proof: str) -> bool:
    given = proof.encode("utf-8", "replace")
    return hmac.compare_digest(clicking.proof(call).encode(), given)


def _outcome(req: Request, call: Call) -> CallStatus | None:
    if call.line.provider == Provider.TWILIO:
        url = settings.URL + req.path
        return twilio.ended(twilio_form(req, call.line, url))
    body = read_body(req, _LIMIT_BYTES)
    told: Any
    if (req.content_type or "").startswith("application/json"):
        try:
            told = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            told = None
    else:
        told = dict(read_pairs(body))
    if not isinstance(told, dict):
        raise RefusedError(_UNREADABLE)
    return exotel.ended(told)


def _with_reason(caller: Caller, asked: CallRequest) -> Caller:
    cause = checked_cause(asked.reason, asked.ticket) if asked.ticket else asked.reason
    return replace(caller, reason=str(cause))


def _once(req: Request, caller: Caller) -> bytes:
    key = req.get_header("Idempotency-Key")
    if key is None:
        return clicking.once_of("request", uuid.uuid4().hex)
    return clicking.once_of("credential", str(caller.credential_id), key)


_UNREADABLE = Problem(
    code="bad_call",
    detail="This is no account of a call.",
    remedy="Let the provider tell it as its documentation says.",
    rule="calls: what can't be read is not answered",
)

ROUTES = ((CALLS, Calls()), (STATUS, Told()))

OPERATIONS = (
    Operation(
        "post",
        CALLS,
        "Click to call: an agent's telephone rings, then the customer's; neither sees a number.",
        "calls",
        request=CallRequest,
        response=CallAnswer,
        idempotency_key=True,
        problems=(401, 403, 404, 409, 410, 422, 429, 502),
    ),
    Operation(
        "post",
        STATUS,
        "Where a telephony provider tells how a call went.",
        "calls",
        needs_credential=False,
        problems=(400, 401, 413, 422),
    ),
)
