"""A parcel goes by several moves at once, as its carrier's scans say.

Rules kept here:
- the way is chosen when the order is locked, from the state the parcel is in at that moment: two
  that choose at once choose one after the other;
- each move of the way is one by itself: the transitions table allows it, it has its act and event;
- all of a way or none of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from orderveil.core.attempts import AttemptReason
from orderveil.core.errors import Problem
from orderveil.core.states import ParcelState
from orderveil.gate import refusals
from orderveil.gate.asking import Caller
from orderveil.gate.parcels import NO_ATTEMPT, Moved, locked_parcel, may, stands, write_move
from orderveil.gate.resealing import fence


class Move(NamedTuple):
    """One move of a way; `reason` belongs to `undelivered` alone."""

    to: ParcelState
    reason: AttemptReason | None = None


Way = Callable[[ParcelState, bool], Sequence[Move]]
"""(the state it is in, is it a return's parcel?) -> its moves; none: it stays.

Called under the order's lock, in the transaction of the moves: what it writes is kept with them.
"""


def follow(
    caller: Caller, order_id: bytes, parcel_no: int, way: Way, *, now: datetime
) -> Moved | Problem:
    """Move a parcel along a way; where it is then. A Problem: it is where it was."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        problem = stands(caller, now)
        if problem is not None:
            return problem
        row = locked_parcel(cursor, caller.brand_id, order_id, parcel_no)
        if row is None:
            return refusals.UNKNOWN
        before = ParcelState(row[0])
        problem = may(caller, order_id, parcel_no, before, before)
        if problem is not None:
            return problem
        moves = way(before, row[1])
        problem = _why_not(caller, order_id, parcel_no, before, moves)
        if problem is not None:
            transaction.set_rollback(True)
            return problem
        if moves:
            fence(cursor, order_id)
        return Moved(
            parcel_no,
            _go(caller, order_id, parcel_no, before, moves, now=now),
            changed=bool(moves),
        )


def _why_not(
    caller: Caller, order_id: bytes, parcel_no: int, state: ParcelState, moves: Sequence[Move]
) -> Problem | None:
    for move in moves:
        if move.reason is not None and move.to != ParcelState.UNDELIVERED:
            return NO_ATTEMPT
        problem = may(caller, order_id, parcel_no, state, move.to)
        if problem is not None:
            return problem
        state = move.to
    return None


def _go(
    caller: Caller,
    order_id: bytes,
    parcel_no: int,
    state: ParcelState,
    moves: Sequence[Move],
    *,
    now: datetime,
) -> ParcelState:
    for place, move in enumerate(moves):
        # A moment apart: the record tells in which order they were.
        moment = now + timedelta(microseconds=place)
        write_move(caller, order_id, parcel_no, state, move.to, now=moment, reason=move.reason)
        state = move.to
    return state
