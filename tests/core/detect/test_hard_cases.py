"""Texts that no generator thinks of: several values, values in links and JSON, near misses."""

import pytest

from orderveil.core.detect import find


def found(text, context=None):
    """(kind, what was found), first to last."""
    return [(hit.kind.name, text[hit.start : hit.end]) for hit in find(text, context)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9000000012/9000000013", [("PHONE", "9000000012"), ("PHONE", "9000000013")]),
        ("call 90000-00012 or 8000000013", [("PHONE", "90000-00012"), ("PHONE", "8000000013")]),
        ("Mob.9000000012", [("PHONE", "9000000012")]),
        ("https://wa.me/919000000012", [("PHONE", "919000000012")]),
        ("tel:+919000000012", [("PHONE", "+919000000012")]),
        ("९\u0966\u0966\u0966000012 पर फोन करें", [("PHONE", "९\u0966\u0966\u0966000012")]),
        ("\uff2d\uff4f\uff42\uff1a\uff19000000012", [("PHONE", "\uff19000000012")]),
        ("name=x&phone=%2B91+90000+00012&qty=2", [("PHONE", "%2B91+90000+00012")]),
        ("mailto:asha@example.com?subject=hi", [("EMAIL", "asha@example.com")]),
        ("Asha <asha@example.com>, ravi@example.org.", [("EMAIL", "asha@example.com"), ("EMAIL",
        "ravi@example.org")]),
        ("upi://pay?pa=asha.n@okaxis&am=100", [("VPA", "asha.n@okaxis")]),
        ("asha@okaxis, asha@example.com", [("VPA", "asha@okaxis"), ("EMAIL", "asha@example.com")]),
        ("4111 1111\n1111 1111", [("CARD", "4111 1111\n1111 1111")]),
        ("2000\u200b 0000\u2009\u200d0002", []),
        ('{"phone": "9000000012", "email": "asha@example.com"}', [("PHONE", "9000000012"), ("EMAIL",
        "asha@example.com")]),
        ("PAN ABCPK1234F, Aadhaar 2000 0000 0001", [("PAN", "ABCPK1234F")]),
        ("IFSC SBIN0001234 and UPI 9000000012@ybl", [("IFSC", "SBIN0001234"), ("VPA",
        "9000000012@ybl")]),
        ("AWB 9876543210, call 9000000012", [("PHONE", "9000000012")]),
        ("IMEI 352099001761481 sold to 9000000012", [("PHONE", "9000000012")]),
        ("Order 9876543210 for asha@example.com", [("EMAIL", "asha@example.com")]),
    ],
)  # fmt: skip
def test_each_value_is_found_for_itself(text, expected):
    """Neighbours, labels, links and JSON around a value change nothing of what is found."""
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Flat 50% off above Rs 999", "Flat rate shipping, road transport only", "Near expiry stock",
        "Building blocks toy, 120 pcs", "Floor lamp 45 W", "Block printed kurta, sector wise stock",
        "Main Street pattern, house brand", "Cross stitch kit no. 12",
        "Tower fan near door, 3 blades",
        "PAN India delivery", "Non-stick pan 24 cm", "GST 18% on HSN 84713010",
        "Bengaluru 560 units",
        "Pune: 411 pcs, Delhi: 110 pcs", "Zip hoodie size 42", "PIN lock, 4 digits",
        "Contact lens solution 360 ml", "Power bank 10000 mAh for mobile",
        "Email Marketing, 2nd edition",
        "Call of Duty 4", "Card holder, 12 slots", "Card game 52 + 2", "UPI QR stand", "UID reader",
        "MRP 99999.00 incl. of all taxes", "Lot 20261123 exp 12/27 mfg 11/26",
        "1013.25 hPa, 36.6-37.2 C",
        "Order 5500000000000 sent by AWB 1234567890123 on 2026-11-23 15:11:49",
        "Invoice INV/2026-27/001234", "CIN U12345KA2020PTC123456", "FSSAI 10012345000123",
        "2001:db8::1 00:1A:2B:3C:4D:5E", "KA01AB1234", "100000-200000",
        "1200x800x600 mm, 12345 x 67890",
        "UTR SBIN0R52026112300012345", "SBIN UPI refund pending", "image@3x.webp", "2 @ 499 each",
        "@orderveil", "user@localhost", "+5 -3 +12", "10+1 free, 2+2", "0000000000", "1111111111",
        "XXXX XXXX 1234", "x" * 500, "", " ", "\0", "\ud800", "0", "%", "%%", "&", "&#", "&#;",
        "Dr. Martens boots 42", "Mr. Coffee filter 4 cup", "Mrs. Bector's Cremica 250 g",
        "iPhone 15 128GB, Nokia 3310 (2017)", "1014 42.95 44.45 23.09", "6762 23.61 73 cartons",
        "3 Park Avenue Deo 150 ml", "2 Road bike 26T, 4 Lane Marking Tape 48 mm",
        "10 Colony Cotton Bedsheet 90x108", "combo @ 499", "iPhone 15 x 2, stock 80064 733",
        "Name Plate, brass", "Address book, A5", "Phone: none", "email: n/a", "Mobile: -",
    ],
)  # fmt: skip
def test_near_misses_are_nothing(text):
    """Words that speak of people, and numbers that look like theirs, in what is nobody's."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("quantity", "560001"), ("price", "411001"), ("color", "560001"), ("weight_g", "411001"),
        ("warehouse/pincode", "421302"), ("pickup_location/name", "Bhiwandi FC 2"),
        ("warehouse/name", "Asha Godown"), ("/vendor/name", "Ritu Kumar"), ("name",
        "iPhone 15 128GB"),
        ("/items/0/name", "Peter England Shirt 42"), ("product/name", "Asha Brass Diya"),
        ("brand_name", "Manish Malhotra"), ("file_name", "asha_verma.png"), ("carrier_name",
        "Blue Dart"),
        ("ip_address", "198.51.100.7"), ("mac_address", "00:1A:2B:3C:4D:5E"), ("address_id",
        "9000000012"),
        ("phone_model", "Nokia 3310"), ("mobile_accessory", "Case 6.1 in"), ("pan_size", "24 cm"),
        ("customer_id", "9000000012"), ("email_verified", "true"), ("phone_count", "9000"),
        ("upc", "200000000002"), ("hsn", "610910"), ("zip_closure", "yes"), ("memory_address",
        "0x7ffeeb"),
        ("card_type", "greeting"), ("state", "Karnataka"), ("city", "Pune"), ("country", "IN"),
    ],
)  # fmt: skip
def test_a_key_that_only_sounds_personal_makes_nothing(context, text):
    """What the key is about counts, not a word in it."""
    assert found(text, context) == []


@pytest.mark.parametrize(
    "context", ["sku", "awb", "order_id", "updated_at", "ean", "hsn", "quantity"]
)
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("asha@example.com", "EMAIL"), ("asha@okaxis", "VPA"), ("+919000000012", "PHONE"),
        ("+91 90000 00012", "PHONE"), ("%2B919000000012", "PHONE"), ("call 9000000012", "PHONE"),
        ("NH-01 / mob: 9000000012", "PHONE"), ("DE89370400440532013000", "IBAN"),
        ("Aadhaar 2000 0000 0009", "AADHAAR"), ("PAN ABCPK1234F", "PAN"),
        ("card 4111 1111 1111 1111", "CARD"), ("Flat 4, Udaharan Residency, Pune 411001",
        "ADDRESS"),
    ],
)  # fmt: skip
def test_a_column_of_codes_hides_nothing_that_speaks_for_itself(context, text, kind):
    """Ten digits there are a code; a country code, a handle, an IBAN or a word are not."""
    assert kind in {one for one, _ in found(text, context)}
