"""Invented card numbers of every issuer: right prefix, right length, right check digit."""

from hypothesis import strategies as st

from orderveil.core.detect.cards import passes_luhn

PREFIXES = [
    ("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15),
    ("300", 14), ("36", 14), ("38", 14), ("6011", 16), ("644", 16), ("65", 16), ("3528", 16),
    ("60", 16), ("81", 16), ("82", 16), ("508", 16), ("62", 16), ("6759", 16),
]  # fmt: skip
LAYOUTS = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}


def completed(start):
    """`start` and its Luhn digit."""
    return next(f"{start}{check}" for check in "0123456789" if passes_luhn(f"{start}{check}"))


@st.composite
def card_numbers(draw):
    prefix, length = draw(st.sampled_from(PREFIXES))
    rest = length - len(prefix) - 1
    return completed(prefix + draw(st.text("0123456789", min_size=rest, max_size=rest)))


def laid_out(digits, separator):
    """The digits in groups, as they are printed on a card."""
    groups, start = [], 0
    for size in LAYOUTS[len(digits)]:
        groups.append(digits[start : start + size])
        start += size
    return separator.join(groups)
