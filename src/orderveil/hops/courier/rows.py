"""The bookings' table: what a row holds, and how a worker holds a row.

Rules kept here:
- claiming is one short statement; a claim ends by its own clock (`held_until`), so the row of a
  worker that died comes back by itself;
- every change by a worker names its claim: one that outlived its lease changes nothing;
- what a carrier told (`known`) is sealed; a row holds ids, codes, times and words of ours.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec
from django.db import connection, transaction

from orderveil.core.errors import OrderveilError, Problem
from orderveil.hops.courier.signing_in import BOX
from orderveil.keyring import boxes

LEASE: Final = timedelta(seconds=180)
"""More than a step can take: a sign-in and a request of 5 x 3 + 15 s each, and a disclosure."""


class State(StrEnum):
    """How a booking fares."""

    DUE = "due"
    BOOKED = "booked"
    REFUSED = "refused"
    """A person must look: the carrier, or we, will not go on."""
    IN_DOUBT = "in_doubt"
    """Nobody can tell whether the carrier has it: a person settles that."""
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    """Was at the carrier, and no longer is."""
    CALLED_OFF = "called_off"
    """Never was at the carrier."""


class Road(StrEnum):
    """Which of a carrier's two lists of steps a row goes through."""

    BOOKING = "booking"
    CANCELLING = "cancelling"


AT_REST: Final = frozenset({State.CANCELLED, State.CALLED_OFF})


class LostError(OrderveilError):
    """Another worker, or an event, took the row over: what this one knows is old."""

    def __init__(self) -> None:
        super().__init__("The booking was taken over.", remedy="It is read again.")


class Why(msgspec.Struct, frozen=True):
    """Why a row waits or stands still, in words of ours."""

    code: str
    detail: str = ""
    remedy: str = ""


def why(problem: Problem) -> Why:
    """What is kept of a Problem."""
    return Why(problem.code, problem.detail, problem.remedy)


@dataclass(frozen=True, slots=True)
class Booking:
    """One parcel and one partner, as the table has it."""

    order_id: bytes
    parcel_no: int
    partner_id: int
    brand_id: int
    reference: str
    life: int
    is_reverse: bool
    state: State
    is_ending: bool
    """It is to be cancelled, or never to be booked."""
    goes: bool
    """Its order was erased: the row goes when it has ended."""
    account_id: int | None
    """The account that the first step was sent with."""
    road: Road
    done: str
    """The last step that is done on this road; "": none."""
    sent_at: datetime | None
    """When the step after `done` was sent, while nobody knows how that ended."""
    known: Mapping[str, str] = field(repr=False)
    problem: Why | None
    tries: int
    claim: int
    next_at: datetime
    created_at: datetime

    @property
    def is_untouched(self) -> bool:
        """Surely nothing of it is at the carrier."""
        return self.road is Road.BOOKING and not self.done and self.sent_at is None


_PLAIN: Final = (
    *("order_id", "parcel_no", "partner_id", "brand_id", "reference", "life", "is_reverse"),
    *("state", "is_ending", "goes", "account_id", "road", "done", "sent_at"),
    *("known", "problem", "tries", "claim", "next_at", "created_at"),
)
COLUMNS: Final = ", ".join(f"b.{name}" for name in _PLAIN).replace("b.problem", "b.problem::text")
_KEY: Final = "order_id = %s AND parcel_no = %s AND partner_id = %s"


def read(row: tuple[Any, ...]) -> Booking:
    """A booking from a row of `COLUMNS`."""
    told = dict(zip(_PLAIN, row, strict=True))
    told["order_id"] = bytes(told["order_id"])
    told["state"], told["road"] = State(told["state"]), Road(told["road"])
    told["known"] = _opened(told)
    told["problem"] = msgspec.json.decode(told["problem"], type=Why) if told["problem"] else None
    return Booking(**told)


def _place(order_id: bytes, parcel_no: int, partner_id: int) -> str:
    return f"known:{order_id.hex()}:{parcel_no}:{partner_id}"


def _opened(told: Mapping[str, Any]) -> Mapping[str, str]:
    if told["known"] is None:
        return {}
    place = _place(told["order_id"], told["parcel_no"], told["partner_id"])
    raw = boxes.open_box(told["brand_id"], BOX, place, bytes(told["known"]))
    return msgspec.json.decode(raw, type=dict[str, str])


def _sealed(row: Booking, known: Mapping[str, str]) -> bytes | None:
    if not known:
        return None
    place = _place(row.order_id, row.parcel_no, row.partner_id)
    return boxes.seal(row.brand_id, BOX, place, msgspec.json.encode(dict(known)))


_CLAIM: Final = f"""
WITH first AS MATERIALIZED (
    SELECT b.order_id, b.parcel_no, b.partner_id FROM courier_booking b
      LEFT JOIN courier_account a ON a.partner_id = b.partner_id AND a.revoked_at IS NULL
     WHERE b.state IN ('due', 'cancelling') AND b.next_at <= %(now)s
       AND (b.held_until IS NULL OR b.held_until <= %(now)s)
       AND (a.paused_until IS NULL OR a.paused_until <= %(now)s)
       AND b.partner_id <> ALL(%(busy)s)
     ORDER BY b.next_at LIMIT 1 FOR UPDATE OF b SKIP LOCKED
)
UPDATE courier_booking b SET claim = b.claim + 1, held_until = %(until)s, updated_at = %(now)s
  FROM first
 WHERE b.order_id = first.order_id AND b.parcel_no = first.parcel_no
   AND b.partner_id = first.partner_id
RETURNING {COLUMNS}
"""  # noqa: S608 - constants of ours


def claim(now: datetime, *, busy: Collection[int] = ()) -> Booking | None:
    """Take the row that is due longest; None if nothing is due. `busy`: partners to leave alone."""
    told: dict[str, Any] = {"now": now, "busy": list(busy), "until": now + LEASE}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_CLAIM, told)
        found = cursor.fetchone()
    return read(found) if found else None


def due(now: datetime, limit: int) -> int:
    """How many rows could be claimed now, counted up to `limit`; paused accounts' count, too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM courier_booking"
            " WHERE state IN ('due', 'cancelling') AND next_at <= %s"
            "   AND (held_until IS NULL OR held_until <= %s) LIMIT %s) AS first",
            [now, now, limit],
        )
        return int(cursor.fetchone()[0])


def change(
    row: Booking,
    now: datetime,
    *,
    hold: bool | None = True,
    whatever: bool = False,
    **changes: Any,
) -> Booking:
    """Change a row under its claim, in one transaction or in the caller's; what it is now.

    `hold`: True extends the lease, False lets go, None leaves it as it is. `whatever`: also if it
    was called off since it was read; what a carrier answered is kept in any case.
    Raises `LostError`.
    """
    sets = _spell(row, now, changes)
    if hold is not None:
        sets["held_until"] = now + LEASE if hold else None
    names = ", ".join(f"{name} = %s" for name in sets)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE courier_booking b SET {names}"  # noqa: S608 - names of ours
            f" WHERE {_KEY} AND claim = %s AND (%s OR is_ending = %s) RETURNING {COLUMNS}",
            [
                *sets.values(),
                *(row.order_id, row.parcel_no, row.partner_id),
                *(row.claim, whatever, row.is_ending),
            ],
        )
        found = cursor.fetchone()
    if found is None:
        raise LostError
    return read(found)


def _spell(row: Booking, now: datetime, changes: Mapping[str, Any]) -> dict[str, Any]:
    sets: dict[str, Any] = {"updated_at": now}
    for name, value in changes.items():
        if name == "known":
            sets[name] = _sealed(row, value)
        elif name == "problem":
            sets[name] = msgspec.json.encode(value).decode() if value else None
        else:
            sets[name] = value
    return sets


def again(row: Booking) -> Booking | None:
    """The row as it is now, if this claim still holds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM courier_booking b WHERE {_KEY} AND claim = %s",  # noqa: S608
            [row.order_id, row.parcel_no, row.partner_id, row.claim],
        )
        found = cursor.fetchone()
    return read(found) if found else None


def delete(row: Booking) -> None:
    """The row goes, if it is still the one that was read."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM courier_booking WHERE {_KEY} AND claim = %s",  # noqa: S608
            [row.order_id, row.parcel_no, row.partner_id, row.claim],
        )
        if not cursor.rowcount:
            raise LostError


def of_order(order_id: bytes, parcel_no: int | None = None, *, lock: bool = False) -> list[Booking]:
    """The rows of an order, or of one of its parcels; `lock` in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM courier_booking b"  # noqa: S608 - constants of ours
            " WHERE order_id = %s AND (%s::smallint IS NULL OR parcel_no = %s)"
            f" ORDER BY parcel_no, partner_id{' FOR UPDATE' if lock else ''}",
            [order_id, parcel_no, parcel_no],
        )
        return [read(found) for found in cursor.fetchall()]


def by_reference(brand_id: int, reference: str, *, lock: bool = False) -> Booking | None:
    """The booking that the carrier knows by this reference."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM courier_booking b WHERE brand_id = %s AND reference = %s"  # noqa: S608
            f"{' FOR UPDATE' if lock else ''}",
            [brand_id, reference],
        )
        found = cursor.fetchone()
    return read(found) if found else None
