"""The journey: event -> the hops that answer it, as ONE table; and who is told.

Rules kept here:
- a handler takes one event, writes in the event's own transaction, and emits the next events; it
  never calls a sibling;
- a hop's system is told by a signed webhook that carries only its own view, composed at each
  sending through the gate: what it may see is decided then, not when the event happened.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop, Reach
from orderveil.gate import ending, parcels, refusals
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller, partner_refs
from orderveil.gate.compose import View
from orderveil.gate.disclose import disclose
from orderveil.gate.erase import recipients_of
from orderveil.hops.calls.masking import queue as masks
from orderveil.hops.courier import queueing
from orderveil.hops.ims import stock
from orderveil.hops.label import press
from orderveil.hops.printing import presses
from orderveil.hops.printing.kinds import Kind
from orderveil.hops.retention import clock, telling
from orderveil.hops.wms import slips, waves
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.deliveries import Delivery
from orderveil.outbox.events import Event, EventKind
from orderveil.outbox.pump import fan_out
from orderveil.outbox.subscriptions import Subscription
from orderveil.partners import assignments

TAKEN_ON_BY: Mapping[EventKind, tuple[Hop, ...]] = MappingProxyType(
    {
        EventKind.ORDER_ADMITTED: (Hop.WMS,),
        EventKind.PARCEL_CREATED: (Hop.WMS,),
        EventKind.PARCEL_PACKED: (Hop.LABEL, Hop.COURIER),
        EventKind.PARCEL_OPENED: (Hop.COURIER,),
    }
)
"""Which hops take a parcel on when this happens: their default partner is assigned."""

FOLLOWERS: tuple[tuple[frozenset[EventKind], Callable[[Event, datetime], None]], ...] = (
    (stock.WAKES, stock.follow),
    (clock.WAKES, clock.follow),
    (masks.WAKES, masks.follow),
    (queueing.WAKES, queueing.follow),
    (ending.WAKES, ending.follow),
)
"""Who looks again at the order when this happens, after it was taken on."""

HEARD_BY: Mapping[EventKind, Hop] = MappingProxyType(dict.fromkeys(sorted(stock.TOLD), Hop.IMS))
"""What only one hop is told, whoever subscribes to it."""

PRESSES: Mapping[Kind, presses.Press] = MappingProxyType(
    {Kind.LABEL: press.PRESS, Kind.SLIP: slips.PRESS}
)
"""Which hop draws which sheet."""
presses.fill(PRESSES)

WITHOUT_VIEW = frozenset({EventKind.ORDER_ERASED, EventKind.PRIVACY_REQUESTED})
WITH_DETAIL = frozenset({EventKind.PARCEL_REATTEMPT, EventKind.PARCEL_RETURN_ASKED})
"""What is asked of the courier stands beside its view: ids, codes and dates."""


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a webhook (Standard Webhooks: type, timestamp, data)."""

    type: EventKind
    timestamp: datetime
    data: View | dict[str, Any] | list[stock.StockLine]
    detail: dict[str, Any] | None = None
    """For kinds that ask for something: `attempt`, `answer`, and `on`, a day, if one was named."""


_encoder = msgspec.json.Encoder()


def handle(event: Event) -> None:
    """Answer one event: assign what is to be taken on, and queue what is to be told."""
    now = utc_now()
    for hop in TAKEN_ON_BY.get(event.kind, ()):
        _take_on(event, hop, now)
    for wakes, follow in FOLLOWERS:
        if event.kind in wakes:
            follow(event, now)
    if event.kind == EventKind.ORDER_ERASED and event.order_id is not None:
        waves.forget_order(event.order_id, now=now)
    fan_out(event, now, wanted=lambda subscription: _concerns(subscription, event))


def _take_on(event: Event, hop: Hop, now: datetime) -> None:
    partner = assignments.default_partner(event.brand_id, hop)
    if partner is None or event.order_id is None:
        return
    number = event.parcel_no or parcels.FIRST_PARCEL
    if assignments.assignee(event.order_id, number, hop) is None:
        parcels.assign(None, event.brand_id, event.order_id, number, hop, partner.pk, now=now)


def _concerns(subscription: Subscription, event: Event) -> bool:
    """A partner with reach `assigned` hears only of its own parcels, and what to purge."""
    if HEARD_BY.get(event.kind, subscription.hop) != subscription.hop:
        return False
    if event.kind == EventKind.PURGE_REQUESTED:
        return telling.concerns(subscription, event)
    law = laws.current(laws.law_of(event.brand_id))
    if event.order_id is None or law.policies.table.rows[subscription.hop].reach == Reach.ALL:
        return True
    if event.kind == EventKind.ORDER_ERASED:
        told = recipients_of([event.order_id]).get(event.order_id, ())
        return subscription.partner_id in told
    of = assignments.handled_by(event.order_id, event.parcel_no, subscription.hop)
    return subscription.partner_id in of


def compose(delivery: Delivery, subscription: Subscription) -> bytes | Problem:
    """The body for one sending: the subscriber's view as of now, recorded; or why not."""
    event, now = delivery.event, utc_now()
    if event.order_id is None:
        return _of_no_order(event, subscription, now)
    law = laws.current(laws.law_of(subscription.brand_id))
    partner = law.partners.get(subscription.partner_id)
    if partner is None:
        return refusals.UNKNOWN
    if event.kind in WITHOUT_VIEW:
        ref = partner_refs(law, partner).make(event.order_id, event.parcel_no)
        return _encoder.encode(Told(event.kind, now, {"ref": ref}))
    caller = Caller(
        subscription.brand_id,
        subscription.partner_id,
        subscription.hop,
        reason=f"told:{event.kind}",
    )
    view = disclose(caller, event.order_id, event.parcel_no, now=now)
    if isinstance(view, Problem):
        return view
    if event.kind in HEARD_BY:
        return _stock(event, now, view)
    detail = dict(event.detail) if event.kind in WITH_DETAIL else None
    return _encoder.encode(Told(event.kind, now, view, detail))


def _of_no_order(event: Event, subscription: Subscription, now: datetime) -> bytes | Problem:
    if event.kind == EventKind.PURGE_REQUESTED:
        return telling.body_of(event, subscription, now)
    return _encoder.encode(Told(event.kind, now, dict(event.detail)))


def _stock(event: Event, now: datetime, view: View) -> bytes | Problem:
    lines = stock.body_of(event, view)
    return lines if isinstance(lines, Problem) else _encoder.encode(Told(event.kind, now, lines))


def on_revoked(subscription: Subscription) -> None:
    """A receiver answered 410 Gone: its subscription ended by its own word."""
    record(
        subscription.brand_id,
        ActKind.SUBSCRIPTION_REVOKED,
        now=utc_now(),
        who=Who(partner=subscription.partner_id),
        subject=f"subscription:{subscription.subscription_id}",
    )
