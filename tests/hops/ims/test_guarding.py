"""The guard: what is a buyer's, and what is only stock."""

import json

import pytest

from orderveil.core.errors import RefusedError
from orderveil.hops.ims import guarding
from orderveil.hops.ims.buyers import named_by
from orderveil.hops.ims.guarding import check

PHONE = "9000000001"


def places(body, kind="application/json", texts=()):
    """(pointer, kind) of each place."""
    if not isinstance(body, str):
        body = json.dumps(body, ensure_ascii=False)
    return [(each.pointer, each.kind) for each in check(body.encode(), kind, texts).places]


STOCK = {
    "sku": "KUR-IND-M",
    "variant_id": 40123456789012,
    "quantity": 4,
    "on_hand": 120,
    "qtyReserved": 3,
    "available": 117,
    "warehouse": "BLR-1",
    "warehouse_name": "Bhiwandi 2",
    "location": "Rack A 14",
    "bin_code": "A-01-02",
    "batch_no": "B2026-11",
    "lot": "L-9",
    "expiry_date": "2027-01-31",
    "mrp": "1,299.00",
    "cost": 411.5,
    "currency": "INR",
    "hsn": "62114290",
    "ean": "8901234567894",
    "uom": "pcs",
    "weight": "640 g",
    "dimensions": "30 x 20 x 4 cm",
    "supplier_code": "SUP-118",
    "po_number": "PO-2026-00417",
    "awb": "1234567890123",
    "imei": "490154203237518",
    "order_id": "5551234567890",
    "ref": "B7KQ3M2XVQWN4TJH5D6RSA2PLE",
    "updated_at": "2026-11-23T10:00:00+05:30",
    "created": 1795430400,
    "synced_ms": 1795430400123,
    "status": "in_transit",
    "reason_code": "DAMAGED",
    "customer_returns": 4,
    "phone": None,
    "email": "",
    "is_email": True,
    "title": "Indigo kurta, hand block print, size M",
    "description": "Handwoven in cotton. Wash at 30 degrees, iron warm.",
}


@pytest.mark.parametrize("key", STOCK)
def test_stock_is_no_buyer(key):
    """Nothing that an inventory message holds is refused, alone or together."""
    assert places({key: STOCK[key]}) == []
    assert places({"items": [STOCK, STOCK]}) == []


@pytest.mark.parametrize(
    "key",
    [
        *("customer", "customer_name", "CustomerID", "buyerRef", "consignee", "recipient_name"),
        *("shipTo", "ship_to", "SHIP_TO", "bill-to", "shippingCity", "delivery_name", "cust_nm"),
        *("phone", "mobileNo", "ph", "email", "e_mail_id", "address", "addr1", "pincode", "upi_id"),
        *("firstName", "last_name", "fname", "cvv", "aadhaar_no", "ip_address"),
        *("ग्राहक", "ग्राहक_का_नाम", "फ़ोन", "फ\u093cोन", "मोबाइल", "ईमेल", "पता", "grahak_naam"),
        *("ｃｕｓｔｏｍｅｒ", "cus\u200btomer", "сustоmer", "ＰＨＯＮＥ", "phоne"),  # noqa: RUF001
    ],
)
def test_a_key_that_names_a_buyer_is_refused_whatever_it_holds(key):
    """In any spelling; a number, a letter, anything but nothing."""
    for value in ("x", 1, {"a": ["b"]}):
        assert len(places({"sku": "A", key: value})) == 1
    for nothing in (None, "", "  ", [], {}, False):
        assert places({"sku": "A", key: nothing}) == []


@pytest.mark.parametrize(
    "key",
    ["warehouse_address", "supplier/address", "vendor/pincode", "store/landmark", "mac_address"],
)
def test_a_firms_address_is_not_a_buyers(key):
    """Warehouses and suppliers have addresses too."""
    assert named_by(f"/{key}") is None
    *above, last = key.split("/")
    body = {last: "Plot 4, MIDC, Bhiwandi 421302"}
    if key != "mac_address":
        assert places({above[0]: body} if above else body) == []


def test_a_persons_number_is_one_at_a_warehouse_too():
    """Its keeper's phone is found by its value."""
    assert places({"warehouse": {"phone": PHONE}}) == [("/warehouse/phone", "phone")]
    assert places({"supplier": {"customer": {"x": "y"}}}) == [("/supplier/customer/x", "buyer")]


DISGUISED = [
    "90000 00001",
    "+91-90000-00001",
    "0 9 0 0 0 0 0 0 0 0 1",
    "９０００００００01",  # noqa: RUF001
    "९०००००००01",  # noqa: RUF001
    "9\u200b0000\u200b00001",
    "90000\u00ad00001",
    "%39%30%30%30%30%30%30%30%30%31",
    "&#57;&#48;00000001",
    "(90000) 00001",
    "90000/00001",
]


@pytest.mark.parametrize("text", DISGUISED)
def test_a_phone_in_disguise_is_found(text):
    """In a value, in a sentence, in a key, in XML, in CSV, in the query."""
    kinds = {
        "value": places({"note": text}),
        "sentence": places({"note": f"call {text} before noon"}),
        "xml": places(f"<a><note>{text.replace('&', '&amp;')}</note></a>", "text/xml"),
        "csv": places(f"sku,note\nA,{text}\n", "text/csv"),
        "query": places("", texts=[("query", "note", text)]),
    }
    told = {where: {kind for _, kind in found} for where, found in kinds.items()}
    assert {where for where, found in told.items() if found != {"phone"}} == set()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("asha@mail.example", "email"),
        ("asha\uff20mail.example", "email"),
        ("4111 1111 1111 1111", "card"),
        ("pay asha@okaxis by UPI", "vpa"),
        ("Aadhaar 2341 2341 2346", "aadhaar"),
        ("PAN ABCPE1234F", "pan"),
        ("Flat 7-B, Neelkurinji Residency, 3rd Cross, Pune 411001", "address"),
    ],
)
def test_every_kind_is_found_in_free_text(value, kind):
    """Whatever the key says."""
    assert kind in {found for _, found in places({"sku": "A", "remarks": value})}


def test_a_name_alone_is_nobody_and_beside_an_address_somebody():
    """So a saree may be called Asha."""
    assert places({"sku": "A", "remarks": "for Asha Kulkarni"}) == []
    found = places({"remarks": "for Asha Kulkarni", "more": "12 MG Road, Pune 560001"})
    assert {"/remarks", "/more"} == {pointer for pointer, _ in found}


def test_neither_duplicate_keys_nor_comments_hide_anything():
    """The first of two, and what no program reads."""
    assert places(f'{{"n": "{PHONE}", "n": "x"}}') == [("/n", "phone")]
    assert places(f"<a><!-- {PHONE} --><b/></a>", "text/xml") == [("/a/#comment", "phone")]
    assert places(f"<a><?note {PHONE}?></a>", "text/xml") == [("/a/#instruction", "phone")]
    assert places(f'<a n="{PHONE}"/>', "text/xml") == [("/a/n", "phone")]


def test_no_delimiter_hides_anything():
    """A row is looked at whole where somebody could cut it elsewhere."""
    assert places(f"sku,note\nA;call {PHONE};x\n", "text/csv") != []
    assert places(f'sku,note\nA,"x\n{PHONE}"\n', "text/csv") != []


def test_keys_are_searched_and_no_pointer_tells_what_was_found():
    """Somebody's number as a key, over nothing at all, and a key that is a text."""
    for body in ({PHONE: {}}, {PHONE: None}, {"asha@mail.example": 1}, {"call 90000 00001": "x"}):
        found = places(body)
        assert found
        told = json.dumps(found)
        assert "***" in told
        assert "9000" not in told
        assert "asha" not in told
    ((pointer, _),) = places({"Asha Kulkarni": {"phone": "x"}})
    assert pointer == "/***/phone"
    assert "Asha" not in json.dumps(places(f"Asha Kulkarni,{PHONE}\n", "text/csv"))
    assert "9000" not in json.dumps(places(f"<a><x_{PHONE}/></a>", "text/xml"))


def test_a_thousand_places_are_counted_and_a_hundred_told():
    """The rest is a number."""
    checked = check(json.dumps([{"phone": "x"}] * 1000).encode(), "application/json")
    assert (len(checked.places), checked.more, checked.kinds["phone"]) == (100, 900, 1000)
    beyond = check(json.dumps([{"phone": "x"}] * 3000).encode(), "application/json")
    assert beyond.kinds.total() == guarding.MOST_COUNTED
    problem = guarding.refusal(checked)
    assert (problem.code, problem.status, problem.more) == ("buyer_field", 422, 900)
    assert problem.pointer == "/0/phone"


def test_what_cannot_be_read_is_refused():
    """Never waved through: 415 for the type, 422 for the body."""
    for kind, status in (("text/plain", 415), ("", 415), ("application/json", 422)):
        with pytest.raises(RefusedError) as caught:
            check(b"phone=9000000001", kind)
        assert caught.value.problem.status == status
        assert "9000" not in str(caught.value.problem)
    many = json.dumps({f"k{chr(97 + n % 26)}{n}": 1 for n in range(60_000)}).encode()
    with pytest.raises(RefusedError) as caught:
        check(many, "application/json")
    assert "too_many_keys" in caught.value.problem.rule
