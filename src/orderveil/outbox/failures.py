"""What is kept of a failure, and how long to wait before trying again.

Rules kept here:
- a failure is kept as a code and a place in the source, never as its message: a message may
  quote the value it failed on;
- waits are spread out, so that what failed together does not return together.
"""

import random
from collections.abc import Sequence
from datetime import timedelta
from traceback import walk_tb
from typing import Final

from orderveil.core.errors import RefusedError

JITTER: Final = 0.2


def delay(schedule_seconds: Sequence[int], attempt: int, rng: random.Random) -> timedelta | None:
    """The wait after the `attempt`-th failure (from 1), within 20 % of the schedule's entry.

    None when the schedule has no entry left: it is time to stop and leave it to a person.
    """
    if attempt > len(schedule_seconds):
        return None
    return timedelta(seconds=schedule_seconds[attempt - 1] * rng.uniform(1 - JITTER, 1 + JITTER))


def failure_code(error: BaseException) -> str:
    """A refusal's code, or `Class@module:line` of the innermost frame, ours if there is one."""
    if isinstance(error, RefusedError):
        return error.problem.code
    places = [
        (str(frame.f_globals.get("__name__", "")), line)
        for frame, line in walk_tb(error.__traceback__)
    ]
    ours = [place for place in places if place[0].startswith("orderveil.")]
    for module, line in (ours or places)[-1:]:
        return f"{type(error).__name__}@{module}:{line}"
    return type(error).__name__
