import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderveil.core.detect.checks import passes_gstin, passes_mod97, passes_verhoeff


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (passes_verhoeff, "2363"), (passes_verhoeff, "123451"), (passes_verhoeff, "142857" + "0"),
        (passes_gstin, "27AAPFU0939F1ZV"), (passes_gstin, "29AAGCB7383J1Z4"),
        (passes_mod97, "GB82WEST12345698765432"), (passes_mod97, "DE89370400440532013000"),
        (passes_mod97, "BE68539007547034"), (passes_mod97, "FR1420041010050500013M02606"),
    ],
)  # fmt: skip
def test_published_numbers_hold(check, number):
    """Examples of Verhoeff's paper, of the GST network and of SWIFT's registry."""
    assert check(number)


@given(st.integers(0, 10**11 - 1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_breaks_verhoeff(number, place, by):
    """It catches every single error."""
    digits = f"{number:011d}"
    whole = next(digits + check for check in "0123456789" if passes_verhoeff(digits + check))
    wrong = str((int(whole[place]) + by) % 10)
    assert not passes_verhoeff(whole[:place] + wrong + whole[place + 1 :])


@given(st.integers(0, 10**11 - 1), st.integers(0, 10))
def test_two_digits_swapped_break_verhoeff(number, place):
    """It catches every swap of neighbours."""
    digits = f"{number:011d}"
    whole = next(digits + check for check in "0123456789" if passes_verhoeff(digits + check))
    swapped = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    assert swapped == whole or not passes_verhoeff(swapped)


@pytest.mark.parametrize("place", range(15))
def test_one_wrong_character_breaks_a_gstin(place):
    """Whichever it is."""
    gstin = "27AAPFU0939F1ZV"
    wrong = "B" if gstin[place] != "B" else "C"
    assert not passes_gstin(gstin[:place] + wrong + gstin[place + 1 :])
