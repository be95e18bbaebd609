"""Money as decimal strings: read exactly, never through a binary float.

Rules kept here:
- an amount is a plain decimal string, no exponent, no thousands separator, at most fifteen
  digits before the point and six after it;
- what a shop sent as "1499.00" stays "1499.00".
"""

import re
from collections.abc import Iterable
from decimal import Decimal

_PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_SPELLED = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_FINEST = Decimal("0.000001")


def plain_decimal(value: str | int | Decimal) -> str | None:
    """The amount as a plain decimal string, or None if it isn't one.

    More than six digits after the point are rounded: shops divide, and send what came out.
    """
    text = str(value).strip() if isinstance(value, str | Decimal) else _digits(value)
    if _PLAIN.fullmatch(text):
        return text
    if not _SPELLED.fullmatch(text):
        return None
    number = Decimal(text)
    # A huge exponent would be written out as millions of zeros.
    if number.adjusted() > 14:
        return None
    # Adding zero takes the sign from a negative nothing.
    return format((number if number == number.to_integral() else number.quantize(_FINEST)) + 0, "f")


def _digits(value: int) -> str:
    return str(value) if abs(value) < 10**15 else ""


def add_up(amounts: Iterable[str]) -> str | None:
    """The sum of plain decimal strings, or None if there are none."""
    total: Decimal | None = None
    for amount in amounts:
        total = Decimal(amount) + (total or Decimal(0))
    return None if total is None else format(total, "f")


def per_unit(amount: str, quantity: int) -> str:
    """A line's amount divided by its quantity, to the precision the amount was written in."""
    if quantity <= 1:
        return amount
    number = Decimal(amount)
    return format((number / quantity).quantize(Decimal(1).scaleb(number.as_tuple().exponent)), "f")  # type: ignore[arg-type]
