"""What the webhook `purge.requested` says: a request, its parcels by the partner's refs, dates."""

from datetime import datetime

import msgspec

from orderveil.core.errors import Problem
from orderveil.gate import law as laws
from orderveil.gate import refusals
from orderveil.gate.asking import partner_refs
from orderveil.hops.retention.asking import open_items
from orderveil.hops.retention.models import Purge, Request
from orderveil.outbox.events import Event, EventKind
from orderveil.outbox.subscriptions import Subscription


class Item(msgspec.Struct, frozen=True):
    """A parcel to delete. `since`: when the partner's work on it was over."""

    ref: str
    why: str
    since: datetime
    due_at: datetime


class Asked(msgspec.Struct, frozen=True):
    """One request; `reminder` counts from 1, 0 is the request itself."""

    request: str
    due_at: datetime
    reminder: int
    items: list[Item]


class Told(msgspec.Struct, frozen=True):
    """The body of the webhook (Standard Webhooks: type, timestamp, data)."""

    type: EventKind
    timestamp: datetime
    data: Asked


_encoder = msgspec.json.Encoder()


def concerns(subscription: Subscription, event: Event) -> bool:
    """Is it this partner that is asked?"""
    return subscription.partner_id == event.detail.get("partner")


def body_of(event: Event, subscription: Subscription, now: datetime) -> bytes | Problem:
    """The body of one sending: what is still open, by the refs that the partner knows today."""
    found = Request.objects.filter(
        name=event.detail.get("request"),
        brand_id=subscription.brand_id,
        partner_id=subscription.partner_id,
    ).first()
    if found is None:
        return refusals.UNKNOWN
    purges = open_items(found)
    if not purges:
        return CONFIRMED
    asked = Asked(found.name, found.due_at, reminder_of(event), items_of(found, purges))
    return _encoder.encode(Told(event.kind, now, asked))


def reminder_of(event: Event) -> int:
    """Which reminder the event is of; 0: none."""
    number = event.detail.get("reminder")
    return number if isinstance(number, int) else 0


def items_of(request: Request, purges: list[Purge]) -> list[Item]:
    """The parcels of a request, as its partner knows them."""
    law = laws.law_of(request.brand_id)
    partner = law.partners.get(request.partner_id)
    if partner is None:
        law = laws.reload(request.brand_id)
        partner = law.partners[request.partner_id]
    make = partner_refs(law, partner).make
    return [
        Item(make(bytes(each.order_id), each.parcel_no), each.why, each.started_at, each.due_at)
        for each in purges
    ]


CONFIRMED = Problem(
    code="purge_confirmed",
    detail="Everything in this request has been confirmed.",
    remedy="Nothing is left to do.",
    rule="purges: a request is over when its last parcel is confirmed",
    status=410,
)
