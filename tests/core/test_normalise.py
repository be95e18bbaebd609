import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core import normalise
from orderveil.core.fields import Field

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
SCRIPTS = {"full-width": 0xFF10, "Devanagari": 0x0966, "Tamil": 0x0BE6, "Arabic": 0x0660}

mobiles = st.from_regex(r"[6-9][0-9]{9}", fullmatch=True)


@st.composite
def typed_phones(draw):
    """A ten-digit Indian number, and one of the ways people type it."""
    digits = draw(mobiles)
    zero = draw(st.sampled_from([ord("0"), *SCRIPTS.values()]))
    typed = draw(st.sampled_from(["", "+91", "91", "0091", "0", "(+91) ", "+91-0"]))
    for digit in digits:
        typed += chr(zero + int(digit)) + draw(
            st.sampled_from(["", "", "", " ", "-", ".", "\u00a0", "\u2013", *ZERO_WIDTH])
        )
    return digits, typed


@settings(max_examples=100)
@given(typed_phones())
def test_every_way_of_typing_an_indian_phone_is_one_number(typed):
    """Prefixes, separators, other scripts' digits and unseen characters change nothing."""
    digits, text = typed
    assert normalise.phone(text) == f"+91{digits}"


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        ("90000 00001 ext. 12", "IN", "+919000000001;ext=12"),
        ("+91 9000000001 x12", "IN", "+919000000001;ext=12"),
        ("080 4123 4567", "IN", "+918041234567"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+44 20 7183 8750", "IN", "+442071838750"),
        ("+91 90000 00001", "US", "+919000000001"),
    ],
)
def test_phones_become_e164_and_keep_their_extension(typed, country, expected):
    """E.164, with the extension as RFC 3966 writes it."""
    assert normalise.phone(typed, country) == expected


@pytest.mark.parametrize(
    "typed",
    ["", "call me", "12345", "9000000001/9000000002", "9000000001 / x9000000002", "555-625-1199"],
)
def test_what_is_no_phone_comes_back_as_it_was(typed):
    """Nothing is lost: an invalid number, or two of them, stay as they were typed."""
    assert normalise.phone(typed) == typed


def test_ten_digits_are_indian_only_in_india():
    """A number without a country code is read in the given country."""
    assert normalise.phone("9000000001", "US") == "9000000001"


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=40), typed_phones().map(lambda typed: typed[1])))
def test_normalising_twice_changes_nothing(text):
    """Every function gives back what it gave."""
    for function in (normalise.phone, normalise.email, normalise.text, normalise.pincode):
        once = function(text)
        assert function(once) == once, function.__name__


def test_emails_are_lower_case_and_keep_their_tag():
    """Two addresses that differ by a plus tag stay two."""
    assert normalise.email(" Asha+Shop@Example.COM\n") == "asha+shop@example.com"
    assert normalise.email("ASHA\uff20example.com") == "asha@example.com"
    assert normalise.email("asha@example.com") != normalise.email("asha+shop@example.com")


@pytest.mark.parametrize("typed", ["Not an Email", "Asha@", "a@b", "A@example.com, b@example.com"])
def test_what_is_no_email_keeps_its_letters(typed):
    """An invalid address is cleaned, nothing more."""
    assert normalise.email(typed) == typed


def test_the_search_key_of_a_phone_has_no_extension():
    """Search finds the number whatever the extension."""
    assert normalise.search_key(Field.PHONE, "90000 00001 ext 7") == "+919000000001"


def test_invalid_phones_are_found_in_any_grouping():
    """The search key of a number that no country has is its digits."""
    key = normalise.search_key(Field.PHONE, "555-625-1199")
    assert key == normalise.search_key(Field.PHONE, "(555) 625 1199") == "5556251199"


def test_only_phone_and_email_have_a_search_key():
    """No other field is searchable, and the error doesn't hold the value."""
    assert normalise.search_key(Field.EMAIL, "Asha@Example.com") == "asha@example.com"
    with pytest.raises(LookupError) as caught:
        normalise.search_key(Field.NAME, "Asha Verma")
    assert "Asha" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (560001, "560001"),
        ("560 001", "560001"),
        ("५६०००१", "560001"),
        ("560001.0", "560001"),
        ("sw1a  1aa", "SW1A 1AA"),
        ("94105-1234", "94105-1234"),
        ("", ""),
    ],
)
def test_pins_are_six_digits_and_foreign_codes_capitals(typed, expected):
    """A PIN as text, integer or spreadsheet number is one spelling."""
    assert normalise.pincode(typed) == expected


def test_text_keeps_the_joiners_that_indic_scripts_need():
    """ZWJ after a virama shapes the letter; between Latin letters it shows nothing."""
    assert normalise.text("क्\u200dष") == "क्\u200dष"
    assert normalise.text("A\u200dsh\u200ba") == "Asha"
    assert normalise.text("९\u200d९") == "९९"


def test_text_loses_only_what_nobody_sees():
    """Controls and zero-width characters go, white space collapses, half a pair is replaced."""
    assert normalise.text("\ufeff a\x00b \n\t c\u202e ") == "ab c"
    assert normalise.text("e\u0301") == "\u00e9"
    normalise.text("\ud800x").encode()


@pytest.mark.parametrize(
    ("state", "pincode", "expected"),
    [
        ("Karnataka", "560001", "Karnataka 560"),
        (None, "560001", "560"),
        ("Karnataka", None, "Karnataka"),
        (None, None, None),
        ("Flat 9", "560001", "560"),
        ("asha@example.com", None, None),
        ("Ontario", "K1A", "Ontario K"),
    ],
)
def test_a_region_is_a_state_and_half_a_pin(state, pincode, expected):
    """A region is stored unsealed, so it tells no more than it must."""
    assert normalise.region(state, pincode) == expected
