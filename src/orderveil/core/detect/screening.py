"""Which kinds may be in a text at all: the cheap question before the real ones.

Rules kept here:
- most values are answered by a few searches, and hold nothing;
- when in doubt the answer is yes: the detectors look again.
"""

import re

from orderveil.core.detect.cvv import may_name_cvv
from orderveil.core.detect.keys import KeyFacts
from orderveil.core.detect.kinds import Kind
from orderveil.core.detect.words import LEAD, NAME, PIN, PLACE, TOWN, bits_in, low_of

_DIGIT = re.compile(r"[0-9]").search
_SIX = re.compile(r"[0-9](?:[^0-9A-Za-z]{0,4}[0-9]){5}").search
_SEVEN = re.compile(r"[0-9](?:[^0-9A-Za-z]{0,4}[0-9]){6}").search
_TWELVE = re.compile(r"[2-9](?:[ .\n-]{0,3}[0-9]){11}").search
_THIRTEEN = re.compile(r"[0-9][0-9 .\n-]{12,}").search
_FOUR_LETTERS = re.compile(r"[A-Za-z]{4}[A-Za-z]?[ ._/-]{0,2}[0-9O]").search
_IBAN = re.compile(r"[A-Za-z]{2}[ .-]?[0-9]{2}(?:[ .-]{0,2}[A-Za-z0-9]){11}").search
_APART = re.compile(r"[A-Za-z](?:[ ._-]{1,2}[A-Za-z]){4}[ ._-]{1,2}[0-9]").search
_LETTER = re.compile(r"[^\W\d_]").search

_OF_WORDS = frozenset({Kind.PINCODE, Kind.ADDRESS, Kind.NAME})


def suspected(text: str, facts: KeyFacts, kinds: frozenset[Kind]) -> list[Kind]:
    """The kinds that folded text may hold under a key, in the order of their precedence."""
    found: list[Kind] = []
    digit = _DIGIT(text) is not None
    if digit and Kind.CARD in kinds and _THIRTEEN(text):
        found.append(Kind.CARD)
    if digit and Kind.CVV in kinds and (facts.cvv or may_name_cvv(text)):
        found.append(Kind.CVV)
    if "@" in text:
        found += [kind for kind in (Kind.EMAIL, Kind.VPA) if kind in kinds]
    six = None
    if digit:
        found += [kind for kind in _codes(text) if kind in kinds]
        six = _SIX(text)
        if six and _SEVEN(text, six.start()):
            if Kind.AADHAAR in kinds and _TWELVE(text):
                found.append(Kind.AADHAAR)
            if Kind.PHONE in kinds:
                found.append(Kind.PHONE)
    if not kinds.isdisjoint(_OF_WORDS):
        found += [kind for kind in _of_words(text, facts, six=six is not None) if kind in kinds]
    return found


def _codes(text: str) -> list[Kind]:
    """Letters and digits together."""
    found = []
    if _FOUR_LETTERS(text) or _APART(text):
        found += [Kind.GSTIN, Kind.PAN, Kind.IFSC]
    if _IBAN(text):
        found.insert(len(found) and 2, Kind.IBAN)
    return found


def _of_words(text: str, facts: KeyFacts, *, six: bool) -> list[Kind]:
    bits = bits_in(low_of(text)) if _LETTER(text) else 0
    found = []
    if facts.pincode or (six and (facts.address or bits & (TOWN | PLACE | PIN))):
        found.append(Kind.PINCODE)
    if facts.address or bits & PLACE:
        found.append(Kind.ADDRESS)
    if facts.name or bits & (NAME | LEAD):
        found.append(Kind.NAME)
    return found


def names_town(text: str) -> bool:
    """True if a town or a state is named in a text."""
    return bool(bits_in(low_of(text)) & TOWN)
