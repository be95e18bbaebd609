"""What a carrier's scans come to: the moves that a parcel makes because of them. Pure.

Rules kept here:
- a carrier skips steps, a parcel doesn't: from `packed` to `out_for_delivery` it is shipped first;
  only what must have happened is filled in, never an attempt;
- scans come doubled and in any order; whatever the order, a parcel ends in the same state: the
  newest of `out_for_delivery` and `undelivered` holds, `shipped` only for what is not yet shipped,
  and `returning`, `delivered` and `returned` count however late they are heard;
- what ended stays as it ended; nothing goes back;
- a return's parcel goes to the warehouse: it is `returning` when it was picked up, and `returned`,
  not `delivered`, at its end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from orderveil.core.attempts import AttemptReason
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState as S
from orderveil.core.transitions import ENDED, may_move
from orderveil.gate.following import Move
from orderveil.hops.courier.carriers.speech import Scan

AHEAD = timedelta(hours=1)
"""A scan from further ahead is a clock that goes wrong."""
BACK = timedelta(days=90)
"""A scan from further back is of another parcel that had this number once."""

_FILLED_IN = frozenset({S.SHIPPED, S.RETURNING})
_LATE = frozenset({S.RETURNING, S.DELIVERED, S.RETURNED})
_RANK = {
    state: rank
    for rank, state in enumerate(
        (S.SHIPPED, S.OUT_FOR_DELIVERY, S.UNDELIVERED, S.RETURNING, S.DELIVERED, S.RETURNED)
    )
}
_OF_RETURN = {
    S.SHIPPED: S.RETURNING,
    S.RETURNING: S.RETURNING,
    S.DELIVERED: S.RETURNED,
    S.RETURNED: S.RETURNED,
}
_REASONS = {reason.value: reason for reason in AttemptReason}


class Unmoved(StrEnum):
    """Why a scan that names a state of ours moved nothing, where somebody should look."""

    NOT_PACKED = "not_packed"
    """The warehouse never said that it packed it."""
    CANCELLED_HERE = "cancelled_here"
    """The carrier moves what is cancelled here."""
    ENDED_OTHERWISE = "ended_otherwise"
    NO_ROAD = "no_road"
    """No hop makes this move: out again while it goes back; cancelled by the carrier."""
    PICK_UP_FAILED = "pick_up_failed"
    """A return was not picked up."""
    FROM_THE_FUTURE = "from_the_future"
    TOO_OLD = "too_old"


class Mark(NamedTuple):
    """The last scan that counted: its time, and its rank among those of the same moment."""

    at: datetime
    rank: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What scans come to."""

    moves: tuple[Move, ...]
    mark: Mark | None
    unmoved: tuple[Unmoved, ...]


def believed(scan: Scan, now: datetime) -> Unmoved | None:
    """Why this scan's time is not believed; None if it is."""
    if scan.at > now + AHEAD:
        return Unmoved.FROM_THE_FUTURE
    return Unmoved.TOO_OLD if scan.at < now - BACK else None


def plan(state: S, scans: Iterable[Scan], mark: Mark | None, *, is_reverse: bool = False) -> Plan:
    """The moves of a parcel in `state`, whose last scan that counted was `mark`."""
    moves: list[Move] = []
    unmoved: list[Unmoved] = []
    for scan in sorted(scans, key=_in_order):
        to = _OF_RETURN.get(scan.state) if is_reverse and scan.state else scan.state
        if to is None:
            if is_reverse and (scan.state, state) == (S.UNDELIVERED, S.PACKED):
                unmoved.append(Unmoved.PICK_UP_FAILED)
            continue
        here = Mark(scan.at, _RANK.get(to, -1))
        if to not in _LATE and mark is not None and here <= mark:
            continue
        steps = way(state, to)
        if steps is None:
            unmoved += _why(state, to)
            continue
        if _RANK.get(to):  # `shipped` is the first of them, and hides nothing that came before
            mark = max(mark, here) if mark else here
        moves += [Move(step, _reason(scan, step)) for step in steps]
        state = to
    return Plan(tuple(moves), mark, tuple(unmoved))


def way(before: S, after: S) -> tuple[S, ...] | None:
    """The moves that a courier may make from one state to another; None if there is no way."""
    if before == after:
        return ()
    return _way(before, after, ())


def _way(before: S, after: S, gone: Sequence[S]) -> tuple[S, ...] | None:
    if may_move(Hop.COURIER, before, after):
        return (*gone, after)
    ways = [
        found
        for step in sorted(_FILLED_IN)
        if step not in gone
        and may_move(Hop.COURIER, before, step)
        and (found := _way(step, after, (*gone, step))) is not None
    ]
    return min(ways, key=len, default=None)


def _in_order(scan: Scan) -> Mark:
    return Mark(scan.at, _RANK.get(scan.state, -1) if scan.state else -1)


def _reason(scan: Scan, step: S) -> AttemptReason | None:
    return _REASONS.get(scan.reason) if step == S.UNDELIVERED else None


def _why(state: S, to: S) -> list[Unmoved]:
    """What there is to look at in a scan without a way; usually nothing: it only came late."""
    if state == S.PLACED:
        return [Unmoved.NOT_PACKED]
    if state == S.CANCELLED:
        return [] if to == S.CANCELLED else [Unmoved.CANCELLED_HERE]
    if state in ENDED:
        return [Unmoved.ENDED_OTHERWISE] if _ends_otherwise(state, to) else []
    return [] if to in {S.PLACED, S.PACKED, S.SHIPPED} else [Unmoved.NO_ROAD]


def _ends_otherwise(state: S, to: S) -> bool:
    return state != S.CLOSED and to in {S.DELIVERED, S.RETURNED}
