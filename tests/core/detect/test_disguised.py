import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.detect import Kind, find
from orderveil.core.detect.disguises import unescaped, unquoted


def found(text, context=None):
    return [(hit.kind, text[hit.start : hit.end]) for hit in find(text, context)]


@pytest.mark.parametrize(
    "written",
    [
        "9000000001", "%39000000001", "%2B91%2090000%2000001", "9&#48;00000001", "9&#x30;00000001",
        "%2539000000001", r"\u0039000000001", r"9\x3000000001", "98765_43210", "98765/43210",
        "9\u200b0000\u206000001", "\uff19000000001",
        "\u096f\u0966\u0966\u0966\u0966\u0966\u0966\u0966\u0966\u0967",
    ],
)  # fmt: skip
def test_a_phone_is_found_in_every_disguise(written):
    """The hit covers the whole of it, in the text as it was sent."""
    assert found(f"call {written} now") == [(Kind.PHONE, written)]


@pytest.mark.parametrize(
    "written",
    ["asha%40example.com", "asha&#64;example&#46;com", "asha&commat;example.com",
     r"asha\u0040example.com", "asha\uff20example.com", "as\u00adha@example.com"],
)  # fmt: skip
def test_an_email_is_found_in_every_disguise(written):
    """Escapes of URLs, HTML and JSON."""
    assert found(f"to {written} please") == [(Kind.EMAIL, written)]


def test_quoted_printable_mail_is_read():
    """If it is some: one escape alone may be a query's."""
    assert (Kind.EMAIL, "asha=40example=2Ecom") in found("to asha=40example=2Ecom please")
    assert found("aadhaar=400025377856") == found("aadhaar = 400025377856")
    assert unquoted("phone=4000000001") is None


@pytest.mark.parametrize("text", ["100%", "50%zz", "&#;", "&nosuch;", r"\u12", "%ff%fe", "a=b", ""])
def test_what_is_no_escape_stays(text):
    """And is no reading of its own."""
    assert unescaped(text) is None
    assert unquoted(text) is None


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(["%41", "%E0%A4%85", "&#65;", "&amp;", "\\u0041", "\\ud83d\\ude00", "%2541",
                         "a", "9", "\u200b", "%zz", "&#", "\u0905"]),
        max_size=12,
    )
)  # fmt: skip
def test_each_character_knows_where_it_stood(parts):
    """In order, within the text, and never nowhere."""
    text = "".join(parts)
    reading = unescaped(text)
    if reading is None:
        return
    assert len(reading.text) == len(reading.starts) == len(reading.ends)
    end = 0
    for start, stop in zip(reading.starts, reading.ends, strict=True):
        assert end <= start < stop <= len(text)
        end = stop


def test_a_raw_half_yields_to_the_whole():
    """What touches an escape is judged without it."""
    text = "UIDAI no. 2000000000%30%39"
    assert found(text) == [(Kind.AADHAAR, "2000000000%30%39")]
