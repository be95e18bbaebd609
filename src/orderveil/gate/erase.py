"""Erasing: shred a whole order or named compartments, and leave a proof.

Rules kept here:
- deleting the data key waits for the disclosures in flight, and the recipients are listed in a
  *later* statement of the same transaction, so none is missed;
- every writer locks the order's row before the key's, so erasures and updates can't deadlock;
- an order's row stays as a tombstone: a later delivery finds it and stores nothing;
- a shred is effective at commit and final once its epoch is re-keyed (`gate/rekey`): PostgreSQL
  keeps deleted bytes in heap pages and WAL until then.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from orderveil.core.fields import Compartment
from orderveil.core.literals import bytea_array
from orderveil.core.sealing import purged_bit
from orderveil.gate.inserting import survives_rekey
from orderveil.gate.resealing import locked, opened, reseal
from orderveil.ledger.acts import ActKind, Who, record, record_bulk
from orderveil.outbox.events import EventKind, NewEvent, emit_many

_NOTHING_SEALED = ", ".join(f"{name} = NULL" for name in Compartment)


class Erasure(msgspec.Struct, frozen=True):
    """What an erasure did: the act that proves it, and who had received the data."""

    entry_id: UUID
    orders: int
    recipients: dict[bytes, tuple[int, ...]]
    """Order id -> partner ids that ever received it: who has to delete a copy."""


@transaction.atomic(durable=True)
def erase(brand_id: int, orders: Sequence[bytes], *, now: datetime, who: Who) -> Erasure | None:
    """Shred whole orders; None if none of them was there to shred."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id FROM vault_order WHERE order_id = ANY(%s::bytea[]) AND brand_id = %s"
            " AND erased_at IS NULL ORDER BY order_id FOR UPDATE",
            [bytea_array(orders), brand_id],
        )
        gone = [row[0] for row in cursor.fetchall()]
        if not gone:
            return None
        ids = bytea_array(gone)
        cursor.execute(
            "UPDATE vault_order SET erased_at = %s, order_number = NULL, shop_order_id = NULL,"  # noqa: S608 - columns of ours
            f" {_NOTHING_SEALED}"
            " WHERE order_id = ANY(%s::bytea[])",
            [now, ids],
        )
        _shred_keys(cursor, ids)
        cursor.execute("DELETE FROM vault_index WHERE order_id = ANY(%s::bytea[])", [ids])
        cursor.execute(
            "UPDATE vault_parcel SET awb = NULL, shop_parcel_id = NULL"
            " WHERE order_id = ANY(%s::bytea[])",
            [ids],
        )
    recipients = recipients_of(gone)
    if len(gone) == 1:
        told = ",".join(map(str, recipients.get(gone[0], ())))
        entry = record(
            brand_id,
            ActKind.ERASED,
            now=now,
            who=who,
            order_id=gone[0],
            detail={"recipients": told},
        )
    else:
        pairs = [(order, 0) for order in gone]
        entry = record_bulk(brand_id, ActKind.ERASED, pairs, now=now, who=who)
    emit_many(brand_id, [NewEvent(EventKind.ORDER_ERASED, order) for order in gone], now=now)
    return Erasure(entry, len(gone), recipients)


def _shred_keys(cursor: Any, ids: str) -> None:
    """Delete the data keys of a `bytea_array` of orders, also those a re-key moves meanwhile."""
    left = True
    while left:
        cursor.execute(
            "SELECT 1 FROM vault_dek WHERE order_id = ANY(%s::bytea[])"
            " ORDER BY order_id FOR UPDATE",
            [ids],
        )
        cursor.execute("DELETE FROM vault_dek WHERE order_id = ANY(%s::bytea[])", [ids])
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM vault_dek WHERE order_id = ANY(%s::bytea[]))", [ids]
        )
        (left,) = cursor.fetchone()


def recipients_of(orders: Sequence[bytes]) -> dict[bytes, tuple[int, ...]]:
    """Order id -> partner ids on record for it, whatever they were shown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id, array_agg(DISTINCT partner_id) FROM ledger_record"
            " WHERE order_id = ANY(%s::bytea[]) AND partner_id IS NOT NULL GROUP BY order_id",
            [bytea_array(orders)],
        )
        return {order: tuple(partners) for order, partners in cursor.fetchall()}


@survives_rekey
@transaction.atomic(durable=True)
def erase_compartments(
    brand_id: int,
    order_id: bytes,
    compartments: Sequence[Compartment],
    *,
    now: datetime,
    who: Who,
) -> Erasure | None:
    """Shred named compartments, sealing the rest under a new key; None if there is nothing."""
    row = locked(brand_id, order_id)
    if row is None or row["wrapped"] is None:
        return None
    values = opened(brand_id, order_id, row)
    kept = {name: group for name, group in values.items() if name not in compartments}
    purged = row["purged"]
    for name in compartments:
        purged |= purged_bit(name)
    reseal(brand_id, order_id, row, kept, purged)
    recipients = recipients_of([order_id])
    entry = record(
        brand_id,
        ActKind.COMPARTMENTS_ERASED,
        now=now,
        who=who,
        order_id=order_id,
        detail={
            "compartments": ",".join(compartments),
            "recipients": ",".join(map(str, recipients.get(order_id, ()))),
        },
    )
    return Erasure(entry, 1, recipients)
