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
    VPA = "vpa"
    GSTIN = "gstin"
    PAN = "pan"
    IBAN = "iban"
    IFSC = "ifsc"
    AADHAAR = "aadhaar"
    PHONE = "phone"
    PINCODE = "pincode"
    ADDRESS = "address"
    NAME = "name"


EVERYTHING = frozenset(Kind)
CARD_DATA = frozenset({Kind.CARD, Kind.CVV})
NUMBERS_OF_PEOPLE = frozenset(
    {
        *CARD_DATA,
        Kind.EMAIL,
        Kind.PHONE,
        Kind.VPA,
        Kind.PAN,
        Kind.GSTIN,
        Kind.IBAN,
        Kind.AADHAAR,
    }
)
"""Each names one person by itself, whatever stands beside it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found at `text[start:end]`. `certainty` is between 0 and 1.

    `personal` is False for what names a firm or a branch: a company's PAN or GSTIN, an IFSC.
    """

    kind: Kind
    start: int
    end: int
    certainty: float
    personal: bool = True
