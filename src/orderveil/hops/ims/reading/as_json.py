"""JSON, event by event: each of two keys of the same name is seen.

Rules kept here:
- RFC 8259 to the letter: no NaN, no comment, no byte order mark, nothing after the end;
- half a surrogate pair (`\\ud800`) is refused: some readers drop it, others replace it, and what
  stands around it would join differently;
- a number is what it amounts to: `9.000000001e9` is read as 9000000001.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ijson.backends import yajl2_c
from ijson.common import JSONError

from orderveil.hops.ims.reading.records import (
    Gathering,
    Names,
    Record,
    UnreadableError,
    Value,
    is_plain,
    must_be_few,
    must_be_shallow,
    under,
)

_PIECE_BYTES = 64 * 1024
_LONG_NUMBER = re.compile(rb"[0-9]{400}")
_PAIRED = re.compile(
    rb"(?:[^\\]++|\\[^u]|\\u(?![dD][89a-fA-F])"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*+",
    re.DOTALL,
)
_MOST_EXPONENT = 40


@dataclass(slots=True)
class _Frame:
    """An object or an array that is open. `record`: what its values belong to."""

    is_map: bool
    names: Names
    path: str
    record: Gathering
    is_own: bool
    key: str = ""
    index: int = field(default=-1)

    def place(self) -> tuple[str | int, str]:
        """The key, or position, and the path of the value that comes now."""
        if self.is_map:
            return self.key, under(self.path, self.key)
        self.index += 1
        return self.index, self.path


def json_records(body: bytes) -> Iterator[Record]:
    """Each object that is not nested in another with all that is nested in it; then what is left.

    The elements of an array are records of their own.
    """
    if _LONG_NUMBER.search(body):
        raise UnreadableError("number_too_long", "A number has 400 digits or more.")
    if b"\\u" in body and _PAIRED.fullmatch(body) is None:
        raise UnreadableError("half_a_character", "An escape is half a surrogate pair.")
    try:
        yield from _records(body)
    except (JSONError, ValueError, ArithmeticError, SystemError):
        raise UnreadableError("malformed", "It is not one JSON document.") from None


def _records(body: bytes) -> Iterator[Record]:
    top = Gathering()
    stack = [_Frame(is_map=False, names=(), path="", record=top, is_own=True)]
    values = 0
    for event, value in yajl2_c.basic_parse(io.BytesIO(body), buf_size=_PIECE_BYTES):
        frame = stack[-1]
        if event == "map_key":
            frame.key = value
        elif event in {"start_map", "start_array"}:
            must_be_shallow(len(stack))
            stack.append(_opened(frame, stack, is_map=event == "start_map"))
        elif event in {"end_map", "end_array"}:
            stack.pop()
            if frame.is_own and frame.record.fields:
                yield frame.record.take()
        else:
            values += 1
            must_be_few(values)
            _add(frame, value, is_top=len(stack) == 1)
            if frame.record.is_large:
                yield frame.record.take()
    if top.fields:
        yield top.take()


def _opened(frame: _Frame, stack: list[_Frame], *, is_map: bool) -> _Frame:
    key, path = frame.place()
    if frame.is_map and not is_plain(frame.key):
        frame.record.add(frame.names, key, path, None)  # what stands under it may be nothing
    is_own = is_map and not frame.is_map
    record = Gathering() if is_own else frame.record
    names = () if len(stack) == 1 else (*frame.names, key)
    return _Frame(is_map, names, path, record, is_own)


def _add(frame: _Frame, value: Any, *, is_top: bool) -> None:
    key, path = frame.place()
    said = None if isinstance(value, bool) else _said(value)
    frame.record.add(frame.names, "" if is_top else key, path, said)


def _said(value: Any) -> Value:
    """The value; a decimal as it would be written out."""
    if not isinstance(value, Decimal):
        text: str | int = value
        return text
    exponent = value.adjusted()
    if abs(exponent) > _MOST_EXPONENT:
        return str(value)
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
