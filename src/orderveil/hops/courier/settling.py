"""Bookings that a person looks at: listed, tried again, settled by hand; each an act.

Rules kept here:
- trying again is always safe: what may have arrived is looked for before it is sent anew;
- where nobody can be asked, a person says what they saw at the carrier: it is there, with the
  number it bears, or it is not there;
- a parcel is named by the ref that the carrier knows it by, and by nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.gate import booked
from orderveil.hops.courier import accounts, queueing, rows
from orderveil.hops.courier.rows import COLUMNS, Booking, State
from orderveil.hops.courier.stepping import WAYBILL
from orderveil.ledger.acts import ActKind, Who, record

OPEN: Final = (State.IN_DOUBT, State.REFUSED, State.CANCELLING, State.DUE)
LOOKED_AT: Final = frozenset({State.IN_DOUBT, State.REFUSED})
_WAITING: Final = frozenset({State.DUE, State.CANCELLING})


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the brand's open bookings. `after`: where the next page begins; "": there is none."""

    bookings: list[Booking]
    after: str


def listing(
    brand_id: int, states: Sequence[State] = OPEN, *, after: str = "", most: int = 50
) -> Page:
    """The brand's bookings in these states, by reference: what waits, is refused, is in doubt."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM courier_booking b"  # noqa: S608 - constants of ours
            " WHERE brand_id = %s AND state = ANY(%s) AND reference > %s"
            " ORDER BY reference LIMIT %s",
            [brand_id, [state.value for state in states], after, most + 1],
        )
        found = [rows.read(row) for row in cursor.fetchall()]
    more = found[most - 1].reference if len(found) > most else ""
    return Page(found[:most], more)


def counts(brand_id: int) -> dict[State, int]:
    """How many of the brand's bookings are in each open state."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, count(*) FROM courier_booking WHERE brand_id = %s"
            " AND state IN ('due', 'refused', 'in_doubt', 'cancelling') GROUP BY state",
            [brand_id],
        )
        found = dict(cursor.fetchall())
    return {state: found.get(state.value, 0) for state in OPEN}


def waiting(brand_id: int) -> int:
    """How many wait for a person."""
    found = counts(brand_id)
    return sum(found[state] for state in LOOKED_AT)


@transaction.atomic
def retry(brand_id: int, reference: str, *, now: datetime, who: Who) -> Booking:
    """Try again now what stands still or waits. Raises `RefusedError`."""
    row = _locked(brand_id, reference)
    if row.state not in LOOKED_AT | _WAITING:
        raise RefusedError(_NOT_OPEN)
    state = State.CANCELLING if row.is_ending else State.DUE
    if row.state in _WAITING:
        # A worker may hold it: only its next look is brought forward.
        return rows.change(row, now, hold=None, whatever=True, next_at=now)
    _act(row, "again", now, who)
    return _go_on(row, now, state=state.value)


@transaction.atomic
def it_is_not_there(brand_id: int, reference: str, *, now: datetime, who: Who) -> Booking:
    """Somebody looked: the carrier has nothing of it. It is booked anew, or done with."""
    row = _looked_at(brand_id, reference)
    _act(row, "not_there", now, who)
    nothing: dict[str, Any] = {
        "sent_at": None,
        "known": {},
        "account_id": None,
        "road": "booking",
        "done": "",
    }
    state = State.CANCELLING if row.is_ending else State.DUE
    return _go_on(row, now, state=state.value, **nothing)


def it_is_there(
    brand_id: int, reference: str, *, awb: str, now: datetime, who: Who, carrier: str = ""
) -> Booking:
    """Somebody looked: the carrier has it, under this waybill number. Raises `RefusedError`.

    `carrier`: who carries it, where the account is at an aggregator; the account's name if empty.
    """
    if rows.by_reference(brand_id, reference) is None:
        raise RefusedError(_UNKNOWN)
    if not WAYBILL.fullmatch(awb) or not carrier.isprintable() or len(carrier) > _CARRIER_MAX_CHARS:
        raise RefusedError(_NO_WAYBILL)
    with transaction.atomic():
        # Order first, row second: as every writer.
        seen = rows.by_reference(brand_id, reference)
        if seen is not None:
            booked.lock(brand_id, seen.order_id)
        row = _looked_at(brand_id, reference)
        if row.is_ending:
            raise RefusedError(_CANCEL_IT)
        carrier = carrier or _carrier_of(row)
        parcel = (brand_id, row.order_id, row.parcel_no, row.partner_id)
        problem = booked.put_waybill(*parcel, carrier=carrier, awb=awb, now=now, who=who)
        if problem is not None:
            raise RefusedError(problem)
        _act(row, "there", now, who)
        known = {**row.known, "awb": awb, "carrier": carrier}
        return _go_on(row, now, state=State.BOOKED.value, known=known, sent_at=None)


def _carrier_of(row: Booking) -> str:
    account = accounts.live(row.brand_id, row.partner_id)
    return account.carrier if account is not None else "courier"


def _locked(brand_id: int, reference: str) -> Booking:
    row = rows.by_reference(brand_id, reference, lock=True)
    if row is None:
        raise RefusedError(_UNKNOWN)
    return row


def _looked_at(brand_id: int, reference: str) -> Booking:
    row = _locked(brand_id, reference)
    if row.state not in LOOKED_AT:
        raise RefusedError(_NOT_OPEN)
    return row


def _go_on(row: Booking, now: datetime, **changes: Any) -> Booking:
    """The row moves on, under a claim that no worker has."""
    settled: dict[str, Any] = {"problem": None, "tries": 0, "next_at": now}
    settled |= {"claim": row.claim + 1, **changes}
    return rows.change(row, now, hold=False, whatever=True, **settled)


def _act(row: Booking, answer: str, now: datetime, who: Who) -> None:
    record(
        row.brand_id,
        ActKind.BOOKING_SETTLED,
        now=now,
        who=who,
        order_id=row.order_id,
        detail={"parcel": row.parcel_no, "partner": row.partner_id, "answer": answer},
    )


def catch_up(brand_id: int, partner_id: int, now: datetime) -> int:
    """A partner has an account: what waited for one is queued; about how many."""
    waited = booked.unbooked_of(brand_id, partner_id, most=_MOST_AT_ONCE)
    for order_id, parcel_no in waited:
        with transaction.atomic():
            queueing.reconcile(brand_id, order_id, parcel_no, now)
    queueing.wake(partner_id, now, ["no_account"])
    return len(waited)


_MOST_AT_ONCE: Final = 10_000
_CARRIER_MAX_CHARS: Final = 60
_RULE: Final = "courier: what may be booked already is not booked again"
_UNKNOWN = Problem(
    code="no_such_booking",
    detail="This brand has no booking of that reference.",
    remedy="List them: `orderveil courier bookings`.",
    rule="ref: the pseudonym under which one partner knows a parcel",
    status=404,
)
_NOT_OPEN = Problem(
    code="booking_not_open",
    detail="This booking doesn't wait for anybody.",
    remedy="List those that do: `orderveil courier bookings`.",
    rule=_RULE,
    status=409,
)
_CANCEL_IT = Problem(
    code="booking_called_off",
    detail="This booking is called off: its waybill belongs to no parcel.",
    remedy="Cancel it in the carrier's own panel, then say that it is not there.",
    rule=_RULE,
    status=409,
)
_NO_WAYBILL = Problem(
    code="bad_waybill",
    detail="A waybill number has 1 to 64 letters, digits and - _ . : /.",
    remedy="Copy it from the carrier's own panel.",
    pointer="/awb",
    rule="gate: a waybill number is one word",
)
