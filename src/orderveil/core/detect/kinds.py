"""What can be found in a text, and what is said of a find.

Rule kept here: a hit has a kind, a place and a certainty, never the value; it can be logged.
"""

from dataclasses import dataclass
from enum import StrEnum

SURE = 0.5
"""From this certainty on, a candidate is a hit."""


class Kind(StrEnum):
    """What can be found in a text."""

    CARD = "card"
    CVV = "cvv"
    EMAIL = "email"
    PHONE = "phone"


EVERYTHING = frozenset(Kind)
CARD_DATA = frozenset({Kind.CARD, Kind.CVV})


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found at `text[start:end]`. `certainty` is between 0 and 1."""

    kind: Kind
    start: int
    end: int
    certainty: float
