"""Files of orders, one order at a time: a JSON document, JSON lines, or standard input.

Rules kept here:
- what can't be read is a piece too, with its problem: the rest of the file is not lost;
- JSON lines are known by the file's name (`.jsonl`, `.ndjson`), or by a first line that is a whole
  document while the file is not.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orderveil.core.errors import Problem, RefusedError
from orderveil.hops.storefront.decoding import decode
from orderveil.hops.storefront.splitting import split_orders

LINES = frozenset({".jsonl", ".ndjson"})
STDIN = "-"


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """One order of a file, or why there is none. `line` (from 1) for JSON lines only."""

    file: str
    line: int | None
    pointer: str
    order: Any = None
    problem: Problem | None = None


def pieces(name: str) -> Iterator[Piece]:
    """The orders of a file in their order; `-` is standard input."""
    if name != STDIN and Path(name).suffix.lower() in LINES:
        with Path(name).open("rb") as lines:
            yield from _by_line(name, lines)
        return
    body = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    lines_of = body.splitlines()
    if len(lines_of) > 1 and _is_document(next(filter(bytes.strip, lines_of), b"")):
        yield from _by_line(name, lines_of)
    else:
        yield from _document(name, None, body)


def _is_document(line: bytes) -> bool:
    try:
        return isinstance(decode(line), dict)
    except RefusedError:
        return False


def _by_line(name: str, lines: Iterable[bytes]) -> Iterator[Piece]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield from _document(name, number, line)


def _document(name: str, line: int | None, body: bytes) -> Iterator[Piece]:
    try:
        found = split_orders(decode(body), limit=None)
    except RefusedError as refused:
        yield Piece(name, line, refused.problem.pointer, problem=refused.problem)
        return
    for pointer, order in found:
        yield Piece(name, line, pointer, order)
