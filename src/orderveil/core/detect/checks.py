"""Check digits of identities and accounts.

Rules kept here: each function takes the whole number, check character included, without
separators, and answers whether it holds; it never says what would hold.
"""

_D = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
"""Verhoeff's multiplication table: the dihedral group of the pentagon."""

_P = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
"""Verhoeff's permutations by position."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}


def passes_verhoeff(digits: str) -> bool:
    """True if the last digit is Verhoeff's check digit of the others (J. Verhoeff, 1969)."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _D[check][_P[place % 8][int(digit)]]
    return check == 0


def passes_gstin(gstin: str) -> bool:
    """True if the last of 15 characters is the check character of the others (Luhn mod 36)."""
    total = 0
    for place, char in enumerate(gstin[:-1]):
        product = _VALUES[char] * (1 + place % 2)
        total += product // 36 + product % 36
    return _VALUES[gstin[-1]] == -total % 36


def passes_mod97(iban: str) -> bool:
    """True if an IBAN's check digits hold (ISO 7064 MOD 97-10)."""
    return int("".join(str(_VALUES[char]) for char in iban[4:] + iban[:4])) % 97 == 1
