"""Check digits, written a second time: the corpus must not take the detector's word for them."""

_ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TURNED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)


def with_luhn(start: str) -> str:
    """`start` and its check digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(start)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{start}{-total % 10}"


def _product(left: int, right: int) -> int:
    """In the dihedral group of order ten: five turns, five turns of the mirror image."""
    if left < 5:
        return (left + right) % 5 if right < 5 else (left + right) % 5 + 5
    return (left - right) % 5 + 5 if right < 5 else (left - right) % 5


def _permuted(digit: int, times: int) -> int:
    for _ in range(times % 8):
        digit = _TURNED[digit]
    return digit


def verhoeff(digits: str) -> int:
    """0 if the last digit checks the others (Verhoeff 1969)."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _product(check, _permuted(int(digit), place))
    return check


def with_verhoeff(start: str) -> str:
    """`start` and its check digit."""
    return f"{start}{_INVERSE[verhoeff(start + '0')]}"


def with_gstin_check(start: str) -> str:
    """The fourteen characters and their check character: Luhn's way, in base 36."""
    total = 0
    for place, char in enumerate(start):
        product = _ALNUM.index(char) * (1 + place % 2)
        total += product // 36 + product % 36
    return f"{start}{_ALNUM[-total % 36]}"


def iban(country: str, account: str) -> str:
    """Country, two check digits, account (ISO 13616, mod 97-10 of ISO/IEC 7064)."""
    number = "".join(str(_ALNUM.index(char)) for char in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{account}"


def with_ean(start: str) -> str:
    """`start` and its check digit (GS1: EAN-8, UPC-A, EAN-13, ISBN-13)."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(start)))
    return f"{start}{-total % 10}"


def with_isbn10(start: str) -> str:
    """The nine digits and their check digit, which may be an X (ISO 2108:1978)."""
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(start))
    return f"{start}{'0123456789X'[-total % 11]}"


def with_s10(service: str, serial: str, country: str) -> str:
    """An international parcel's number (UPU S10): two letters, nine digits, country."""
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    rest = 11 - sum(int(d) * w for d, w in zip(serial, weights, strict=True)) % 11
    return f"{service}{serial}{ {10: 0, 11: 5}.get(rest, rest) }{country}"
