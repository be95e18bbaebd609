"""What runs by the clock: counts go, lost calls are said to be lost, numbers are given back."""

from datetime import datetime

from orderveil.hops.calls import clicking, guessing, hearing
from orderveil.hops.calls.masking import returning


def sweep(now: datetime) -> None:
    """Forget what is a day old."""
    guessing.sweep(now)
    hearing.sweep(now)


def settle(now: datetime) -> None:
    """Say what became of calls whose process died, and give numbers back that lead to nobody."""
    clicking.sweep(now)
    returning.upkeep(now)
