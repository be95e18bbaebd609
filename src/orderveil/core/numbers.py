"""A row's number as somebody typed it or a link carries it."""

MOST_DIGITS = 18
"""Any number with so many fits into a bigint."""


def row_number(text: str) -> int | None:
    """The number; None for anything but a few ASCII digits (`isdigit` is true of "²")."""
    is_one = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_one else None
