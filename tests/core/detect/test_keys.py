import pytest

from orderveil.core.detect.keys import _KEPT, facts_of


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("customer_name", {"name", "person"}), ("ship_to/name", {"name", "person"}),
        ("name", {"perhaps_name"}), ("product/name", {"product"}), ("items/0/name", {"product"}),
        ("warehouse/name", {"business"}), ("vendor_name", {"business"}),
        ("shipping_address/address1", {"address", "person"}), ("line2", {"address"}),
        ("warehouse/address", {"address", "business"}), ("पता", {"address"}),
        ("pin_code", {"pincode"}), ("postalCode", {"pincode"}), ("city", {"city"}),
        ("store/orders/0/customer/name", {"name", "person"}), ("quantity", {"amount", "inert"}),
        ("order_id", {"inert"}), ("updated_at", {"inert"}), ("card/cvv", {"cvv"}), ("note", set()),
    ],
)  # fmt: skip
def test_a_key_says_whose_and_what(path, says):
    """Its last name first, the one above for whom."""
    flags = ("name", "perhaps_name", "address", "pincode", "city", "person", "business",
             "product", "amount", "inert", "cvv")  # fmt: skip
    facts = facts_of(path)
    assert {flag for flag in flags if getattr(facts, flag)} == says


@pytest.mark.parametrize("path", ["asha@example.com", "9000000001", "notes/90000 00001", "आशा"])
def test_a_key_that_may_be_somebodys_is_not_kept(path):
    """What is kept must hold nobody's number."""
    assert facts_of(path).suspicious
    assert path not in _KEPT
