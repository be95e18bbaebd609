"""A row's number as somebody typed it or a link carries it."""

MOST_DIGITS = 18
"""Any number with so many fits into a bigint."""
MICROS_DIGITS = 17
"""So many microseconds since 1970 are a moment that `datetime` can hold."""


def row_number(text: str, *, most_digits: int = MOST_DIGITS) -> int | None:
    """The number; None for anything but a few ASCII digits (`isdigit` is true of "²")."""
    is_one = text.isascii() and text.isdigit() and len(text) <= most_digits
    return int(text) if is_one else None
