import pytest

from orderveil.core.detect import Kind, find
from orderveil.core.detect.pairs import pairs_in


def values(text):
    return [text[start:end] for _, start, end in pairs_in(text, "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"zip": "560001", "qty": 2}', ["560001", "2"]), ("a1=b c&qty=2", ["b c", "2"]),
        ("sku=N-1;buyer:Asha Rao;qty=2", ["N-1", "Asha Rao", "2"]),
        ("Consignee: Asha Rao\nqty 2", ["Asha Rao"]), ("note=&#65;b;qty=2", ["&#65;b", "2"]),
        ("at 10:15 today", []), ("https://shop.example/x", []), ("hello - world", []),
    ],
)  # fmt: skip
def test_keys_and_labels_have_values(text, expected):
    """JSON, queries, labels that say something; no hours, no links."""
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ('{"order_id": "9000000001", "phone": "9000000002"}', [Kind.PHONE]),
        ("awb=9000000001&pincode=560001", [Kind.PINCODE]),
        ("Brand: Manish Malhotra", []), ("Buyer: Namuna Grahak", [Kind.NAME]),
    ],
)  # fmt: skip
def test_a_value_in_a_text_is_judged_under_its_own_key(text, kinds):
    """As a field of its own would be."""
    assert [hit.kind for hit in find(text)] == kinds
