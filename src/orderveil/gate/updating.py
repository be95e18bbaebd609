"""A later delivery of a known order: what it may change.

Rules kept here:
- an erased order stays erased: the delivery is counted and stores nothing;
- an older source `updated_at` changes nothing; null or absent never overwrites;
- a purged compartment is never refilled, and one that a person corrected is left alone: the
  shop's copy is older than the correction, whatever its date;
- a cancellation never reverts;
- a change re-seals the order under a new data key: the old key's row is deleted, a new one
  inserted, and no key row is ever updated.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from django.db import connection

from orderveil.core.fields import Compartment
from orderveil.core.orders import Facts, OrderDraft
from orderveil.core.sealing import purged_bit
from orderveil.core.states import ParcelState
from orderveil.gate.prepare import (
    normalised,
    with_region,
)
from orderveil.gate.resealing import fence, locked, opened, reseal
from orderveil.gate.shop_parcels import merge_parcels
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.events import EventKind, emit


class Effect(StrEnum):
    """What a later delivery did."""

    CHANGED = "changed"
    NOTHING = "nothing"
    ERASED = "erased"


def update_order(
    brand_id: int, order_id: bytes, draft: OrderDraft, *, now: datetime, who: Who
) -> Effect:
    """Apply a later delivery, in the caller's transaction."""
    row = locked(brand_id, order_id)
    if row is None or row["erased_at"] is not None:
        return Effect.ERASED
    if _is_older(row["source_updated_at"], draft.updated_at):
        return Effect.NOTHING
    changed = _merge_values(brand_id, order_id, row, draft)
    changed |= _merge_facts(order_id, row, draft)
    is_cancelled = row["cancelled_at"] is not None
    moved = merge_parcels(
        brand_id, order_id, draft.parcels, now, who=who, is_cancelled=is_cancelled
    )
    cancelled = draft.cancelled and not is_cancelled
    if cancelled:
        _cancel(order_id, now)
    if changed or moved or cancelled:
        kind = ActKind.ORDER_CANCELLED if cancelled else ActKind.ORDER_UPDATED
        record(brand_id, kind, now=now, who=who, order_id=order_id)
        event = EventKind.ORDER_CANCELLED if cancelled else EventKind.ORDER_UPDATED
        emit(brand_id, event, now=now, order_id=order_id)
        return Effect.CHANGED
    return Effect.NOTHING


def _is_older(known: datetime | None, arrived: datetime | None) -> bool:
    return known is not None and arrived is not None and arrived < known


def _merge_values(
    brand_id: int, order_id: bytes, row: Mapping[str, Any], draft: OrderDraft
) -> bool:
    before = opened(brand_id, order_id, row)
    after = {name: dict(group) for name, group in before.items()}
    closed = row["purged"] | row["corrected"]
    for name, group in normalised(draft.personal).items():
        if not closed & purged_bit(name):
            after.setdefault(name, {}).update(group)
    if after == before:
        return False
    reseal(brand_id, order_id, row, after, row["purged"])
    return True


def _merge_facts(order_id: bytes, row: Mapping[str, Any], draft: OrderDraft) -> bool:
    before = msgspec.json.decode(row["facts"], type=Facts) if row["facts"] else Facts()
    fresh = with_region(draft.facts, normalised(draft.personal))
    if row["corrected"] & purged_bit(Compartment.ADDRESS):
        fresh = msgspec.structs.replace(fresh, region=None)
    told = {name: value for name in Facts.__struct_fields__ if (value := getattr(fresh, name))}
    after = msgspec.structs.replace(before, **told)
    number = draft.order_number or row["order_number"]
    placed = draft.placed_at or row["placed_at"]
    updated = draft.updated_at or row["source_updated_at"]
    if (after, number, placed) == (before, row["order_number"], row["placed_at"]):
        if updated != row["source_updated_at"]:
            _stamp(order_id, updated)
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_order SET facts = %s::jsonb, order_number = %s, placed_at = %s,"
            " source_updated_at = %s WHERE order_id = %s",
            [msgspec.json.encode(after).decode(), number, placed, updated, order_id],
        )
    return True


def _stamp(order_id: bytes, updated: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_order SET source_updated_at = %s WHERE order_id = %s",
            [updated, order_id],
        )


def _cancel(order_id: bytes, now: datetime) -> None:
    with connection.cursor() as cursor:
        fence(cursor, order_id)
        cursor.execute(
            "UPDATE vault_order SET cancelled_at = %s WHERE order_id = %s", [now, order_id]
        )
        cursor.execute(
            "UPDATE vault_parcel SET state = %s, changed_at = %s"
            " WHERE order_id = %s AND state = ANY(%s)",
            [
                ParcelState.CANCELLED.value,
                now,
                order_id,
                [ParcelState.PLACED.value, ParcelState.PACKED.value],
            ],
        )
