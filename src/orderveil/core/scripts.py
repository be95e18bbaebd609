"""Characters: the same digit in another script, and characters that show nothing.

Rules kept here:
- `fold` is for *matching*: one character becomes one character or none, so that a place in the
  folded text can be traced back to the original;
- `clean` is for *keeping*: what people see stays, in any script; only what nobody can see goes.
"""

import re
import unicodedata
from dataclasses import dataclass

_SPACES = frozenset("\t\v\f")
_BREAKS = frozenset("\n\r\x85\u2028\u2029")
_MINUS = frozenset("\u2043\u2212")
_MARKS_UNSEEN = frozenset("\u034f\u180b\u180c\u180d\u180f")
_JOINERS = "\u200c\u200d"
_SEEN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Category Cf, yet drawn: the prepended concatenation marks (UAX 44)."""


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _folded(char: str) -> str | None:
    category = unicodedata.category(char)
    if char in _BREAKS:
        return "\n"
    if char in _SPACES or category == "Zs":
        return " "
    if char in _MINUS or category == "Pd":
        return "-"
    if category in {"Cc", "Cf", "Me"} or char in _MARKS_UNSEEN or _is_variation_selector(char):
        return None
    if (digit := unicodedata.digit(char, None)) is not None:
        return str(digit)
    compatible = unicodedata.normalize("NFKC", char)
    return compatible if len(compatible) == 1 else char


def _cleaned(char: str) -> str | None:
    category = unicodedata.category(char)
    if char in _BREAKS or char in _SPACES or category == "Zs":
        return " "
    if category == "Cs":
        return "\ufffd"  # half a surrogate pair can't be stored as UTF-8
    if category == "Cc" or (
        category == "Cf" and char not in _JOINERS and char not in _SEEN_FORMATS
    ):
        return None
    return char


class _Folding(dict[int, str | None]):
    """Filled as characters are met: at most one entry per character of Unicode."""

    def __missing__(self, point: int) -> str | None:
        self[point] = _folded(chr(point))
        return self[point]


class _Cleaning(dict[int, str | None]):
    """Filled as characters are met: at most one entry per character of Unicode."""

    def __missing__(self, point: int) -> str | None:
        self[point] = _cleaned(chr(point))
        return self[point]


_FOLDING = _Folding()
_CLEANING = _Cleaning()

_JOINING = (
    "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff"  # Arabic: Persian and Urdu need ZWNJ
    "\u0900-\u0dff"  # Devanagari to Sinhala
    "\u1000-\u109f\u1780-\u17ff\u1b00-\u1bff\ua8e0-\ua8ff\ua980-\ua9df\uaa60-\uaa7f"
    "\U00011000-\U000116ff"  # Brahmi and its kin
)
_LOOSE_JOINER = re.compile(
    rf"(?:(?<![{_JOINING}])|(?<=\d))[{_JOINERS}]|[{_JOINERS}](?:(?![{_JOINING}])|(?=\d))"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text to match in, and for each of its characters the place in the original."""

    text: str
    kept: tuple[int, ...] | None
    """None: nothing was removed, places are the same."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of `text[start:end]` (not empty) in the original."""
        if self.kept is None:
            return start, end
        return self.kept[start], self.kept[end - 1] + 1


def fold(text: str) -> str:
    """`text` for matching: digits of any script as ASCII, full-width as ASCII, nothing unseen."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_FOLDING)


def fold_with_places(text: str) -> Folded:
    """`fold`, with the way back to the original's offsets."""
    folded = fold(text)
    if len(folded) == len(text):
        return Folded(folded, None)
    kept = tuple(i for i, char in enumerate(text) if _FOLDING[ord(char)] is not None)
    return Folded(folded, kept)


def clean(text: str) -> str:
    """`text` for keeping: NFC, trimmed, single spaces, no control or zero-width characters.

    The joiners ZWJ and ZWNJ stay between letters of the scripts that need them (Unicode 9.2,
    12.1); half a surrogate pair becomes U+FFFD. Refuses nothing.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) if "  " in text else text.strip()
    seen = _LOOSE_JOINER.sub("", text.translate(_CLEANING))
    return " ".join(unicodedata.normalize("NFC", seen).split())
