"""Addresses: parts of one that stand together.

Rules kept here:
- an address is two different parts of one at least: a house and a street, a street and a PIN.
  A town with its PIN is none, nor is a floor beside a rack;
- a value that its key calls an address is one, whatever its script, if it has a number in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType

from orderveil.core.detect.address_parts import Part, PartAt, parts_in
from orderveil.core.detect.context import Span
from orderveil.core.detect.keys import KeyFacts
from orderveil.core.detect.known_places import BINS
from orderveil.core.detect.words import Token

_ADDS: Mapping[Part, float] = MappingProxyType(
    {
        Part.UNIT: 0.35,
        Part.STREET: 0.3,
        Part.NUMBER: 0.25,
        Part.STAGE: 0.25,
        Part.BUILDING: 0.25,
        Part.PIN: 0.25,
        Part.ADMIN: 0.2,
        Part.LANDMARK: 0.15,
        Part.TOWN: 0.15,
        Part.STATE: 0.1,
    }
)
"""What each part adds to the certainty, once."""

_TELLING = frozenset({Part.UNIT, Part.STREET, Part.STAGE, Part.BUILDING, Part.ADMIN, Part.LANDMARK})
_FURTHEST = 48
"""Characters between two parts of one address."""

_SECOND_STREET = 0.1
_BY_KEY, _WHOLE, _LOCALITY = 0.35, 0.6, 0.45
_AMONG_BINS, _MOST = 0.5, 0.95
_LONGEST_WHOLE = 300
_word_of = itemgetter(2)
_LETTERS = re.compile(r"[^\W\d_]{2,}").findall


def address_spans(
    folded: str, tokens: Sequence[Token], facts: KeyFacts, pins: Sequence[tuple[int, int]]
) -> Iterator[Span]:
    """Start, end and certainty of what may be an address in folded text."""
    among_bins = _AMONG_BINS * (not facts.address and not BINS.isdisjoint(map(_word_of, tokens)))
    found = False
    for start, end, certainty in _clusters(parts_in(folded, tokens, pins)):
        found = True
        yield start, end, min(certainty + _BY_KEY * facts.address, _MOST) - among_bins
    named = facts.name and not any(map(str.isdigit, folded))
    if facts.address and not found and not named and len(folded) <= _LONGEST_WHOLE:
        yield from _whole(folded)


def _whole(folded: str) -> Iterator[Span]:
    """A value that its key calls an address, though none of its words is known."""
    if len(_LETTERS(folded)) >= 2 and "@" not in folded and "://" not in folded:
        yield 0, len(folded), _WHOLE if any(map(str.isdigit, folded)) else _LOCALITY


def _clusters(parts: list[PartAt]) -> Iterator[Span]:
    """Parts that stand together, as one address each."""
    parts.sort(key=lambda part: part[:2])
    first = 0
    for at in range(1, len(parts) + 1):
        if at == len(parts) or parts[at][0] - parts[at - 1][1] > _FURTHEST:
            yield from _judged(parts[first:at])
            first = at


def _judged(parts: list[PartAt]) -> Iterator[Span]:
    kinds = {part for _, _, part in parts}
    if len(kinds) < 2 and not kinds <= {Part.UNIT, Part.STREET, Part.STAGE}:
        return
    if kinds.isdisjoint(_TELLING):
        return
    spoken = [part for part in parts if part[2] is not Part.PIN]
    certainty = sum(_ADDS[part] for part in kinds)
    certainty += _SECOND_STREET * (sum(part is Part.STREET for _, _, part in parts) > 1)
    yield spoken[0][0], max(end for _, end, _ in spoken), min(certainty, _MOST)
