"""CSV: a row is a record; the header names its fields, and is read as data besides.

Rules kept here:
- the delimiter is the one that the header has most of: a comma, semicolon, tab or pipe;
- a row that another reader could cut differently (quotes, another delimiter in it, fewer or more
  cells than the header) is looked at as a whole text, too;
- a quote that is never closed, a NUL, a line or a cell beyond the limit: unreadable.
"""

import csv
import io
from collections.abc import Iterator

from orderveil.hops.ims.reading.records import (
    Field,
    Record,
    UnreadableError,
    must_be_few,
    must_be_short,
)

_DELIMITERS = ",;\t|"
_MOST_LINE = 128 * 1024
_MOST_CELLS = 1000


class _Lines:
    """The lines of a body, bounded; remembers those since it was last asked."""

    def __init__(self, body: bytes) -> None:
        self._text = io.TextIOWrapper(io.BytesIO(body), "utf-8-sig", newline="")
        self._since: list[str] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_MOST_LINE + 1):
            self._size += len(line)
            if self._size > _MOST_LINE:
                raise UnreadableError("line_too_long", f"A row has over {_MOST_LINE} characters.")
            if "\x00" in line:
                raise UnreadableError("malformed", "It holds a NUL.")
            self._since.append(line)
            yield line

    def taken(self) -> str:
        """The lines that the last row was made of, as they came."""
        text = "".join(self._since)
        self._since, self._size = [], 0
        return text.rstrip("\r\n")


def csv_records(body: bytes) -> Iterator[Record]:
    """The rows of a CSV document, the header first."""
    header = _header(body)
    delimiter = max(_DELIMITERS, key=header.count)
    others = frozenset(_DELIMITERS) - {delimiter} | {'"'}
    lines = _Lines(body)
    paths: list[str] = []
    values = 0
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter, strict=True)):
            values += len(row)
            must_be_few(values)
            if len(row) > _MOST_CELLS:
                raise UnreadableError("too_many_cells", f"A row has over {_MOST_CELLS} cells.")
            raw = lines.taken()
            # The header's own names are data until they prove to be keys: theirs have none.
            record = _record(number, row, paths)
            paths = paths or [f"/{name.replace('/', '~1')}" for name in row]
            if len(row) != len(paths) or not others.isdisjoint(raw):
                must_be_short(len(raw))
                record.append(Field((number,), "row", "", raw))
            yield record
    except csv.Error:
        raise UnreadableError("malformed", "Its quotes are not balanced.") from None


def _header(body: bytes) -> str:
    for line in _Lines(body):
        if line.strip():
            return line
    raise UnreadableError("malformed", "It is empty.")


def _record(number: int, row: list[str], paths: list[str]) -> Record:
    within = (number,)
    fields = []
    for at, cell in enumerate(row):
        must_be_short(len(cell))
        fields.append(Field(within, at, paths[at] if at < len(paths) else "", cell))
    return fields
