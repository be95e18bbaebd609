"""One spelling per value, so that equal values are found equal.

Rules kept here:
- nothing is refused and nothing is lost: what can't be understood stays as it was typed, cleaned;
- normalising twice changes nothing;
- two different values never become one: plus tags of an email stay, an extension stays.
"""

import importlib
import re
import unicodedata
from functools import cache
from typing import Any

from orderveil.core.fields import Field
from orderveil.core.scripts import clean, fold

_SEPARATORS = str.maketrans("", "", " -().\n_")
_TEN_DIGITS = "([6-9][0-9]{9})"
_INDIAN_AT_HOME = re.compile(rf"(?:(?:\+|00?)?91)?0?{_TEN_DIGITS}").fullmatch
_INDIAN_ABROAD = re.compile(rf"\+910?{_TEN_DIGITS}").fullmatch
_TWO_NUMBERS = re.compile(r"[\\/] *x").search
"""The library reads the first of two numbers and drops the second: such a text stays whole."""

_NOT_IN_ADDRESS = r"\s@<>()\[\],;:\\\""
_EMAIL = re.compile(
    rf"[^{_NOT_IN_ADDRESS}]+"
    rf"@(?:[^{_NOT_IN_ADDRESS}.]+\.)+(?:[^{_NOT_IN_ADDRESS}.0-9]{{2,}}|xn--[a-z0-9-]+)"
).fullmatch

_SIX_DIGITS = re.compile(r"[1-9][0-9]{2}[ -]*[0-9]{3}").fullmatch
_SPREADSHEET_INT = re.compile(r"([0-9]+)\.0+").fullmatch
_NOT_ALNUM = re.compile(r"[\W_]+")
_LONGEST_STATE = 40
_PIN_LENGTH = 6
_IS_INDIAN = re.compile(r"\+91[6-9][0-9]{9}").fullmatch
_IS_PLAIN_STATE = re.compile(r"[A-Za-z]{1,20}(?: [A-Za-z]{1,9}){0,2}").fullmatch


def text(value: str) -> str:
    """NFC, trimmed, single spaces, without control and zero-width characters. Refuses nothing.

    The joiners that Indic and Arabic scripts need stay between their letters.
    """
    return clean(value)


def phone(text: str, country: str = "IN") -> str:
    """E.164 ("+919000000001"), an extension as RFC 3966 says (";ext=12").

    `country` is the ISO 3166 region in which a number without a country code is read. What is no
    valid number comes back cleaned, else unchanged.
    """
    home = country == "IN"
    ten = text[3:] if text.startswith("+91") else text if home else ""
    if len(ten) == 10 and ten[0] in "6789" and ten.isascii() and ten.isdigit():
        return "+91" + ten
    folded = fold(text)
    match = (_INDIAN_AT_HOME if home else _INDIAN_ABROAD)(folded.translate(_SEPARATORS))
    if match:
        return "+91" + match[1]
    return _phone_elsewhere(folded, country.upper()) or clean(text)


@cache
def _phonenumbers() -> Any:
    return importlib.import_module("phonenumbers")  # 30 ms, and most shops never need it


def _phone_elsewhere(folded: str, country: str) -> str | None:
    if _TWO_NUMBERS(folded):
        return None
    library = _phonenumbers()
    try:
        number = library.parse(folded, country)
    except library.NumberParseException:
        return None
    if not library.is_valid_number(number):
        return None
    e164: str = library.format_number(number, library.PhoneNumberFormat.E164)
    return f"{e164};ext={number.extension}" if number.extension else e164


def email(text: str) -> str:
    """Trimmed, lower-cased, NFC; plus tags stay. What is no address comes back cleaned."""
    if text.isascii():
        address = text.strip().lower()
    else:
        address = unicodedata.normalize("NFC", fold(text).strip().lower())
    return address if _EMAIL(address) else clean(text)


def search_key(field: Field, text: str, country: str = "IN") -> str:
    """What the blind index hashes: a phone without its extension, an email; else LookupError.

    A phone that is no valid number is compared by its letters and digits alone.
    """
    if field is Field.PHONE and _IS_INDIAN(text):
        return text  # as `phone` spells it
    if field is Field.EMAIL:
        return unicodedata.normalize("NFC", email(text).lower())
    if field is not Field.PHONE:
        msg = f"{field.value} has no blind index"
        raise LookupError(msg)
    number, _, _ = phone(text, country).partition(";ext=")
    if number.startswith("+") and number[1:].isdigit():
        return number
    return _NOT_ALNUM.sub("", fold(number)).lower()


def pincode(value: str | int) -> str:
    """Six digits ("560001") where it is an Indian PIN; a foreign code trimmed, in capitals."""
    text = value if isinstance(value, str) else str(value)
    if len(text) == _PIN_LENGTH and text.isascii() and text.isdigit():
        return text
    code = clean(fold(text))
    if match := _SPREADSHEET_INT(code):
        code = match[1]
    if _SIX_DIGITS(code):
        return code.replace(" ", "").replace("-", "")
    return code.upper()


def region(state: str | None, pincode: str | None) -> str | None:
    """State and the first three digits of the PIN ("Karnataka 560"), or as much as is known.

    A region is a fact, stored unsealed: a "state" that holds a digit or an @ is left out, and of
    a code at most half is told.
    """
    if state and pincode and _IS_PLAIN_STATE(state) and _SIX_DIGITS(pincode):
        return f"{state} {pincode[:3]}"
    code = _NOT_ALNUM.sub("", pincode or "")
    start = code[: min(3, len(code) // 2)]
    place = clean(state or "")
    if len(place) > _LONGEST_STATE or "@" in place or any(char.isdigit() for char in place):
        place = ""
    return " ".join(part for part in (place, start) if part) or None
