"""Time as values: taken once at the edge and passed on."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta


def utc_now() -> datetime:
    """The present, aware, UTC. Called at the edges only; everything below takes `now`."""
    return datetime.now(UTC)


def end_of(day: date) -> datetime:
    """The first moment after a day of UTC; the last one there is, where the calendar ends."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def day_of(now: datetime) -> datetime:
    """The first moment of its day of UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def short_digest(text: str) -> str:
    """Eight hex characters that tell two texts apart, for names that must stay short."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
