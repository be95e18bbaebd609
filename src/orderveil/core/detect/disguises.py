"""Disguises that folding leaves on: escapes of URLs, HTML, JSON and mail, and odd separators.

Rules kept here:
- what was unescaped keeps its place: each character knows where it stood in the original;
- an escape that makes no character stays as it is;
- quoted-printable is a reading of its own: "phone=40..." is none;
- at most `MOST_LAYERS` are taken off, so that the cost is linear in the length.
"""

import html
import re
from dataclasses import dataclass

from orderveil.core.scripts import fold_with_places

MOST_LAYERS = 3

_ESCAPES = re.compile(
    r"(?:(?:%[0-9A-Fa-f]{2})+)"
    r"|(?:&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,12});)"
    r"|(?:(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}|\\[ntr](?![A-Za-z]))"
)
_QUOTED = re.compile(r"=\r?\n|(?:=[0-9A-F]{2}){2,}|=(?:2[0-9A-F]|3[AD]|40|5F)")
_LEAST_QUOTED = 2
_SEPARATED = re.compile(r"[0-9] ?[_/~*|\u2022\u00b7\u2219\u30fb]+ ?[0-9]").search
_ODD_SEPARATORS = str.maketrans(dict.fromkeys("_/~*|\u2022\u00b7\u2219\u30fb", "-"))


@dataclass(frozen=True, slots=True)
class Reading:
    """A folded text, and the place of each of its characters in the original."""

    text: str
    starts: list[int]
    ends: list[int]
    escaped: bytearray
    """Of the original, 1 where an escape stands."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of `text[start:end]` (not empty) in the original."""
        return self.starts[start], self.ends[end - 1]

    def breaks(self, start: int, end: int) -> bool:
        """True if an escape stands in, or right beside, what is there in the original."""
        return any(self.escaped[max(0, start - 1) : end + 1])


def unescaped(text: str) -> Reading | None:
    """`text` without the escapes of URLs, HTML and JSON, folded; None if it has none."""
    if not ("%" in text or "&" in text or "\\" in text) or _ESCAPES.search(text) is None:
        return None
    plus = "%" in text and " " not in text  # a form: spaces are written so
    return _reading(text, text.replace("+", " ") if plus else text, _ESCAPES, MOST_LAYERS)


def unquoted(text: str) -> Reading | None:
    """`text` without the escapes of quoted-printable mail; None if it is none.

    One escape makes no mail: "phone=40..." has one.
    """
    if text.count("=") < _LEAST_QUOTED or "&" in text:
        return None
    found = _QUOTED.findall(text)
    if len(found) < _LEAST_QUOTED and not any(len(each) > 3 for each in found):
        return None
    return _reading(text, text, _QUOTED, 1)


def _reading(text: str, shown: str, escapes: re.Pattern[str], layers: int) -> Reading | None:
    starts, ends = list(range(len(text))), list(range(1, len(text) + 1))
    for _ in range(layers):
        layer = _one_layer(shown, escapes)
        if layer is None:
            break
        shown, first, last = layer
        starts, ends = [starts[at] for at in first], [ends[at - 1] for at in last]
    if len(shown) == len(text):
        return None
    escaped = bytearray(len(text))
    for start, end in zip(starts, ends, strict=True):
        if end - start > 1:
            escaped[start:end] = b"\1" * (end - start)
    folded = fold_with_places(shown)
    if folded.kept is not None:
        starts = [starts[at] for at in folded.kept]
        ends = [ends[at] for at in folded.kept]
    return Reading(folded.text, starts, ends, escaped)


def _one_layer(text: str, escapes: re.Pattern[str]) -> tuple[str, list[int], list[int]] | None:
    """The text with one layer of escapes off; for each character its start and end before."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in escapes.finditer(text):
        chars = _unescaped(match[0])
        if chars is None:
            continue
        start, end = match.span()
        parts += (text[done:start], chars)
        starts += [*range(done, start), *[start] * len(chars)]
        ends += [*range(done + 1, start + 1), *[end] * len(chars)]
        if len(chars) > 1:
            _spread(match[0], chars, start, starts, ends)
        done = end
    if not done:
        return None
    parts.append(text[done:])
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return "".join(parts), starts, ends


def _spread(escape: str, chars: str, start: int, starts: list[int], ends: list[int]) -> None:
    """Each of several characters its own part of the escape that stood for them."""
    sizes = [len(char.encode()) * 3 for char in chars]
    if escape[0] == "\\":
        sizes = [12 if char > "\uffff" else 6 for char in chars]
    at, first = start, len(starts) - len(chars)
    for place, size in enumerate(sizes, start=first):
        starts[place], ends[place] = at, at + size
        at += size


def _unescaped(escape: str) -> str | None:
    """The characters that an escape stands for; None if it stands for none."""
    sign = escape[0]
    if sign == "%":
        return _utf8(escape.replace("%", ""))
    if sign == "&":
        char = html.unescape(escape)
        return char if len(char) == 1 else None
    if sign == "\\":
        return _from_backslash(escape)
    return "" if escape[1] in "\r\n" else _quoted(escape)


def _utf8(digits: str) -> str | None:
    try:
        return bytes.fromhex(digits).decode()
    except UnicodeDecodeError:
        return None


def _quoted(escape: str) -> str | None:
    """Quoted-printable, if it is: "=98" of "phone=98..." is no character."""
    chars = _utf8(escape.replace("=", ""))
    return chars if chars is not None and all(char.isprintable() for char in chars) else None


def _from_backslash(escape: str) -> str | None:
    if escape[1] not in "ux":
        return " "
    if escape[1] == "x":
        return bytes.fromhex(escape[2:]).decode("latin-1")
    units = b"".join(bytes.fromhex(unit) for unit in escape.split("\\u")[1:])
    try:
        return units.decode("utf-16-be")
    except UnicodeDecodeError:
        return None


def with_plain_separators(folded: str) -> str | None:
    """The folded text with `-` for odd separators, as long as it was; None if it has none."""
    if not _SEPARATED(folded):
        return None
    return folded.translate(_ODD_SEPARATORS)
