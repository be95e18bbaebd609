"""What looks like a phone number by chance: a piece of something else.

Rule kept here: a decoy is known by what stands around the number, read no further than a line's
width away, so that the cost does not grow with the text.
"""

import re

_REACH = 64
_BREAK = re.compile(r"[\s\"'<>(){}\[\]]")
_HEX = re.compile(r"[0-9A-Fa-f]{24,}").search
_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}").search
_IP = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}").fullmatch
_DECIMAL = re.compile(r"[0-9]{1,3}\.[0-9]{4,}").fullmatch
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-.](?:0[1-9]|1[0-2])[-.](?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])[-.](?:0?[1-9]|1[0-2])[-.](?:19|20)[0-9]{2}"
).match
_CODE = re.compile(r"[A-Z]{1,6}[0-9]{8,}[A-Z]{0,3}|[0-9]{8,}[A-Z]{1,3}").fullmatch
_PHONE_LETTERS = re.compile(r"(?:P|PH|M|MO|MOB|TEL|T|CALL|WA|CELL|FON)[0-9]").match
_IMEI = re.compile(r"[0-9]{2}-[0-9]{6}-[0-9]{6}-[0-9]{1,2}").search
_IN_CENTS = re.compile(r"(?<![0-9.])[0-9]{1,3}\.[0-9]{2}(?![0-9.])").search
_CENTS = re.compile(r"\.[0-9]{2}(?![0-9])").match
_CALLS = re.compile(r"(?i:wa\.me|whatsapp|tel|phone|mob|call|sms)").search
_SUM = re.compile(r"(?:[₹$€£]|(?i:\brs\.?|\binr))[ ]?$").search


def is_decoy(text: str, start: int, end: int) -> bool:
    """True if the number at `text[start:end]` is part of a code, a date, a place or a sum."""
    number = text[start:end]
    if _DECIMAL(number) or _IP(number) or _DATE(number) or _CENTS(text, end):
        return True
    if " " in number and _IN_CENTS(text[max(0, start - 4) : end + 3]):
        return True
    token, at = _token(text, start, end)
    if len(token) > len(number) and (_HEX(token) or _UUID(token) or _IMEI(token)):
        return True
    if "://" in token and not _CALLS(token):
        return True
    if _CODE(token) and not _PHONE_LETTERS(token):
        return True
    return bool(_SUM(text[max(0, start - 6) : start]) or (at and _DATE(token)))


def is_in_hex(text: str, start: int, end: int) -> bool:
    """True if the number is part of a UUID or a hash."""
    token, _ = _token(text, start, end)
    return len(token) > end - start and bool(_UUID(token) or _HEX(token))


def _token(text: str, start: int, end: int) -> tuple[str, int]:
    """What stands around a number without a space, and where in it the number begins."""
    left = text[max(0, start - _REACH) : start]
    right = text[end : end + _REACH]
    pieces = _BREAK.split(left)
    return pieces[-1] + text[start:end] + _BREAK.split(right, maxsplit=1)[0], len(pieces[-1])
