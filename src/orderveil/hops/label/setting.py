"""Drawings set by typst: labels as PDF, and lines of text as bits for ZPL."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from orderveil.hops.label.drawing import HEIGHT_IN, WIDTH_IN, Bits, Drawing, Lines, Text, Thing
from orderveil.hops.label.faces import SetFace
from orderveil.hops.printing import paper
from orderveil.hops.printing.fonts import library

_TEMPLATE = Path(__file__).with_name("label.typ")
_EPOCH = datetime.fromtimestamp(0, UTC)

# Letters are thin at 203 dpi: a dot that is two fifths black is black.
_BLACK = 150
_BITS = [255 * (grey < _BLACK) for grey in range(256)]


class Picture(NamedTuple):
    """Black and white: rows of bits, each row padded to a byte, 1 is black."""

    width: int
    height: int
    rows: bytes
    above: int = 0
    """Dots from the top to the baseline, of a line of text."""
    left: int = 0
    """Dots from the left edge to where the line begins: a letter may reach back a little."""


_OFTEN = 5
"""What stands on one page in so many is set once for all of them: setting is what takes time."""
_MARGIN = 4
"""Dots left and right of a line."""
_APART = 6
"""Dots between lines on a page of lines."""


class _Page(NamedTuple):
    """Dots, and what stands there."""

    width: int
    height: int
    things: Sequence[Thing]


class _Band(NamedTuple):
    """Where a line stands on its page of lines. Dots."""

    y: int
    above: int
    height: int
    width: int


def as_pdf(drawings: Iterable[Drawing], dpi: int, *, at: datetime) -> bytes:
    """One page each."""
    size = (WIDTH_IN * dpi, HEIGHT_IN * dpi)
    pages = [_Page(*size, each.things()) for each in drawings]
    return paper.pdf(_TEMPLATE, _data(pages, dpi), at=at, tags=False)


def as_pictures(lines: Sequence[Sequence[Text]], face: SetFace) -> list[list[Picture]]:
    """Lines as bits, by label: each label's lines are one page, cut apart again."""
    pages, cuts = [], []
    for texts in lines:
        things, bands, y = [], [], 0
        for text in texts:
            above, below = face.extent(text.text, text.points)
            width = text.width + 2 * _MARGIN
            things.append(
                Text(_MARGIN, y + above, text.points, text.weight, False, text.is_rtl, text.text)  # noqa: FBT003
            )
            bands.append(_Band(y, above, above + below, width))
            y += above + below + _APART
        pages.append(_Page(max(band.width for band in bands), y, things))
        cuts.append(bands)
    if not pages:
        return []
    document = paper.pdf(_TEMPLATE, _data(pages, face.dpi), at=_EPOCH, tags=False)
    drawn = paper.drawn(document, range(len(pages)), face.dpi)
    return [_cut(page, bands) for page, bands in zip(drawn, cuts, strict=True)]


def _cut(page: Image.Image, bands: Sequence[_Band]) -> list[Picture]:
    page = page.point(_BITS, "1")
    cut = [page.crop((0, band.y, band.width, band.y + band.height)) for band in bands]
    return [
        Picture(*part.size, part.tobytes(), band.above, _MARGIN)
        for part, band in zip(cut, bands, strict=True)
    ]


def _joined(things: Iterable[Thing]) -> Iterator[Thing]:
    """The things, lines that stand evenly under one another as one."""
    waiting: list[Text] = []
    for each in things:
        if isinstance(each, Text) and not each.is_rtl and _follows(waiting, each):
            waiting.append(each)
            continue
        yield from _together(waiting)
        waiting = [each] if isinstance(each, Text) and not each.is_rtl else []
        if not waiting:
            yield each
    yield from _together(waiting)


def _follows(lines: Sequence[Text], one: Text) -> bool:
    """Is it of the same kind as these, in the same column, and as far below as they are apart?"""
    if not lines:
        return False
    last, pitch = lines[-1], one.y - lines[-1].y
    return (
        (one.x, one.points, one.weight, one.is_white)
        == (last.x, last.points, last.weight, last.is_white)
        and pitch > 0
        and (len(lines) == 1 or pitch == last.y - lines[-2].y)
    )


def _together(lines: Sequence[Text]) -> Iterator[Thing]:
    if len(lines) < 2:
        yield from lines
        return
    first = lines[0]
    yield Lines(
        *(first.x, first.y, first.points, first.weight, first.is_white, lines[1].y - first.y),
        "\n".join(line.text for line in lines),
    )


def _data(pages: Sequence[_Page], dpi: int) -> object:
    """What the template is given: what many pages share, as frames, and the rest of each page."""
    counts = Counter(each for page in pages for each in page.things if not isinstance(each, Bits))
    often = {each for each, count in counts.items() if count * _OFTEN > len(pages)}
    frames: dict[tuple[Thing, ...], int] = {}
    told = []
    for width, height, things in pages:
        shared: list[Thing] = []
        own: list[Thing] = []
        for each in things:
            (shared if not isinstance(each, Bits) and each in often else own).append(each)
        frame = frames.setdefault(tuple(shared), len(frames))
        told.append((width, height, frame, list(_joined(own))))
    return {
        "fonts": library().families,
        "unit": 72 / dpi,
        "frames": [list(_joined(each)) for each in frames],
        "pages": told,
    }
