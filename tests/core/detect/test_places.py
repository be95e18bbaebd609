import pytest

from orderveil.core.detect import Kind, find


def found(text, context=None):
    return [(hit.kind, text[hit.start : hit.end]) for hit in find(text, context)]


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("560001", "pincode", "560001"), ("560 001", "shipping/zip", "560 001"),
        ("PIN: 560001", None, "560001"), ("Bengaluru - 560001", None, "560001"),
        ("पिन 560001", None, "560001"), ("560001", "पिन", "560001"), ("94105", "zip", "94105"),
        ("SW1A 1AA", "postal_code", "SW1A 1AA"),
    ],
)  # fmt: skip
def test_pin_codes_are_found_by_what_stands_beside_them(text, context, expected):
    """A key, a word, a town."""
    assert found(text, context) == [(Kind.PINCODE, expected)]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("560001", None), ("560001", "sku"), ("560001", "quantity"), ("HSN 610910", None),
        ("Bengaluru 560 units", None), ("Pune 411001 pcs", None), ("Pune 4110012", None),
        ("560001", "warehouse/pincode"), ("Pune 009999", None), ("Rack 4, Pune 411001", None),
    ],
)  # fmt: skip
def test_other_six_digits_are_no_pin_code(text, context):
    """Alone, counted, longer, or a warehouse's."""
    assert found(text, context) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Flat 4B, Udaharan Residency, MG Road, Pune", None),
        ("H.No 12-3/A, near Namuna Temple", None), ("#45, 3rd Cross, Sample Layout",
        "45, 3rd Cross, Sample Layout"),
        ("Sector 12, Pocket B, Sample Vihar", None), ("221B Baker Street", None),
        ("send to 10 Sample Avenue, please", "10 Sample Avenue"), ("Hauptstrasse 12", None),
        ("12 rue de Namuna", None), ("मकान नंबर 12, नमूना नगर", None),
        ("பிளாட் எண் 4, உதாரணம் தெரு, சென்னை", "எண் 4, உதாரணம் தெரு, சென்னை"),
    ],
)  # fmt: skip
def test_addresses_are_found_by_their_parts(text, address):
    """Indian ones, simple ones of elsewhere, in several scripts."""
    assert found(text) == [(Kind.ADDRESS, address or text)]


def test_an_address_leaves_its_pin_code_and_phone_apart():
    """Each is a hit of its own; nothing overlaps."""
    text = "Flat 4, Sample Heights, call 9000000001, MG Road, Pune 411001"
    kinds = [kind for kind, _ in found(text)]
    assert kinds.count(Kind.PHONE) == kinds.count(Kind.PINCODE) == 1
    assert Kind.ADDRESS in kinds


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("14 Namuna, Basavangudi", "address1"),
        ("Udaharan 7, kleine Gasse", "shipping_address"),
        ("१२ नमूना, उदाहरण", "पता"),
    ],
)
def test_a_key_makes_an_address_of_unknown_words(text, context):
    """If there is a number among them."""
    assert found(text, context) == [(Kind.ADDRESS, text)]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("Pune 411", None), ("MG Road", None), ("Bengaluru, Karnataka", None),
        ("Aisle 4, Rack 12, Floor 2, Block B", None), ("Block Print Kurta Set of 3", None),
        ("Plot 4, Sample Road, Pune 411001", "warehouse/address"),
        ("Plot 4, Sample Road, Pune 411001", "supplier_address"),
        ("Warehouse: Plot 4, Sample Road, Pune 411001", None), ("Street Style Tee 12", "title"),
        ("asha@example.com", "email_address_x"), ("198.51.100.7", "ip_address"),
    ],
)  # fmt: skip
def test_other_places_are_no_address(text, context):
    """A town, a street, a shelf, a product, a warehouse."""
    assert Kind.ADDRESS not in {kind for kind, _ in found(text, context)}
