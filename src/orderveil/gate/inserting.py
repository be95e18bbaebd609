"""Writing new orders by COPY, in the caller's transaction; `single` writes one on its own.

Both write the same rows: the order, its data key, its index row, its parcels, its record on the
ledger, and the event that starts its journey.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from orderveil.core.fields import Compartment
from orderveil.core.orders import ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.gate import copying as pg
from orderveil.gate.prepare import SealedDraft
from orderveil.keyring import epochs
from orderveil.ledger.acts import ActKind, Who, prepare_bulk
from orderveil.outbox.events import EventKind

P = ParamSpec("P")
T = TypeVar("T")

_COMPARTMENTS = tuple(Compartment)
_SEALED_COLUMNS = ", ".join(_COMPARTMENTS)

ORDER_COLUMNS = (
    "order_id, brand_id, channel_id, shop_order_id, order_number, placed_at, source_updated_at,"
    f" admitted_at, facts, cancelled_at, dek_no, {_SEALED_COLUMNS}"
)
PARCEL_COLUMNS = (
    "order_id, parcel_no, brand_id, is_reverse, state, changed_at, shop_parcel_id, carrier, awb"
)
WHOLE_ORDER = (ParcelDraft(shop_parcel_id=""),)
"""An order that the shop has not split yet is one parcel, which the first fulfilment claims."""


class EpochGoneError(Exception):
    """The epoch was destroyed while this process still sealed with it: begin again."""


def state_of(draft: SealedDraft, parcel: ParcelDraft) -> ParcelState:
    """The state in which a new parcel begins."""
    if parcel.state is not None:
        return parcel.state
    return ParcelState.CANCELLED if draft.cancelled else ParcelState.PLACED


def survives_rekey(work: Callable[P, T]) -> Callable[P, T]:
    """`work`, a transaction of its own, done once more if its epoch was destroyed meanwhile."""

    @wraps(work)
    def again(*args: P.args, **named: P.kwargs) -> T:
        try:
            return work(*args, **named)
        except EpochGoneError:
            epochs.forget()
            return work(*args, **named)

    return again


def check_epoch(cursor: Any, epoch_id: int) -> None:
    """After the keys are written, and so while `rekey` waits for us: does their epoch live?"""
    cursor.execute("SELECT destroyed_at IS NULL FROM keyring_epoch WHERE id = %s", [epoch_id])
    row = cursor.fetchone()
    if row is None or not row[0]:
        raise EpochGoneError


def insert_many(
    drafts: Sequence[SealedDraft], brand_id: int, channel_id: int, *, now: datetime, who: Who
) -> None:
    """COPY new orders; raises `IntegrityError` if one came in between: begin again."""
    brand, stamp = pg.int32(brand_id), pg.moment(now)
    act, rows = prepare_bulk(
        brand_id,
        ActKind.ORDERS_ADMITTED,
        [(draft.order_id, 0) for draft in drafts],
        now=now,
        who=who,
        detail={"channel": channel_id},
    )
    with connection.cursor() as cursor:
        pg.copy(
            cursor,
            f"vault_order ({ORDER_COLUMNS})",
            _order_rows(drafts, brand + pg.int64(channel_id), now),
        )
        pg.copy(
            cursor,
            "vault_dek (order_id, dek_no, brand_id, epoch_id, wrapped)",
            _dek_rows(drafts, brand),
        )
        check_epoch(cursor, drafts[0].epoch_id)
        pg.copy(
            cursor, "vault_index (order_id, brand_id, phone, email)", _index_rows(drafts, brand)
        )
        pg.copy(cursor, f"vault_parcel ({PARCEL_COLUMNS})", _parcel_rows(drafts, brand, stamp))
        cursor.execute(
            "INSERT INTO ledger_entry (entry_id, log_id, at, kind, entry)"
            " VALUES (%s, %s, %s, %s, %s)",
            [act.entry_id, brand_id, now, ActKind.ORDERS_ADMITTED.value, act.entry],
        )
        middle = stamp + pg.uuid(act.entry_id) + pg.int16(0) + brand
        middle += pg.text(ActKind.ORDERS_ADMITTED)
        head = pg.columns(8)
        pg.copy(
            cursor,
            "ledger_record (order_id, at, entry_id, parcel_no, log_id, kind, position, salt)",
            (
                head + pg.blob(row.order_id) + middle + pg.int32(position) + pg.blob(row.salt)
                for position, row in enumerate(rows.rows)
            ),
        )
        cursor.execute(
            "INSERT INTO ledger_pending (log_id, entry_id, leaf, at) VALUES (%s, %s, %s, %s)",
            [brand_id, act.entry_id, act.leaf, now],
        )
        begin = pg.columns(6) + brand + pg.text(EventKind.ORDER_ADMITTED)
        end = pg.jsonb(b"{}") + stamp + stamp
        pg.copy(
            cursor,
            "outbox_event (brand_id, kind, order_id, detail, created_at, next_at)",
            (begin + pg.blob(draft.order_id) + end for draft in drafts),
        )


def _order_rows(drafts: Sequence[SealedDraft], middle: bytes, now: datetime) -> list[bytes]:
    head, stamp, dek_no = pg.columns(11 + len(_COMPARTMENTS)), pg.moment(now), pg.int16(1)
    rows = []
    for draft in drafts:
        sealed = draft.compartments
        rows.append(
            b"".join(
                (
                    head,
                    pg.blob(draft.order_id),
                    middle,
                    pg.text(draft.shop_order_id),
                    pg.text(draft.order_number),
                    pg.moment(draft.placed_at),
                    pg.moment(draft.source_updated_at),
                    stamp,
                    pg.jsonb(draft.facts),
                    stamp if draft.cancelled else pg.NULL,
                    dek_no,
                    *[pg.blob(sealed[c]) if c in sealed else pg.NULL for c in _COMPARTMENTS],
                )
            )
        )
    return rows


def _dek_rows(drafts: Sequence[SealedDraft], brand: bytes) -> list[bytes]:
    head, middle = pg.columns(5), pg.int16(1) + brand
    return [
        head + pg.blob(d.order_id) + middle + pg.int64(d.epoch_id) + pg.blob(d.wrapped)
        for d in drafts
    ]


def _index_rows(drafts: Sequence[SealedDraft], brand: bytes) -> list[bytes]:
    head = pg.columns(4)
    return [
        head + pg.blob(d.order_id) + brand + pg.blob(d.phone) + pg.blob(d.email) for d in drafts
    ]


def _parcel_rows(drafts: Sequence[SealedDraft], brand: bytes, stamp: bytes) -> list[bytes]:
    head, direction = pg.columns(9), pg.FALSE
    return [
        b"".join(
            (
                head,
                pg.blob(draft.order_id),
                pg.int16(number),
                brand,
                direction,
                pg.text(state_of(draft, parcel)),
                stamp,
                pg.text(parcel.shop_parcel_id or None),
                pg.text(parcel.carrier),
                pg.text(parcel.awb),
            )
        )
        for draft in drafts
        for number, parcel in enumerate(draft.parcels or WHOLE_ORDER, 1)
    ]
