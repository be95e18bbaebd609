"""What scanners read: stock numbers, the numbers of the trade on items, the codes of totes.

Rules kept here:
- a GTIN (GS1 General Specifications, 7.9) is the same number with 8, 12, 13 or 14 digits: scanners
  leave leading zeros out and put them back as they were set up;
- a code is compared without its case: some scanners have the shift key held down.
"""

import re

LONGEST = 100

_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}").fullmatch
_TOTE = re.compile(r"W([1-9][0-9]{0,8})-([1-9][0-9]{0,3})").fullmatch
_PIECES = re.compile(r"([0-9]+)")


def key(code: str) -> str:
    """What two spellings of one code have in common; "" for no code."""
    text = code.strip().upper()
    return text.zfill(14) if is_gtin(text) else text


def is_gtin(text: str) -> bool:
    """Is it a GTIN whose check digit is right?"""
    return bool(_GTIN(text)) and _checks(text)


def looks_like_gtin(text: str) -> bool:
    """Has it a GTIN's length, and nothing but digits?"""
    return bool(_GTIN(text))


def _checks(digits: str) -> bool:
    weighed = (int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return sum(weighed) % 10 == 0


def tote_of(code: str) -> tuple[int, int] | None:
    """(wave's number, position) of a tote's code: "W12-3"; None if it is none."""
    found = _TOTE(code.strip().upper())
    return (int(found[1]), int(found[2])) if found else None


def walking_key(location: str) -> list[tuple[int, int, str]]:
    """In the order of the shelves: A-2 before A-10."""
    pieces = (piece for piece in _PIECES.split(location.upper()) if piece)
    return [
        (0, int(piece), "") if piece.isascii() and piece.isdigit() else (1, 0, piece)
        for piece in pieces
    ]
