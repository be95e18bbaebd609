"""A message taken apart into headers and parts, bounded in size, depth, number and time.

Rules kept here:
- the standard library's MIME parser is not used: its cost grows with the depth of a nesting that
  the sender chooses. What is here reads each line of a part once for each level above it, and
  there are at most MOST_LEVELS;
- what breaks a limit is refused whole; what is merely broken is read as far as it goes;
- of a header's value at most LONGEST_VALUE characters are looked at.
"""

import re
from dataclasses import dataclass, field
from email import policy
from typing import Any, Final

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_PARTS: Final = 100
MOST_LEVELS: Final = 30
MOST_BOUNDARIES: Final = 10_000
"""Places that look like a boundary, whether they are one or not."""
MOST_HEADER_BYTES: Final = 256 * 1024
MOST_HEADERS: Final = 2_000
MOST_RECEIVED: Final = 25
LONGEST_VALUE: Final = 4_000

_BLANK = re.compile(rb"(?:\A|\r?\n)\r?\n")
_NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:")
_LINE = re.compile(rb"\r?\n")
_REST = re.compile(rb"(--)?[ \t]{0,80}(?:\r?\n|\Z)")


class TooMuchError(Exception):
    """The message is larger, deeper or more divided than is read here."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part, or the message: its headers in their order, and what follows them."""

    headers: tuple[tuple[str, str], ...] = field(repr=False)
    """(name in lower case, value with its folding taken off)."""
    body: bytes = field(repr=False)
    children: tuple["Part", ...] = ()

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for known, value in self.headers if known == name]

    def first(self, name: str) -> str:
        """The first value of a header; "" if there is none."""
        return next(iter(self.all(name)), "")

    @property
    def kind(self) -> str:
        """ "text/plain", in lower case; what can't be read is application/octet-stream."""
        values = self.all("content-type")
        if not values:
            return "text/plain"
        parsed = parsed_header("content-type", values[0])
        return str(getattr(parsed, "content_type", "application/octet-stream")).lower()

    def parameter(self, name: str) -> str:
        """Of Content-Type; "" if it has none of that name."""
        parsed = parsed_header("content-type", self.first("content-type"))
        return str(getattr(parsed, "params", {}).get(name, ""))

    @property
    def disposition(self) -> str:
        """ "inline", "attachment", or "" if it doesn't say."""
        return self.first("content-disposition").partition(";")[0].strip().lower()


def parsed_header(name: str, value: str) -> Any:
    """The header as the standard library reads it; None if it gives up. Never raises."""
    try:
        return policy.default.header_factory(name, value[:LONGEST_VALUE])
    except Exception:  # noqa: BLE001 - it raises all kinds on what nobody should have sent
        return None


def take_apart(raw: bytes) -> Part:
    """The message's headers and parts. Raises `TooMuchError`."""
    if len(raw) > MOST_BYTES:
        raise TooMuchError
    return _Reader().read(raw, 1)


def headers_of(raw: bytes) -> Part:
    """The message's headers alone: its body is left as it is. Raises `TooMuchError`."""
    return _Reader().head(raw)


class _Reader:
    """One message's reading: how many parts there were so far."""

    def __init__(self) -> None:
        self._parts = 0
        self._boundaries = 0

    def read(self, raw: bytes, level: int) -> Part:
        self._parts += 1
        if self._parts > MOST_PARTS or level > MOST_LEVELS:
            raise TooMuchError
        head = self.head(raw)
        if not head.kind.startswith("multipart/"):
            return head
        boundary = head.parameter("boundary")
        if not boundary:
            return head
        pieces = self._divided(head.body, b"--" + boundary.encode("utf-8", "replace"))
        children = tuple(self.read(piece, level + 1) for piece in pieces)
        return Part(head.headers, b"" if children else head.body, children)

    def head(self, raw: bytes) -> Part:
        blank = _BLANK.search(raw, 0, MOST_HEADER_BYTES + 4)
        if blank is None and len(raw) > MOST_HEADER_BYTES:
            raise TooMuchError
        block, body = (raw[: blank.start()], raw[blank.end() :]) if blank else (raw, b"")
        return Part(tuple(_headers(block)), body)

    def _divided(self, body: bytes, line: bytes) -> list[bytes]:
        """What stands between the boundary's lines (RFC 2046 5.1.1), without what is around."""
        pieces: list[bytes] = []
        start, at = -1, body.find(line)
        while at >= 0:
            self._boundaries += 1
            if self._boundaries > MOST_BOUNDARIES:
                raise TooMuchError
            match = _REST.match(body, at + len(line)) if at == 0 or body[at - 1] == 10 else None
            if match is not None:
                if start >= 0:
                    pieces.append(_without_break(body[start:at]))
                start = match.end()
                if match[1]:
                    return pieces
            at = body.find(line, at + len(line))
        # Cut off before its end: what came is read.
        return pieces if start < 0 else [*pieces, _without_break(body[start:])]


def _headers(block: bytes) -> list[tuple[str, str]]:
    found: list[tuple[str, list[bytes]]] = []
    for line in _LINE.split(block):
        if line[:1] in {b" ", b"\t"}:
            if found:
                found[-1][1].append(line)
            continue
        match = _NAME.match(line)
        if match is None:
            continue  # no header, and no reason to lose the others
        if len(found) >= MOST_HEADERS:
            raise TooMuchError
        found.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
    return [(name, _text(b"".join(lines))) for name, lines in found]


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").replace("\x00", "").strip()


def _without_break(piece: bytes) -> bytes:
    """Without the line end that belongs to the boundary below it."""
    return piece.removesuffix(b"\n").removesuffix(b"\r")
