"""How a personal field looks in each form. *Whether* it is shown is the policy's business.

Rules kept here:
- a masked or short value never contains the value it stands for, however short that is;
- masked tells no more than coarse, coarse and short no more than whole (`forms`): a field without
  a coarse or short form of its own shows its masked one;
- letters of any script are cut by grapheme cluster (UAX 29), never inside one;
- hidden digits are `X`, hidden letters `***`; the number of letters hidden is not told.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import regex  # type: ignore[import-untyped]

from orderveil.core.fields import ADDRESS_LINES, PERSONAL, Field
from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.core.redaction import redact as redact  # noqa: PLC0414 - offered here
from orderveil.core.scripts import fold
from orderveil.core.units import without_unit

HIDDEN = "***"

_GRAPHEME = regex.compile(r"\X")
_EDGES = " \t.,;:!?'\"()[]{}<>/\\|-_*&"
_HONORIFICS = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "shri", "sri", "smt", "kumari", "km", "श्री", "श्रीमती"}
)


def _graphemes(word: str) -> list[str]:
    return list(word) if word.isascii() else _GRAPHEME.findall(word)


def _initial(word: str) -> str:
    """The word's first letter; nothing if that would be the whole word."""
    bare = word.strip(_EDGES)
    letters = bare if bare.isascii() else _graphemes(bare)
    return letters[0] if len(letters) > 1 else ""


def _names(value: str) -> tuple[str, str]:
    """First and last word of a name, a title left out; the last is empty if there is one word."""
    words = value.split()
    if len(words) > 1 and words[0].rstrip(".").lower() in _HONORIFICS:
        words = words[1:]
    return (words[0] if words else ""), (words[-1] if len(words) > 1 else "")


def name_short(value: str) -> str:
    """ "Asha V.". Of a single word the first half, at most three letters: "As***"."""
    first, last = _names(value)
    if last:
        initial = _initial(last)
        return f"{first} {initial}." if initial else f"{first} {HIDDEN}"
    letters = _graphemes(first)
    return "".join(letters[: min(3, len(letters) // 2)]) + HIDDEN


def name_masked(value: str) -> str:
    """ "A*** V***": initials of the first and the last word."""
    first, last = _names(value)
    if last:
        return f"{_initial(first)}*** {_initial(last)}***"
    return _initial(first) + HIDDEN


_UNITS_OF_DECADE = {2: "07", 3: "0123469", 4: "013456789", 5: "12345678", 6: "0123456", 8: "1246"}
_TWO_DIGIT_CODES = frozenset(
    f"{decade}{unit}"
    for decade, units in {**_UNITS_OF_DECADE, 9: "0123458"}.items()
    for unit in units
)
_EXTENSION = re.compile(r"(?i:;|,|#|extension|extn|ext)|x(?=[ .]*[0-9])")
_NOT_DIGIT = re.compile(r"[^0-9X]")


def phone(value: str) -> str:
    """ "XXXXXX3210": the national number without extension, six digits hidden at the least."""
    if len(value) == 13 and value[:3] == "+91" and value.isascii():
        digits = value[3:]
        if digits.isdigit():
            return "XXXXXX" + digits[6:]
    number = _EXTENSION.split(fold(value).strip(), maxsplit=1)[0]
    digits = _NOT_DIGIT.sub("", number)[:15]
    if number.startswith("+"):
        digits = digits[_code_length(digits) :]
    told = max(0, min(4, len(digits) - 6))
    return "X" * max(6, len(digits) - told) + (digits[-told:] if told else "")


def _code_length(digits: str) -> int:
    """How many digits the country code has (ITU-T E.164 annex, list of assigned codes)."""
    if digits[:1] in {"1", "7"}:
        return 1
    return 2 if digits[:2] in _TWO_DIGIT_CODES else 3


def email(value: str) -> str:
    """ "a***@e***.com": first letters of both sides, and the top-level domain."""
    local, at, domain = value.rpartition("@")
    host, dot, top = domain.rpartition(".")
    if not (at and dot and top.isalpha()):
        return HIDDEN
    return f"{_initial(local)}***@{_initial(host)}***.{top}"


_ASCII_DIGIT = re.compile("[0-9]").search


def _has_digit(word: str) -> bool:
    if word.isascii():
        return _ASCII_DIGIT(word) is not None
    return any(char.isdigit() for char in word)


def address_line(value: str) -> str:
    """ "F # L V": the initial of each word; a word with a digit is `#`, one of a letter `*`."""
    parts = []
    for word in value.split():
        if _has_digit(word):
            parts.append("#")
        elif bare := word.strip(_EDGES):
            parts.append(_initial(bare) or "*")
    return " ".join(parts)


def address_without_unit(value: str) -> str:
    """ "Neelkurinji Residency" of "Flat 7-B, Neelkurinji Residency"."""
    return without_unit(value) or HIDDEN


def _code(most: int, share: int) -> Callable[[str], str]:
    def shown(value: str) -> str:
        code = re.sub(r"[\W_]+", "", value)
        told = min(most, len(code) // share)
        return code[:told] + "X" * (len(code) - told)

    return shown


pincode_coarse = _code(3, 2)
"""560XXX"""
pincode_masked = _code(2, 3)
"""56XXXX"""


def state_masked(value: str) -> str:
    """ "K***" """
    return _initial(value) + HIDDEN


def gstin(value: str) -> str:
    """The state's two digits (CGST Rules, form REG-06); the rest is X."""
    told = value[:2] if len(value) == 15 and value[:2].isdigit() else ""
    return told + "X" * 13


def upi(value: str) -> str:
    """ "a***@***": neither the bank, nor a digit of a phone used as a name."""
    local = value.partition("@")[0]
    return (_initial(local) if local[:1].isalpha() else "") + "***@***"


def card_last4(value: str) -> str:
    """ "XX42": the last two."""
    return "XX" + value[-2:] if len(value) == 4 and value.isdigit() else "XXXX"


def gateway_ref(value: str) -> str:
    """The last four of a long reference, enough to compare two."""
    return HIDDEN + value[-4:] if len(value) >= 12 else HIDDEN


def ip(value: str) -> str:
    """The network's first 16 bits (IPv4) or 32 bits (IPv6)."""
    four, six = value.split("."), value.split(":")
    if len(four) == 4 and all(part.isdigit() for part in four):
        return f"{four[0]}.{four[1]}.X.X"
    if len(six) > 3 and six[0] and six[1] and "." not in value:
        return f"{six[0]}:{six[1]}:X"
    return HIDDEN


def user_agent(value: str) -> str:
    """The kind of device, never the version: "Android ***"."""
    families = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    family = next((name for name in families if name in value), "")
    return f"{family} {HIDDEN}".lstrip()


def geo_coarse(value: str) -> str:
    """ "12.9,77.5": one decimal of each, about 11 km; cut, never rounded."""
    match = _GEO(fold(value))
    return f"{match[1]}.{match[2] or 0},{match[3]}.{match[4] or 0}" if match else HIDDEN


_GEO = re.compile(
    r"\s*(-?[0-9]{1,2})(?:\.([0-9])[0-9]*)?\s*[,; ]\s*(-?[0-9]{1,3})(?:\.([0-9])[0-9]*)?\s*"
).fullmatch


def hidden(_value: str) -> str:
    """Only that there is something."""
    return HIDDEN


Mask: TypeAlias = Callable[[str], str | None]

_MASKED: Mapping[Field, Mask] = {
    Field.NAME: name_masked,
    Field.BILLING_NAME: name_masked,
    Field.PHONE: phone,
    Field.EMAIL: email,
    **dict.fromkeys(ADDRESS_LINES, address_line),
    Field.BILLING_ADDRESS: address_line,
    Field.STATE: state_masked,
    Field.PINCODE: pincode_masked,
    Field.GSTIN: gstin,
    Field.UPI: upi,
    Field.CARD_LAST4: card_last4,
    Field.GATEWAY_REF: gateway_ref,
    Field.IP: ip,
    Field.USER_AGENT: user_agent,
}
_SHORT: Mapping[Field, Mask] = {Field.NAME: name_short, Field.BILLING_NAME: name_short}


def _whole(value: str) -> str:
    return value


def _nothing(_value: str) -> None:
    return None


_COARSE: Mapping[Field, Mask] = {
    Field.CITY: _nothing,
    Field.STATE: _whole,
    Field.COUNTRY: _whole,
    Field.PINCODE: pincode_coarse,
    Field.GEO: geo_coarse,
    **dict.fromkeys(ADDRESS_LINES, address_without_unit),
}


def _fenced(mask: Mask) -> Mask:
    """The mask, and nothing but `***` where it would show the value after all."""

    def fenced(value: str) -> str | None:
        result = mask(value)
        return HIDDEN if result is not None and value in result else result

    return fenced


def _table() -> dict[tuple[Field, Form], Mask]:
    table: dict[tuple[Field, Form], Mask] = {}
    for field in PERSONAL:
        masked = _MASKED.get(field, hidden)
        if field is not Field.PHONE:  # hides six digits, whatever it is given
            masked = _fenced(masked)
        table[field, Form.WHOLE] = _whole
        table[field, Form.MASKED] = table[field, Form.SENT] = masked
        table[field, Form.SHORT] = _fenced(_SHORT[field]) if field in _SHORT else masked
        table[field, Form.COARSE] = _COARSE.get(field, masked)
        for form in SHOWS_NOTHING:
            table[field, form] = _nothing
    return table


_MASKS: Mapping[tuple[Field, Form], Mask] = MappingProxyType(_table())


def shown(field: Field, form: Form, value: str) -> str | None:
    """`value` of a personal field in `form`; None if there is nothing to show.

    LookupError for facts, and for forms that need more than the value (hashed, virtual, token,
    if_cod, stock).
    """
    return mask_for(field, form)(value) if value else None


def mask_for(field: Field, form: Form) -> Mask:
    """What `shown` applies to a value that is not empty; LookupError as `shown`."""
    mask = _MASKS.get((field, form))
    if mask is None:
        msg = f"{field.value} has no mask for the form {form.value}"
        raise LookupError(msg)
    return mask
