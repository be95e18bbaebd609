import pytest
from hypothesis import given, settings

from core.cardnumbers import card_numbers, laid_out
from orderveil.core.detect.cards import card_spans, is_card_number, passes_luhn


def found(text):
    return [text[start:end] for start, end, _ in card_spans(text)]


@settings(max_examples=60)
@given(card_numbers())
def test_every_issuers_numbers_are_known(digits):
    """Prefix, length and check digit make a card number; another last digit makes none."""
    assert is_card_number(digits)
    assert not is_card_number(digits[:-1] + str((int(digits[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "digits", ["1111111111111117", "9111111111111111", "411111111111111", "0" * 16, "4" * 20, ""]
)
def test_other_numbers_are_no_cards(digits):
    """A wrong prefix or length is no card, whatever the check digit."""
    assert not is_card_number(digits)


def test_luhn_is_the_check_digit_of_iso_7812():
    """The example of the standard's algorithm: 7992739871 has the check digit 3."""
    assert [d for d in "0123456789" if passes_luhn("7992739871" + d)] == ["3"]


@settings(max_examples=40)
@given(card_numbers())
def test_cards_are_found_in_the_groups_printed_on_them(digits):
    """Spaces and dashes between the groups, other numbers before and after."""
    for separator in ("", " ", "-", " - "):
        card = laid_out(digits, separator)
        assert found(f"1001 {card} 12/27") == [card]


def test_no_card_is_seen_inside_a_longer_number():
    """A run of digits is read whole."""
    assert found("41111111111111110000") == []
    assert found("0004111111111111111") == []
    assert found("+4111111111111111") == []


def test_a_decimal_number_is_no_card():
    """An amount or a coordinate may hold sixteen digits."""
    assert found("4111111111111111.50") == found("77.4111111111111111") == []
    assert found("It is 4111111111111111.") == ["4111111111111111"]


def test_other_groupings_are_no_cards():
    """A PIN before a phone is not one number."""
    assert passes_luhn("4111111111111111")
    assert found("411111 11111 11111") == []
