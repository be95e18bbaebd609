"""Reading the codes back before a label is handed out.

Rules kept here:
- every code's bits are read by a decoder that did not see what they should say, and must say it;
- of each PDF the last page, which shows whether page and label have kept step, is drawn at the
  printer's resolution, and the whole of it must say what the label's two codes should, and nothing
  else;
- of ZPL every label's codes are unpacked from the very bytes that go to the printer, and must be
  those bits, dot for dot; of each chunk's last label the dots themselves are read;
- what can't be read, or reads otherwise, is a Problem of that label: it is not handed out.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import zxingcpp
from PIL import Image

from orderveil.core.errors import Problem
from orderveil.hops.label.codes import FORMATS, Code
from orderveil.hops.label.drawing import Drawing, Placed
from orderveil.hops.label.graphics import decode, stretched
from orderveil.hops.printing import paper

_GRAPHIC = re.compile(r"\^FO(\d+),(\d+)\^GFA,(\d+),\d+,(\d+),([^^~]*)\^FS")
_UPRIGHT: dict[str, Any] = {
    "try_rotate": False,
    "try_downscale": False,
    "try_invert": False,
    "text_mode": zxingcpp.TextMode.Plain,
}


def bits_read(drawing: Drawing) -> Problem | None:
    """Do the bits of the label's codes say what they should?"""
    for placed in drawing.codes:
        code = placed.code
        if _pure(code, code.bits, code.columns, code.rows) != code.text:
            return unreadable()
    return None


def pages_unread(document: bytes, drawings: Sequence[Drawing], dpi: int) -> set[int]:
    """The pages whose codes don't say what they should: all are read if the last one is bad."""
    last = len(drawings) - 1
    if paper.page_count(document) != len(drawings):
        return set(range(len(drawings)))
    return _unread(document, drawings, dpi, [last]) and _unread(
        document, drawings, dpi, range(len(drawings))
    )


def _unread(
    document: bytes, drawings: Sequence[Drawing], dpi: int, wanted: Iterable[int]
) -> set[int]:
    return {n for n in wanted if not _page_reads(paper.drawn(document, [n], dpi)[0], drawings[n])}


def zpl_read(label: bytes, drawing: Drawing, *, is_whole: bool = True) -> Problem | None:
    """Do the graphics in the bytes for the printer say what they should?

    Not `is_whole`: they are those bits, which `bits_read` has read.
    """
    graphics = {
        (int(x), int(y)): (int(total), int(per_row), data)
        for x, y, total, per_row, data in _GRAPHIC.findall(label.decode("ascii"))
    }
    for placed in drawing.codes:
        found = graphics.get((placed.x, placed.y))
        if found is None:
            return unreadable()
        total, per_row, data = found
        dots = decode(data, total, per_row)
        if dots != stretched(placed.code, placed.width, placed.height).rows:
            return unreadable()
        if is_whole and _read_dots(placed, per_row, dots) != placed.code.text:
            return unreadable()
    return None


def unreadable() -> Problem:
    """The refusal of a label whose codes a scanner would not read."""
    return Problem(
        code="label_code_unreadable",
        detail="A code of the label, read back from what would be printed, says something else.",
        remedy="Make the label again; if it stays so, report it with the layout and resolution.",
        rule="no label is handed out before its codes have been read",
        status=500,
    )


def _pure(code: Code, bits: bytes, columns: int, rows: int) -> str | None:
    """What a picture of nothing but this code says."""
    found = zxingcpp.read_barcodes(
        memoryview(bits).cast("B", (rows, columns)),
        formats=zxingcpp.BarcodeFormats(FORMATS[code.kind]),
        is_pure=True,
        **_UPRIGHT,
    )
    return str(found[0].text) if len(found) == 1 else None


def _page_reads(page: Image.Image, drawing: Drawing) -> bool:
    told = {(FORMATS[each.code.kind], each.code.text) for each in drawing.codes}
    found = zxingcpp.read_barcodes(
        page, formats=zxingcpp.BarcodeFormats([kind for kind, _ in told]), **_UPRIGHT
    )
    return {(each.format, each.text) for each in found} == told


def _read_dots(placed: Placed, per_row: int, dots: bytes) -> str | None:
    """What the dots of a `^GFA` field say."""
    size = (8 * per_row, placed.height)
    picture = Image.frombytes("1", size, dots.translate(_FLIPPED)).convert("L")
    return _pure(placed.code, picture.tobytes(), *size)


_FLIPPED = bytes(range(255, -1, -1))
