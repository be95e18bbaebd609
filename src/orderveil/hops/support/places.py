"""Where a list goes on, as an address carries it: a moment, and the last row by its ref.

The ref is the person's partner's own: another's leads to the beginning, as nonsense does.
"""

from datetime import UTC, datetime, timedelta

from orderveil.core.actors import Actor
from orderveil.core.numbers import MICROS_DIGITS, row_number
from orderveil.gate.asking import Caller, open_ref
from orderveil.gate.desk.caller import caller_of

_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)


def spell(at: datetime, ref: str) -> str:
    """The place of the row at this moment, of an order or of one of its parcels."""
    return f"{(at - _BEGAN) // timedelta(microseconds=1)}.{ref}"


def read(actor: Actor, text: str) -> tuple[datetime, bytes, int | None] | None:
    """Moment, order and parcel (None: the ref is the order's); None if it names no place."""
    micros, _dot, ref = text.partition(".")
    since = row_number(micros, most_digits=MICROS_DIGITS)
    if since is None:
        return None
    caller = caller_of(actor, "list")
    found = open_ref(caller, ref) if isinstance(caller, Caller) else None
    return found and (_BEGAN + timedelta(microseconds=since), *found)
