"""The dot under a hop: how much of the customer that system holds, in five words.

Rules kept here:
- only personal fields count, and only those the order has;
- the full dot is the *whole customer*: who, how to reach them, where they live (`CORE`). What is
  beyond (billing, payment, browsing, notes) counts towards it, so a hop can't look small by
  holding the rest;
- weights are judgements, and all of them are here.
"""

from collections.abc import Collection, Mapping
from enum import IntEnum
from types import MappingProxyType

from orderveil.core.fields import PERSONAL, Field
from orderveil.core.forms import Form


class Level(IntEnum):
    """How much of the customer a system holds."""

    NONE = 0
    LITTLE = 1
    SOME = 2
    MUCH = 3
    ALL = 4

    @property
    def word(self) -> str:
        """The level in a word: the dot never speaks by colour or size alone."""
        return self.name.lower()


CORE: Mapping[Field, int] = MappingProxyType(
    {
        Field.PHONE: 5,  # nine of the ten scams begin with a call or a message
        Field.EMAIL: 4,
        Field.LINE1: 4,
        Field.NAME: 3,
        Field.LINE2: 1,
        Field.LANDMARK: 1,
        Field.CITY: 1,
        Field.STATE: 1,
        Field.PINCODE: 1,
    }
)
_BEYOND: Mapping[Field, int] = MappingProxyType(
    {
        Field.COUNTRY: 0,  # says nothing that the parcel itself does not
        Field.GEO: 2,
        Field.BILLING_ADDRESS: 2,
        Field.UPI: 2,
    }
)
WEIGHTS: Mapping[Field, int] = MappingProxyType(
    {field: CORE.get(field, _BEYOND.get(field, 1)) for field in Field if field in PERSONAL}
)
"""Points of a personal field shown whole; one unless said otherwise above."""

SHARES: Mapping[Form, float] = MappingProxyType(
    {
        Form.WHOLE: 1.0,
        Form.IF_COD: 1.0,
        Form.HASHED: 0.5,  # recognises the same person again, and can be guessed
        Form.SHORT: 0.5,
        Form.COARSE: 0.25,
        Form.MASKED: 0.25,
        Form.SENT: 0.25,  # held masked
        Form.VIRTUAL: 0.25,  # reaches the customer, until the parcel is there
        Form.STOCK: 0.0,
        Form.TOKEN: 0.0,
        Form.ABSENT: 0.0,
        Form.REFUSED: 0.0,
    }
)
"""What part of a field's points a form is worth."""

_STEPS = ((0.9, Level.ALL), (0.5, Level.MUCH), (0.25, Level.SOME))


def level(forms: Mapping[Field, Form], *, of: Collection[Field]) -> Level:
    """How much of a customer whose order has the fields `of` is told by `forms`."""
    points = sum(
        WEIGHTS[field] * SHARES[forms.get(field, Form.ABSENT)] for field in of if field in WEIGHTS
    )
    if not points:
        return Level.NONE
    whole = sum(CORE[field] for field in of if field in CORE)
    share = points / whole if whole else 1.0
    return next((word for least, word in _STEPS if share >= least), Level.LITTLE)
