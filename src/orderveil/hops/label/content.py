"""What one label says.

Rules kept here:
- every text is in its form already: whoever makes a content could not unmask it;
- no email, no item, no amount but what is due on delivery: there is no place for them.
"""

import unicodedata
from enum import IntEnum, StrEnum

import msgspec

from orderveil.core.layouts import Layout


class Symbol(StrEnum):
    """The two-dimensional code that carries the token."""

    QR = "qr"
    """Read by any phone: a finder's phone leads to the page that says nothing of the buyer."""
    DATAMATRIX = "datamatrix"
    """Smaller; read by scanners and couriers' apps."""


class Dpi(IntEnum):
    """Dots to the inch of a printer's head."""

    D203 = 203
    D300 = 300


class Cod(msgspec.Struct, frozen=True):
    """What the courier collects."""

    currency: str
    amount: str


class Sender(msgspec.Struct, frozen=True):
    """Where an undelivered parcel goes back to: the brand's own address."""

    name: str
    lines: tuple[str, ...] = ()


class LabelContent(msgspec.Struct, frozen=True, kw_only=True):
    """One label. `copy` is 1 on the first print."""

    carrier: str
    awb: str
    token: str
    sender: Sender
    name: str | None = None
    lines: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    pincode: str | None = None
    country: str | None = None
    phone: str | None = None
    cod: Cod | None = None
    is_prepaid: bool = False
    order: str | None = None
    """The order's number as this hop may see it."""
    copy: int = 1
    layout: Layout = Layout.STANDARD
    symbol: Symbol = Symbol.QR


# They reorder or hide what stands around them; no name needs them.
_TRICKS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0xFEFF, 0xAD))


def tidy(text: str | None) -> str:
    """A text as it is set: one line, composed (NFC), without what reorders its neighbours."""
    if not text:
        return ""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_TRICKS)
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c) in _BLANK else c for c in text)
    return " ".join(text.split())


_BLANK = frozenset({"Cc", "Zs", "Zl", "Zp", "Cs", "Co", "Cn"})
