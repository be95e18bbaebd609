import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from orderveil.core import masks
from orderveil.core.fields import FACTS, PERSONAL, Field
from orderveil.core.forms import Form
from orderveil.core.masks import shown

NARROW = (Form.MASKED, Form.SENT, Form.SHORT)
MASK_CHARACTERS = set("*X#@. ")

values = st.one_of(
    st.text(min_size=1, max_size=40),
    st.text("ab V.@x1*आशा\u094d ", min_size=1, max_size=12),
    st.emails(),
    st.from_regex(r"\+?[0-9 ]{1,15}", fullmatch=True),
)


@settings(max_examples=100)
@given(st.sampled_from(sorted(PERSONAL)), st.sampled_from(NARROW), values)
def test_no_mask_contains_the_value(field, form, value):
    """However short the value, its masked and short forms don't hold it."""
    assume(not set(value) <= MASK_CHARACTERS)
    assert value not in (shown(field, form, value) or "")


@settings(max_examples=100)
@given(st.from_regex(r"(\+[1-9])?[0-9]{1,14}(;ext=[0-9]{1,4})?", fullmatch=True))
def test_a_masked_phone_shows_at_most_its_last_four_digits(value):
    """At least six digits are hidden, the extension is gone, and masking again is the same."""
    result = masks.phone(value)
    told = result.lstrip("X")
    assert result.startswith("XXXXXX")
    assert len(told) <= 4
    assert value.partition(";")[0].endswith(told)
    assert masks.phone(result) == result


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("+919876543210", "XXXXXX3210"),
        ("+919876543210;ext=12", "XXXXXX3210"),
        ("+15556251199", "XXXXXX1199"),
        ("+3531234567", "XXXXXX7"),
        ("९०००० ००००१", "XXXXXX0001"),
        ("123456", "XXXXXX"),
        ("call me", "XXXXXX"),
    ],
)
def test_phones_are_masked_by_their_national_number(value, expected):
    """The country code doesn't count among the digits that hide."""
    assert masks.phone(value) == expected


@pytest.mark.parametrize(
    ("value", "short", "masked"),
    [
        ("Asha Verma", "Asha V.", "A*** V***"),
        ("Mr. Asha Kumari Verma", "Asha V.", "A*** V***"),
        ("Asha", "As***", "A***"),
        ("Al", "A***", "A***"),
        ("A", "***", "***"),
        ("Asha V.", "Asha ***", "A*** ***"),
        ("आशा वर्मा", "आशा व.", "आ*** व***"),
        ("山田太郎", "山田***", "山***"),
    ],
)
def test_names_are_cut_by_grapheme(value, short, masked):
    """Short tells more than masked and less than the name, in any script."""
    assert shown(Field.NAME, Form.SHORT, value) == short
    assert shown(Field.NAME, Form.MASKED, value) == masked


@pytest.mark.parametrize(
    ("field", "value", "masked", "coarse"),
    [
        (Field.EMAIL, "asha@example.com", "a***@e***.com", "a***@e***.com"),
        (Field.EMAIL, "a@b.com", "***@***.com", "***@***.com"),
        (Field.EMAIL, "not an email", "***", "***"),
        (Field.LINE1, "Flat 12B, Lake View - A Wing", "F # L V * W", "Lake View A Wing"),
        (Field.LINE2, "Door No. 12", "D N #", "***"),
        (Field.BILLING_ADDRESS, "4 Hill Road", "# H R", "# H R"),
        (Field.CITY, "Bengaluru", "***", None),
        (Field.STATE, "Karnataka", "K***", "Karnataka"),
        (Field.PINCODE, "560001", "56XXXX", "560XXX"),
        (Field.COUNTRY, "IN", "***", "IN"),
        (Field.GEO, "12.9716,77.5946", "***", "12.9,77.5"),
        (Field.GSTIN, "29AAAAA0000A1Z5", "29XXXXXXXXXXXXX", "29XXXXXXXXXXXXX"),
        (Field.UPI, "9000000001@examplebank", "***@***", "***@***"),
        (Field.CARD_LAST4, "4242", "XX42", "XX42"),
        (Field.GATEWAY_REF, "pay_ABCDEFGH1234", "***1234", "***1234"),
        (Field.IP, "203.0.113.7", "203.0.X.X", "203.0.X.X"),
        (Field.IP, "2001:db8::1", "2001:db8:X", "2001:db8:X"),
        (Field.USER_AGENT, "Mozilla/5.0 (Linux; Android 14)", "Android ***", "Android ***"),
        (Field.DELIVERY_NOTE, "Ring the bell twice", "***", "***"),
    ],
)
def test_fields_have_their_masked_and_coarse_forms(field, value, masked, coarse):
    """Each field keeps what its readers need, and no more."""
    assert shown(field, Form.MASKED, value) == shown(field, Form.SENT, value) == masked
    assert shown(field, Form.COARSE, value) == coarse


def test_whole_is_the_value_and_absent_is_nothing():
    """An empty value has nothing to show in any form."""
    for field in PERSONAL:
        assert shown(field, Form.WHOLE, "Asha 12") == "Asha 12"
        assert shown(field, Form.ABSENT, "Asha 12") is None
        assert shown(field, Form.REFUSED, "Asha 12") is None
        assert shown(field, Form.MASKED, "") is None


@pytest.mark.parametrize("form", [Form.HASHED, Form.VIRTUAL, Form.TOKEN, Form.IF_COD, Form.STOCK])
def test_forms_that_need_more_than_the_value_are_refused(form):
    """Keys, numbers and parcels are not at hand here."""
    for field in PERSONAL:
        with pytest.raises(LookupError):
            shown(field, form, "x")


def test_facts_have_no_masks():
    """Only personal fields are masked."""
    for field in FACTS:
        with pytest.raises(LookupError):
            shown(field, Form.WHOLE, "x")
