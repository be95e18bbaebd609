"""How much room a text takes, in dots: as set by typst, or in a printer's own fonts.

Rules kept here:
- widths are known, never guessed: those of ASCII from a table that typst was asked for once, all
  others asked of typst for exactly this text, those of a printer's fonts from its manual;
- nothing personal outlives a `Face`, which lives as long as one chunk of a batch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from orderveil.hops.printing import paper
from orderveil.hops.printing.fonts import library

REGULAR, BOLD = 400, 700
_TEMPLATE = Path(__file__).with_name("widths.typ")
_RUPEE = "\u20b9"  # as tall as a capital
_PLAIN = "".join(map(chr, range(0x20, 0x7F))) + _RUPEE

# Kerning may widen a pair by a hair; a hair is less than this.
_HAIR = 1.01

_CAPITAL = (0.77, 0.25)
_EXTENTS = (
    (0x007F, _CAPITAL),
    (0x052F, (1.10, 0.30)),  # accents, Greek, Cyrillic
    (0x08FF, (1.20, 0.48)),  # Arabic
    (0x097F, (0.96, 0.44)),  # Devanagari
    (0x09FF, (0.96, 0.44)),  # Bengali
    (0x0BFF, (0.92, 0.38)),  # Tamil and its neighbours
    (0x0C7F, (0.92, 0.52)),  # Telugu
    (0x0E7F, (1.08, 0.48)),  # Thai
    (0x1DFF, (1.25, 0.65)),
    (0x20FF, (1.10, 0.30)),  # accents, punctuation
)
_WIDEST_EXTENT = (1.25, 0.65)
"""Above and below the baseline, in em: each at least what the tallest of its script takes."""


class Extent(NamedTuple):
    """Dots above and below the baseline."""

    above: int
    below: int


class Native(NamedTuple):
    """One of a printer's own fixed-width fonts, magnified. Dots."""

    letter: str
    height: int
    width: int
    pitch: int
    """From one character's left edge to the next one's."""
    above: int
    """The baseline, from the top."""


class Face(Protocol):
    """What composing a label asks."""

    dpi: int
    rupee: str
    fitted: dict[object, Any]
    """What `fitting` made of texts: labels of one chunk repeat the sender and our own words."""

    def prepare(self, texts: Iterable[tuple[int, str]]) -> None:
        """Ask for many widths at once, each of a weight and a text."""

    def width(self, text: str, points: float, weight: int) -> float:
        """Dots."""

    def extent(self, text: str, points: float) -> Extent:
        """Dots above and below the baseline."""


@dataclass(slots=True)
class SetFace:
    """Text that typst sets: PDF, and the bitmap lines of ZPL."""

    dpi: int
    rupee: str = _RUPEE
    fitted: dict[object, Any] = field(default_factory=dict)
    _known: dict[tuple[int, str], float] = field(default_factory=dict)

    def prepare(self, texts: Iterable[tuple[int, str]]) -> None:
        """Ask for many widths at once, each of a weight and a text."""
        known = self._known
        asked = [
            (weight, text)
            for weight, text in dict.fromkeys(texts)
            if not (text.isascii() or (weight, text) in known or _plain(weight).keys() >= set(text))
        ]
        if asked:
            known.update(zip(asked, _ask(asked), strict=True))

    def width(self, text: str, points: float, weight: int) -> float:
        """Dots, from the first letter's left to the last one's right."""
        plain = _plain(weight)
        try:
            em = sum([plain[letter] for letter in text])
        except KeyError:
            self.prepare([(weight, text)])
            em = self._known[weight, text]
        return em * _HAIR * points * self.dpi / 72

    def extent(self, text: str, points: float) -> Extent:
        """How far its marks reach, of the tallest script in it."""
        return _scaled(_CAPITAL if text.isascii() else _reach(text), points * self.dpi / 72)


@dataclass(slots=True)
class PrinterFace:
    """Printable ASCII in a printer's own fonts, everything else as typst sets it."""

    dpi: int
    rupee: str = "Rs "
    fitted: dict[object, Any] = field(default_factory=dict)
    _set: SetFace = field(init=False)

    def __post_init__(self) -> None:
        """The other half."""
        self._set = SetFace(self.dpi)

    def prepare(self, texts: Iterable[tuple[int, str]]) -> None:
        """Ask for many widths at once, each of a weight and a text."""
        self._set.prepare(texts)

    def width(self, text: str, points: float, weight: int) -> float:
        """Dots, the gap after the last character counted."""
        if text.isascii():
            return len(text) * native(points, self.dpi).pitch
        return self._set.width(text, points, weight)

    def extent(self, text: str, points: float) -> Extent:
        """The cell's, or how far the marks reach."""
        if text.isascii():
            font = native(points, self.dpi)
            return Extent(font.above, font.height - font.above)
        return self._set.extent(text, points)


# ZPL II Programming Guide, "Fonts and Bar Codes", fonts D and F: height, width, gap, baseline.
_PRINTERS_FONTS = {"D": (18, 10, 2, 14), "F": (26, 13, 3, 21)}
_NATIVES = sorted(
    (
        Native(letter, height * n, width * n, (width + gap) * n, baseline * n)
        for letter, (height, width, gap, baseline) in _PRINTERS_FONTS.items()
        for n in range(1, 7)
    ),
    key=lambda font: font.height,
)
_LEAST_NATIVE = {203: 18, 300: 26}
"""Dots: smaller ones can't be read."""


@cache
def native(points: float, dpi: int) -> Native:
    """The largest of a printer's fonts that is no taller than text of so many points."""
    most = points * dpi / 72 * 1.02
    usable = [font for font in _NATIVES if font.height >= _LEAST_NATIVE[dpi]]
    return max((f for f in usable if f.height <= most), default=usable[0], key=lambda f: f.height)


@cache
def _scaled(extent: tuple[float, float], em: float) -> Extent:
    above, below = extent
    return Extent(ceil(above * em), ceil(below * em))


def _reach(text: str) -> tuple[float, float]:
    above, below = _CAPITAL
    for block in {ord(letter) >> 7 for letter in text.replace(_RUPEE, "")}:
        extent = _extent(block << 7)
        above, below = max(above, extent[0]), max(below, extent[1])
    return above, below


def _extent(code: int) -> tuple[float, float]:
    return next((extent for last, extent in _EXTENTS if code <= last), _WIDEST_EXTENT)


@cache
def _plain(weight: int) -> Mapping[str, float]:
    """The letters whose widths add up."""
    return dict(zip(_PLAIN, _ask([(weight, letter) for letter in _PLAIN]), strict=True))


def _ask(texts: Sequence[tuple[int, str]]) -> list[float]:
    data = {"fonts": library().families, "texts": texts}
    found: list[float] = paper.asked(_TEMPLATE, data, "widths")
    return found
