"""Which characters a font has: the `cmap` table of OpenType 1.9, formats 4 and 12.

Only these two are read: every Unicode font has one of them. Glyph 0 is the box that stands for
what is missing, so a character mapped to it is not covered.
"""

import struct
from collections.abc import Iterator

_UNICODE = frozenset({(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)})


def characters(font: bytes, index: int = 0) -> frozenset[int]:
    """The code points that have a glyph, of the `index`-th font of the file."""
    table = _table(font, _start(font, index), b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    found: set[int] = set()
    for n in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * n)
        if (platform, encoding) in _UNICODE:
            (form,) = struct.unpack_from(">H", table, offset)
            found.update(_READERS[form](table[offset:]) if form in _READERS else ())
    return frozenset(found)


def _start(font: bytes, index: int) -> int:
    """Where the font's tables are listed; a collection (`ttcf`) lists several fonts."""
    if font[:4] != b"ttcf":
        return 0
    (offset,) = struct.unpack_from(">I", font, 12 + 4 * index)
    return int(offset)


def _table(font: bytes, start: int, tag: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", font, start + 4)
    for n in range(count):
        name, _sum, offset, length = struct.unpack_from(">4sIII", font, start + 12 + 16 * n)
        if name == tag:
            return font[offset : offset + length]
    msg = f"a font without a {tag.decode()} table"
    raise ValueError(msg)


def _segments(table: bytes) -> Iterator[int]:
    """Format 4: runs of the first 65,536, each shifted or looked up."""
    (doubled,) = struct.unpack_from(">H", table, 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", table, 16 + 2 * doubled)
    at = 16 + 3 * doubled
    for n, (first, last, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        (shift,) = struct.unpack_from(">H", table, at + 2 * n)
        for code in range(first, last + 1):
            glyph = code
            if shift:
                place = at + 2 * n + shift + 2 * (code - first)
                (glyph,) = (
                    struct.unpack_from(">H", table, place) if place + 2 <= len(table) else (0,)
                )
            if (glyph + delta) & 0xFFFF if glyph or not shift else 0:
                yield code


def _groups(table: bytes) -> Iterator[int]:
    """Format 12: runs of any, each with its first glyph."""
    (count,) = struct.unpack_from(">I", table, 12)
    for first, last, glyph in struct.iter_unpack(">III", table[16 : 16 + 12 * count]):
        yield from range(first if glyph else first + 1, last + 1)


_READERS = {4: _segments, 12: _groups}
