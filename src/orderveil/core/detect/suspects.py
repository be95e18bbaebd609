"""Which values of a payload may hold card data: the cheap question before the real one.

Rules kept here:
- most values are answered by one search for a long run of digits;
- when in doubt the answer is yes: `detect` looks again.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from orderveil.core.detect.cards import is_card_number
from orderveil.core.detect.cvv import may_name_cvv
from orderveil.core.jsonwalk import VALUE_KEYS, Link, label
from orderveil.core.scripts import fold

_NUMBERS = (int, float, Decimal)
_LEAST, _MOST = -(10**19), 10**19
_LONG_RUN = re.compile(r"(?<![0-9])[0-9][0-9 .\n-]{12,}").search
_SHORT_DIGITS = re.compile(r"(?<![0-9])[0-9]{3,4}(?![0-9])").search


def suspect_text(container: Any, key: Any, value: Any, link: Link) -> str | None:
    """The value as text if it may hold a card number or CVV, else None."""
    if not isinstance(value, str):
        return _suspect_number(container, key, value, link)
    folded = fold(value)
    if len(folded) > 12 and _LONG_RUN(folded):
        return value
    named = f"{_name(container, key, link)} {folded}"
    return value if may_name_cvv(named) and _SHORT_DIGITS(folded) else None


def suspect_keys(keys: Iterable[Any]) -> bool:
    """True if one of the keys may be a card number."""
    joined = "/".join(map(str, keys))  # never between the digits of a card
    return _LONG_RUN(fold(joined)) is not None


def _suspect_number(container: Any, key: Any, value: Any, link: Link) -> str | None:
    if not isinstance(value, _NUMBERS) or not _LEAST < value < _MOST:
        return None  # infinity and NaN end here
    whole = abs(int(value))
    if whole != abs(value) or whole < 100 or 9999 < whole < 10**12:
        return None
    if whole <= 9999:
        return str(whole) if may_name_cvv(_name(container, key, link)) else None
    digits = str(whole)
    return digits if is_card_number(digits) else None


def _name(container: Any, key: Any, link: Link) -> str:
    """The key, or what stands for it: the label beside a value, the key of a list."""
    while isinstance(key, int) and link is not None:
        link, key = link
    if key in VALUE_KEYS and isinstance(container, dict):
        return label(container, key) or str(key)
    return str(key)
