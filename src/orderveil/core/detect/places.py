"""PIN codes and addresses.

Rules kept here:
- six digits are a PIN code only where a key, a word, a town or an address beside them says so;
- an address is two different parts of one at least: a house and a street, a street and a PIN.
  A town with its PIN is none, nor is a floor beside a rack;
- a PIN code is a hit of its own, so that it can be judged apart from the address it ends.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from operator import itemgetter
from typing import TypeAlias

from orderveil.core.detect.context import Span
from orderveil.core.detect.keys import KeyFacts
from orderveil.core.detect.known_places import (
    ADMIN,
    BINS,
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
from orderveil.core.detect.words import Token, ends_like_street


class Part(Enum):
    """A part of an address, and what it adds to the certainty."""

    UNIT = 0.35
    STREET = 0.3
    NUMBER = 0.25001
    STAGE = 0.25002
    BUILDING = 0.25003
    PIN = 0.25004
    ADMIN = 0.2
    LANDMARK = 0.15
    TOWN = 0.15001
    STATE = 0.1


_TELLING = frozenset({Part.UNIT, Part.STREET, Part.STAGE, Part.BUILDING, Part.ADMIN, Part.LANDMARK})
_FURTHEST = 48
"""Characters between two parts of one address."""

_BY_KEY, _WHOLE, _LOCALITY = 0.35, 0.6, 0.45
_AMONG_BINS = 0.5
_PIN_BASE, _PIN_BY_KEY, _PIN_BY_WORD, _PIN_BY_PLACE = 0.2, 0.6, 0.55, 0.4
_NEAR_TOWN = 40
_NEAR_WORDS = 8
_LONGEST_WHOLE = 300

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
_CODES = frozenset(
    {f"{first}" for first in range(11, 86)}
    | {"90", "91", "92", "93", "94", "95", "96", "97", "98", "99"}
)
"""The first two digits of PIN codes in use."""

_NUMBERING = words("no nos number num o # नंबर नम्बर नं संख्या क्रमांक")
_BEFORE_NO = frozenset("hdfrspbq")
_ORDINALS = words("ground first second third fourth fifth sixth seventh top upper lower")
_start_of = itemgetter(0)
_UNIT_GAP = re.compile(r"[ .:#-]{0,4}").fullmatch
_PLAIN_GAP = re.compile(r"[ .'-]{1,2}").fullmatch
_LETTERS = re.compile(r"[^\W\d_]{2,}").findall


def pincode_spans(folded: str, tokens: Sequence[Token], facts: KeyFacts) -> Iterator[Span]:
    """Start, end and certainty of what may be a PIN code in folded text."""
    if facts.pincode and _FOREIGN_CODE(folded):
        yield 0, len(folded), _PIN_BY_KEY
    among_bins = _AMONG_BINS * (not facts.pincode and any(token[2] in BINS for token in tokens))
    for pattern in (_SIX, _SPELLED_SIX):
        for match in pattern.finditer(folded):
            start, end = match.span()
            yield start, end, _certainty_of_pin(match[0], start, end, tokens, facts) - among_bins


def _certainty_of_pin(
    written: str, start: int, end: int, tokens: Sequence[Token], facts: KeyFacts
) -> float:
    if facts.pincode:
        return _PIN_BASE + _PIN_BY_KEY
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
        return _PIN_BASE + _PIN_BY_WORD
    near = {token[2] for token in (*before, *after)}
    towns = not near.isdisjoint(CITIES) or not near.isdisjoint(STATES)
    by_place = towns or facts.address or any(_is_place(word) for word in near)
    return _PIN_BASE + _PIN_BY_PLACE * by_place


def _is_place(word: str) -> bool:
    return word in STREETS or word in ADMIN or word in BUILDINGS or ends_like_street(word)


def address_spans(
    folded: str, tokens: Sequence[Token], facts: KeyFacts, pins: Sequence[tuple[int, int]]
) -> Iterator[Span]:
    """Start, end and certainty of what may be an address in folded text."""
    among_bins = _AMONG_BINS * (not facts.address and any(token[2] in BINS for token in tokens))
    found = False
    for start, end, certainty in _clusters(_parts(folded, tokens, pins)):
        found = True
        yield start, end, min(certainty + _BY_KEY * facts.address, 0.95) - among_bins
    named = facts.name and not any(map(str.isdigit, folded))
    if facts.address and not found and not named and len(folded) <= _LONGEST_WHOLE:
        yield from _whole(folded)


def _whole(folded: str) -> Iterator[Span]:
    """A value that its key calls an address, though none of its words is known."""
    if len(_LETTERS(folded)) >= 2 and "@" not in folded and "://" not in folded:
        yield 0, len(folded), _WHOLE if any(map(str.isdigit, folded)) else _LOCALITY


def _clusters(parts: list[tuple[int, int, Part]]) -> Iterator[Span]:
    """Parts that stand together, as one address each."""
    parts.sort(key=lambda part: part[:2])
    first = 0
    for at in range(1, len(parts) + 1):
        if at == len(parts) or parts[at][0] - parts[at - 1][1] > _FURTHEST:
            yield from _judged(parts[first:at])
            first = at


def _judged(parts: list[tuple[int, int, Part]]) -> Iterator[Span]:
    kinds = {part for _, _, part in parts}
    if len(kinds) < 2 and not kinds <= {Part.UNIT, Part.STREET, Part.STAGE}:
        return
    if kinds.isdisjoint(_TELLING):
        return
    spoken = [part for part in parts if part[2] is not Part.PIN]
    certainty = sum(part.value for part in kinds)
    certainty += 0.1 * (sum(part is Part.STREET for _, _, part in parts) > 1)
    yield spoken[0][0], max(end for _, end, _ in spoken), min(certainty, 0.95)


def _parts(
    folded: str, tokens: Sequence[Token], pins: Sequence[tuple[int, int]]
) -> list[tuple[int, int, Part]]:
    parts = [(*pin, Part.PIN) for pin in pins]
    for at, (start, end, word) in enumerate(tokens):
        if word in CITIES:
            parts.append((start, end, Part.TOWN))
        elif word in STATES:
            parts.append((start, end, Part.STATE))
        elif word in _READERS:
            parts += _READERS[word](folded, tokens, at)
        elif ends_like_street(word):
            parts += _street(folded, tokens, at, itself=True)
    return parts


def _unit(folded: str, tokens: Sequence[Token], at: int) -> list[tuple[int, int, Part]]:
    """ "Flat 4B", "House No. 12-3", "2nd floor", "A wing"."""
    start, end, _ = tokens[at]
    ahead = at + 1
    while ahead < len(tokens) and tokens[ahead][2] in _NUMBERING:
        ahead += 1
    if (
        ahead < len(tokens)
        and _UNIT_GAP(folded[tokens[ahead - 1][1] : tokens[ahead][0]])
        and _numbers(tokens, ahead)
    ):
        while ahead + 1 < len(tokens) and _joined(folded, tokens, ahead):
            ahead += 1
        return [(start, tokens[ahead][1], Part.UNIT)]
    if at and start - tokens[at - 1][1] <= 2:
        before = tokens[at - 1]
        if before[2][0].isdigit() or before[2] in _ORDINALS:
            return [(before[0], end, Part.UNIT)]
    return []


def _numbers(tokens: Sequence[Token], at: int) -> bool:
    word = tokens[at][2]
    return word[0].isdigit() or (len(word) == 1 and word.isascii())


def _joined(folded: str, tokens: Sequence[Token], at: int) -> bool:
    """True if the next token carries on a house number: "12-3/A"."""
    gap = folded[tokens[at][1] : tokens[at + 1][0]]
    return gap in {"-", "/", ""} and _numbers(tokens, at + 1)


def _numbered(folded: str, tokens: Sequence[Token], at: int) -> list[tuple[int, int, Part]]:
    """ "H.No 12", and "No. 12" at the very beginning."""
    if at and tokens[at - 1][2] not in _BEFORE_NO:
        return []
    if at + 1 < len(tokens) and tokens[at + 1][2][0].isdigit():
        last = at + 1
        while last + 1 < len(tokens) and _joined(folded, tokens, last):
            last += 1
        part = Part.UNIT if at else Part.NUMBER
        return [(tokens[max(0, at - 1)][0], tokens[last][1], part)]
    return []


def _street(
    folded: str, tokens: Sequence[Token], at: int, *, itself: bool = False
) -> list[tuple[int, int, Part]]:
    """ "12 Mahatma Gandhi Road": the street with its name, and the number before or after it."""
    first = at
    while first and at - first < 3 and _names_it(folded, tokens, first):
        first -= 1
    if (first == at and not itself) or _is_brand(tokens, at):
        return []
    parts = [(tokens[first][0], tokens[at][1], Part.STREET)]
    if first and tokens[first - 1][2][0].isdigit() and tokens[first][0] - tokens[first - 1][1] <= 3:
        number = first - 1
        while number and _joined(folded, tokens, number - 1):
            number -= 1
        if len(tokens[first - 1][2]) <= 5:
            parts.append((tokens[number][0], tokens[first - 1][1], Part.NUMBER))
    elif itself and at + 1 < len(tokens) and tokens[at + 1][2][0].isdigit():
        near = tokens[at + 1][0] - tokens[at][1] <= 2 and len(tokens[at + 1][2]) <= 4
        parts += [(tokens[at + 1][0], tokens[at + 1][1], Part.NUMBER)] * near
    return parts


def _is_brand(tokens: Sequence[Token], at: int) -> bool:
    """True for "Park Avenue": it sells more often than anybody lives there."""
    return tokens[at][2] == "avenue" and at > 0 and tokens[at - 1][2] == "park"


def _names_it(folded: str, tokens: Sequence[Token], at: int) -> bool:
    """True if the token before `at` is a word of the same name."""
    _, end, word = tokens[at - 1]
    if not _PLAIN_GAP(folded[end : tokens[at][0]]) or word[0].isdigit() or len(word) < 2:
        return word[-2:] in {"st", "nd", "rd", "th"} and tokens[at][0] - end == 1
    return True


def _pre_street(_: str, tokens: Sequence[Token], at: int) -> list[tuple[int, int, Part]]:
    """ "12 rue de Rivoli", "Calle Mayor 5"."""
    near = [token for token in tokens[max(0, at - 1) : at + 5] if token[2][0].isdigit()]
    named = tokens[at + 1 : at + 4]
    if not near or not named or len(near[0][2]) > 5:
        return []
    last = max(token[1] for token in named if not token[2][0].isdigit() or token in near)
    return [(tokens[at][0], last, Part.STREET), (near[0][0], near[0][1], Part.NUMBER)]


def _stage(_: str, tokens: Sequence[Token], at: int) -> list[tuple[int, int, Part]]:
    """ "Sector 12", "4th Cross", "2nd Main"."""
    start, end, _ = tokens[at]
    if at and tokens[at - 1][2][0].isdigit() and start - tokens[at - 1][1] <= 2:
        return [(tokens[at - 1][0], end, Part.STAGE)]
    if at + 1 < len(tokens) and _numbers(tokens, at + 1) and tokens[at + 1][0] - end <= 2:
        return [(start, tokens[at + 1][1], Part.STAGE)]
    return []


def _block(folded: str, tokens: Sequence[Token], at: int) -> list[tuple[int, int, Part]]:
    return _unit(folded, tokens, at) or _stage(folded, tokens, at)


def _building(folded: str, tokens: Sequence[Token], at: int) -> list[tuple[int, int, Part]]:
    first = at
    while first and at - first < 2 and _names_it(folded, tokens, first):
        first -= 1
    if first < at and tokens[first][2][0].isalpha():
        return [(tokens[first][0], tokens[at][1], Part.BUILDING)]
    return []


def _building_or_unit(folded: str, tokens: Sequence[Token], at: int) -> list[tuple[int, int, Part]]:
    return _unit(folded, tokens, at) or _building(folded, tokens, at)


def _admin(_: str, tokens: Sequence[Token], at: int) -> list[tuple[int, int, Part]]:
    return [(tokens[at][0], tokens[min(at + 1, len(tokens) - 1)][1], Part.ADMIN)]


def _landmark(_: str, tokens: Sequence[Token], at: int) -> list[tuple[int, int, Part]]:
    start, end, word = tokens[at]
    if not word.isascii():
        return [(tokens[max(0, at - 1)][0], end, Part.LANDMARK)]
    if at + 1 < len(tokens) and tokens[at + 1][0] - end <= 3:
        return [(start, tokens[at + 1][1], Part.LANDMARK)]
    return []


_Reader: TypeAlias = Callable[[str, Sequence[Token], int], list[tuple[int, int, Part]]]
_READERS: Mapping[str, _Reader] = {
    **dict.fromkeys(LANDMARKS, _landmark),
    **dict.fromkeys(ADMIN, _admin),
    **dict.fromkeys(PRE_STREETS, _pre_street),
    **dict.fromkeys(STREETS, _street),
    **dict.fromkeys(STAGES, _stage),
    **dict.fromkeys(UNITS, _unit),
    **dict.fromkeys(BUILDINGS, _building),
    **dict.fromkeys(BUILDINGS & UNITS, _building_or_unit),
    **dict.fromkeys(UNITS & STAGES, _block),
    "no": _numbered,
}
