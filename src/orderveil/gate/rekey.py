"""Re-keying an epoch: what makes past shreds final.

Survivors are rewrapped under a new epoch key, batch by batch, and the old key is destroyed. Each
batch is a transaction of its own; killed at any point, running it again goes on where it stopped.
"""

import os
from collections.abc import Callable
from datetime import datetime

import msgspec
from django.db import connection, transaction

from orderveil.core.sealing import NONCE_BYTES, SealedOrder
from orderveil.gate import copying as pg
from orderveil.keyring import epochs
from orderveil.keyring.epochs import EpochKey
from orderveil.ledger.acts import ActKind, Who, record

BATCH = 5_000


class Rekeyed(msgspec.Struct, frozen=True):
    """How many data keys were rewrapped, and which epochs are destroyed for good."""

    rewrapped: int
    destroyed: tuple[int, ...]


def rekey(
    brand_id: int,
    *,
    now: datetime,
    who: Who,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> Rekeyed:
    """A new epoch for the brand; every older one is emptied and destroyed. Safe to run again."""
    if not epochs.retired(brand_id):
        # Nothing left over from a run that was interrupted: begin a new epoch.
        with transaction.atomic(durable=True):
            fresh = epochs.start(brand_id)
            record(
                brand_id,
                ActKind.EPOCH_ROTATED,
                now=now,
                who=who,
                subject=f"epoch:{fresh.id}",
            )
    target = epochs.current(brand_id)
    done, destroyed = 0, []
    for old_id in epochs.retired(brand_id):
        while True:
            done += _empty(brand_id, old_id, target, on_progress)
            if _destroy_if_empty(brand_id, old_id, now=now, who=who):
                break
        destroyed.append(old_id)
    return Rekeyed(done, tuple(destroyed))


def _destroy_if_empty(brand_id: int, old_id: int, *, now: datetime, who: Who) -> bool:
    """Destroy the epoch unless a data key is still under it.

    The table lock waits for every admission in flight and holds the next ones for the moment of
    the look; each admission checks its epoch *after* it wrote its key, so none slips through.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE vault_dek IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT EXISTS (SELECT 1 FROM vault_dek WHERE epoch_id = %s)", [old_id])
        if cursor.fetchone()[0]:
            return False
        epochs.destroy(old_id)
        record(brand_id, ActKind.EPOCH_DESTROYED, now=now, who=who, subject=f"epoch:{old_id}")
    return True


def _empty(brand_id: int, old_id: int, target: EpochKey, on_progress: Callable[[int], None]) -> int:
    """Rewrap every data key under `old_id`; returns how many."""
    old = epochs.key_of(old_id)
    done, after = 0, b""
    while True:
        moved, after = _move_batch(brand_id, old, target, after)
        if not moved:
            return done
        done += moved
        on_progress(moved)


def _move_batch(brand_id: int, old: EpochKey, target: EpochKey, after: bytes) -> tuple[int, bytes]:
    """Rewrap up to a batch of keys past `after`; (how many, the last order id)."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM vault_dek WHERE (order_id, dek_no) IN ("
            " SELECT order_id, dek_no FROM vault_dek"
            "  WHERE epoch_id = %s AND brand_id = %s AND order_id > %s"
            "  ORDER BY order_id LIMIT %s FOR UPDATE)"
            " RETURNING order_id, dek_no, wrapped",
            [old.id, brand_id, after, BATCH],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0, after
        nonces = os.urandom(NONCE_BYTES * len(rows))
        head, brand, epoch = pg.columns(5), pg.int32(brand_id), pg.int64(target.id)
        packed = []
        for at, (order, dek_no, wrapped) in enumerate(rows):
            key = SealedOrder.unwrap(old.key, wrapped, brand_id, order, dek_no, old.id)
            nonce = nonces[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]
            fresh = key.wrap(target.key, target.id, nonce)
            packed.append(head + pg.blob(order) + pg.int16(dek_no) + brand + epoch + pg.blob(fresh))
        pg.copy(cursor, "vault_dek (order_id, dek_no, brand_id, epoch_id, wrapped)", packed)
        return len(rows), max(row[0] for row in rows)
