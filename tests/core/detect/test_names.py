import pytest

from orderveil.core.detect import Kind, find


def found(text, context=None):
    return [text[hit.start : hit.end] for hit in find(text, context) if hit.kind is Kind.NAME]


@pytest.mark.parametrize(
    "context",
    ["customer_name", "ship_to/name", "consignee", "buyerName", "shipping_address/name",
     "firstName", "contact_person", "नाम", "recipient"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Namuna Grahak", "A. P. Udaharan", "नमूना ग्राहक", "o'sample"])
def test_a_key_makes_a_name_of_any_words(context, name):
    """Unknown names too, in any script."""
    assert found(name, context) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mr. Namuna Udaharan called", "Namuna Udaharan"), ("Dear Asha, thanks", "Asha"),
        ("s/o Ramesh Udaharan", "Ramesh Udaharan"), ("C/o Smt. Meena Verma", "Meena Verma"),
        ("ship to: Namuna Grahak", "Namuna Grahak"),
        ("my name is meena udaharan", "meena udaharan"),
        ("श्रीमती आशा वर्मा", "आशा वर्मा"), ("Consignee: Namuna Nair; qty 2", "Namuna Nair"),
        ("for Asha Verma only", "Asha Verma"), ("call ASHA VERMA", "ASHA VERMA"),
    ],
)  # fmt: skip
def test_names_are_found_in_prose(text, name):
    """Behind what introduces them, or two known ones together."""
    assert found(text) == [name]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("Asha", None), ("Rose Garden Soap", None), ("Dr. Martens boots", None),
        ("Dear customer", None),
        ("Asha Verma Kurta", "title"), ("Manish Malhotra", "brand"),
        ("Asha Verma", "warehouse/name"),
        ("Ritu Kumar", "vendor_name"), ("Name Plate, brass", None), ("Guest User", "customer_name"),
        ("n/a", "customer_name"), ("Mr. Coffee filter", None), ("Brand: Paul Smith", None),
        ("ABC123", "customer_name"),
    ],
)  # fmt: skip
def test_other_words_are_no_name(text, context):
    """One word, a product, a brand, a firm, nobody."""
    assert found(text, context) == []
