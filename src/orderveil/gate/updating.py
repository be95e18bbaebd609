"""A later delivery of a known order: what it may change.

Rules kept here:
- an erased order stays erased: the delivery is counted and stores nothing;
- an older source `updated_at` changes nothing; null or absent never overwrites;
- a purged compartment is never refilled;
- a cancellation never reverts;
- a change re-seals the order under a new data key: the old key's row is deleted, a new one
  inserted, and no key row is ever updated.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from django.db import connection

from orderveil.core.fields import Compartment
from orderveil.core.hops import Hop
from orderveil.core.orders import Facts, OrderDraft, ParcelDraft
from orderveil.core.sealing import SealBrokenError, purged_bit
from orderveil.core.states import ParcelState
from orderveil.core.transitions import may_move
from orderveil.gate.inserting import check_epoch
from orderveil.gate.keys import brand_keys
from orderveil.gate.opening import open_compartments
from orderveil.gate.prepare import (
    RANDOM_BYTES,
    Values,
    fingerprints,
    normalised,
    seal_values,
    with_region,
)
from orderveil.keyring import epochs
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.events import EventKind, emit

MOST_LOOKS = 10

_COMPARTMENTS = tuple(Compartment)


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
    moved = _merge_parcels(brand_id, order_id, draft.parcels, now, is_cancelled=is_cancelled)
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


def locked(brand_id: int, order_id: bytes) -> dict[str, Any] | None:
    """The order's row and its key, locked against every other writer; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM vault_order WHERE order_id = %s AND brand_id = %s FOR UPDATE",
            [order_id, brand_id],
        )
        found = cursor.fetchone()
        if found is None:
            return None
        row = dict(zip((column.name for column in cursor.description), found, strict=True))
        key = _locked_key(cursor, order_id) if row["erased_at"] is None else None
    return row | {"epoch_id": key[0] if key else None, "wrapped": key[1] if key else None}


def _locked_key(cursor: Any, order_id: bytes) -> tuple[int, bytes]:
    """(epoch id, wrapped key) of a locked order that is not erased: it has one, and keeps it."""
    for _ in range(MOST_LOOKS):
        cursor.execute(
            "SELECT epoch_id, wrapped FROM vault_dek WHERE order_id = %s FOR UPDATE", [order_id]
        )
        key: tuple[int, bytes] | None = cursor.fetchone()
        if key is not None:
            return key
        # A re-key moved it while this waited: it stands in a new row.
    raise SealBrokenError("An order without its key")


def fence(cursor: Any, order_id: bytes) -> None:
    """Before a locked order's parcels change: no disclosure of how they were comes afterwards.

    The key's row is replaced by its like: that waits for the disclosures in flight, and whoever
    read before and comes to lock the row finds it gone, and asks again.
    """
    _locked_key(cursor, order_id)
    cursor.execute(
        "WITH gone AS (DELETE FROM vault_dek WHERE order_id = %s"
        " RETURNING order_id, dek_no, brand_id, epoch_id, wrapped)"
        " INSERT INTO vault_dek (order_id, dek_no, brand_id, epoch_id, wrapped)"
        " SELECT * FROM gone",
        [order_id],
    )


def opened(brand_id: int, order_id: bytes, row: Mapping[str, Any]) -> Values:
    """Every compartment of a locked order."""
    if row["wrapped"] is None:
        return {}
    return open_compartments(
        brand_id,
        order_id,
        row["dek_no"],
        row["epoch_id"],
        row["wrapped"],
        {name: row[name] for name in _COMPARTMENTS},
    )


def reseal(
    brand_id: int, order_id: bytes, row: Mapping[str, Any], values: Values, purged: int
) -> None:
    """Seal `values` under a new data key and drop the old one; whatever is not in them is gone."""
    dek_no = row["dek_no"] + 1
    epoch = epochs.current(brand_id)
    sealed, wrapped = seal_values(
        values, brand_id, order_id, dek_no, epoch, os.urandom(RANDOM_BYTES)
    )
    phone, email = fingerprints(brand_keys(brand_id), values)
    columns = ", ".join(f"{name} = %s" for name in _COMPARTMENTS)
    with connection.cursor() as cursor:
        # The delete waits for disclosures in flight, which hold the key row.
        cursor.execute("DELETE FROM vault_dek WHERE order_id = %s", [order_id])
        cursor.execute(
            "INSERT INTO vault_dek (order_id, dek_no, brand_id, epoch_id, wrapped)"
            " VALUES (%s, %s, %s, %s, %s)",
            [order_id, dek_no, brand_id, epoch.id, wrapped],
        )
        check_epoch(cursor, epoch.id)
        cursor.execute(
            f"UPDATE vault_order SET dek_no = %s, purged = %s, {columns} WHERE order_id = %s",  # noqa: S608
            [dek_no, purged, *[sealed.get(name) for name in _COMPARTMENTS], order_id],
        )
        cursor.execute(
            "UPDATE vault_index SET phone = %s, email = %s WHERE order_id = %s",
            [phone, email, order_id],
        )


def _is_older(known: datetime | None, arrived: datetime | None) -> bool:
    return known is not None and arrived is not None and arrived < known


def _merge_values(
    brand_id: int, order_id: bytes, row: Mapping[str, Any], draft: OrderDraft
) -> bool:
    before = opened(brand_id, order_id, row)
    after = {name: dict(group) for name, group in before.items()}
    for name, group in normalised(draft.personal).items():
        if not row["purged"] & purged_bit(name):
            after.setdefault(name, {}).update(group)
    if after == before:
        return False
    reseal(brand_id, order_id, row, after, row["purged"])
    return True


def _merge_facts(order_id: bytes, row: Mapping[str, Any], draft: OrderDraft) -> bool:
    before = msgspec.json.decode(row["facts"], type=Facts) if row["facts"] else Facts()
    fresh = with_region(draft.facts, normalised(draft.personal))
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


def _merge_parcels(
    brand_id: int,
    order_id: bytes,
    told: tuple[ParcelDraft, ...],
    now: datetime,
    *,
    is_cancelled: bool,
) -> bool:
    """Fulfilments: the first claims the whole-order parcel, each further one is a new parcel."""
    unsaid = ParcelState.CANCELLED if is_cancelled else ParcelState.PLACED
    if not told:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT parcel_no, shop_parcel_id, state, carrier, awb FROM vault_parcel"
            " WHERE order_id = %s AND NOT is_reverse ORDER BY parcel_no FOR UPDATE",
            [order_id],
        )
        rows = cursor.fetchall()
        by_id = {row[1]: row for row in rows if row[1]}
        free = [row for row in rows if not row[1]]
        moved = False
        for parcel in told:
            row = by_id.get(parcel.shop_parcel_id) or (free.pop(0) if free else None)
            if row is None:
                moved |= _new_parcel(
                    cursor, brand_id, order_id, parcel, parcel.state or unsaid, now
                )
            else:
                moved |= _told_parcel(cursor, brand_id, order_id, row, parcel, now)
    return moved


def _new_parcel(
    cursor: Any,
    brand_id: int,
    order_id: bytes,
    parcel: ParcelDraft,
    state: ParcelState,
    now: datetime,
) -> bool:
    cursor.execute(
        "INSERT INTO vault_parcel (order_id, parcel_no, brand_id, state, changed_at,"
        " shop_parcel_id, carrier, awb)"
        " SELECT %s, max(parcel_no) + 1, %s, %s, %s, %s, %s, %s FROM vault_parcel"
        " WHERE order_id = %s RETURNING parcel_no",
        [
            order_id,
            brand_id,
            state.value,
            now,
            parcel.shop_parcel_id,
            parcel.carrier,
            parcel.awb,
            order_id,
        ],
    )
    number = cursor.fetchone()[0]
    emit(brand_id, EventKind.PARCEL_CREATED, now=now, order_id=order_id, parcel_no=number)
    return True


def _told_parcel(
    cursor: Any,
    brand_id: int,
    order_id: bytes,
    row: tuple[Any, ...],
    parcel: ParcelDraft,
    now: datetime,
) -> bool:
    number, _, before, carrier, awb = row
    state = ParcelState(before)
    if parcel.state and may_move(Hop.STOREFRONT, state, parcel.state):
        state = parcel.state
    after = (parcel.shop_parcel_id, state.value, parcel.carrier or carrier, parcel.awb or awb)
    if after == tuple(row[1:]):
        return False
    if state != before:
        fence(cursor, order_id)
    cursor.execute(
        "UPDATE vault_parcel SET shop_parcel_id = %s, state = %s, carrier = %s, awb = %s,"
        " changed_at = %s WHERE order_id = %s AND parcel_no = %s",
        [*after, now, order_id, number],
    )
    if state != before:
        emit_state(brand_id, order_id, number, state, now)
    return True


_EVENT_OF_STATE = {
    ParcelState.PACKED: EventKind.PARCEL_PACKED,
    ParcelState.SHIPPED: EventKind.PARCEL_SHIPPED,
    ParcelState.DELIVERED: EventKind.PARCEL_DELIVERED,
}


def emit_state(
    brand_id: int, order_id: bytes, parcel_no: int, state: ParcelState, now: datetime
) -> None:
    """The event of a parcel that reached `state`."""
    emit(
        brand_id,
        _EVENT_OF_STATE.get(state, EventKind.PARCEL_STATE_CHANGED),
        now=now,
        order_id=order_id,
        parcel_no=parcel_no,
        detail={"state": state.value},
    )
