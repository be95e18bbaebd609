from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core import masks
from orderveil.core.redaction import redact


def masked(text):
    return redact(text, masks.phone, masks.email)


def test_phones_and_emails_in_prose_take_their_own_form():
    """The sentence around them stays as it was."""
    text = "Call 90000 00001 (or ९०००० ००००२), write asha@example.com!"
    assert masked(text) == "Call XXXXXX0001 (or XXXXXX0002), write a***@e***.com!"


def test_the_forms_get_the_normalised_value():
    """A virtual number can be looked up by the phone it stands for."""
    seen = []
    redact(
        "+91-90000-00001 or Asha@Example.COM",
        lambda phone: seen.append(phone) or "",
        lambda email: seen.append(email) or "",
    )
    assert seen == ["+919000000001", "asha@example.com"]


def test_a_number_is_hidden_even_where_a_word_calls_it_an_order():
    """When in doubt it is a phone."""
    assert "9000000001" not in masked("order no 9000000001")


def test_addresses_keep_their_door_numbers_and_pins():
    """A courier still finds the house."""
    for line in ("8-2-293/82/A, 500034", "6-3-24 500034", "Flat 12B, 4th Main, 560001"):
        assert masked(line) == line


@settings(max_examples=60)
@given(
    st.from_regex(r"[6-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "+91 ", "0", "91-"]),
    st.sampled_from(["", " ", "-", "\u200b", "."]),
    st.sampled_from(["call %s now", "%s", "(%s)", "awb:%s", "Flat 9, %s, 560001", "कॉल %s करें"]),
)
def test_no_indian_phone_survives_in_prose(digits, prefix, separator, sentence):
    """Whatever the grouping and the words around it, six digits are hidden."""
    typed = prefix + digits[:5] + separator + digits[5:]
    result = masked(sentence % typed)
    assert typed not in result
    assert "XXXXXX" + digits[-4:] in result
