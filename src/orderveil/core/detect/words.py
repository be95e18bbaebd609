"""The words that make a text worth a second look, and a text cut into words.

Rules kept here:
- one look-up per word answers whether names, places or what introduces them may be there;
- every character is read once, so the cost is linear in the length.
"""

import re
from collections.abc import Iterable
from typing import TypeAlias

from orderveil.core.detect.known_names import FAMILY, GIVEN
from orderveil.core.detect.known_places import (
    ADMIN,
    BUILDINGS,
    CITIES,
    LANDMARKS,
    PIN_WORDS,
    PRE_STREETS,
    STAGES,
    STATES,
    STREETS,
    UNITS,
)
from orderveil.core.detect.vocabulary import words

Token: TypeAlias = tuple[int, int, str]
"""Start, end and lower-case text of a word or a number."""

NAME, LEAD, PLACE, TOWN, PIN = 1, 2, 4, 8, 16
"""What a word may be, as bits."""


HONORIFICS = words(
    "mr mrs ms miss dr shri shree sri smt kumari mx prof sardar haji adv"
    " श्री श्रीमती श्रीमान डॉ सुश्री कुमारी"
)
GREETINGS = words("dear hi hello hey namaste namaskar प्रिय नमस्ते")
LABELS = words(
    "name recipient consignee addressee receiver attn attention customer buyer cust"
    " नाम ग्राहक प्राप्तकर्ता"
)
RELATIVES = words("s d w c h")
"""Before "/o": son, daughter, wife, care, house of."""

MOVES = words("ship deliver shipped delivered send handover addressed hand give sold bill")
"""Before "to"."""

_BITS: dict[str, int] = {}


def _mark(marked: Iterable[str], bit: int) -> None:
    for word in marked:
        _BITS[word] = _BITS.get(word, 0) | bit


_mark(GIVEN | FAMILY, NAME)
_mark(HONORIFICS | GREETINGS | LABELS | MOVES, LEAD)
_mark(UNITS | STREETS | PRE_STREETS | STAGES | BUILDINGS | LANDMARKS | ADMIN, PLACE)
_mark(CITIES | STATES, TOWN)
_mark(PIN_WORDS, PIN)

bits_of = _BITS.get
_KNOWN = frozenset(_BITS)

_ASCII_WORD = re.compile(r"[a-z]+")
_ANY_WORD = re.compile(r"[^\W\d_](?:[^\s\d!-/:-@\[-`{-~\u0964])*")
_TOKEN = re.compile(
    r"[0-9]+(?:st|nd|rd|th|[a-z])?(?![a-z0-9])|[0-9]+|[^\W\d_](?:[^\s\d!-/:-@\[-`{-~\u0964])*"
)
_STREET_ENDINGS = (
    "nagar", "puram", "palya", "halli", "wadi", "ganj", "gunj", "pally", "peth", "pura", "vihar",
    "guda", "palle", "patti", "pettai", "colony", "marg", "wala", "strasse", "stra\u00dfe",
    "straat",
)  # fmt: skip
_LEAST_ENDING = 8


def low_of(folded: str) -> str:
    """`folded` in lower case, as long as it was."""
    low = folded.lower()
    return low if len(low) == len(folded) else folded


def bits_in(low: str) -> int:
    """What the words of a lower-case text may be, together."""
    spoken = (_ASCII_WORD if low.isascii() else _ANY_WORD).findall(low)
    bits = 0
    if not _KNOWN.isdisjoint(spoken):
        for word in spoken:
            bits |= _BITS.get(word, 0)
    if "/o" in low:
        bits |= LEAD
    if not bits & PLACE:
        for word in spoken:
            if len(word) >= _LEAST_ENDING and word.endswith(_STREET_ENDINGS):
                return bits | PLACE
    return bits


def ends_like_street(word: str) -> bool:
    """True for "indiranagar" and "hauptstrasse"."""
    return len(word) >= _LEAST_ENDING and word.endswith(_STREET_ENDINGS)


def tokens_in(low: str) -> list[Token]:
    """The words and numbers of a lower-case text, first to last."""
    return [(*match.span(), match[0]) for match in _TOKEN.finditer(low)]
