"""Click to call: an agent's telephone rings, then the customer's; neither sees a number.

Rules kept here:
- who asks may see the order, within their budget, with standing and a reason: the gate decides
  and records, the person's or system's asking and what the provider got;
- first the connection, then the disclosure, then the request: what can't be sent is not disclosed;
- a call is written down before it is asked for, and is never asked for twice: an answer that did
  not come is an unknown outcome, said as such;
- a request that comes twice finds its call; a telephone that was rung a moment ago isn't again.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.gate import parcels, reaching
from orderveil.gate.asking import Caller
from orderveil.hops.calls import agents, hearing, lines
from orderveil.hops.calls.lines import Use
from orderveil.hops.calls.models import Agent, Call, Line
from orderveil.hops.calls.placing import exotel, twilio
from orderveil.hops.calls.placing.speech import FINAL, Asked, CallStatus, Wanted
from orderveil.hops.calls.speech import Provider, is_number
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.egress import Egress, EgressError
from orderveil.outbox.egress import Line as Wire

STATUS_PATH: Final = "/v1/calls/status"
BUSY: Final = timedelta(seconds=30)
"""For so long a telephone that was rung is not rung again."""
LOST_AFTER: Final = timedelta(minutes=5)
"""A call that is still only asked for belonged to a process that died."""
_ANSWER_BYTES: Final = 64 * 1024
_ASKED: Final[dict[str, Callable[[str, Wanted], Asked]]] = {
    Provider.EXOTEL: exotel.asked,
    Provider.TWILIO: twilio.asked,
}
_ANSWERED: Final[dict[str, Callable[[int, bytes], CallStatus]]] = {
    Provider.EXOTEL: exotel.answered,
    Provider.TWILIO: twilio.answered,
}


def once_of(*parts: str) -> bytes:
    """What makes a request the same as another."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).digest()


def place(
    caller: Caller,
    order_id: bytes,
    parcel_no: int | None,
    agent: Agent,
    *,
    once: bytes,
    now: datetime,
    egress: Egress | None = None,
) -> Call:
    """The call, rung or known already. Raises `RefusedError`, and then nobody was rung."""
    line = lines.placing(caller.brand_id)
    if line is None:
        raise RefusedError(NOT_SET_UP)
    known = Call.objects.filter(once=once).first()
    if known is not None:
        return known
    number = parcel_no or parcels.FIRST_PARCEL
    call, is_new = _written(caller, order_id, number, agent, line, once, now)
    if not is_new:
        return call
    way_out = egress or Egress(private=settings.WEBHOOK_PRIVATE)
    try:
        with way_out.dial(line.api_url) as wire:
            return _rung(caller, call, parcel_no, wire, now)
    except EgressError:
        _drop(call)
        raise RefusedError(UNREACHED) from None
    except RefusedError:
        _drop(call)
        raise


def _written(
    caller: Caller,
    order_id: bytes,
    parcel_no: int,
    agent: Agent,
    line: Line,
    once: bytes,
    now: datetime,
) -> tuple[Call, bool]:
    """The row that stands for the call, and whether it is new."""
    with transaction.atomic():
        # Two at once wait for each other here, and the second finds the first.
        Agent.objects.select_for_update().get(pk=agent.pk)
        known = Call.objects.filter(once=once).first()
        if known is not None:
            return known, False
        rung = Call.objects.filter(agent=agent, asked_at__gt=now - BUSY, settled_at=None)
        if rung.exists():
            raise RefusedError(ALREADY)
        made = Call.objects.create(
            brand_id=caller.brand_id,
            order_id=order_id,
            parcel_no=parcel_no,
            partner_id=caller.partner_id,
            person=caller.person or "",
            agent=agent,
            line=line,
            status=CallStatus.ASKED,
            once=once,
            asked_at=now,
        )
        return made, True


def _rung(caller: Caller, call: Call, parcel_no: int | None, wire: Wire, now: datetime) -> Call:
    line, order = call.line, bytes(call.order_id)
    reached = reaching.reach_for(
        caller, order, parcel_no, Field.PHONE, through=line.partner_id, now=now
    )
    if isinstance(reached, Problem):
        raise RefusedError(reached)
    if not is_number(reached.value):
        raise RefusedError(reaching.NOBODY)
    wanted = Wanted(agents.number(call.agent), reached.value, line.shown, told_at(call))
    asked = _ASKED[line.provider](line.account, wanted)
    try:
        reply = wire.ask(
            *("POST", asked.body, _headers(line)), most_bytes=_ANSWER_BYTES, path=asked.path
        )
        status = _ANSWERED[line.provider](reply.status, reply.body)
    except EgressError:
        status = CallStatus.UNKNOWN
    _answered(call, status, parcels.who(caller), now)
    return call


def _headers(line: Line) -> dict[str, str]:
    pair = base64.b64encode(lines.secret_of(line, Use.PLACES)).decode()
    form = "application/x-www-form-urlencoded"
    return {"Authorization": f"Basic {pair}", "Content-Type": form, "Accept": "application/json"}


@transaction.atomic
def _answered(call: Call, status: CallStatus, who: Who, now: datetime) -> None:
    """What the provider said of the request; it may have told how the call went before that."""
    row = Call.objects.select_for_update().get(pk=call.pk)
    if row.status == CallStatus.ASKED:
        row.status = status
        row.settled_at = now if status in FINAL else None
        row.save(update_fields=["status", "settled_at"])
    call.status, call.settled_at = row.status, row.settled_at
    _note(row, ActKind.CALL_PLACED, status, who, now)


def told_at(call: Call) -> str:
    """Where the provider tells how this call went. The last part proves that it was asked to."""
    return f"{settings.URL}{STATUS_PATH}/{call.pk.hex}/{proof(call)}"


def proof(call: Call) -> str:
    """32 hexadecimal digits, of this call alone."""
    return hearing.digest(call.brand_id, "told", call.pk.hex).hex()


@transaction.atomic
def settle(call: Call, status: CallStatus, *, now: datetime) -> None:
    """How the call went, as its provider told; once, however often and in whichever order."""
    row = Call.objects.select_for_update().get(pk=call.pk)
    if row.status in FINAL or row.status == status:
        return
    row.status, row.settled_at = status, now
    row.save(update_fields=["status", "settled_at"])
    _note(row, ActKind.CALL_SETTLED, status, Who(system="telephony"), now)


def sweep(now: datetime) -> int:
    """Calls whose process died while it asked: their outcome is unknown, and said so."""
    lost = Call.objects.filter(status=CallStatus.ASKED, asked_at__lt=now - LOST_AFTER)
    done = 0
    for call in lost[:100]:
        settle(call, CallStatus.UNKNOWN, now=now)
        done += 1
    return done


def _drop(call: Call) -> None:
    """Nothing was sent: whoever asked may ask again."""
    Call.objects.filter(pk=call.pk, status=CallStatus.ASKED).delete()


def _note(call: Call, kind: ActKind, outcome: CallStatus, who: Who, now: datetime) -> None:
    detail: dict[str, Any] = {
        "call": call.pk.hex,
        "parcel": call.parcel_no,
        "agent": call.agent_id,
        "line": call.line_id,
        "outcome": outcome.value,
    }
    record(call.brand_id, kind, now=now, who=who, order_id=bytes(call.order_id), detail=detail)


_RULE: Final = "calls: nobody is rung twice for one request"
NOT_SET_UP = Problem(
    code="calls_not_set_up",
    detail="No provider is set up to place this brand's calls.",
    remedy="Set one up: `orderveil calls line add`.",
    rule="calls: a call is placed by a provider of the brand's",
    status=409,
)
ALREADY = Problem(
    code="already_ringing",
    detail="This telephone was rung a moment ago.",
    remedy=f"Wait {int(BUSY.total_seconds())} seconds, or take another telephone.",
    rule=_RULE,
    status=409,
)
UNREACHED = Problem(
    code="telephony_unreachable",
    detail="The telephony provider can't be reached; nobody was rung, and nothing was sent.",
    remedy="Try again in a moment.",
    rule=_RULE,
    status=502,
)
