"""Which kinds may be in a text at all: the cheap question before the real ones.

Rules kept here:
- most values are answered by a few searches, and hold nothing;
- searches begin with a digit, for most characters of most texts are none;
- when in doubt the answer is yes: the detectors look again.
"""

import re

from orderveil.core.detect.cvv import may_name_cvv
from orderveil.core.detect.keys import KeyFacts
from orderveil.core.detect.kinds import CARD_DATA, EVERYTHING, Kind
from orderveil.core.detect.known_accounts import IBAN_LENGTHS
from orderveil.core.detect.words import LEAD, NAME, PIN, PLACE, TOWN, bits_in, low_of

_INERT = re.compile(
    r"(?![A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}$|[0-9]{2}[A-Za-z]{5}[0-9]{4})[\w#:/.-]{1,64}"
    r"|[0-9][0-9 .:/#TZ+-]{0,63}",
    re.ASCII,
).fullmatch
_LIKE_IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}").fullmatch

_DIGIT = re.compile(r"[0-9]").search
_SIX = re.compile(r"[0-9](?:[^0-9A-Za-z]{0,4}[0-9]){5}").search
_SEVEN = re.compile(r"[0-9](?:[^0-9A-Za-z]{0,4}[0-9]){6}").search
_TWELVE = re.compile(r"[2-9](?:[ .\n-]{0,3}[0-9]){11}").search
_THIRTEEN = re.compile(r"[0-9][0-9 .\n-]{12,}").search
_FOUR = re.compile(r"[0-9](?:[ ._-]{0,2}[0-9]){3}").search
_OF_STATE = re.compile(
    r"[0-9]{4}(?:(?<=[A-Za-z]{5}[0-9]{4})|(?<=[A-Za-z]{5}[ ._/-][0-9]{4})"
    r"|(?<=[A-Za-z]{5}[ ._/-]{2}[0-9]{4}))"
    r"|[0-9](?<=[A-Za-z][ ._-][A-Za-z][ ._-][0-9])"
    r"|[0-9](?<=[A-Za-z][ ._-]{2}[A-Za-z][ ._-]{2}[0-9])"
).search
_OF_BANK = re.compile(r"0(?:(?<=[A-Za-z]{4}0)|(?<=[A-Za-z]{4}[ -]0))").search
_IBAN = re.compile(
    r"[0-9]{2}(?:(?<=[A-Za-z]{2}[0-9]{2})|(?<=[A-Za-z]{2}[ .-][0-9]{2}))"
    r"(?:[ .-]{0,2}[A-Za-z0-9]){11}"
).search

_LEAST_CODE = 10
_CONTACTS = frozenset({Kind.EMAIL, Kind.PHONE})
_OF_WORDS = frozenset({Kind.PINCODE, Kind.ADDRESS, Kind.NAME})


def is_inert(text: str) -> bool:
    """True if a value is one token or digits only: under an identifier's key it is nobody's.

    Not what speaks for itself: an IBAN, a GSTIN, a number with a `+` before it.
    """
    if _INERT(text) is not None:
        return True
    return text.isascii() and text[:2].upper() not in IBAN_LENGTHS and bool(_LIKE_IBAN(text))


def suspected(text: str, facts: KeyFacts, kinds: frozenset[Kind]) -> list[Kind]:
    """The kinds that folded text may hold under a key, in the order of their precedence."""
    if kinds is not EVERYTHING and kinds <= _CONTACTS:
        return [kind for kind in (Kind.EMAIL, Kind.PHONE) if kind in kinds]  # screened by callers
    return _screened(text, facts, kinds)


def _screened(text: str, facts: KeyFacts, kinds: frozenset[Kind]) -> list[Kind]:
    found: list[Kind] = []
    digit = _DIGIT(text)
    six = _SIX(text, digit.start()) if digit else None
    plain = digit is not None and text.isdigit()
    if six and _THIRTEEN(text, six.start()):
        found.append(Kind.CARD)
    if digit and (facts.cvv or (not plain and may_name_cvv(text))):
        found.append(Kind.CVV)
    if not plain:
        if "@" in text:
            found += (Kind.EMAIL, Kind.VPA)
        if digit and len(text) >= _LEAST_CODE and kinds is not CARD_DATA:
            _add_codes(text, found, six=six is not None)
    if six and _SEVEN(text, six.start()):
        if _TWELVE(text, six.start()):
            found.append(Kind.AADHAAR)
        found.append(Kind.PHONE)
    if kinds is EVERYTHING or not kinds.isdisjoint(_OF_WORDS):
        _add_of_words(text, facts, found, six=six is not None, plain=plain)
    return found if kinds is EVERYTHING else [kind for kind in found if kind in kinds]


def _add_codes(text: str, found: list[Kind], *, six: bool) -> None:
    """Letters and digits together."""
    if _FOUR(text) and _OF_STATE(text):
        found += (Kind.GSTIN, Kind.PAN)
    if six and _IBAN(text):
        found.append(Kind.IBAN)
    if "0" in text and _OF_BANK(text):
        found.append(Kind.IFSC)


def _add_of_words(text: str, facts: KeyFacts, found: list[Kind], *, six: bool, plain: bool) -> None:
    if facts.business:
        return  # a firm's place, a firm's name
    bits = 0 if plain or (facts.product and not six) else bits_in(low_of(text))
    if facts.pincode or (six and (facts.address or bits & (TOWN | PLACE | PIN))):
        found.append(Kind.PINCODE)
    if facts.address or (bits & PLACE and (six or not facts.product)):
        found.append(Kind.ADDRESS)
    if facts.product:
        return
    if facts.name or bits & (NAME | LEAD):
        found.append(Kind.NAME)


def names_town(text: str) -> bool:
    """True if a town or a state is named in a text."""
    return bool(bits_in(low_of(text)) & TOWN)
