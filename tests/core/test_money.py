"""Money: plain decimal strings, exact."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.currencies import CURRENCIES
from orderveil.core.money import add_up, per_unit, plain_decimal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1499.00", "1499.00"),
        (" -5 ", "-5"),
        (Decimal("0.10"), "0.10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("166.666666666667"), "166.666667"),
        (Decimal("-1.4E-14"), "0.000000"),
    ],
)
def test_amounts_keep_their_digits(value: str | Decimal, text: str) -> None:
    """What has six digits or fewer after the point is left as it is."""
    assert plain_decimal(value) == text


@pytest.mark.parametrize("value", ["", "1,000", "1.", ".5", "0x1", "٣", "1e16", "NaN", 10**15])
def test_anything_else_is_none(value: str | int) -> None:
    """Separators, other digits, and sixteen places before the point are no amounts."""
    assert plain_decimal(value) is None


@settings(max_examples=100)
@given(st.decimals(allow_nan=True, allow_infinity=True) | st.integers() | st.text())
def test_the_result_is_always_a_plain_decimal(value: Decimal | int | str) -> None:
    """Whatever is read back is the value, to six digits."""
    text = plain_decimal(value)
    if text is not None:
        assert abs(Decimal(text) - Decimal(str(value))) <= Decimal("0.0000005")
        assert "E" not in text


def test_sums_and_shares() -> None:
    """A sum keeps the digits; a line's price per unit is rounded as the line was written."""
    assert add_up(["0.10", "0.20"]) == "0.30"
    assert add_up([]) is None
    assert per_unit("10.00", 3) == "3.33"
    assert per_unit("10.00", 0) == "10.00"


def test_currencies_are_three_capitals() -> None:
    """The rupee is one; retired and test codes are not."""
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
    assert "INR" in CURRENCIES
    assert not CURRENCIES & {"XXX", "XTS", "DEM", "HRK"}
