"""An order of unique strings, and where to look for them afterwards: what the canaries share."""

from django.db import connection

import database
from doors import sample

# One spelling that survives normalisation, in each personal place of the payload.
MARKS = {
    "name": "Qzname Zqperson",
    "phone": "9000086421",
    "email": "qzmail@zq.example",
    "line1": "Qzline1 Zqhouse",
    "line2": "Qzline2 Zqlane",
    "landmark": "Qzlandmark Zqtemple",
    "city": "Qzcity",
    "pincode": "560087",
    "billing_name": "Qzbilling Zqpayer",
    "billing_line": "Qzbilladdress 4",
    "billing_phone": "9000086422",
    "gstin": "29QZQZQ1234F1Z5",
    "upi": "qzupi@okexample",
    "gateway_ref": "pay_QZGATEWAY001",
    "ip": "198.51.100.231",
    "user_agent": "QzAgent/9.9",
    "referrer": "https://qzreferrer.example/",
    "note": "Qznote about my neighbour",
    "gift": "Qzgift love from Zq",
    "delivery": "Qzdelivery ring twice",
    "property": "Qzproperty bust 34",
    "unclaimed": "Qzunclaimed 12 March",
    "status_url": "https://shop.example/qzstatusurl?key=qzsecret",
    "attribute_phone": "9000086423",
    "customer_note": "Qzcustomernote",
    "last4": "7531",
}


def marked_order():
    """The sample order with a mark in every place where a person could be."""
    order = sample(
        id=5500000008642001,
        name="#8642001",
        email=MARKS["email"],
        contact_email=MARKS["email"],
        phone=MARKS["phone"],
        browser_ip=MARKS["ip"],
        referring_site=MARKS["referrer"],
        landing_site=None,
        note=MARKS["note"],
        order_status_url=MARKS["status_url"],
    )
    order["client_details"] |= {"browser_ip": MARKS["ip"], "user_agent": MARKS["user_agent"]}
    order["note_attributes"] = [
        {"name": "Gift message", "value": MARKS["gift"]},
        {"name": "Delivery instructions", "value": MARKS["delivery"]},
        {"name": "Landmark", "value": MARKS["landmark"]},
        {"name": "GSTIN", "value": MARKS["gstin"]},
        {"name": "UPI for refunds", "value": MARKS["upi"]},
        {"name": "razorpay_payment_id", "value": MARKS["gateway_ref"]},
        {"name": "Alternate phone", "value": MARKS["attribute_phone"]},
        {"name": "Date of birth", "value": MARKS["unclaimed"]},
    ]
    order["payment_details"] |= {
        "credit_card_number": "•••• •••• •••• 7531",
        "credit_card_name": MARKS["name"],
    }
    place = {
        "name": MARKS["name"],
        "first_name": "Qzname",
        "last_name": "Zqperson",
        "phone": MARKS["phone"],
        "address1": MARKS["line1"],
        "address2": MARKS["line2"],
        "company": None,
        "city": MARKS["city"],
        "zip": MARKS["pincode"],
    }
    order["shipping_address"] |= place
    order["billing_address"] |= place | {
        "name": MARKS["billing_name"],
        "first_name": "Qzbilling",
        "last_name": "Zqpayer",
        "phone": MARKS["billing_phone"],
        "address1": MARKS["billing_line"],
    }
    order["customer"] |= {
        "email": MARKS["email"],
        "phone": MARKS["phone"],
        "first_name": "Qzname",
        "last_name": "Zqperson",
        "note": MARKS["customer_note"],
    }
    order["customer"]["default_address"] |= place
    order["line_items"][0]["properties"] = [{"name": "Stitching", "value": MARKS["property"]}]
    return order


def files():
    """Every file of the data folder, after everything in memory was written to disk."""
    with database.server().connect(connection.settings_dict["NAME"]) as link:
        link.execute("CHECKPOINT")
    for path in sorted(database.HOME.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()
