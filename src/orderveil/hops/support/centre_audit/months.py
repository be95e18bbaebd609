"""Months as the packs mean them: whole, in UTC, written "2026-11"."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_WRITTEN = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")

SETTLED_AFTER = timedelta(hours=1)
"""By then everything dated in the month has its place in the log."""


class Month(NamedTuple):
    """One month."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment of the next."""
        return self.next.start

    @property
    def next(self) -> "Month":
        """The month after."""
        at = self.year * 12 + self.number
        return Month(at // 12, at % 12 + 1)

    @property
    def before(self) -> "Month":
        """The month before."""
        at = self.year * 12 + self.number - 2
        return Month(at // 12, at % 12 + 1)

    def is_over(self, now: datetime) -> bool:
        """Over, and settled."""
        return now >= self.end + SETTLED_AFTER


def month_of(at: datetime) -> Month:
    """The month that holds a moment."""
    utc = at.astimezone(UTC)
    return Month(utc.year, utc.month)


def read(text: str) -> Month | None:
    """The month that is written so; None if that is none."""
    match = _WRITTEN.fullmatch(text)
    return Month(int(match[1]), int(match[2])) if match else None


def until(now: datetime, count: int) -> list[Month]:
    """The month of `now` and those before it, `count` in all, the newest first."""
    months = [month_of(now)]
    while len(months) < count:
        months.append(months[-1].before)
    return months
