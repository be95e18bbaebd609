"""Phones and emails in prose, by their shape.

Rules kept here:
- every search is linear in the length of the text;
- a shape that a door number, a date or an order number may have too gets a low certainty: what
  to do with it is the caller's business.
"""

import re
from collections.abc import Iterator

_SEP = r"[ .()\n-]{0,3}"
_EXTENSION = r"(?:[ ,;]{0,3}(?i:extension|extn|ext|x)[ .:#-]{0,3}[0-9]{1,6}(?![0-9]))?"
_INDIAN = re.compile(
    rf"(?<![0-9])[+(]{{0,2}}(?:(?:00?)?91[)]?{_SEP})?(?:0{_SEP})?"
    rf"(?P<national>[6-9](?:{_SEP}[0-9]){{9}})(?![0-9]){_EXTENSION}"
)
_ABROAD = re.compile(rf"(?<![0-9])\+{_SEP}[1-9](?:{_SEP}[0-9]){{6,14}}(?![0-9]){_EXTENSION}")
_AFTER = re.compile(_EXTENSION)
_CHAIN = re.compile(r"[0-9]+(?:[ .()\n-]{1,3}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")

_INDIAN_GROUPS = frozenset({(10,), (4, 6), (3, 7), (2, 8)})
_LOCAL_GROUPS = {(3, 3, 4): 0.6, (3, 4): 0.4, (4, 4): 0.4, (10,): 0.3}
_ABROAD_SURE, _INDIAN_SURE, _LANDLINE, _ODD = 0.95, 0.9, 0.7, 0.2
_TOTALS = frozenset({7, 8, 10, 11})
_MOST_GROUPS = 4
_FIRST_SIZES = frozenset({2, 3, 4, 5, 10, 11})

_NOT_IN_LOCAL = frozenset(" \n@<>()[],;:\\\"'=|&?")
_LONGEST_LOCAL = 320
_NOT_IN_LABEL = r"\s@<>()\[\],;:\\\"'/?#.!&=%|"
_RIGHT = re.compile(rf"(?:[^{_NOT_IN_LABEL}]{{1,63}}\.)+[^\W\d_][^{_NOT_IN_LABEL}]{{1,62}}")
_IS_FILE = re.compile(r"(?i:[0-9]x)\.(?i:png|jpe?g|gif|svg|webp|pdf)").fullmatch
"""An image for dense screens: "logo@2x.png"."""


def phone_spans(folded: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and certainty of what may be a phone number in folded text; may overlap."""
    sure = bytearray(len(folded))
    for start, end, certainty in _complete(folded):
        if certainty > _ODD:
            sure[start:end] = b"\1" * (end - start)
        yield start, end, certainty
    for chain in _CHAIN.finditer(folded):
        start, end = chain.span()
        if end - start >= 7 and not all(sure[start:end]):
            yield from _in_chain(folded, start, end)


def _complete(folded: str) -> Iterator[tuple[int, int, float]]:
    for match in _ABROAD.finditer(folded):
        yield *match.span(), _ABROAD_SURE
    for match in _INDIAN.finditer(folded):
        yield *match.span(), _certainty_of_ten(match["national"])


def _certainty_of_ten(national: str) -> float:
    sizes = tuple(len(group) for group in _GROUP.findall(national))
    if sizes in _INDIAN_GROUPS or len(set(sizes)) == 1 or (min(sizes) > 1 and max(sizes) <= 5):
        return _INDIAN_SURE
    return _ODD


def _in_chain(folded: str, start: int, end: int) -> Iterator[tuple[int, int, float]]:
    groups = [group.span() for group in _GROUP.finditer(folded, start, end)]
    sizes = [end - start for start, end in groups]
    if 7 <= sum(sizes) <= 15:
        yield start, _after_extension(folded, end), _ODD
    for first, size in enumerate(sizes):
        if size not in _FIRST_SIZES:
            continue
        total = 0
        for last in range(first, min(first + _MOST_GROUPS, len(groups))):
            total += sizes[last]
            if total not in _TOTALS:
                continue
            certainty = _certainty_of_groups(
                folded, groups[first][0], tuple(sizes[first : last + 1])
            )
            if certainty:
                yield groups[first][0], _after_extension(folded, groups[last][1]), certainty


def _certainty_of_groups(folded: str, first: int, sizes: tuple[int, ...]) -> float:
    if folded[first] == "0" and sum(sizes) == 11 and 2 <= sizes[0] <= 5:
        return _LANDLINE  # trunk prefix, area code, number
    if sizes == (11,) and folded[first] == "0" and folded[first + 1] != "0":
        return _LANDLINE
    return _LOCAL_GROUPS.get(sizes, 0.0)


def _after_extension(folded: str, end: int) -> int:
    match = _AFTER.match(folded, end)
    return match.end() if match else end


def email_spans(folded: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and certainty of each email address in folded text."""
    at = folded.find("@")
    while at >= 0:
        right = _RIGHT.match(folded, at + 1)
        start = _local_start(folded, at) if right else at
        if right and start < at and not _IS_FILE(right[0]):
            yield start, right.end(), 0.95
        at = folded.find("@", at + 1)


def _local_start(folded: str, at: int) -> int:
    """Where the local part before `at` begins; `at` itself if there is none."""
    start = at
    while start > max(0, at - _LONGEST_LOCAL) and folded[start - 1] not in _NOT_IN_LOCAL:
        start -= 1
    while start < at and folded[start] in "*.-":
        start += 1
    return start
