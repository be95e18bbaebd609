"""Admitting orders: seal, index, store, record, and tell the journey, in one transaction.

Rules kept here:
- a shop's delivery id is recorded in the admitting transaction, so a known delivery is a
  duplicate and a lost transaction is not;
- the same order on two connections at once is one order: the second waits and finds it there;
- orders are locked and written in the order of their ids, so no two batches wait in a circle;
- new orders count against the brand's quota (`quotas`), and nothing else does;
- an update before the creation is an admission; see `updating` for everything after.
"""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import repeat

import msgspec
from django.db import IntegrityError, connection, transaction

from orderveil.core.errors import OrderveilError, Problem
from orderveil.core.literals import bytea_array
from orderveil.core.orders import OrderDraft
from orderveil.core.states import ParcelState
from orderveil.gate import quotas
from orderveil.gate.inserting import EpochGoneError, insert_many
from orderveil.gate.keys import brand_keys
from orderveil.gate.prepare import RANDOM_BYTES, SealedDraft, identify, prepare
from orderveil.gate.reported import follow_state
from orderveil.gate.single import insert_one
from orderveil.gate.updating import Effect, update_order
from orderveil.keyring import epochs
from orderveil.ledger.acts import Who

MOST_TRIES = 4


class Status(StrEnum):
    """What became of one delivered order."""

    ADMITTED = "admitted"
    DUPLICATE = "duplicate"
    UPDATED = "updated"
    ERASED = "erased"
    """The order was shredded; the delivery was counted and nothing stored."""
    REFUSED = "refused"
    """There is no room for it in the brand's quota; nothing was stored."""


class Admission(msgspec.Struct, frozen=True):
    """The order id (16 bytes) and what became of it; why, if it was refused."""

    order_id: bytes
    status: Status
    problem: Problem | None = None


_STATUS_OF = {
    Effect.CHANGED: Status.UPDATED,
    Effect.NOTHING: Status.DUPLICATE,
    Effect.ERASED: Status.ERASED,
}


def admit(
    brand_id: int,
    channel_id: int,
    drafts: Sequence[OrderDraft],
    *,
    now: datetime,
    who: Who,
    delivery_id: str | None = None,
    also: Callable[[Sequence[Admission]], None] | None = None,
) -> list[Admission]:
    """Admit, update or recognise each draft; the answers are in the order of the drafts.

    `also` runs in the same transaction, for acts that belong to it, unless there is no room for
    any. When this has returned, everything is committed and durable.
    """
    keys = brand_keys(brand_id)
    ids = [identify(keys, channel_id, draft) for draft in drafts]
    work = partial(
        _admit, brand_id, channel_id, now=now, who=who, delivery_id=delivery_id, also=also
    )
    charge = quotas.charge(brand_id, ids, now)
    if charge is None:
        return work(drafts, ids)
    inside = [at for at, order in enumerate(ids) if order not in charge.over]
    room = [drafts[at] for at in inside], [ids[at] for at in inside]
    done = dict(zip(inside, work(*room) if inside else (), strict=True))
    charge.settle(sum(each.status == Status.ADMITTED for each in done.values()))
    return [
        done.get(at) or Admission(order, Status.REFUSED, charge.problem)
        for at, order in enumerate(ids)
    ]


def _admit(
    brand_id: int,
    channel_id: int,
    drafts: Sequence[OrderDraft],
    ids: Sequence[bytes],
    *,
    now: datetime,
    who: Who,
    delivery_id: str | None,
    also: Callable[[Sequence[Admission]], None] | None,
) -> list[Admission]:
    plain = len(drafts) == 1 and also is None and not _begins_undelivered(drafts[0])
    if plain and not connection.in_atomic_block:
        # Most webhooks bring a new order: one round trip, and no transaction to ask about it.
        sealed = _seal(brand_id, drafts, ids)[0]
        if insert_one(sealed, brand_id, channel_id, now=now, who=who, delivery_id=delivery_id):
            return [Admission(ids[0], Status.ADMITTED)]
    for _ in range(MOST_TRIES):
        try:
            with transaction.atomic(durable=True):
                if delivery_id and not _first_delivery(channel_id, delivery_id, now):
                    return [Admission(order, Status.DUPLICATE) for order in ids]
                done = _admit_all(brand_id, channel_id, drafts, ids, now=now, who=who)
                if also is not None:
                    also(done)
                return done
        except IntegrityError:
            # One of a batch was admitted on another connection in between: begin again.
            continue
        except EpochGoneError:
            epochs.forget()
    msg = "The same orders kept arriving on other connections."
    raise OrderveilError(msg, remedy="Send the batch again.")


def _first_delivery(channel_id: int, delivery_id: str, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vault_delivery (channel_id, delivery_id, received_at)"
            " VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [channel_id, delivery_id, now],
        )
        return bool(cursor.rowcount)


def _admit_all(
    brand_id: int,
    channel_id: int,
    drafts: Sequence[OrderDraft],
    ids: Sequence[bytes],
    *,
    now: datetime,
    who: Who,
) -> list[Admission]:
    known = _known(ids)
    # Stable: like orders stay in the order of the drafts.
    by_id = sorted(range(len(ids)), key=ids.__getitem__)
    first: dict[bytes, int] = {}
    for at in by_id:
        if ids[at] not in known:
            first.setdefault(ids[at], at)
    sealed = _seal(brand_id, [drafts[at] for at in first.values()], list(first))
    if sealed:
        insert_many(sealed, brand_id, channel_id, now=now, who=who)
        for order, at in first.items():
            if _begins_undelivered(drafts[at]):
                _report_attempts(brand_id, order, drafts[at], now=now, who=who)
    status = dict.fromkeys(first.values(), Status.ADMITTED)
    for at in by_id:
        if at not in status:
            effect = update_order(brand_id, ids[at], drafts[at], now=now, who=who)
            status[at] = _STATUS_OF[effect]
    return [Admission(order, status[at]) for at, order in enumerate(ids)]


def _begins_undelivered(draft: OrderDraft) -> bool:
    return any(parcel.state == ParcelState.UNDELIVERED for parcel in draft.parcels)


def _report_attempts(
    brand_id: int, order_id: bytes, draft: OrderDraft, *, now: datetime, who: Who
) -> None:
    """A shop may tell of an order only after its first attempt failed."""
    for number, parcel in enumerate(draft.parcels, 1):
        if parcel.state is not None:
            follow_state(brand_id, order_id, number, None, parcel.state, now=now, who=who)


def _known(ids: Sequence[bytes]) -> set[bytes]:
    """Those that are there already, locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id FROM vault_order WHERE order_id = ANY(%s::bytea[]) ORDER BY 1"
            " FOR UPDATE",
            [bytea_array(ids)],
        )
        return {row[0] for row in cursor.fetchall()}


def _seal(brand_id: int, drafts: Sequence[OrderDraft], ids: Sequence[bytes]) -> list[SealedDraft]:
    if not drafts:
        return []
    keys, epoch = brand_keys(brand_id), epochs.current(brand_id)
    # One call for a whole batch: a system call per order would show.
    random = os.urandom(RANDOM_BYTES * len(drafts))
    pieces = (random[at : at + RANDOM_BYTES] for at in range(0, len(random), RANDOM_BYTES))
    return list(map(prepare, drafts, ids, repeat(brand_id), repeat(keys), repeat(epoch), pieces))
