import pytest

from orderveil.core.detect import Kind, find


def found(text, context=None):
    return [(hit.kind, text[hit.start : hit.end]) for hit in find(text, context)]


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("asha.n@okaxis", None, "asha.n@okaxis"), ("9000000001@ybl", "note", "9000000001@ybl"),
        ("pay ASHA@OKSBI.", None, "ASHA@OKSBI"), ("asha@newbank", "upi_id", "asha@newbank"),
        ("my UPI is asha@newbank", None, "asha@newbank"),
    ],
)  # fmt: skip
def test_upi_ids_are_found(text, context, expected):
    """By a handle that is known, by their key, or beside their name; never as an email."""
    assert found(text, context) == [(Kind.VPA, expected)]


@pytest.mark.parametrize(
    "text", ["asha@newbank", "user@localhost", "@okaxis", "a@okaxis", "2 @ 499", "root@okaxis-1"]
)
def test_other_texts_with_an_at_are_no_upi_ids(text):
    """A name at an unknown word is anything."""
    assert found(text) == []


def test_an_email_is_no_upi_id():
    """Its domain has a dot, even if it begins like a handle."""
    assert found("asha@okaxis.com") == [(Kind.EMAIL, "asha@okaxis.com")]


@pytest.mark.parametrize(
    ("text", "context"),
    [("SBIN0001234", None), ("IFSC: NMUN0001234", None), ("NMUN0001234", "ifsc_code")],
)
def test_ifscs_are_found(text, context):
    """By a bank that is known, or by their name; they name a branch, nobody."""
    hits = find(text, context)
    assert [(hit.kind, hit.personal) for hit in hits] == [(Kind.IFSC, False)]


@pytest.mark.parametrize("text", ["NMUN0001234", "SBIN1001234", "SBIN00012345", "SBIN000123"])
def test_other_codes_are_no_ifsc(text):
    """An unknown bank, no zero, too long, too short."""
    assert found(text) == []


@pytest.mark.parametrize(
    "iban",
    [
        "DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32",
        "NL91-ABNA-0417-1643-00", "gb82west12345698765432",
    ],
)  # fmt: skip
def test_ibans_are_found(iban):
    """At their country's length, whatever follows."""
    assert found(f"to {iban} thanks") == [(Kind.IBAN, iban)]


@pytest.mark.parametrize(
    "text",
    ["DE88370400440532013000", "DE8937040044053201300", "XX89370400440532013000",
     "DE893704004405320130001"],
)  # fmt: skip
def test_other_codes_are_no_iban(text):
    """Wrong check digits, too short, no country, too long."""
    assert Kind.IBAN not in {kind for kind, _ in found(text)}
