"""Events: what happened to an order, written in the transaction in which it happened.

Rules kept here:
- an event exists if and only if the change it tells of was committed;
- an event carries ids, codes and dates, never a personal value and never an order's number or AWB:
  an event may outlive the order's shredding.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec
from django.db import connection

from orderveil.core.literals import bytea_array, text_array

Detail = Mapping[str, str | int | bool | None]
NOTHING: Detail = MappingProxyType({})


class EventKind(StrEnum):
    """What can happen. Partners subscribe to these names: one is added, never renamed."""

    ORDER_ADMITTED = "order.admitted"
    ORDER_UPDATED = "order.updated"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_ERASED = "order.erased"
    PARCEL_CREATED = "parcel.created"
    PARCEL_ASSIGNED = "parcel.assigned"
    PARCEL_UNASSIGNED = "parcel.unassigned"
    PARCEL_STATE_CHANGED = "parcel.state_changed"
    PARCEL_PACKED = "parcel.packed"
    PARCEL_SHIPPED = "parcel.shipped"
    PARCEL_DELIVERED = "parcel.delivered"
    PARCEL_OPENED = "parcel.opened"
    PARCEL_BOOKED = "parcel.booked"
    PARCEL_REATTEMPT = "parcel.reattempt"
    PARCEL_RETURN_ASKED = "parcel.return_asked"
    PRIVACY_REQUESTED = "privacy.requested"
    PURGE_REQUESTED = "purge.requested"
    STOCK_RESERVE = "stock.reserve"
    STOCK_RELEASE = "stock.release"
    STOCK_SHIP = "stock.ship"


class NewEvent(msgspec.Struct, frozen=True):
    """An event about to be written. `order_id`: 16 bytes; `parcel_no`: from 1."""

    kind: EventKind
    order_id: bytes | None = None
    parcel_no: int | None = None
    detail: Detail = NOTHING


class Event(msgspec.Struct, frozen=True):
    """An event as it was written. `attempts`: how often it failed before."""

    event_id: int
    brand_id: int
    kind: EventKind
    order_id: bytes | None
    parcel_no: int | None
    detail: Detail
    created_at: datetime
    attempts: int = 0


def emit(
    brand_id: int,
    kind: EventKind,
    *,
    now: datetime,
    order_id: bytes | None = None,
    parcel_no: int | None = None,
    detail: Detail = NOTHING,
) -> None:
    """Write one event in the caller's transaction; ValueError if `detail` isn't ids and codes."""
    emit_many(brand_id, [NewEvent(kind, order_id, parcel_no, detail)], now=now)


def emit_many(brand_id: int, events: Iterable[NewEvent], *, now: datetime) -> int:
    """Write a batch in one statement of the caller's transaction; returns how many."""
    batch = list(events)
    if not batch:
        return 0
    details = [_spell(event.detail) for event in batch]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO outbox_event
                (brand_id, kind, order_id, parcel_no, detail, created_at, next_at)
            SELECT %s, kind, order_id, parcel_no, detail::jsonb, %s, %s
              FROM unnest(%s::text[], %s::bytea[], %s::smallint[], %s::text[])
                   AS batch (kind, order_id, parcel_no, detail)
            """,
            [
                brand_id,
                now,
                now,
                text_array(event.kind.value for event in batch),
                bytea_array(event.order_id for event in batch),
                [event.parcel_no for event in batch],
                text_array(details),
            ],
        )
    return len(batch)


EVENT_COLUMNS: Final = (
    "e.id, e.brand_id, e.kind, e.order_id, e.parcel_no, e.detail::text, e.created_at, e.attempts"
)


def read_event(row: tuple[object, ...]) -> Event:
    """An event from a row of `EVENT_COLUMNS`."""
    event_id, brand_id, kind, order_id, parcel_no, detail, created_at, attempts = row
    return msgspec.convert(
        {
            "event_id": event_id,
            "brand_id": brand_id,
            "kind": kind,
            "order_id": order_id,
            "parcel_no": parcel_no,
            "detail": msgspec.json.decode(str(detail)),
            "created_at": created_at,
            "attempts": attempts,
        },
        Event,
    )


_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_LIKE_A_PHONE: Final = re.compile(r"[0-9.:-]{10,}")
_DATE: Final = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_PHONE_MIN: Final = 10**9


def _spell(detail: Detail) -> str:
    for key, value in detail.items():
        if not _KEY.fullmatch(key) or not _is_id_or_code(value):
            msg = "an event's detail holds ids and codes only"
            raise ValueError(msg)
    return msgspec.json.encode(dict(detail)).decode()


def _is_id_or_code(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) < _PHONE_MIN
    if not isinstance(value, str):
        return False
    if _DATE.fullmatch(value):
        return True
    return _CODE.fullmatch(value) is not None and not _LIKE_A_PHONE.fullmatch(value)
