"""Money as decimal strings: read exactly, never through a binary float.

Rules kept here:
- an amount is a plain decimal string, no exponent, no thousands separator, at most fifteen
  digits before the point and six after it;
- what a shop sent as "1499.00" stays "1499.00".
"""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

_PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


def plain_decimal(value: str | int | Decimal) -> str | None:
    """The amount as a plain decimal string, or None if it isn't one."""
    text = value.strip() if isinstance(value, str) else _written_out(value)
    return text if _PLAIN.fullmatch(text) else None


def _written_out(value: int | Decimal) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return ""
    # A huge exponent would be written out as millions of zeros.
    return format(number, "f") if number.is_finite() and abs(number.adjusted()) <= 15 else ""


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
