"""Numbers that somebody typed: what is none is None, never a fault."""

from datetime import UTC, datetime, timedelta

import pytest

from orderveil.core.numbers import MICROS_DIGITS, row_number


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("017", 17), ("9" * 18, 10**18 - 1), ("1" * 18, int("1" * 18))]
)
def test_a_number_is_read(text, number):
    """As many digits as a bigint surely holds."""
    assert row_number(text) == number


@pytest.mark.parametrize("text", ["", "²", "१२", "-1", "+1", " 1", "1_0", "1.0", "x", "9" * 19])
def test_what_is_no_number_is_none(text):
    """Other scripts' digits, signs, spaces, underscores, and whatever is too long."""
    assert row_number(text) is None


def test_a_moment_in_microseconds_is_one_that_datetime_holds():
    """The largest is a date; with a digit more it might be none."""
    largest = row_number("9" * MICROS_DIGITS, most_digits=MICROS_DIGITS)
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=largest)
    assert row_number("9" * (MICROS_DIGITS + 1), most_digits=MICROS_DIGITS) is None
