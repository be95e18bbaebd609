"""Stock events: what an order keeps, lets go, and takes with it, told to the inventory system.

Rules kept here:
- an order is compared with what was told of it, whatever event it was that woke us: repeated and
  reordered events tell nothing twice, and an edit tells exactly the difference;
- a warehouse that changes lets go of everything in the old one and keeps it in the new;
- what has been shipped is told once, when the last parcel that is not cancelled has left, and
  nothing is told of the order after that;
- an order that was admitted before anybody subscribed is not told of: its stock is known already;
- what leaves is sku, quantity, warehouse and ref, and only while the policy shows items to the
  hop: decided, and recorded, at each sending.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate import law as laws
from orderveil.gate.compose import View
from orderveil.gate.stock import OrderStock, stock_of
from orderveil.hops.ims.models import Movement, Reservation
from orderveil.outbox import subscriptions
from orderveil.outbox.events import Event, EventKind, emit
from orderveil.partners import assignments

TOLD = frozenset({EventKind.STOCK_RESERVE, EventKind.STOCK_RELEASE, EventKind.STOCK_SHIP})
WAKES = frozenset(
    {
        *(EventKind.ORDER_ADMITTED, EventKind.ORDER_UPDATED, EventKind.ORDER_CANCELLED),
        *(EventKind.PARCEL_CREATED, EventKind.PARCEL_ASSIGNED, EventKind.PARCEL_UNASSIGNED),
        *(EventKind.PARCEL_STATE_CHANGED, EventKind.PARCEL_PACKED, EventKind.PARCEL_SHIPPED),
        EventKind.PARCEL_DELIVERED,
    }
)
"""After these an order may need other stock than was told of it."""

_PENDING = frozenset({ParcelState.PLACED, ParcelState.PACKED})
_LEFT, _CANCELLED, _WAITS = "left", "cancelled", "waits"

Lines = Mapping[str, int]
_NOTHING: Lines = MappingProxyType({})


class StockLine(msgspec.Struct, frozen=True):
    """All that an inventory system is told: so many of this, there, for that."""

    sku: str
    quantity: int
    warehouse: str | None
    ref: str


def follow(event: Event, now: datetime) -> None:
    """Tell what has changed about an order's stock, in the event's transaction."""
    if event.order_id is None:
        return
    since = subscriptions.told_since(event.brand_id, Hop.IMS, TOLD)
    if since is None or not _is_followed(event, since):
        return
    Reservation.objects.get_or_create(order_id=event.order_id, brand_id=event.brand_id)
    # Who works on the same order at once waits here, and then sees what is true by then.
    held = Reservation.objects.select_for_update().get(order_id=event.order_id)
    order = stock_of(event.brand_id, event.order_id)
    if order is None or held.shipped_at is not None:
        return
    _learn(held, event)
    _settle(held, order, now)
    held.save()


def _is_followed(event: Event, since: datetime) -> bool:
    if Reservation.objects.filter(order_id=event.order_id).exists():
        return True
    assert event.order_id is not None  # noqa: S101 - asked above
    order = stock_of(event.brand_id, event.order_id)
    return order is not None and order.admitted_at >= since


def _learn(held: Reservation, event: Event) -> None:
    """Keep how a parcel ended: once it is closed, its state no longer says."""
    state = event.detail.get("state")
    if event.parcel_no is None or not isinstance(state, str):
        return
    if state == ParcelState.CANCELLED:
        held.ends[str(event.parcel_no)] = _CANCELLED
    elif state != ParcelState.CLOSED and ParcelState(state) not in _PENDING:
        held.ends[str(event.parcel_no)] = _LEFT


def _settle(held: Reservation, order: OrderStock, now: datetime) -> None:
    ends = {_end(number, state, held, order) for number, state in order.parcels.items()}
    if _WAITS not in ends and _LEFT in ends:
        # What was edited, or never told, before it left: told first.
        _adjust(held, order.lines, held.warehouse_id or _warehouse(held, order), now)
        _move(held, EventKind.STOCK_SHIP, held.lines, now)
        held.shipped_at = now
        return
    wanted = order.lines if _WAITS in ends or not ends else _NOTHING
    if order.is_cancelled and _LEFT not in ends:
        wanted = _NOTHING
    _adjust(held, wanted, _warehouse(held, order), now)


def _end(number: int, state: ParcelState, held: Reservation, order: OrderStock) -> str:
    if state == ParcelState.CANCELLED:
        return _CANCELLED
    if state in _PENDING:
        return _WAITS
    if state != ParcelState.CLOSED:
        return _LEFT
    return str(held.ends.get(str(number), _CANCELLED if order.is_cancelled else _WAITS))


def _adjust(held: Reservation, wanted: Lines, warehouse: int | None, now: datetime) -> None:
    if wanted and held.warehouse_id != warehouse:
        _move(held, EventKind.STOCK_RELEASE, held.lines, now)
        held.lines, held.warehouse_id = {}, warehouse
    freed, taken = _difference(held.lines, wanted), _difference(wanted, held.lines)
    _move(held, EventKind.STOCK_RELEASE, freed, now)
    _move(held, EventKind.STOCK_RESERVE, taken, now)
    if freed and not wanted:
        held.released_at = now
    held.lines = dict(wanted)


def _difference(more: Lines, less: Lines) -> dict[str, int]:
    """What `more` has beyond `less`."""
    both = {sku: quantity - less.get(sku, 0) for sku, quantity in more.items()}
    return {sku: quantity for sku, quantity in both.items() if quantity > 0}


def _move(held: Reservation, kind: EventKind, lines: Lines, now: datetime) -> None:
    """Queue a telling, if there is anything to tell."""
    if not lines:
        return
    made = Movement.objects.create(
        brand_id=held.brand_id,
        order_id=held.order_id,
        lines=dict(lines),
        warehouse_id=held.warehouse_id,
        at=now,
    )
    order_id = bytes(held.order_id)
    emit(held.brand_id, kind, now=now, order_id=order_id, detail={"movement": made.pk})


def _warehouse(held: Reservation, order: OrderStock) -> int | None:
    """Who packs the first parcel that anybody packs."""
    order_id = bytes(held.order_id)
    found = (assignments.assignee(order_id, number, Hop.WMS) for number in sorted(order.parcels))
    return next((each for each in found if each is not None), None)


def body_of(event: Event, view: View) -> list[StockLine] | Problem:
    """The lines of a stock event, for a view that was just recorded; or why not."""
    if Field.ITEMS not in view.fields:
        return ITEMS_WITHHELD
    found = Movement.objects.filter(pk=event.detail.get("movement") or 0, brand_id=event.brand_id)
    made = found.filter(order_id=event.order_id).first()
    if made is None:
        return _FORGOTTEN
    partner = _partners(event.brand_id).get(made.warehouse_id)
    warehouse = partner.slug if partner is not None else None
    return [
        StockLine(sku, quantity, warehouse, view.ref)
        for sku, quantity in sorted(made.lines.items())
    ]


def _partners(brand_id: int) -> Mapping[Any, Any]:
    return laws.law_of(brand_id).partners


ITEMS_WITHHELD = Problem(
    code="items_withheld",
    detail="The policy shows this hop no items, so it is told of no stock.",
    remedy="Give ims.items the form `stock` in the policy.",
    rule="policy: what a hop is told is what it may see",
    status=403,
)
_FORGOTTEN = Problem(
    code="movement_forgotten",
    detail="What this event was to tell is no longer known.",
    remedy="Compare the stock of this order by hand.",
    rule="outbox: what is told is kept for sixty days",
    status=410,
)
