"""Which values of a payload may hold card data: the cheap question before the real one.

Rules kept here:
- most values are answered by one search that finds no digit;
- when in doubt the answer is yes: `detect` looks again.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from orderveil.core.jsonwalk import Link, label
from orderveil.core.scripts import fold

_DIGIT = re.compile(
    r"[\d\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]"
).search
_THIRTEEN_DIGITS = re.compile(r"[0-9](?:[ .\n-]{0,3}[0-9]){12}").search
_SHORT_DIGITS = re.compile(r"(?<![0-9])[0-9]{3,4}(?![0-9])").search
_NAMES_A_CVV = re.compile(r"(?i:cv[cvn]|csc|cid|security|verification|card.?code)").search


def suspect_text(container: Any, key: Any, value: Any, link: Link) -> str | None:
    """The value as text if it may hold a card number or CVV, else None."""
    if not isinstance(value, str):
        return _suspect_number(container, key, value, link)
    if not _DIGIT(value):
        return None
    folded = fold(value)
    if len(folded) > 12 and _THIRTEEN_DIGITS(folded):
        return value
    if not _SHORT_DIGITS(folded):
        return None
    named = _NAMES_A_CVV(folded) or _NAMES_A_CVV(_name(container, key, link))
    return value if named else None


def suspect_keys(keys: Iterable[Any]) -> bool:
    """True if one of the keys may be a card number."""
    joined = "\t\t\t\t".join(map(str, keys))  # more than a card's digits are ever apart
    return _DIGIT(joined) is not None and _THIRTEEN_DIGITS(fold(joined)) is not None


def _suspect_number(container: Any, key: Any, value: Any, link: Link) -> str | None:
    if isinstance(value, bool) or not -(10**19) < value < 10**19:  # infinity and NaN end here
        return None
    whole = value if isinstance(value, int) else _whole(value)
    if whole is None:
        return None
    if abs(whole) >= 10**12 or (
        100 <= abs(whole) <= 9999 and _NAMES_A_CVV(_name(container, key, link))
    ):
        return str(abs(whole))
    return None


def _whole(value: float | Decimal) -> int | None:
    return int(value) if value == int(value) else None


def _name(container: Any, key: Any, link: Link) -> str:
    """The key, or what stands for it: the label beside a value, the key of a list."""
    while isinstance(key, int) and link is not None:
        link, key = link
    return str((isinstance(container, dict) and label(container, key)) or key)
