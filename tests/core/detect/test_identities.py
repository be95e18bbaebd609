import pytest

from orderveil.core.detect import Kind, find

AADHAAR = "200000000009"
PERSONS, FAMILYS, COMPANYS = "ABCPK1234F", "ABCHK1234F", "ABCCK1234F"


def found(text, context=None, **how):
    return [(hit.kind, text[hit.start : hit.end]) for hit in find(text, context, **how)]


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("2000 0000 0009", None, "2000 0000 0009"), ("2000-0000-0009", "note", "2000-0000-0009"),
        (AADHAAR, "aadhaar_no", AADHAAR), (AADHAAR, "kyc/uid", AADHAAR),
        (f"my aadhaar {AADHAAR} ok", None, AADHAAR), (f"आधार {AADHAAR}", None, AADHAAR),
    ],
)  # fmt: skip
def test_aadhaar_numbers_are_found(text, context, expected):
    """As they are printed, under their key, or beside their name."""
    assert found(text, context) == [(Kind.AADHAAR, expected)]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        (AADHAAR, None), (AADHAAR, "awb"), ("2000 0000 0009", "tracking_number"),
        ("2000 0000 0008", None), ("Aadhaar 2000 0000 0001", None), ("1000 0000 0007", "aadhaar"),
        ("0000 0000 0000", None), ("AWB 2000 0000 0009", None), ("2000 0000 0009 0001", None),
    ],
)  # fmt: skip
def test_other_twelve_digits_are_no_aadhaar(text, context):
    """Couriers have twelve digits too, and one in ten passes Verhoeff."""
    assert Kind.AADHAAR not in {kind for kind, _ in found(text, context)}


@pytest.mark.parametrize("pan", [PERSONS, FAMILYS, "abcpk1234f", "ABCPK 1234 F", "ABCPK-1234-F"])
def test_a_persons_pan_is_found(pan):
    """P is a person's, H a Hindu undivided family's."""
    assert found(f"for {pan}.") == [(Kind.PAN, pan)]


@pytest.mark.parametrize(
    "text", [COMPANYS, "ABCXK1234F", "XABCPK1234F", "ABCPK1234FF", "ABCP1234F", "ABCPK12345"]
)
def test_other_codes_are_no_pan(text):
    """A company's names nobody; X stands for no holder; nothing inside a longer code is one."""
    assert found(text) == []


def test_a_firms_pan_is_known_as_one():
    """In doubt it is told, with what it is: not personal."""
    hits = find(COMPANYS, "pan", least=0.4)
    assert [(hit.kind, hit.personal) for hit in hits] == [(Kind.PAN, False)]


def test_a_gstin_is_a_persons_by_its_pan():
    """And hides nothing else inside."""
    persons = next(
        gstin
        for check in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        if find(gstin := f"29{PERSONS}1Z{check}")
    )
    assert found(persons) == [(Kind.GSTIN, persons)]
    assert found(f"GST no. {persons.lower()}") == [(Kind.GSTIN, persons.lower())]
    assert found("27AAPFU0939F1ZV", "gstin") == []  # a firm's
    assert [hit.personal for hit in find("27AAPFU0939F1ZV", least=0.4)] == [False]
    assert found("40AAPPU0939F1ZV") == []  # no such state, no such check


@pytest.mark.parametrize("key", ["sku", "order_id", "quantity"])
def test_a_gstin_needs_no_key(key):
    """Its check character speaks for it, under whatever column it hides."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert [find(f"29{PERSONS}1Z{check}", key) for check in alphabet].count([]) == 35
