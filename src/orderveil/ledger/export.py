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
from typing import Protocol
from uuid import UUID

import msgspec

from orderveil.core.errors import Problem
from orderveil.core.merkle import HASH_BYTES
from orderveil.core.tiles import HEIGHT, WIDTH, edge
from orderveil.ledger import checkpoints, store
from orderveil.ledger.entries import rows_of
from orderveil.ledger.lines import HeadLine, Line, Tile
from orderveil.ledger.tiles import NO_SUCH_TILE, entries


class BytesWriter(Protocol):
    """What an export is written to: an open binary file, a socket's file, a BytesIO."""

    def write(self, data: bytes, /) -> object:
        """Takes all of `data`."""


def export(log_id: int, stream: BytesWriter) -> int | Problem:
    """Writes the published tree of a log; returns how many entries, or why there is nothing."""
    head = store.published(log_id)
    if head is None:
        return NO_SUCH_TILE
    encode = msgspec.json.Encoder().encode
    stream.write(encode(_head_line(head)) + b"\n")
    for start in range(0, head.size, WIDTH):
        lines = [*_tiles_from(head, start), *_block(head, start)]
        for line in lines:
            stream.write(encode(line) + b"\n")
            for row in _rows_after(line, log_id):
                stream.write(encode(row) + b"\n")
    return head.size


def _head_line(head: store.Published) -> HeadLine:
    partial = edge(head.size)
    stored = store.read_tiles(head.log_id, [(level, n) for level, n, _ in partial])
    return HeadLine(
        origin=head.origin,
        vkey=checkpoints.vkey(head.origin),
        size=head.size,
        checkpoint=head.checkpoint,
        edge=tuple(
            Tile(level, n, stored[level, n][: width * HASH_BYTES]) for level, n, width in partial
        ),
    )


def _tiles_from(head: store.Published, start: int) -> list[Line]:
    """The full tiles that begin at index `start`, highest level first."""
    names = []
    level = 0
    while start % (1 << HEIGHT * (level + 1)) == 0 and (
        start + (1 << HEIGHT * (level + 1)) <= head.size
    ):
        names.append((level, start >> HEIGHT * (level + 1)))
        level += 1
    stored = store.read_tiles(head.log_id, names)
    return [Line(tile=Tile(*name, stored[name])) for name in reversed(names)]


def _block(head: store.Published, start: int) -> list[Line]:
    found = entries(head.log_id, start, min(start + WIDTH, head.size))
    return [Line(index=start + at, entry=entry) for at, entry in enumerate(found)]


def _rows_after(line: Line, log_id: int) -> Iterator[Line]:
    """The rows of the bulk on this line; nothing after any other line."""
    if line.entry is None or line.index is None or rows_of(line.entry) is None:
        return
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
