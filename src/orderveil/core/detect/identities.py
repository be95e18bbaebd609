"""Aadhaar, PAN and GSTIN: numbers that the state gives to people and firms.

Rules kept here:
- an Aadhaar has twelve digits, none of them 0 or 1 at the front, and passes Verhoeff; as one of
  ten numbers does so by chance, only its printed grouping or a word makes it sure;
- a PAN's fourth letter says whose it is: P a person's, H a family's; a firm's PAN or GSTIN names
  nobody;
- a GSTIN must pass its check character.
"""

import re
from collections.abc import Iterator

from orderveil.core.detect.checks import passes_gstin, passes_verhoeff
from orderveil.core.detect.context import Span

PEOPLE_HOLD = frozenset("PH")
"""Holder types of a PAN that stand for people."""

_HOLDERS = frozenset("ABCEFGHJKLPT")
_BARE, _GROUPED, _ODD = 0.35, 0.75, 0.3
_PAN_SURE, _PAN_DISGUISED, _PAN_OTHER = 0.8, 0.6, 0.3
_GSTIN_SURE = 0.95
_STATES = frozenset({f"{code:02}" for code in range(1, 39)} | {"96", "97", "99"})

_TWELVE = re.compile(
    r"(?<![0-9])(?<![0-9][ .-])(?<![+.])[2-9][0-9]{3}(?P<first>[ .\n-]{0,3})[0-9]{4}"
    r"(?P<second>[ .\n-]{0,3})[0-9]{4}(?![0-9]|[.-][0-9]|[ ][0-9]{4}(?![0-9]))"
)
_SPELLED_TWELVE = re.compile(
    r"(?<![0-9])(?<![0-9][ .-])[2-9](?P<sign>[ .-]{1,2})[0-9](?:(?P=sign)[0-9]){10}(?![ .-]?[0-9])"
)
_PAIRS = re.compile(
    r"(?<![0-9])(?<![0-9][ .-])[2-9][0-9](?:[ .-][0-9]{2}){5}(?![ .-]?[0-9])"
    r"|(?<![0-9])(?<![0-9][ .-])[2-9][0-9]{2}(?:[ .-][0-9]{3}){3}(?![ .-]?[0-9])"
    r"|(?<![0-9])(?<![0-9][ .-])[2-9][0-9]{5}[ .-][0-9]{6}(?![ .-]?[0-9])"
)
_PAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{3}[ABCEFGHJKLPTabcefghjklpt][A-Za-z](?P<first>[ ._/-]{0,2})"
    r"[0-9]{4}(?P<second>[ ._/-]{0,2})[A-Za-z](?![A-Za-z0-9])"
)
_APART = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z](?P<sign>[ ._-]{1,2})[A-Za-z](?P=sign)[A-Za-z](?P=sign)[A-Za-z]"
    r"(?P=sign)[A-Za-z](?P=sign)[0-9](?:(?P=sign)[0-9]){3}(?P=sign)[A-Za-z](?![A-Za-z0-9])"
)
_GSTIN = re.compile(
    r"(?<![A-Za-z0-9])[0-9]{2}[ ._/-]{0,2}[A-Za-z]{5}[ ._/-]{0,2}[0-9]{4}[ ._/-]{0,2}[A-Za-z]"
    r"[ ._/-]{0,2}[0-9A-Za-z][ ._/-]{0,2}[A-Za-z][ ._/-]{0,2}[0-9A-Za-z](?![A-Za-z0-9])"
)
_NOT_ALNUM = re.compile(r"[^0-9A-Za-z]+")


def compact(written: str) -> str:
    """Letters and digits only, upper-case."""
    return _NOT_ALNUM.sub("", written).upper()


def aadhaar_spans(folded: str) -> Iterator[Span]:
    """Start, end and certainty of what may be an Aadhaar number in folded text."""
    for match in _TWELVE.finditer(folded):
        if passes_verhoeff(compact(match[0])):
            signs = match["first"], match["second"]
            yield *match.span(), _BARE if not any(signs) else _GROUPED if all(signs) else _ODD
    for pattern in (_SPELLED_TWELVE, _PAIRS):
        for match in pattern.finditer(folded):
            if passes_verhoeff(compact(match[0])):
                yield *match.span(), _ODD


def pan_spans(folded: str) -> Iterator[Span]:
    """Start, end and certainty of what may be a PAN in folded text."""
    for match in _PAN.finditer(folded):
        yield *match.span(), _certainty_of_pan(match)
    for match in _APART.finditer(folded):
        if compact(match[0])[3] in _HOLDERS:
            yield *match.span(), _PAN_OTHER


def _certainty_of_pan(match: re.Match[str]) -> float:
    written = match[0]
    if written[3] not in "Pp":
        return _PAN_SURE if written[3] in "Hh" and written.isupper() else _PAN_OTHER
    letters = written[:5]
    if letters.isupper() and written[-1].isupper():
        return _PAN_SURE if not (match["first"] or match["second"]) else _PAN_DISGUISED
    return _PAN_DISGUISED if letters.islower() and written[-1].islower() else _PAN_OTHER


def gstin_spans(folded: str) -> Iterator[Span]:
    """Start, end and certainty of each GSTIN in folded text."""
    for match in _GSTIN.finditer(folded):
        gstin = compact(match[0])
        if gstin[:2] in _STATES and gstin[5] in _HOLDERS and passes_gstin(gstin):
            yield *match.span(), _GSTIN_SURE


def is_of_person(number: str) -> bool:
    """True if a PAN, or the PAN inside a GSTIN, is a person's or a family's."""
    plain = compact(number)
    return plain[5 if len(plain) == 15 else 3 :][:1] in PEOPLE_HOLD
