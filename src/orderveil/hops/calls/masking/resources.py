"""A provider that masks numbers tells of each call that came through one: an event on the order.

Rules kept here:
- it proves who it is with the line's own user name and password;
- of what it tells, the way and whether it connected are kept; its numbers are read and let go.
"""

import uuid
from datetime import datetime
from typing import Final

import msgspec
from falcon import Request, Response

from orderveil.contacts import using
from orderveil.contacts.models import ContactKind
from orderveil.contacts.using import Outcome, Way
from orderveil.core.errors import RefusedError
from orderveil.core.operations import Operation
from orderveil.gate import reaching
from orderveil.hops.bodies import decode_body
from orderveil.hops.calls import hearing, lines
from orderveil.hops.calls.formats import exotel
from orderveil.hops.calls.hearing import Hearing
from orderveil.hops.calls.lines import Use
from orderveil.hops.calls.models import Line, Mask
from orderveil.hops.calls.resources import NOT_PROVED
from orderveil.hops.calls.speech import Provider, Ring, ring_of

MASKED: Final = "/v1/calls/masked/{line:int(min=1)}"
THROUGH: Final = "masked"
_LIMIT_BYTES: Final = 16 * 1024
_MOST_LINE: Final = 2**63 - 1


class Used(msgspec.Struct, frozen=True):
    """A call through a masked number (developer.exotel.com/api/events-call-backs)."""

    connection_id: uuid.UUID
    call_sid: str
    from_: str = msgspec.field(name="from", default="")
    dial_call_status: str | None = None


_used = msgspec.json.Decoder(Used)


class MaskedCalls:
    """POST /v1/calls/masked/{line}"""

    def on_post(self, req: Request, resp: Response, line: int) -> None:
        """Note a call. What is known of no number here is taken, and let go."""
        found = lines.live(min(line, _MOST_LINE))
        secret = lines.secret_of(found, Use.BRIDGE)
        if found.provider != Provider.EXOTEL or not exotel.is_genuine(secret, req.auth or ""):
            raise RefusedError(NOT_PROVED)
        used = decode_body(req, _used, _LIMIT_BYTES)
        mask = Mask.objects.filter(pk=used.connection_id, line=found).exclude(number="").first()
        if mask is not None:
            ring = ring_of(used.call_sid, used.from_, mask.number, None)
            if isinstance(ring, Ring):
                _note(found, mask, ring, used.dial_call_status, req.context.now)
        resp.data = b"{}"


def _note(line: Line, mask: Mask, ring: Ring, status: str | None, now: datetime) -> None:
    contact = using.by_pin(mask.brand_id, mask.number, mask.pin)
    if contact is None or contact.kind != ContactKind.PHONE:
        return
    if hearing.hear(line, ring, now) is not Hearing.FIRST:
        return
    is_back = bool(ring.caller) and reaching.is_customer(contact, ring.caller)
    outcome = Outcome.CONNECTED if status == "completed" else Outcome.NOBODY
    if outcome is Outcome.NOBODY and not using.is_live(contact, now):
        outcome = Outcome.ENDED
    way = Way.TO_PARTNER if is_back else Way.TO_CUSTOMER
    using.note(contact, way, outcome, now=now, through=THROUGH)
    hearing.settle(line, ring, allowed=True)


ROUTES = ((MASKED, MaskedCalls()),)
OPERATIONS = (
    Operation(
        "post",
        MASKED,
        "Exotel tells of a call through a masked number. HTTP Basic.",
        "calls",
        request=Used,
        needs_credential=False,
        problems=(400, 401, 404, 413, 422),
    ),
)
