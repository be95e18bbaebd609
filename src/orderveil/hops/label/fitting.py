"""Text into a box: wrapped, then shrunk, then refused. It never runs over the edge.

Rules kept here:
- lines break at spaces; a word wider than the box breaks between letters (grapheme clusters);
- a box is tried at each size of its ladder, largest first; what does not fit at the least size is
  a Problem, because a courier would read half an address.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import regex  # type: ignore[import-untyped]

from orderveil.core.errors import Problem
from orderveil.hops.label.faces import Face

_CLUSTER = regex.compile(r"\X")
_GAP = 0.14
"""Of the size: the white between two lines."""
_MOST = 1_500
"""Letters of one paragraph: no box of a label holds so many at any size."""
_NARROW = 40


_Wide = tuple[str, float]
_IMPOSSIBLE: _Wide = ("", 0.0)
"""A line for a letter that alone is too wide."""


class Box(NamedTuple):
    """Dots."""

    x: int
    y: int
    width: int
    height: int


class Line(NamedTuple):
    """A line with its baseline, from the top of its box, and how wide it is."""

    text: str
    y: int
    below: int
    width: float
    is_rtl: bool


class Fitted(NamedTuple):
    """The size that fits, and the lines."""

    points: float
    lines: list[Line]


class Overflow(NamedTuple):
    """What did not fit: the paragraph that takes the most lines."""

    paragraph: int


def fit(
    paragraphs: Sequence[str], box: Box, ladder: Sequence[float], weight: int, face: Face
) -> Fitted | Overflow:
    """The paragraphs, each from a line of its own, at the largest size of the ladder that fits."""
    asked = (*paragraphs, box, tuple(ladder), weight)
    known: Fitted | Overflow | None = face.fitted.get(asked)
    if known is None:
        known = face.fitted[asked] = _fit(paragraphs, box, ladder, weight, face)
    return known


def _fit(
    paragraphs: Sequence[str], box: Box, ladder: Sequence[float], weight: int, face: Face
) -> Fitted | Overflow:
    for points in ladder:
        wrapped = [list(_wrap(each, box.width, points, weight, face)) for each in paragraphs]
        lines = _stacked(wrapped, points, face, box)
        if lines is not None:
            return Fitted(points, lines)
    return Overflow(max(range(len(wrapped)), key=lambda n: (len(wrapped[n]), -n)))


def overflow(pointer: str) -> Problem:
    """The refusal of a label whose text has no room."""
    return Problem(
        code="label_overflow",
        detail="A text is too long for the label, even at the least size.",
        remedy="Have the address corrected: shorten it or divide it between its lines.",
        pointer=pointer,
        rule="a label never cuts a text silently",
    )


def is_rtl(lines: Iterable[tuple[str, float]]) -> bool:
    """Does the first letter that has a direction run right to left? (UAX 9, P2)"""
    for text, _ in lines:
        if not text.isascii() and (found := _STRONG.search(text)):
            return bool(_RIGHT.match(found.group()))
    return False


_STRONG = regex.compile(r"\p{L}")
_RIGHT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")


def _stacked(
    wrapped: Sequence[Sequence[_Wide]], points: float, face: Face, box: Box
) -> list[Line] | None:
    """The lines under one another; None if they are too many, or one can't be narrow enough."""
    lines, y = [], 0
    gap = round(points * face.dpi / 72 * _GAP)
    for paragraph in wrapped:
        rtl = is_rtl(paragraph)
        for text, width in paragraph:
            above, below = face.extent(text, points)
            if not text or y + above + below > box.height:
                return None
            lines.append(Line(text, y + above, below, width, rtl))
            y += above + below + gap
    return lines


def _wrap(text: str, room: int, points: float, weight: int, face: Face) -> Iterator[_Wide]:
    """The lines of one paragraph, and how wide they are."""
    if len(text) > _MOST:
        yield _IMPOSSIBLE
        return
    width = face.width(text, points, weight)
    if width <= room:
        yield text, width
        return
    words = text.split(" ")
    face.prepare((weight, word) for word in words)
    space = face.width(" ", points, weight)
    line, used = "", 0.0
    for word in words:
        width = face.width(word, points, weight)
        if line and used + space + width <= room:
            line, used = f"{line} {word}", used + space + width
            continue
        if line:
            yield line, used
        if width > room:
            *whole, (line, used) = _divided(word, room, points, weight, face)
            yield from whole
        else:
            line, used = word, width
    yield line, used


def _divided(word: str, room: int, points: float, weight: int, face: Face) -> list[_Wide]:
    """A word in pieces that are narrow enough."""
    clusters = list(word) if word.isascii() else _CLUSTER.findall(word)
    face.prepare((weight, cluster) for cluster in clusters)
    pieces, used = [""], 0.0
    for cluster in clusters:
        width = face.width(cluster, points, weight)
        if width > room:
            return [_IMPOSSIBLE]
        if used + width > room:
            pieces, used = [*pieces, ""], 0.0
        pieces[-1] += cluster
        used += width
    # Joined letters are measured as they are set.
    face.prepare((weight, piece) for piece in pieces)
    wide = [(piece, face.width(piece, points, weight)) for piece in pieces]
    if any(width > room for _, width in wide):
        tighter = room * 9 // 10
        return [_IMPOSSIBLE] if room < _NARROW else _divided(word, tighter, points, weight, face)
    return wide
