"""The counts by hour, and what is read from them: days, hours, colleagues.

Whoever writes holds the brand's `Looked` row, so that reading and writing back loses nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from orderveil.core.clocks import day_of
from orderveil.incidents.detectors import DAYS, LOOK_BACK, Window
from orderveil.incidents.models import Count
from orderveil.incidents.words import What


class Key(NamedTuple):
    """Who did what, in which hour."""

    who: str
    what: What
    hour: datetime


def begins(window: Window, at: datetime) -> datetime:
    """When the hour or the UTC day around `at` began."""
    if window is Window.DAY:
        return day_of(at)
    return at.replace(minute=0, second=0, microsecond=0)


def add(brand_id: int, sums: Mapping[Key, int]) -> None:
    """So much more in each hour."""
    before = _stored(brand_id, sums)
    _store(brand_id, {key: before.get(key, 0) + count for key, count in sums.items()})


def put(brand_id: int, sums: Mapping[Key, int]) -> set[Key]:
    """So much in each hour; the keys whose count is another than before."""
    before = _stored(brand_id, sums)
    changed = {key: count for key, count in sums.items() if before.get(key) != count}
    _store(brand_id, changed)
    return set(changed)


def _stored(brand_id: int, keys: Collection[Key]) -> dict[Key, int]:
    if not keys:
        return {}
    found = Count.objects.filter(
        brand_id=brand_id,
        who__in={key.who for key in keys},
        hour__in={key.hour for key in keys},
    )
    rows = found.values_list("who", "what", "hour", "count")
    return {Key(who, What(what), hour): count for who, what, hour, count in rows}


def _store(brand_id: int, sums: Mapping[Key, int]) -> None:
    rows = [
        Count(brand_id=brand_id, who=key.who, what=key.what, hour=key.hour, count=count)
        for key, count in sums.items()
    ]
    Count.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["brand_id", "what", "who", "hour"],
        update_fields=["count"],
        batch_size=5_000,
    )


class History:
    """What callers did, hour by hour, up to now. `read` fetches a caller, once for a look."""

    def __init__(self, brand_id: int, what: What, now: datetime) -> None:
        self._found = Count.objects.filter(
            brand_id=brand_id, what=what, hour__gt=now - LOOK_BACK
        ).values_list("who", "hour", "count")
        self._hours: dict[str, dict[datetime, int]] = {}
        self._days: dict[str, Mapping[datetime, int]] = {}

    def read(self, whom: Iterable[str]) -> None:
        """Fetch those of them that were not fetched before."""
        new = set(whom) - self._hours.keys()
        self._hours |= {who: {} for who in new}
        for who, hour, count in self._found.filter(who__in=new) if new else ():
            self._hours[who][hour] = count

    def first_hour(self, who: str, day: datetime) -> datetime | None:
        """The first hour of that UTC day in which they did anything."""
        hours = (at for at in self._hours.get(who, ()) if begins(Window.DAY, at) == day)
        return min(hours, default=None)

    def at(self, who: str, window: Window, begin: datetime) -> int:
        """The count of one hour or day."""
        return self._sums(who, window).get(begin, 0)

    def before(self, who: str, window: Window, begin: datetime) -> list[int]:
        """The counts of the active hours or days before that one, of the last active days."""
        days = sorted(day for day in self._sums(who, Window.DAY) if day < begin)[-DAYS:]
        if not days:
            return []
        sums = self._sums(who, window)
        return [count for at, count in sums.items() if days[0] <= at < begin and count]

    def together(self, whom: Collection[str], window: Window, begin: datetime) -> list[int]:
        """The same of several callers, the last DAYS days of each."""
        since = begin - timedelta(days=DAYS)
        return [
            count
            for who in whom
            for at, count in self._sums(who, window).items()
            if since <= at < begin and count
        ]

    def _sums(self, who: str, window: Window) -> Mapping[datetime, int]:
        hours = self._hours.get(who, {})
        if window is Window.HOUR:
            return hours
        if who not in self._days:
            days: dict[datetime, int] = defaultdict(int)
            for hour, count in hours.items():
                days[begins(window, hour)] += count
            self._days[who] = dict(days)
        return self._days[who]
