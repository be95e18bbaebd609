"""A whole log as JSON lines, for verification anywhere, without this installation.

Rules kept here:
- the head line carries the signed checkpoint and the tree's partial tiles, from which its root
  follows; every full tile comes before what it covers, so that a reader can authenticate each
  line, from the root down, when it reads it, and name the first one that is wrong;
- entries come in the order of their indexes, a bulk's rows right after it;
- memory stays flat: one block of 256 entries, or the rows of one bulk, at a time.

The lines themselves are in `lines.py`.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol
from uuid import UUID

import msgspec

from orderveil.core.errors import Problem
from orderveil.core.merkle import HASH_BYTES
from orderveil.core.tiles import WIDTH, TileName, edge
from orderveil.ledger import checkpoints, store
from orderveil.ledger.entries import rows_of
from orderveil.ledger.lines import PART_VERSION, VERSION, HeadLine, Line, Tile
from orderveil.ledger.tiles import NO_SUCH_TILE, entries


class BytesWriter(Protocol):
    """What an export is written to: an open binary file, a socket's file, a BytesIO."""

    def write(self, data: bytes, /) -> object:
        """Takes all of `data`."""


class Part(NamedTuple):
    """The entries that a file is about: from index `first` to `end` (exclusive)."""

    first: int
    end: int


def export(log_id: int, stream: BytesWriter) -> int | Problem:
    """Writes the published tree of a log; returns how many entries, or why there is nothing."""
    head = store.published(log_id)
    if head is None:
        return NO_SUCH_TILE
    for chunk in chunks(head):
        stream.write(chunk)
    return head.size


def chunks(head: store.Published, part: Part | None = None) -> Iterator[bytes]:
    """The file, piece by piece, each of whole lines; of `part`, or of the whole log."""
    encode = msgspec.json.Encoder().encode
    wanted = part or Part(0, head.size)
    yield encode(_head_line(head, is_whole=wanted == (0, head.size))) + b"\n"
    for lines in _tree(head, wanted):
        yield b"".join(encode(line) + b"\n" for line in lines)


def _head_line(head: store.Published, *, is_whole: bool) -> HeadLine:
    partial = edge(head.size)
    stored = store.read_tiles(head.log_id, [(level, n) for level, n, _ in partial])
    return HeadLine(
        v=VERSION if is_whole else PART_VERSION,
        origin=head.origin,
        vkey=checkpoints.vkey(head.origin),
        size=head.size,
        checkpoint=head.checkpoint,
        edge=tuple(
            Tile(level, n, stored[level, n][: width * HASH_BYTES]) for level, n, width in partial
        ),
    )


def _tree(head: store.Published, part: Part) -> Iterator[list[Line]]:
    """What the partial tiles stand for, from left to right: the highest of them first."""
    for level, n, width in reversed(edge(head.size)):
        if level == 0:
            yield from _block(head, part, n * WIDTH, width)
            continue
        for child in range(n * WIDTH, n * WIDTH + width):
            yield from _subtree(head, part, (level, child))


def _subtree(head: store.Published, part: Part, name: TileName) -> Iterator[list[Line]]:
    """The perfect subtree whose hash is number `n` of a level: left out, or its tile and below."""
    level, n = name
    count = WIDTH**level
    start = n * count
    if start >= part.end or start + count <= part.first:
        yield [Line(index=start, left_out=count)]
        return
    tile = (level - 1, n)
    yield [Line(tile=Tile(*tile, store.read_tiles(head.log_id, [tile])[tile]))]
    if level == 1:
        yield from _block(head, part, start, count)
        return
    for child in range(n * WIDTH, (n + 1) * WIDTH):
        yield from _subtree(head, part, (level - 1, child))


def _block(head: store.Published, part: Part, start: int, count: int) -> Iterator[list[Line]]:
    """The entries of one tile of leaves, each with its rows; what is outside `part` left out."""
    end = start + count
    first, last = (min(max(at, start), end) for at in part)
    if start < first:
        yield [Line(index=start, left_out=first - start)]
    lines = [Line(index=first + at, entry=raw) for at, raw in enumerate(_read(head, first, last))]
    plain: list[Line] = []
    for line in lines:
        plain.append(line)
        if _has_rows(line):
            yield plain + list(_rows_after(line, head.log_id))
            plain = []
    yield plain
    if last < end:
        yield [Line(index=last, left_out=end - last)]


def _has_rows(line: Line) -> bool:
    # Bytes that are no entry are exported as they are: whoever verifies the file finds them.
    try:
        return line.entry is not None and rows_of(line.entry) is not None
    except (ValueError, RecursionError):
        return False


def _read(head: store.Published, first: int, last: int) -> list[bytes | None]:
    return entries(head.log_id, first, last) if first < last else []


def _rows_after(line: Line, log_id: int) -> Iterator[Line]:
    """The rows of the bulk on this line."""
    ((entry_id, at),) = store.query(
        "SELECT entry_id, at FROM ledger_leaf WHERE log_id = %s AND index = %s",
        [log_id, line.index],
    )
    yield from _rows(entry_id, at)


def _rows(entry_id: UUID, at: object) -> Iterator[Line]:
    for position, order, parcel, salt in store.query(
        "SELECT position, order_id, parcel_no, salt FROM ledger_record"
        " WHERE entry_id = %s AND at = %s AND entry IS NULL ORDER BY position",
        [entry_id, at],
    ):
        yield Line(row=position, order=bytes(order).hex(), parcel=parcel, salt=bytes(salt))
