"""What can become of an item, and what is proposed for it. Pure.

Idle is who (or what) was not used for `IDLE_DAYS`; whoever was never used, since they are there.
"""

from datetime import datetime, timedelta
from enum import StrEnum

IDLE_DAYS = 30


class Kind(StrEnum):
    """What is reviewed."""

    PERSON = "person"
    CREDENTIAL = "credential"


class Outcome(StrEnum):
    """What became of an item. The first three are a reviewer's decisions."""

    KEEP = "keep"
    NARROW = "narrow"
    REMOVE = "remove"
    GONE = "gone"
    """It had ended before anybody decided."""
    NOBODY_ELSE = "nobody_else"
    """The only reviewer's own: nobody else was there to decide it."""


DECISIONS = (Outcome.KEEP, Outcome.NARROW, Outcome.REMOVE)


def proposed(since: datetime, last_used_at: datetime | None, now: datetime) -> Outcome:
    """Remove what is idle, keep everything else."""
    idle = now - (last_used_at or since)
    return Outcome.REMOVE if idle >= timedelta(days=IDLE_DAYS) else Outcome.KEEP
