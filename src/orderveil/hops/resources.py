"""The machine door of all eleven hops: ask for views, report what happened to a parcel."""

from collections import Counter
from datetime import datetime
from typing import Annotated

import msgspec
from falcon import Request, Response

from orderveil.core.attempts import AttemptReason
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.operations import Operation
from orderveil.core.states import ParcelState
from orderveil.gate import beyond, parcels, refusals
from orderveil.gate.asking import Caller, open_ref
from orderveil.gate.beyond import Asked
from orderveil.gate.bulk import MOST_ORDERS, Answer, disclose_many
from orderveil.gate.compose import View
from orderveil.gate.disclose import disclose
from orderveil.hops.bodies import SMALL_LIMIT_BYTES, decode_body
from orderveil.partners import refused
from orderveil.partners.models import Partner

Ref = Annotated[str, msgspec.Meta(max_length=40, description="a ref of yours, or of a parcel")]


class ViewsRequest(msgspec.Struct, frozen=True):
    """Up to 1,000 refs to ask for at once."""

    refs: Annotated[list[Ref], msgspec.Meta(min_length=1, max_length=MOST_ORDERS)]


class ViewsAnswer(msgspec.Struct, frozen=True):
    """An answer per ref, in the order they were asked: a view, or why not."""

    answers: list[Answer]


Code = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A short text without control characters: PostgreSQL stores no NUL."""


class Assign(msgspec.Struct, frozen=True):
    """Who takes the parcel for a hop."""

    hop: Hop
    partner: Code


class EventRequest(msgspec.Struct, frozen=True):
    """What happened to a parcel: exactly one of `state`, `assign`, `open_return`.

    `reason` goes with the state `undelivered`: why the attempt failed; without it, `other`.
    """

    state: ParcelState | None = None
    reason: AttemptReason | None = None
    carrier: Code | None = None
    awb: Code | None = None
    assign: Assign | None = None
    open_return: bool = False


class EventAnswer(msgspec.Struct, frozen=True):
    """Where the parcel is now."""

    ref: str
    state: ParcelState | None = None
    changed: bool = True


_views_decoder = msgspec.json.Decoder(ViewsRequest)
_event_decoder = msgspec.json.Decoder(EventRequest)
_encoder = msgspec.json.Encoder()


def caller_for(req: Request, hop: str) -> Caller:
    """The request's caller, if its credential is for this hop; raises `RefusedError`."""
    caller: Caller = req.context.caller
    if caller.hop != hop:
        raise RefusedError(
            Problem(
                code="wrong_hop",
                detail="This credential is for another hop.",
                remedy=f"It may ask at /v1/hops/{caller.hop}/.",
                rule="a credential is scoped to brand, hop and partner",
                status=403,
            )
        )
    return caller


class OrderView:
    """GET /v1/hops/{hop}/orders/{ref}"""

    def on_get(self, req: Request, resp: Response, hop: str, ref: str) -> None:
        """One order, as the caller's hop may see it."""
        caller = caller_for(req, hop)
        place = open_ref(caller, ref)
        now = req.context.now
        view = disclose(caller, *place, now=now) if place else refusals.UNKNOWN
        if isinstance(view, Problem):
            beyond.note(caller, [Asked(ref, place, view)], now)
            raise RefusedError(view)
        resp.data = _encoder.encode(view)


class OrderViews:
    """POST /v1/hops/{hop}/views"""

    def on_post(self, req: Request, resp: Response, hop: str) -> None:
        """Up to 1,000 orders; what can't be shown says why, the rest is shown."""
        caller = caller_for(req, hop)
        asked = decode_body(req, _views_decoder, SMALL_LIMIT_BYTES)
        answers: dict[int, Answer] = {}
        wanted = []
        seen: set[str] = set()
        for at, ref in enumerate(asked.refs):
            found = open_ref(caller, ref)
            if found is None:
                answers[at] = Answer(ref, problem=refusals.UNKNOWN)
            elif ref.upper() in seen:
                answers[at] = Answer(ref, problem=refusals.ASKED_TWICE)
            else:
                seen.add(ref.upper())
                wanted.append((at, (ref, *found)))
        shown = disclose_many(caller, [ask for _, ask in wanted], now=req.context.now)
        if isinstance(shown, Problem):
            raise RefusedError(shown)
        answers |= {at: answer for (at, _), answer in zip(wanted, shown, strict=True)}
        problems = {each.ref: each.problem for each in answers.values() if each.problem}
        strange = [Asked(ref, open_ref(caller, ref), why) for ref, why in problems.items()]
        beyond.note(caller, strange, req.context.now)
        resp.context.refused = Counter(
            each.code
            for each in (answer.problem for answer in answers.values())
            if each is not None and each.status in refused.STATUSES
        )
        resp.data = _encoder.encode(ViewsAnswer([answers[at] for at in range(len(asked.refs))]))


class OrderEvents:
    """POST /v1/orders/{ref}/events"""

    def on_post(self, req: Request, resp: Response, ref: str) -> None:
        """Move a parcel, assign it, or open a return, under the transitions table."""
        caller: Caller = req.context.caller
        event = decode_body(req, _event_decoder, SMALL_LIMIT_BYTES)
        told = [event.state is not None, event.assign is not None, event.open_return]
        if sum(told) != 1:
            raise RefusedError(_ONE_THING)
        if event.reason is not None and event.state is None:
            raise RefusedError(parcels.NO_ATTEMPT)
        place = open_ref(caller, ref)
        now = req.context.now
        answer = _apply(caller, event, *place, ref, now) if place else refusals.UNKNOWN
        if isinstance(answer, Problem):
            beyond.note(caller, [Asked(ref, place, answer)], now)
            raise RefusedError(answer)
        resp.data = _encoder.encode(answer)


def _apply(
    caller: Caller,
    event: EventRequest,
    order_id: bytes,
    parcel_no: int | None,
    ref: str,
    now: datetime,
) -> EventAnswer | Problem:
    order_ref = ref.partition("-")[0]
    if event.assign is not None:
        hop = event.assign.hop
        partner = Partner.objects.filter(
            brand_id=caller.brand_id, slug=event.assign.partner, hops__contains=[hop]
        ).first()
        if partner is None:
            return _NO_SUCH_PARTNER
        problem = parcels.assign(
            caller, caller.brand_id, order_id, parcel_no, hop, partner.pk, now=now
        )
        return problem or EventAnswer(f"{order_ref}-{parcel_no or parcels.FIRST_PARCEL}")
    if event.open_return:
        moved = parcels.open_reverse(caller, order_id, parcel_no, now=now)
    else:
        assert event.state is not None  # noqa: S101 - told above
        moved = parcels.move(
            caller,
            order_id,
            parcel_no,
            event.state,
            now=now,
            carrier=event.carrier,
            awb=event.awb,
            reason=event.reason,
        )
    if isinstance(moved, Problem):
        return moved
    return EventAnswer(f"{order_ref}-{moved.parcel_no}", moved.state, moved.changed)


_ONE_THING = Problem(
    code="one_thing_at_a_time",
    detail="An event has exactly one of `state`, `assign` and `open_return`.",
    remedy="Send one of them.",
    rule="api: the schema of the request",
)

_NO_SUCH_PARTNER = Problem(
    code="no_such_partner",
    detail="The brand has no partner of that name on that hop.",
    remedy="Names are exact; the brand sees them in `orderveil partner list`.",
    pointer="/assign/partner",
    rule="a parcel is assigned to a partner that runs the hop",
)

ROUTES = (
    ("/v1/hops/{hop}/orders/{ref}", OrderView()),
    ("/v1/hops/{hop}/views", OrderViews()),
    ("/v1/orders/{ref}/events", OrderEvents()),
)

OPERATIONS = (
    Operation(
        "get",
        "/v1/hops/{hop}/orders/{ref}",
        "One order, as your hop may see it. Recorded before it is opened.",
        "views",
        response=View,
        checks_law=True,
        problems=(401, 403, 404, 410, 429),
    ),
    Operation(
        "post",
        "/v1/hops/{hop}/views",
        "Up to 1,000 orders at once; each answer is a view or the reason why not.",
        "views",
        request=ViewsRequest,
        response=ViewsAnswer,
        checks_law=True,
        problems=(401, 403, 413, 422, 429),
    ),
    Operation(
        "post",
        "/v1/orders/{ref}/events",
        "Move a parcel to a state, assign it to a partner, or open a return.",
        "events",
        request=EventRequest,
        response=EventAnswer,
        idempotency_key=True,
        problems=(401, 403, 404, 409, 422),
    ),
)
