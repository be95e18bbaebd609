"""The spellings of a moment that shops use: ISO 8601 with an offset, naive GMT, epoch numbers."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = Decimal(10) ** 11
"""1e11 seconds is the year 5138; 1e11 milliseconds is 1973: larger numbers count milliseconds."""


def read_moment(value: str | int | Decimal, *, naive_is_utc: bool) -> datetime | None:
    """The moment, aware, in UTC; None if it can't be read or lies outside 1970 to 2200.

    A local time without an offset names no moment, unless the payload's rules say it is GMT.
    """
    try:
        moment = _from_epoch(Decimal(value))
    except InvalidOperation:
        moment = _from_iso(str(value), naive_is_utc=naive_is_utc)
    return moment if moment and _EARLIEST <= moment < _LATEST else None


def _from_epoch(number: Decimal) -> datetime | None:
    if not number.is_finite() or number.adjusted() > 15:
        return None
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _from_iso(text: str, *, naive_is_utc: bool) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC) if naive_is_utc else None
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
