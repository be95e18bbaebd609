"""Tracking in: a carrier's signed webhook moves the parcels that it tells of.

Rules kept here:
- the signature is checked on the raw bytes before anything is read; who is no account of ours and
  who can't sign learn nothing else;
- a body is neither kept nor logged: of a scan, number, state, time and code are used;
- a number is looked for among the parcels that are assigned to the account's own partner; one that
  is unknown is counted, and no error: a carrier would send it again for ever;
- scans of one parcel count in the order of their times, whatever comes first; what counted once
  counts no more, so that a webhook may come twice, or be played again;
- a move goes through the gate, in the partner's name, and is refused as the partner would be.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate.asking import Caller
from orderveil.gate.following import Move, follow
from orderveil.gate.waybills import Carried, carried
from orderveil.hops.courier import accounts, following, hearing
from orderveil.hops.courier.carriers.speech import Scan
from orderveil.hops.courier.following import NEVER
from orderveil.hops.courier.hearing import Counts, What
from orderveil.hops.courier.models import CarrierAccount
from orderveil.hops.courier.roads import Mark, Plan, believed, plan

_AT_ONCE: Final = 500
"""Waybill numbers that are looked up together."""
LONGEST_SECONDS: Final = 20.0
"""A delivery that takes longer is asked for again: what was done by then stays done."""
_OURS: Final = 500


@dataclass
class Taken:
    """What scans came to."""

    scans: int = 0
    unknown: int = 0
    """Of parcels that the partner does not have."""
    moves: int = 0
    unmoved: int = 0
    """Of scans that name a state, and could not move their parcel."""
    problem: str = ""
    """A code: why the webhook could not be read. Sending it again would not help."""
    counts: Counts = field(default_factory=Counts)


def account_of(number: int) -> CarrierAccount:
    """A live account. Raises `RefusedError` (404)."""
    found = CarrierAccount.objects.filter(pk=number, revoked_at=None).first()
    if found is None:
        raise RefusedError(_NO_ACCOUNT)
    return found


def receive(
    account: CarrierAccount, body: bytes, headers: Mapping[str, str], *, now: datetime
) -> Taken:
    """One webhook of a carrier. Raises `RefusedError`."""
    carrier = accounts.carrier_of(account.carrier)
    secret = accounts.webhook_secret(account)
    if not secret or not carrier.is_genuine(body, headers, secret, now):
        hearing.add(account, {(What.WEBHOOK, "forged"): 1}, now)
        raise RefusedError(_BAD_SIGNATURE)
    scans = carrier.scans(body)
    if isinstance(scans, Problem):
        hearing.add(account, {(What.WEBHOOK, "unreadable"): 1}, now)
        return Taken(problem=scans.code)
    return take(account, scans, now=now, told_by="genuine")


def take(account: CarrierAccount, scans: Sequence[Scan], *, now: datetime, told_by: str) -> Taken:
    """Move the parcels that these scans are of. Raises `RefusedError` (503): come again."""
    until = time.monotonic() + LONGEST_SECONDS
    taken = Taken(scans=len(scans))
    taken.counts[What.WEBHOOK, told_by] += 1
    by_awb = _by_awb(scans, taken, now)
    numbers = sorted(by_awb)
    try:
        for first in range(0, len(numbers), _AT_ONCE):
            some = {awb: by_awb[awb] for awb in numbers[first : first + _AT_ONCE]}
            _take_some(account, some, taken, now, until)
    finally:
        hearing.add(account, taken.counts, now)
    return taken


def _by_awb(scans: Sequence[Scan], taken: Taken, now: datetime) -> dict[str, list[Scan]]:
    """The scans that are believed, by waybill number."""
    found: dict[str, list[Scan]] = {}
    for scan in scans:
        why = believed(scan, now)
        if why is not None:
            taken.counts[What.UNMOVED, why] += 1
            taken.unmoved += 1
            continue
        if scan.state is None:
            taken.counts[What.NO_STATE, scan.code] += 1
        found.setdefault(scan.awb, []).append(scan)
    return found


def _take_some(
    account: CarrierAccount,
    by_awb: Mapping[str, list[Scan]],
    taken: Taken,
    now: datetime,
    until: float,
) -> None:
    found = carried(account.brand_id, account.partner_id, list(by_awb))
    for awb in by_awb.keys() - found.keys():
        taken.unknown += len(by_awb[awb])
        taken.counts[What.UNKNOWN_PARCEL, "waybill"] += len(by_awb[awb])
    parcels = [parcel for each in found.values() for parcel in each]
    marks = following.known(account, parcels)
    following.heard(account, parcels, now)
    for parcel in parcels:
        if time.monotonic() > until:
            raise RefusedError(_LATER)
        mark = marks.get((parcel.order_id, parcel.parcel_no), NEVER).mark
        _take_one(account, parcel, by_awb[parcel.awb], mark, taken, now)


def _take_one(
    account: CarrierAccount,
    parcel: Carried,
    scans: Sequence[Scan],
    mark: Mark | None,
    taken: Taken,
    now: datetime,
) -> None:
    made = plan(parcel.state, scans, mark, is_reverse=parcel.is_reverse)
    if made.moves or made.mark != mark:
        done = _go(account, parcel, scans, now)
        if isinstance(done, Problem):
            if done.status >= _OURS:
                raise RefusedError(_LATER)
            taken.counts[What.REFUSED, done.code] += 1
            taken.unmoved += 1
            return
        made = done
    taken.moves += len(made.moves)
    taken.unmoved += len(made.unmoved)
    taken.counts.update((What.UNMOVED, why.value) for why in made.unmoved)
    taken.counts.update((What.MOVED, move.to.value) for move in made.moves)


def _go(
    account: CarrierAccount, parcel: Carried, scans: Sequence[Scan], now: datetime
) -> Plan | Problem:
    """The moves, planned anew where nobody else can move the parcel meanwhile."""
    made: list[Plan] = []

    def way(state: ParcelState, is_reverse: bool) -> Sequence[Move]:  # noqa: FBT001 - a Way
        mark = following.mark_of(account, parcel)
        made.append(plan(state, scans, mark, is_reverse=is_reverse))
        if made[-1].mark is not None and made[-1].mark != mark:
            following.put_mark(account, parcel, made[-1].mark)
        return made[-1].moves

    caller = Caller(account.brand_id, account.partner_id, Hop.COURIER)
    moved = follow(caller, parcel.order_id, parcel.parcel_no, way, now=now)
    return moved if isinstance(moved, Problem) else made[-1]


_RULE: Final = "tracking: a carrier signs what it tells of its own parcels"
_NO_ACCOUNT: Final = Problem(
    code="no_such_carrier_account",
    detail="There is no carrier account of this number.",
    remedy="Use the address that `orderveil courier list` shows.",
    rule=_RULE,
    status=404,
)
_BAD_SIGNATURE: Final = Problem(
    code="bad_signature",
    detail="The signature or the token is missing, wrong, or (where a time is signed) too old.",
    remedy="Check the webhook's secret at the carrier against the account's.",
    rule=_RULE,
    status=401,
)
_LATER: Final = Problem(
    code="tracking_unfinished",
    detail="Not everything could be taken in; what was is kept.",
    remedy="Send the same webhook again in a moment.",
    rule="tracking: scans that come again change nothing that they have changed",
    status=503,
)
