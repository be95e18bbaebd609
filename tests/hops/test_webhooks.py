"""A shop's webhook: its signature is its credential."""

import json
import time

import pytest

from doors import NAMES, Doors, counted, own, problem_of, sample, signed, sizes, standard, stored
from orderveil.core.personal import Personal
from orderveil.gate.search import By, find
from orderveil.hops.storefront import signatures
from scene import rows

CARD = "4111 1111 1111 1111"
PRIVACY = {
    "shop_id": 954889,
    "shop_domain": "namuna-handlooms.example",
    "customer": {"id": 191167, "email": "vanishing.person@mail.example", "phone": "90000 00009"},
    "orders_requested": [299938, 280263],
}


@pytest.mark.parametrize("format_", ["shopify", "woocommerce", "orderveil"])
def test_a_good_signature_admits(db, format_):
    """A signed order of each pushed format is admitted, and stored by the time of the answer."""
    doors = Doors.make(format_=format_)
    body = {"shopify": sample(), "woocommerce": sample("woocommerce_cod"), "orderveil": own("A1")}
    topic = "order.created" if format_ == "woocommerce" else "orders/create"
    result = doors.webhook(body[format_], topic=topic)
    assert (result.status_code, result.json) == (200, {"status": "admitted"})
    assert len(doors.the_order()) == 16


def test_a_known_delivery_is_a_duplicate(doors):
    """The same delivery again is answered 200 `duplicate` and changes nothing."""
    doors.webhook(sample(), delivery="d-1")
    before = sizes()
    result = doors.webhook(sample(), delivery="d-1")
    assert (result.status_code, result.json) == (200, {"status": "duplicate"})
    assert sizes() == before


def test_the_same_order_in_another_delivery_stays_one_order(doors):
    """A shop that sends an order twice has one order."""
    doors.webhook(sample(), delivery="d-1")
    assert doors.webhook(sample(), delivery="d-2").json == {"status": "duplicate"}
    assert rows("SELECT count(*) FROM vault_order") == [(1,)]


@pytest.mark.parametrize("header", ["wrong", "missing", "of another body", "not ascii"])
def test_a_bad_signature_leaves_only_a_counted_refusal(doors, header):
    """401 problem+json; no table gained a row; one more refusal in the metrics."""
    body = json.dumps(sample()).encode()
    secret = doors.scene.secret
    values = {
        "wrong": signatures.hmac_header(b"guess", body),
        "of another body": signatures.hmac_header(secret, body + b" "),
        "not ascii": "ünsigned",
    }
    headers = {NAMES["shopify"][0]: values[header]} if header in values else {}
    path = f"/v1/channels/{doors.scene.channel.pk}"
    name = 'orderveil_refusals_total{code="bad_signature"}'
    tables, refusals = sizes(), counted(doors, name).get(name, 0)
    problem_of(doors.call("POST", path, body=body, headers=headers), 401, "bad_signature")
    assert sizes() == tables
    assert counted(doors, name)[name] == refusals + 1


def test_shops_retry_legitimately_for_hours(doors):
    """A Shopify delivery whose own dates are long past is admitted: nothing signs its time."""
    old = sample(created_at="2019-01-01T00:00:00Z", updated_at="2019-01-01T00:00:00Z")
    headers = {"X-Shopify-Triggered-At": "2019-01-01T00:00:00Z"}
    body = json.dumps(old).encode()
    headers |= signed("shopify", doors.scene.secret, body, "orders/create", "late-1")
    path = f"/v1/channels/{doors.scene.channel.pk}"
    assert doors.call("POST", path, body=body, headers=headers).json == {"status": "admitted"}


@pytest.mark.parametrize(("age_seconds", "status"), [(0, 200), (290, 200), (310, 401), (-310, 401)])
def test_a_signed_timestamp_must_be_fresh(own_doors, age_seconds, status):
    """Standard Webhooks signs its time, so five minutes off is refused."""
    body = json.dumps(own("A1")).encode()
    headers = standard(own_doors.scene.secret, body, "m-1", int(time.time()) - age_seconds)
    path = f"/v1/channels/{own_doors.scene.channel.pk}"
    assert own_doors.call("POST", path, body=body, headers=headers).status_code == status


def test_woocommerce_pings_when_a_webhook_is_saved(db):
    """Its unsigned, form-encoded ping is answered 200 and stores nothing."""
    doors = Doors.make(format_="woocommerce")
    before = sizes()
    result = doors.call("POST", f"/v1/channels/{doors.scene.channel.pk}", body=b"webhook_id=7")
    assert (result.status_code, result.json) == (200, {"status": "ping"})
    assert sizes() == before


@pytest.mark.parametrize("body", [b"webhook_id=7&order=1", b"webhook_id=", b"webhook_id=x", b""])
def test_only_the_ping_itself_is_a_ping(db, body):
    """Anything else unsigned is refused, and so is a ping to a shop of another kind."""
    doors = Doors.make(format_="woocommerce")
    path = f"/v1/channels/{doors.scene.channel.pk}"
    problem_of(doors.call("POST", path, body=body), 401, "bad_signature")
    other = Doors.make("another", format_="shopify")
    path = f"/v1/channels/{other.scene.channel.pk}"
    problem_of(other.call("POST", path, body=b"webhook_id=7"), 401, "bad_signature")


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact"])
def test_privacy_webhooks_are_sealed_and_queued(doors, topic):
    """The request is answered 200, kept sealed with its due date, and told as an event of ids."""
    result = doors.webhook(PRIVACY, topic=topic, delivery="p-1")
    assert (result.status_code, result.json) == (200, {"status": "queued"})
    ((kind, days, sealed),) = rows(
        "SELECT kind, extract(day FROM due_at - received_at), sealed FROM vault_request"
    )
    assert (kind, days) == (topic, 30)
    assert len(bytes(sealed)) > 40
    assert rows("SELECT count(*) FROM outbox_event WHERE kind = 'privacy.requested'") == [(1,)]
    for table, column, value in stored():
        assert b"vanishing.person" not in value, (table, column)
        assert b"90000 00009" not in value, (table, column)
    assert doors.webhook(PRIVACY, topic=topic, delivery="p-1").json == {"status": "duplicate"}


def test_a_privacy_webhook_with_a_bad_signature_is_refused(doors):
    """Shopify demands 401 here, and tests for it."""
    before = sizes()
    result = doors.webhook(PRIVACY, topic="customers/redact", secret=b"guess")
    problem_of(result, 401, "bad_signature")
    assert sizes() == before


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"note": f"my card is {CARD}, thanks"}, "/note"),
        ({"note_attributes": [{"name": "Card", "value": CARD}]}, "/note_attributes/0/value"),
        ({"note_attributes": [{"name": "CVV", "value": "737"}]}, "/note_attributes/0/value"),
        ({"payment_details": {"credit_card_number": "4111111111111111"}}, "/payment_details"),
    ],
)
def test_card_data_in_a_webhook_is_cut_out_and_recorded(doors, changes, pointer):
    """The order is admitted without the value, and an act says where it was."""
    assert doors.webhook(sample(**changes)).json == {"status": "admitted"}
    (entry,) = [
        bytes(entry)
        for (entry,) in rows("SELECT entry FROM ledger_record WHERE kind = 'card_data_dropped'")
    ]
    assert pointer in json.loads(entry)["detail"]["pointers"]
    assert b"4111" not in entry
    digits = CARD.replace(" ", "").encode()
    for table, column, value in stored():
        assert CARD.encode() not in value, (table, column)
        assert digits not in value, (table, column)


def test_numbers_that_pass_luhn_are_not_all_cards(doors):
    """An order id, an AWB and a timestamp with a good check digit are what they are."""
    order = sample(
        "shopify_fulfilled",
        id=4111111111111111,
        checkout_id=5555555555554444,
        note_attributes=[{"name": "_placed_ms", "value": "4012888888881881"}],
    )
    order["fulfillments"][0]["tracking_number"] = "4242424242424242"
    order["fulfillments"][0]["tracking_numbers"] = ["4242424242424242"]
    assert doors.webhook(order).json == {"status": "admitted"}
    assert rows("SELECT shop_order_id FROM vault_order") == [("4111111111111111",)]
    assert rows("SELECT awb FROM vault_parcel") == [("4242424242424242",)]
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'card_data_dropped'") == [(0,)]


def test_a_revoked_or_unknown_channel_answers_404(doors):
    """No channel, no hint of one."""
    problem_of(doors.call("POST", "/v1/channels/999999", body=b"{}"), 404, "unknown_channel")
    problem_of(doors.call("POST", "/v1/channels/0", body=b"{}"), 404)
    rows_before = sizes()
    type(doors.scene.channel).objects.update(revoked_at=doors.scene.now)
    problem_of(doors.webhook(sample()), 404, "unknown_channel")
    assert sizes() == rows_before


def test_a_guest_and_a_masked_shopper_are_orders_too(doors):
    """Fields a shop withholds arrive null, and the order is admitted without them."""
    nobody = dict.fromkeys(("email", "contact_email", "phone", "customer", "billing_address"))
    assert doors.webhook(sample(shipping_address=None, **nobody)).json == {"status": "admitted"}
    assert rows("SELECT phone IS NULL, email IS NULL FROM vault_index") == [(True, True)]


def test_a_cancellation_and_an_update_reach_the_order(doors):
    """Later deliveries change the order they belong to, and never revert a cancellation."""
    doors.webhook(sample())
    later = sample(updated_at="2026-11-21T10:00:00+05:30", phone=None)
    later["shipping_address"]["phone"] = "+91 90000 77777"
    assert doors.webhook(later, topic="orders/updated").json == {"status": "updated"}
    assert len(find(doors.scene.brand.pk, By.PHONE, Personal("90000 77777"))) == 1
    gone = sample(updated_at="2026-11-22T10:00:00+05:30", cancelled_at="2026-11-22T10:00:00+05:30")
    assert doors.webhook(gone, topic="orders/cancelled").json == {"status": "updated"}
    assert rows("SELECT state FROM vault_parcel") == [("cancelled",)]
    again = sample(updated_at="2026-11-23T01:00:00+05:30")
    doors.webhook(again, topic="orders/updated")
    assert rows("SELECT cancelled_at IS NOT NULL FROM vault_order") == [(True,)]
