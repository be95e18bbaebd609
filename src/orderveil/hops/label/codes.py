"""The codes of a label as bits: the waybill number as Code 128, the token as QR or DataMatrix.

Rules kept here:
- a module is a whole number of the printer's dots, never narrower than 0.25 mm (lines) or
  0.33 mm (squares), and the quiet zone belongs to the code;
- what would not fit is refused: a code is never squeezed;
- the bits that are drawn are the bits that are checked (`checking`).
"""

from dataclasses import dataclass
from enum import StrEnum

import zxingcpp

from orderveil.core.errors import Problem
from orderveil.hops.label.content import Symbol


class Kind(StrEnum):
    """Which symbology."""

    CODE128 = "code128"
    QR = "qr"
    DATAMATRIX = "datamatrix"


FORMATS = {
    Kind.CODE128: zxingcpp.BarcodeFormat.Code128,
    Kind.QR: zxingcpp.BarcodeFormat.QRCode,
    Kind.DATAMATRIX: zxingcpp.BarcodeFormat.DataMatrix,
}
_QUIET = {Kind.CODE128: 10, Kind.QR: 4, Kind.DATAMATRIX: 2}
"""Modules on each side. ISO/IEC 15417 4.3.2, 18004 6.3.8, 16022 (1, and one more)."""

_WIDTHS = {203: range(2, 5), 300: range(3, 7)}
_SIDES = {203: range(3, 10), 300: range(4, 14)}
"""Dots to a module, by dpi: of lines, of squares."""

# All masks are valid and all are read alike; trying each of the eight takes five times as long.
_MASK = 3
_MOST_AWB = 48


@dataclass(frozen=True, slots=True)
class Code:
    """A code as modules: `bits` row by row, 0 black and 255 white, without the quiet zone."""

    kind: Kind
    text: str
    columns: int
    rows: int
    bits: bytes
    module: int
    """Dots to a module."""

    @property
    def quiet(self) -> int:
        """Dots that must stay white on each side."""
        return _QUIET[self.kind] * self.module

    @property
    def width(self) -> int:
        """Dots, without the quiet zone."""
        return self.columns * self.module


def waybill(awb: str, dpi: int, room: int) -> Code | Problem:
    """The AWB as Code 128 in at most `room` dots, its quiet zones counted; one row of modules."""
    if not awb or len(awb) > _MOST_AWB or not (awb.isascii() and awb.isprintable()):
        return _bad_awb("is empty, too long, or holds characters that a Code 128 has not")
    made = zxingcpp.create_barcode(awb, FORMATS[Kind.CODE128])
    _, columns, bits = _modules(made)
    module = _largest(columns + 2 * _QUIET[Kind.CODE128], _WIDTHS[dpi], room)
    if not module:
        return _bad_awb("is too long: its code would not fit the label's width")
    return Code(Kind.CODE128, awb, columns, 1, bits[:columns], module)


def token(text: str, symbol: Symbol, dpi: int, room: int) -> Code | Problem:
    """The token as a square code of at most `room` dots a side, its quiet zones counted."""
    kind = Kind(symbol.value)
    try:
        made = zxingcpp.create_barcode(text, FORMATS[kind], **_options(kind))
    except ValueError:
        return _bad_token()
    rows, columns, bits = _modules(made)
    module = _largest(columns + 2 * _QUIET[kind], _SIDES[dpi], room)
    return Code(kind, text, columns, rows, bits, module) if module else _bad_token()


def _modules(made: zxingcpp.Barcode) -> tuple[int, int, bytes]:
    """Rows, columns, and a byte a module."""
    image = made.to_image(1, add_hrt=False, add_quiet_zones=False)
    rows, columns = image.shape
    return rows, columns, bytes(memoryview(image))  # type: ignore[arg-type] # it is a buffer


def _options(kind: Kind) -> dict[str, object]:
    if kind == Kind.QR:
        return {"ec_level": "M", "data_mask": _MASK}
    return {"force_square": True}


def _largest(modules: int, dots: range, room: int) -> int:
    """The most dots to a module that fit; 0 if even the fewest don't."""
    return max((n for n in dots if n * modules <= room), default=0)


def _bad_awb(why: str) -> Problem:
    return Problem(
        code="awb_not_printable",
        detail=f"The waybill number {why}.",
        remedy="Ask the courier for a number of at most 31 letters and digits.",
        pointer="/awb",
        rule="a code is printed whole dots to a module, or not at all",
    )


def _bad_token() -> Problem:
    return Problem(
        code="token_not_printable",
        detail="The token is empty or too long for a code of this size.",
        remedy="Shorten the address that tokens begin with.",
        pointer="/token",
        rule="a code is printed whole dots to a module, or not at all",
    )
