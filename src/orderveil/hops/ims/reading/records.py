"""What every reader gives: records of fields, bounded.

Rules kept here:
- a record is what belongs together: a JSON object with what is nested in it, an XML element, a
  row; one that grows too large is given in parts;
- a text, the depth, and how many values there are: each has a limit, and beyond it the body is
  unreadable.
"""

import codecs
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from orderveil.core.jsonwalk import LABEL_KEYS, VALUE_KEYS

MOST_DEPTH = 64
MOST_VALUES = 1_000_000
MOST_TEXT = 64 * 1024
"""Characters of one text."""
_MOST_FIELDS = 250
_MOST_TOGETHER = 64 * 1024
_PIECE_BYTES = 64 * 1024

Names: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = str | int | Decimal | None

_LABELS = frozenset({*LABEL_KEYS, "field", "@name", "@key", "@label", "@field", "@type", "@id"})
_VALUES = VALUE_KEYS | {"#text", "@value", "val", "data", "content"}


class UnreadableError(Exception):
    """A body that can't be read with certainty: why, as a code and a sentence of ours."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Field(NamedTuple):
    """One value and where it stands: `within` the names from the top down, under `key`.

    `path` is the same without positions: what the key says, whichever record it is of.
    """

    within: Names
    key: str | int
    path: str
    value: Value

    @property
    def names(self) -> Names:
        """All names down to the value."""
        return (*self.within, self.key)


Record: TypeAlias = list[Field]


class Gathering:
    """A record that is being read."""

    __slots__ = ("fields", "size")

    def __init__(self) -> None:
        self.fields: Record = []
        self.size = 0

    def add(self, within: Names, key: str | int, path: str, value: Value) -> None:
        """One more field; raises `UnreadableError` for a text beyond the limit."""
        if isinstance(value, str):
            must_be_short(len(value))
            self.size += len(value)
        self.fields.append(Field(within, key, path, value))

    @property
    def is_large(self) -> bool:
        """Is it time to judge what there is of it?"""
        return len(self.fields) >= _MOST_FIELDS or self.size >= _MOST_TOGETHER

    def take(self) -> Record:
        """What there is of it; it goes on empty."""
        taken, self.fields, self.size = self.fields, [], 0
        return labelled(taken)


def labelled(record: Record) -> Record:
    """The record with the names that its own texts give: {"name": "phone", "value": "..."}."""
    if not any(field.key in _VALUES for field in record):
        return record
    labels = {
        field.within: field.value
        for field in record
        if field.key in _LABELS and isinstance(field.value, str)
    }
    if not labels:
        return record
    return [
        field._replace(path=under(_above(field.path), labels[field.within]))
        if field.key in _VALUES and field.within in labels
        else field
        for field in record
    ]


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def under(path: str, key: str) -> str:
    """The key path one name further down."""
    return f"{path}/{key.replace('/', '~1')}"


is_plain = re.compile(r"[A-Za-z_:.-]{1,64}").fullmatch
"""True for a key that could not be somebody's number itself."""


def must_be_short(characters: int) -> None:
    """Raises `UnreadableError` for a text beyond the limit."""
    if characters > MOST_TEXT:
        raise UnreadableError("text_too_long", f"A text is longer than {MOST_TEXT} characters.")


def must_be_shallow(depth: int) -> None:
    """Raises `UnreadableError` for what is nested beyond the limit."""
    if depth > MOST_DEPTH:
        raise UnreadableError("too_deep", f"It is nested more than {MOST_DEPTH} deep.")


def must_be_few(values: int) -> None:
    """Raises `UnreadableError` for more values than the limit."""
    if values > MOST_VALUES:
        raise UnreadableError("too_many_values", f"It has more than {MOST_VALUES} values.")


def must_be_utf8(body: bytes) -> None:
    """Raises `UnreadableError` for anything but UTF-8; looks piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in pieces_of(body):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise UnreadableError("not_utf8", "It is not UTF-8.") from None


def pieces_of(body: bytes) -> Iterator[bytes]:
    """The body piece by piece, for readers that are fed."""
    for start in range(0, len(body), _PIECE_BYTES):
        yield body[start : start + _PIECE_BYTES]
