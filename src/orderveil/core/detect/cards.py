"""Payment card numbers by their own marks: issuer prefix, length, check digit, grouping.

Rules kept here:
- a run of digits is read whole: no card is seen inside a longer number (ISO/IEC 7812-1: a PAN
  has at most 19 digits);
- digits in groups are a card only in a grouping that is printed on cards;
- what surrounds the number is not this module's business: see `context`.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate

_16_UP = frozenset({16, 17, 18, 19})
_PREFIXES: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4, 4, frozenset({13, 16, 19})),  # Visa
    (51, 55, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),  # Mastercard
    (34, 34, frozenset({15})),  # American Express
    (37, 37, frozenset({15})),
    (300, 305, frozenset({14, 16})),  # Diners Club
    (3095, 3095, frozenset({14, 16})),
    (36, 36, frozenset({14, 16})),
    (38, 39, frozenset({14, 16})),
    (6011, 6011, _16_UP),  # Discover
    (644, 649, _16_UP),
    (65, 65, _16_UP),
    (3528, 3589, _16_UP),  # JCB, and RuPay's 353 and 356
    (60, 60, frozenset({16})),  # RuPay
    (81, 82, frozenset({16})),
    (508, 508, frozenset({16})),
    (62, 62, _16_UP),  # UnionPay
    *(
        (maestro, maestro, frozenset(range(13, 20)))
        for maestro in (5018, 5019, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763)
    ),
)


def _by_prefix() -> Mapping[str, frozenset[int]]:
    table: dict[str, frozenset[int]] = {}
    for low, high, lengths in _PREFIXES:
        for prefix in range(low, high + 1):
            table[str(prefix)] = table.get(str(prefix), frozenset()) | lengths
    return table


_LENGTHS_OF = _by_prefix()
_FIRST_DIGITS = frozenset(prefix[0] for prefix in _LENGTHS_OF)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

LIKELY, LAID_OUT, DOUBTFUL = 0.6, 0.8, 0.4
"""Certainty from the number alone: bare, grouped as on a card, or of a shape others have too."""

_GROUPINGS: Mapping[tuple[int, ...], float] = {
    (4, 4, 4, 4): LAID_OUT,
    (8, 8): LIKELY,
    (4, 12): LIKELY,
    (12, 4): LIKELY,
    (4, 4, 8): LIKELY,
    (4, 8, 4): LIKELY,
    (8, 4, 4): LIKELY,
    (6, 10): LIKELY,
    (4, 4, 4, 4, 3): LAID_OUT,
    (6, 13): LIKELY,
    (4, 6, 5): LAID_OUT,
    (4, 11): DOUBTFUL,
    (10, 5): DOUBTFUL,
    (4, 6, 4): LAID_OUT,
    (4, 3, 3, 3): DOUBTFUL,
    (4, 4, 5): DOUBTFUL,
    (4, 5, 6): DOUBTFUL,
    (16,): LIKELY,
    (15,): LIKELY,
    (14,): LIKELY,
    (13,): DOUBTFUL,
    (17,): DOUBTFUL,
    (18,): DOUBTFUL,
    (19,): DOUBTFUL,
    **{(1,) * length: DOUBTFUL for length in range(13, 20)},
    **{(2,) * pairs: DOUBTFUL for pairs in (7, 8)},
}
_MOST_GROUPS = 19

_CHAIN = re.compile(r"(?<![0-9+])[0-9]+(?:[ .\n-]{1,3}[0-9]+)*")
_FRACTION = re.compile(r"\.[0-9]").match
_GROUP = re.compile(r"[0-9]+")


def passes_luhn(digits: str) -> bool:
    """True if the last digit is the Luhn check digit of the others (ISO/IEC 7812-1 annex B)."""
    doubled = sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0


def is_card_number(digits: str) -> bool:
    """True if `digits` (ASCII, nothing else) has an issuer's prefix and length, and passes Luhn."""
    if not 13 <= len(digits) <= 19:
        return False
    known = any(len(digits) in _LENGTHS_OF.get(digits[:size], ()) for size in range(1, 5))
    return known and passes_luhn(digits)


def card_spans(folded: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and certainty of each card number in folded text, first to last."""
    for chain in _CHAIN.finditer(folded):
        if chain.end() - chain.start() < 13:
            continue
        groups = [group.span() for group in _GROUP.finditer(folded, *chain.span())]
        yield from _in_groups(folded, groups)


def _in_groups(folded: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int, float]]:
    first = 0
    while first < len(groups):
        taken = _card_at(folded, groups, first)
        if taken:
            last, certainty = taken
            yield groups[first][0], groups[last][1], certainty
            first = last
        first += 1


def _card_at(folded: str, groups: list[tuple[int, int]], first: int) -> tuple[int, float] | None:
    """The longest card that begins with group `first`: its last group, and the certainty."""
    start, end = groups[first]
    if folded[start] not in _FIRST_DIGITS:
        return None
    if end - start < 4 and first and groups[first - 1][1] - groups[first - 1][0] == end - start:
        return None  # a number spelled digit by digit begins where the spelling does
    window = groups[first : first + _MOST_GROUPS]
    sizes = tuple(end - start for start, end in window)
    best: tuple[int, float] | None = None
    for count, total in enumerate(accumulate(sizes), start=1):
        if total > 19:
            break
        certainty = _GROUPINGS.get(sizes[:count])
        if certainty is None or total < 13:
            continue
        digits = "".join(folded[start:end] for start, end in window[:count])
        if is_card_number(digits) and not (count == 1 and _is_decimal(folded, window[0])):
            best = first + count - 1, certainty
    return best


def _is_decimal(folded: str, span: tuple[int, int]) -> bool:
    start, end = span
    before = folded[max(0, start - 2) : start]
    return bool(_FRACTION(folded, end)) or (before[-1:] == "." and before[:1].isdigit())
