import pytest

from orderveil.core.detect import Kind, judge

NAME, CITY, PIN = ("customer_name", "Asha Verma"), ("city", "Pune"), ("pincode", "411001")
ADDRESS = ("address1", "Flat 4, Udaharan Residency, MG Road")


def blocking(*fields):
    return {(one.field, one.kind) for one in judge(fields) if one.blocks}


@pytest.mark.parametrize("field", [NAME, CITY, PIN, ("name", "Asha"), ("state", "Karnataka")])
def test_each_alone_blocks_nothing(field):
    """A name, a PIN code, a town."""
    assert blocking(field, ("sku", "NH-01"), ("qty", 2)) == set()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((NAME, CITY), {(0, Kind.NAME)}),
        ((NAME, PIN), {(0, Kind.NAME), (1, Kind.PINCODE)}),
        ((NAME, ADDRESS), {(0, Kind.NAME), (1, Kind.ADDRESS)}),
        ((NAME, ("phone", "9000000001")), {(0, Kind.NAME), (1, Kind.PHONE)}),
        ((("note", "for Asha Verma"), CITY), {(0, Kind.NAME)}),
        ((ADDRESS,), {(0, Kind.ADDRESS)}),
        ((("remark", 919000000001),), {(0, Kind.PHONE)}),
    ],
)
def test_beside_one_another_they_are_somebody(fields, expected):
    """Name and place, name and number; an address by itself."""
    assert blocking(*fields) == expected


def test_what_stands_beside_raises_what_is_in_doubt():
    """Half an address beside a name."""
    half = ("note", "MG Road, Pune")
    assert blocking(half) == set()
    assert (0, Kind.ADDRESS) in blocking(half, NAME)


@pytest.mark.parametrize("whose", ["warehouse", "supplier", "vendor", "store", "ship_from", "hub"])
def test_a_firms_name_and_place_block_nothing(whose):
    """Warehouses have addresses too, and names."""
    fields = [(f"{whose}/name", "Asha Verma"), (f"{whose}/address", "Plot 4, MG Road, Pune 411001"),
              (f"{whose}/pincode", "411001"), (f"{whose}/city", "Pune")]  # fmt: skip
    assert blocking(*fields) == set()


def test_a_firms_phone_blocks():
    """A storekeeper's number is a person's."""
    assert blocking(("warehouse/phone", "9000000001")) == {(0, Kind.PHONE)}


def test_a_number_in_doubt_is_no_evidence():
    """A barcode that might be a phone makes no name somebody's."""
    assert blocking(NAME, ("ean", "8901408827324"), ("sku", "8000012345")) == set()


def test_a_firms_numbers_are_told_and_block_nothing():
    """A branch, a company."""
    told = judge([("ifsc", "SBIN0001234")])
    assert [(one.kind, one.blocks) for one in told] == [(Kind.IFSC, False)]
    assert blocking(("gstin", "27AAPFU0939F1ZV")) == set()


def test_keys_are_searched_too():
    """And named by their place only."""
    told = judge([("stock/9000000001", 4), ("asha@example.com", True)])
    assert [(one.field, one.kind, one.in_key, one.blocks) for one in told] == [
        (0, Kind.PHONE, True, True),
        (1, Kind.EMAIL, True, True),
    ]


def test_what_is_told_holds_no_value():
    """Kind, place and rule."""
    told = repr(judge([NAME, ADDRESS, PIN, ("phone", "9000000001"), ("upi", "asha@okaxis")]))
    assert not any(value in told for value in ("Asha", "asha", "Flat", "411001", "9000000001"))


@pytest.mark.parametrize(
    "value", [None, True, False, [], {}, float("nan"), float("inf"), 10**400, b"9000000001", 1.5]
)
def test_other_values_are_passed_over(value):
    """Only texts and numbers hold anything."""
    assert judge([("note", value)]) == []


def test_an_inventory_row_is_clean():
    """What such rows are full of."""
    row = [
        ("sku", "NH-STOLE-01"), ("title", "Cross Body Bag"), ("ean", "8901408827324"),
        ("hsn", "610910"), ("bin", "Aisle 4 Rack 12"), ("awb", "1490812345678"),
        ("imei", "352099001761481"),
        ("order_id", "402-1234567-1234567"), ("updated_at", "2026-11-23T10:15:00Z"),
        ("warehouse", "Plot 4, Sample Road, Pune 411001"), ("quantity", 12),
        ("price", "9876543210.50"),
    ]  # fmt: skip
    assert judge(row) == []
