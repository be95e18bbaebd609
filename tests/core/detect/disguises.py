"""How personal values are written so that nobody finds them: by chance, or on purpose."""

from collections.abc import Callable
from random import Random

from .made import CARD_GROUPS, grouped

SEPARATORS = (
    " ",
    ".",
    "-",
    "\u00a0",
    "\u2009",
    "\u202f",
    "\u2007",
    "\u2013",
    "\u2011",
    "\u2212",
    " - ",
    "  ",
)
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u034f\ufe0f"
ZEROS = {
    "Devanagari": "\u0966", "Arabic-Indic": "\u0660", "extended Arabic-Indic": "\u06f0",
    "Bengali": "\u09e6", "Tamil": "\u0be6", "Telugu": "\u0c66", "Gujarati": "\u0ae6",
    "Thai": "\u0e50", "mathematical bold": "\U0001d7ce", "mathematical monospace": "\U0001d7f6",
}  # fmt: skip
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
NAMED = {
    "@": "&commat;",
    ".": "&period;",
    "+": "&plus;",
    " ": "&nbsp;",
    "-": "&#45;",
    ",": "&comma;",
}

Disguise = Callable[[Random, str, str], str]
"""(chance, kind, value) -> the value disguised."""


def separated(rng: Random, kind: str, value: str) -> str:
    """In groups, between them one separator or another."""
    separator = rng.choice(SEPARATORS if kind in {"PHONE", "CARD", "AADHAAR"} else SEPARATORS[:9])
    if kind in {"PINCODE", "IBAN"}:
        separator = rng.choice((" ", "\u00a0", "\u2009", "\u202f", "-"))
    plain = "".join(char for char in value if char not in " -")
    if kind == "PHONE":
        if len(plain) >= 10 and plain[-10:] in value:
            value = f"{value[:-10]}{plain[-10:-5]} {plain[-5:]}"
        groups = value.replace("-", " ").split()
        return ("-" if len(groups) == 2 and separator == "." else separator).join(groups)
    sizes = {
        "CARD": CARD_GROUPS.get(len(plain), ()), "AADHAAR": (4, 4, 4), "PAN": (5, 4, 1),
        "GSTIN": (2, 10, 3), "PINCODE": (3, 3), "IBAN": (4,) * 8 + (2,),
    }[kind]  # fmt: skip
    return grouped(plain, sizes, separator).strip(separator)


def zero_width(rng: Random, kind: str, value: str) -> str:
    """With characters in between that show nothing."""
    chars = list(value)
    for _ in range(rng.randint(1, 4)):
        chars.insert(rng.randint(1, len(chars) - 1), rng.choice(UNSEEN))
    return "".join(chars)


def full_width(rng: Random, kind: str, value: str) -> str:
    """As in East Asian type."""
    return "".join(
        chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char.replace(" ", "\u3000")
        for char in value
    )


def other_digits(rng: Random, kind: str, value: str) -> str:
    """With the digits of another script."""
    if (dice := rng.random()) < 0.2:
        return value.translate(SUPERSCRIPT if dice < 0.1 else CIRCLED)
    zero = ord(rng.choice(sorted(ZEROS.values())))
    return "".join(chr(zero + int(char)) if "0" <= char <= "9" else char for char in value)


def percent(rng: Random, kind: str, value: str) -> str:
    """As in a URL: what has to be encoded, or more of it, or everything."""
    much, shape = rng.choice((0, 0.3, 1)), rng.choice(("%{:02X}", "%{:02x}"))
    if much == 0 and value.replace(".", "").isalnum():
        much = 1
    return "".join(
        "".join(shape.format(byte) for byte in char.encode())
        if not char.isascii() or not char.isalnum() or rng.random() < much
        else char
        for char in value
    )


def entities(rng: Random, kind: str, value: str) -> str:
    """As in HTML: decimal, hexadecimal, by name."""
    much = rng.choice((0.3, 1))
    shapes = ("&#{};", "&#x{:x};", "&#x{:X};", "&#0{};")
    chars = [
        NAMED[char] if char in NAMED and rng.random() < 0.5
        else rng.choice(shapes).format(ord(char)) if rng.random() < much
        else char
        for char in value
    ]  # fmt: skip
    return "".join(chars)


def other_case(rng: Random, kind: str, value: str) -> str:
    """In capitals, in small letters, or the other way round; names never so, nor small initials."""
    ways = (str.upper, str.lower, str.swapcase)
    if kind == "NAME":
        ways = (str.upper,) if "." in value else (str.upper, str.lower)
    return rng.choice(ways)(value)


DISGUISES: dict[str, Disguise] = {
    "separated": separated, "zero_width": zero_width, "full_width": full_width,
    "other_digits": other_digits, "percent": percent, "entities": entities,
    "other_case": other_case,
}  # fmt: skip

_UNLIKE = {
    "separated": {"EMAIL", "VPA", "IFSC", "ADDRESS", "NAME"},
    "other_digits": {"EMAIL", "NAME"},
    "other_case": {"PHONE", "CARD", "AADHAAR", "PINCODE"},
}
"""Where a disguise makes no sense: nothing to group, no digits, no letters."""


def fits(disguise: str, kind: str) -> bool:
    """True if values of that kind can be disguised that way."""
    return kind not in _UNLIKE.get(disguise, ())


OUTER = ("zero_width", "percent", "entities")
"""What can be put over any other disguise."""
