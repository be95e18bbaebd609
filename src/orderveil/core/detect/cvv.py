"""Card verification values: three or four digits that only their name gives away.

Rules kept here:
- the digits alone say nothing: a key or the words before them must name them;
- what is said *about* a CVV (`cvv_result_code`) is none.
"""

import re
from collections.abc import Iterator

from orderveil.core.detect.cards import card_spans
from orderveil.core.detect.context import CARD_WORDS, key_words, path_segments, speaks_of

_NAMES = frozenset({"cvv", "cvc", "cvn", "csc"})
_LONG_NAMES = ("securitycode", "verificationvalue", "cardverification", "cardcode")
_ABOUT = frozenset(
    {"result", "check", "response", "status", "match", "message", "required", "provided", "id"}
)
_CLICKS = frozenset({"attributes", "properties", "meta", "metadata", "params", "query", "client"})
"""Where `cid` is a click or client id, not American Express's name for the value."""

_LONGEST = 32
_VALUE = re.compile(r"(?<![0-9])[0-9]{3,4}(?![0-9])")
_IN_TEXT = re.compile(
    r"(?i:(?<![A-Za-z])(?P<name>(?:cvv|cvc|cvn)2?|csc|card\s+(?:security|verification)\s+"
    r"(?:code|number|value)|security\s+code)(?![A-Za-z0-9])"
    r"(?:[\s\"'`:=#.()-]|(?:number|code|no|is|value)(?![a-z])){1,16})"
    r"(?P<value>[0-9]{3,4})(?![0-9])"
)


def is_cvv_key(path: str) -> bool:
    """True if the last name of a key path is that of a card's verification value."""
    segments = path_segments(path)
    words = key_words(segments[-1]) if segments else []
    if not words or not _ABOUT.isdisjoint(words):
        return False
    if words == ["cid"]:
        return len(segments) == 1 or _CLICKS.isdisjoint(key_words(segments[-2]))
    return not _NAMES.isdisjoint(words) or any(name in "".join(words) for name in _LONG_NAMES)


def may_name_cvv(text: str) -> bool:
    """False if `text` names no verification value: the cheap question before the real one."""
    low = text.lower()  # plain searches cost less than one pattern that ignores case
    if "c" not in low:
        return False
    named = "cv" in low or "card" in low or "secur" in low or "verific" in low
    return named or "csc" in low or "cid" in low


def cvv_spans(folded: str, *, named_by_key: bool) -> Iterator[tuple[int, int, float]]:
    """Start, end and certainty of what may be a CVV in folded text; does its key name one?"""
    if named_by_key and len(folded) <= _LONGEST:
        for match in _VALUE.finditer(folded):
            yield *match.span(), 0.9
    if not may_name_cvv(folded):
        return
    beside_card = next(card_spans(folded), None) is not None
    for match in _IN_TEXT.finditer(folded):
        # A gate has a "security code" too.
        sure = beside_card or not match["name"].lower().startswith("security")
        near = sure or speaks_of(CARD_WORDS, folded, *match.span())
        yield *match.span("value"), 0.9 if sure else 0.7 if near else 0.4
