"""A label as things at places, in printer dots: what both PDF and ZPL are made of.

Coordinates are dots from the top left corner; a text's `y` is its baseline. The things are
arrays with a letter in front, which is how the template reads them.
"""

from typing import TypeAlias

import msgspec

from orderveil.hops.label.codes import Code

WIDTH_IN, HEIGHT_IN = 4, 6


class Text(msgspec.Struct, frozen=True, array_like=True, tag="t"):
    """One line. `weight` 400 or 700; white on black if `is_white`."""

    x: int
    y: int
    points: float
    weight: int
    is_white: bool
    is_rtl: bool
    text: str
    width: int = 0
    """Where it is known."""


class Lines(msgspec.Struct, frozen=True, array_like=True, tag="l"):
    """Texts under one another, `pitch` dots apart: set together, which takes half the time."""

    x: int
    y: int
    points: float
    weight: int
    is_white: bool
    pitch: int
    text: str
    """The lines, a line end between them."""


class Bar(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    """A black rectangle."""

    x: int
    y: int
    width: int
    height: int


class Bits(msgspec.Struct, frozen=True, array_like=True, tag="i"):
    """A code: `columns` x `rows` modules stretched to `width` x `height` dots."""

    x: int
    y: int
    width: int
    height: int
    columns: int
    rows: int
    bits: list[int]


Thing: TypeAlias = Text | Lines | Bar | Bits


class Placed(msgspec.Struct, frozen=True):
    """Where a code stands, quiet zone left out."""

    code: Code
    x: int
    y: int
    width: int
    height: int


class Drawing(msgspec.Struct, frozen=True):
    """One label."""

    texts: list[Text]
    bars: list[Bar]
    codes: list[Placed]

    def things(self) -> list[Thing]:
        """Everything, in the order of drawing: black areas lie under white text."""
        return [*self.bars, *map(_bits, self.codes), *self.texts]


def _bits(placed: Placed) -> Bits:
    code = placed.code
    return Bits(
        placed.x, placed.y, placed.width, placed.height, code.columns, code.rows, list(code.bits)
    )
