"""What a telephony provider tells us of a call, and what we may tell it: the same for all.

Rules kept here:
- nothing here prints a number: neither the caller's nor whom to dial;
- a number is E.164 or it is none: what a provider calls "anonymous" is nobody's number.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from orderveil.core import normalise
from orderveil.core.errors import Problem
from orderveil.core.virtual import PIN_DIGITS

RINGING_SECONDS: Final = 30
"""How long the other side's telephone rings."""
TALKING_SECONDS: Final = 30 * 60
"""How long a call may last: nobody needs half an hour to find a door."""
MOST_TEXT: Final = 64

_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_CALL: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_DIGITS: Final = re.compile(r"[0-9*#]{1,32}")


class Provider(StrEnum):
    """Whose format a line speaks."""

    EXOTEL = "exotel"
    TWILIO = "twilio"
    JSON = "json"


class Sentence(StrEnum):
    """What is said to a caller, and its code for providers that speak for themselves."""

    PIN_NEEDED = "pin_needed"
    PIN_WRONG = "pin_wrong"
    LOCKED = "locked"
    NOBODY = "nobody"


WORDS: Final = {
    Sentence.PIN_NEEDED: f"Please enter the {PIN_DIGITS} digit PIN written with the number.",
    Sentence.PIN_WRONG: f"This PIN leads to nobody. Please enter the {PIN_DIGITS} digit PIN again.",
    Sentence.LOCKED: "Too many wrong PINs were entered. Please try again later.",
    Sentence.NOBODY: "Nobody can be reached under this number. Goodbye.",
}


@dataclass(frozen=True, slots=True)
class Ring:
    """A call that waits for an answer of ours."""

    call: str
    """The provider's id of the call: the same at each request about it."""
    caller: str = field(repr=False)
    """E.164; "" if it is withheld."""
    dialled: str
    """The pool's number, E.164."""
    digits: str | None = field(repr=False)
    """What was keyed in; None: nothing was asked yet."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Put the caller through. The number is for the provider, and for nobody on the line."""

    number: str = field(repr=False)
    shown: str
    """What the other side sees: the pool's number."""
    is_care: bool = False
    """It is the brand's care number that is dialled."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Have the PIN keyed in. `care` is dialled if nothing is, "" if there is no such number."""

    sentence: Sentence
    shown: str
    care: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Say this and end the call."""

    sentence: Sentence


Reply: TypeAlias = Dial | Ask | Say


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reply in a provider's own words."""

    content_type: str
    body: bytes = field(repr=False)


def number_of(text: str) -> str:
    """A number as a provider sends it, as E.164; "" for what is none."""
    if not 0 < len(text) <= MOST_TEXT:
        return ""
    spelled = normalise.phone(text).partition(";")[0]
    return spelled if _NUMBER.fullmatch(spelled) else ""


def is_number(text: str) -> bool:
    """Is this E.164?"""
    return _NUMBER.fullmatch(text) is not None


def ring_of(call: str, caller: str, dialled: str, digits: str | None) -> Ring | Problem:
    """The call, if it has an id and came in on a number; else why it can't be answered."""
    if not _CALL.fullmatch(call):
        return _bad("call")
    number = number_of(dialled)
    if not number:
        return _bad("to")
    if digits is not None:
        digits = digits.strip().strip('"').rstrip("#")
        if digits and not _DIGITS.fullmatch(digits):
            return _bad("digits")
    return Ring(call, number_of(caller), number, digits or None)


def _bad(name: str) -> Problem:
    return Problem(
        code="bad_call",
        detail=f"The call's `{name}` is missing, or is nothing that a provider sends.",
        remedy="Let the provider call this address as docs/calls.md shows.",
        pointer=f"/{name}",
        rule="calls: what can't be read is not answered",
    )
