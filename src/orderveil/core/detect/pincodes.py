"""PIN codes: six digits, and a word, a key or a place that says so.

Rules kept here:
- six digits alone are a quantity, a SKU or an HSN code: only a key, a word, a town or an address
  beside them makes them a PIN code;
- a PIN code is a hit of its own, so that it can be judged apart from the address it ends.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import itemgetter

from orderveil.core.detect.context import Span
from orderveil.core.detect.keys import KeyFacts
from orderveil.core.detect.known_places import (
    ADMIN,
    BINS,
    BUILDINGS,
    CITIES,
    PIN_WORDS,
    STATES,
    STREETS,
)
from orderveil.core.detect.vocabulary import words
from orderveil.core.detect.words import Token, ends_like_street

_BASE, _BY_KEY, _BY_WORD, _BY_PLACE = 0.2, 0.6, 0.55, 0.4
_AMONG_BINS = 0.5
_NEAR_TOWN = 40
_NEAR_WORDS = 8

_SIX = re.compile(
    r"(?<![0-9A-Za-z_])(?<![0-9][.,/:-])(?<![0-9] [0-9] )[1-9][0-9]{2}[ -]{0,2}[0-9]{3}"
    r"(?![0-9A-Za-z_]|[.,:/-][0-9])"
)
_SPELLED_SIX = re.compile(r"(?<![0-9])(?<![0-9][ .-])[1-9](?:[ .-][0-9]){5}(?![ .-]?[0-9])")
_FOREIGN_CODE = re.compile(
    r"\s*(?:[0-9]{5}(?:-[0-9]{4})?|[0-9]{4} ?[A-Z]{2}|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}"
    r"|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9])\s*"
).fullmatch
_UNITS_OF_GOODS = words(
    "units unit pcs pieces rs inr kg kgs qty nos boxes rupees usd cartons items gm grams ml"
    " stock quantity"
)
_CODES = frozenset(map(str, (*range(11, 86), *range(90, 100))))
"""The first two digits of PIN codes in use."""

_start_of, _word_of = itemgetter(0), itemgetter(2)


def pincode_spans(folded: str, tokens: Sequence[Token], facts: KeyFacts) -> Iterator[Span]:
    """Start, end and certainty of what may be a PIN code in folded text."""
    if facts.pincode and _FOREIGN_CODE(folded):
        yield 0, len(folded), _BY_KEY
    among_bins = _AMONG_BINS * (not facts.pincode and not BINS.isdisjoint(map(_word_of, tokens)))
    for pattern in (_SIX, _SPELLED_SIX):
        for match in pattern.finditer(folded):
            start, end = match.span()
            yield start, end, _certainty_of_pin(match[0], start, end, tokens, facts) - among_bins


def _certainty_of_pin(
    written: str, start: int, end: int, tokens: Sequence[Token], facts: KeyFacts
) -> float:
    if facts.pincode:
        return _BASE + _BY_KEY
    if written[:2] not in _CODES:
        return 0.0
    here = bisect_left(tokens, start, key=_start_of)
    before = [t for t in tokens[max(0, here - _NEAR_WORDS) : here] if t[0] >= start - _NEAR_TOWN]
    behind = bisect_left(tokens, end, key=_start_of)
    after = [t for t in tokens[behind : behind + 3] if t[0] <= end + _NEAR_TOWN]
    if after and after[0][2] in _UNITS_OF_GOODS:
        return 0.0
    if before and before[-1][2] in _UNITS_OF_GOODS:
        return 0.0
    if any(token[2] in PIN_WORDS for token in before[-3:]):
        return _BASE + _BY_WORD
    near = {token[2] for token in (*before, *after)}
    towns = not near.isdisjoint(CITIES) or not near.isdisjoint(STATES)
    by_place = towns or facts.address or any(_is_place(word) for word in near)
    return _BASE + _BY_PLACE * by_place


def _is_place(word: str) -> bool:
    return word in STREETS or word in ADMIN or word in BUILDINGS or ends_like_street(word)
