"""Guessing PINs: who may still try.

Rules kept here:
- a caller has MOST_WRONG tries an hour; a right PIN gives its try back. Whoever withholds their
  number shares these with everybody who does;
- a pool number that was tried wrongly MOST_ON_NUMBER times an hour, by however many callers, is
  closed to all who have not keyed in a right PIN within a day: they can't open it for others;
- a try is taken before the PIN is looked at, so that a hundred calls at once are a hundred tries.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection

from orderveil.hops.calls.hearing import digest
from orderveil.hops.calls.models import Guess
from orderveil.hops.calls.speech import Ring

MOST_WRONG: Final = 5
MOST_ON_NUMBER: Final = 60
_WINDOW: Final = timedelta(hours=1)
_KNOWN: Final = timedelta(days=1)


def take_try(brand_id: int, ring: Ring, now: datetime) -> bool:
    """One try of this caller's; False: they have none, or the number is closed to them."""
    caller = _caller(brand_id, ring)
    _count(brand_id, caller, now, wrong=1)
    of_caller, of_number, is_known = _tried(brand_id, caller, _number(brand_id, ring), now)
    if of_caller > MOST_WRONG:
        return False
    return of_number < MOST_ON_NUMBER or is_known


def was_right(brand_id: int, ring: Ring, now: datetime) -> None:
    """The PIN led to somebody: the try is given back."""
    _count(brand_id, _caller(brand_id, ring), now, wrong=-1, right=1)


def was_wrong(brand_id: int, ring: Ring, now: datetime) -> None:
    """The PIN led to nobody."""
    _count(brand_id, _number(brand_id, ring), now, wrong=1)


def sweep(now: datetime) -> None:
    """Forget what is older than a day."""
    Guess.objects.filter(hour__lt=_hour(now - _KNOWN)).delete()


def _caller(brand_id: int, ring: Ring) -> bytes:
    who = ring.caller or f"withheld, to {ring.dialled}"
    return digest(brand_id, "caller", who)


def _number(brand_id: int, ring: Ring) -> bytes:
    return digest(brand_id, "number", ring.dialled)


def _count(brand_id: int, who: bytes, now: datetime, *, wrong: int = 0, right: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO calls_guess (brand_id, who, hour, wrong, "right")'
            " VALUES (%s, %s, %s, greatest(%s, 0), %s) ON CONFLICT (brand_id, who, hour)"
            " DO UPDATE SET wrong = greatest(calls_guess.wrong + %s, 0),"
            ' "right" = calls_guess."right" + excluded."right"',
            [brand_id, who, _hour(now), wrong, right, wrong],
        )


def _tried(brand_id: int, caller: bytes, number: bytes, now: datetime) -> tuple[int, int, bool]:
    """Wrong tries by this caller and on this number; did the caller key in a right one lately?

    Of this hour of the clock and the one before: never less than in an hour's time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(wrong) FILTER (WHERE who = %(caller)s AND hour >= %(hour)s), 0),"
            " coalesce(sum(wrong) FILTER (WHERE who = %(number)s AND hour >= %(hour)s), 0),"
            ' coalesce(bool_or(who = %(caller)s AND "right" > 0), false) FROM calls_guess'
            " WHERE brand_id = %(brand)s AND who IN (%(caller)s, %(number)s) AND hour >= %(day)s",
            {
                "brand": brand_id,
                "caller": caller,
                "number": number,
                "hour": _hour(now - _WINDOW),
                "day": now - _KNOWN,
            },
        )
        of_caller, of_number, is_known = cursor.fetchone()
        return int(of_caller), int(of_number), bool(is_known)


def _hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
