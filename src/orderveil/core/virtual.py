"""How a virtual phone is written: a number of the pool's, and the PIN that leads to one parcel.

One line, as a label prints it and a courier's people read it: "+918047100000, PIN 482913". The
brand's care number stands alone: it needs no PIN.
"""

import re
from typing import Final

PIN_DIGITS: Final = 6

_SPELLED: Final = re.compile(rf"(\+[1-9][0-9]{{6,14}})(?:, PIN ([0-9]{{{PIN_DIGITS}}}))?")


def spelled(number: str, pin: str) -> str:
    """ "+918047100000, PIN 482913". `number` is E.164; `pin` "" if there is none."""
    return f"{number}, PIN {pin}" if pin else number


def read(text: str) -> tuple[str, str] | None:
    """(number, PIN or "") of a text that `spelled` made; None for any other."""
    match = _SPELLED.fullmatch(text)
    return (match[1], match[2] or "") if match else None
