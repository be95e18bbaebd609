"""The parts of an address: flats, streets, sectors, landmarks, towns.

Rules kept here:
- a part is a word with what belongs to it: "Flat" with its number, "Road" with its name;
- every reader looks a few words to either side, so that the cost is linear in the length.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from orderveil.core.detect.known_places import (
    ADMIN,
    BUILDINGS,
    CITIES,
    LANDMARKS,
    PRE_STREETS,
    STAGES,
    STATES,
    STREETS,
    UNITS,
)
from orderveil.core.detect.vocabulary import words
from orderveil.core.detect.words import Token, ends_like_street


class Part(StrEnum):
    """A part of an address."""

    UNIT = "unit"
    STREET = "street"
    NUMBER = "number"
    STAGE = "stage"
    BUILDING = "building"
    PIN = "pin"
    ADMIN = "admin"
    LANDMARK = "landmark"
    TOWN = "town"
    STATE = "state"


PartAt: TypeAlias = tuple[int, int, Part]
"""Where a part starts and ends, and what it is."""

_NUMBERING = words("no nos number num o # नंबर नम्बर नं संख्या क्रमांक")
_BEFORE_NO = frozenset("hdfrspbq")
_ORDINALS = words("ground first second third fourth fifth sixth seventh top upper lower")
_UNIT_GAP = re.compile(r"[ .:#-]{0,4}").fullmatch
_COMMA = re.compile(r" ?, ?").fullmatch
_PLAIN_GAP = re.compile(r"[ .'-]{1,2}").fullmatch


def parts_in(folded: str, tokens: Sequence[Token], pins: Sequence[tuple[int, int]]) -> list[PartAt]:
    """The parts of addresses in folded text; `pins` are the places of PIN codes in it."""
    parts: list[PartAt] = [(*pin, Part.PIN) for pin in pins]
    for at, (start, end, word) in enumerate(tokens):
        if word in CITIES:
            parts.append((start, end, Part.TOWN))
        elif word in STATES:
            parts.append((start, end, Part.STATE))
        elif word[0] <= "9" and folded[start - 1 : start] == "#":
            parts.append((start - 1, end, Part.NUMBER))
        elif word in _READERS:
            parts += _READERS[word](folded, tokens, at)
        elif ends_like_street(word):
            parts += _street(folded, tokens, at, itself=True)
    return [*parts, *_leading(folded, tokens, {start for start, _, _ in parts})]


def _leading(folded: str, tokens: Sequence[Token], starts: set[int]) -> list[PartAt]:
    """The numbers right before a part: "729, 2nd Floor"."""
    found: list[PartAt] = []
    for (start, end, word), (following, _, _) in pairwise(tokens):
        leads = following in starts and start not in starts and _COMMA(folded[end:following])
        if leads and word[0].isdigit() and len(word) <= 5:
            found.append((start, end, Part.NUMBER))
    return found


def _unit(folded: str, tokens: Sequence[Token], at: int) -> list[PartAt]:
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


def _numbered(folded: str, tokens: Sequence[Token], at: int) -> list[PartAt]:
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


def _street(folded: str, tokens: Sequence[Token], at: int, *, itself: bool = False) -> list[PartAt]:
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


def _pre_street(_: str, tokens: Sequence[Token], at: int) -> list[PartAt]:
    """ "12 rue de Rivoli", "Calle Mayor 5"."""
    near = [token for token in tokens[max(0, at - 1) : at + 5] if token[2][0].isdigit()]
    named = tokens[at + 1 : at + 4]
    if not near or not named or len(near[0][2]) > 5:
        return []
    last = max(token[1] for token in named if not token[2][0].isdigit() or token in near)
    return [(tokens[at][0], last, Part.STREET), (near[0][0], near[0][1], Part.NUMBER)]


def _stage(_: str, tokens: Sequence[Token], at: int) -> list[PartAt]:
    """ "Sector 12", "4th Cross", "2nd Main"."""
    start, end, _ = tokens[at]
    if at and tokens[at - 1][2][0].isdigit() and start - tokens[at - 1][1] <= 2:
        return [(tokens[at - 1][0], end, Part.STAGE)]
    if at + 1 < len(tokens) and _numbers(tokens, at + 1) and tokens[at + 1][0] - end <= 2:
        return [(start, tokens[at + 1][1], Part.STAGE)]
    return []


def _block(folded: str, tokens: Sequence[Token], at: int) -> list[PartAt]:
    return _unit(folded, tokens, at) or _stage(folded, tokens, at)


def _building(folded: str, tokens: Sequence[Token], at: int) -> list[PartAt]:
    first = at
    while first and at - first < 2 and _names_it(folded, tokens, first):
        first -= 1
    if first < at and tokens[first][2][0].isalpha():
        return [(tokens[first][0], tokens[at][1], Part.BUILDING)]
    return []


def _building_or_unit(folded: str, tokens: Sequence[Token], at: int) -> list[PartAt]:
    return _unit(folded, tokens, at) or _building(folded, tokens, at)


def _admin(_: str, tokens: Sequence[Token], at: int) -> list[PartAt]:
    return [(tokens[at][0], tokens[min(at + 1, len(tokens) - 1)][1], Part.ADMIN)]


def _landmark(folded: str, tokens: Sequence[Token], at: int) -> list[PartAt]:
    start, end, word = tokens[at]
    if not word.isascii():
        return [(tokens[max(0, at - 1)][0], end, Part.LANDMARK)]
    if at + 1 < len(tokens) and tokens[at + 1][0] - end <= 3:
        last = at + 1
        while last < min(at + 3, len(tokens) - 1) and _names_it(folded, tokens, last + 1):
            last += 1
        return [(start, tokens[last][1], Part.LANDMARK)]
    return []


_Reader: TypeAlias = Callable[[str, Sequence[Token], int], list[PartAt]]
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
