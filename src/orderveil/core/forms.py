"""Forms: how a field is shown, and which form tells less than which.

Rules kept here:
- forms are a *partial* order: `masked` and `virtual` cannot be compared, so a change between
  them is never provably tighter and needs a second person;
- `hashed` ranks just below `whole`, above everything else it can be compared with, because a
  phone number can be guessed by trying them all;
- two forms that show nothing (`absent`, `refused`) are below all others.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Form(StrEnum):
    """How a field leaves the vault."""

    WHOLE = "whole"
    HASHED = "hashed"
    SENT = "sent"
    """Opened only by our own sending code; the machine door returns it masked."""
    SHORT = "short"
    MASKED = "masked"
    COARSE = "coarse"
    """Items: what kind and how many. Amounts: the declared value. PIN: its first three digits.
    Address lines: without the unit."""
    STOCK = "stock"
    """Items only: SKU and quantity."""
    IF_COD = "if_cod"
    """Whole when the parcel is paid on delivery, else absent."""
    VIRTUAL = "virtual"
    TOKEN = "token"  # noqa: S105 - a form's name, not a secret
    ABSENT = "absent"
    REFUSED = "refused"
    """Absent, and a message that carries it is refused at the interface."""


_DIRECTLY_BELOW: Mapping[Form, tuple[Form, ...]] = MappingProxyType(
    {
        Form.WHOLE: (Form.HASHED, Form.SENT, Form.STOCK, Form.IF_COD),
        Form.HASHED: (Form.SHORT, Form.COARSE, Form.VIRTUAL),
        Form.SENT: (Form.MASKED,),
        Form.SHORT: (Form.MASKED,),
        Form.COARSE: (Form.MASKED,),
        Form.STOCK: (Form.ABSENT,),
        Form.IF_COD: (Form.ABSENT,),
        Form.VIRTUAL: (Form.TOKEN,),
        Form.MASKED: (Form.TOKEN,),
        Form.TOKEN: (Form.ABSENT,),
        Form.ABSENT: (Form.REFUSED,),
        Form.REFUSED: (),
    }
)


def _closure(form: Form) -> frozenset[Form]:
    below = {form}
    for lower in _DIRECTLY_BELOW[form]:
        below |= _closure(lower)
    return frozenset(below)


_AT_MOST: Mapping[Form, frozenset[Form]] = MappingProxyType({form: _closure(form) for form in Form})

SHOWS_NOTHING = frozenset({Form.ABSENT, Form.REFUSED})


def tells_at_most(form: Form, bound: Form) -> bool:
    """True if `form` provably tells no more than `bound`; False too if they can't be compared."""
    return form in _AT_MOST[bound]
