"""Shopify: every place of the payload ends in the one field that names it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hops.storefront.mapping import draft_of, fields_of, payload_of
from orderveil.core.errors import RefusedError
from orderveil.core.fields import PERSONAL
from orderveil.core.orders import Amounts, Facts, Item, OrderDraft, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.hops.storefront.privacy import PrivacyRequest, PrivacyTopic
from orderveil.hops.storefront.shopify import parse

USER_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Sample Phone) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/130.0.0.0 Mobile Safari/537.36"
)


def test_the_walk_order_says_everything_personal() -> None:
    """Each personal field of the vocabulary is found, the two people and three phones apart."""
    found = fields_of(draft_of("shopify_walk"))
    assert found == {
        "name": "Asha Namuna",
        "phone": "+91 90000 12345",
        "email": "asha.namuna@example.com",
        "line1": "Flat 4B, Sample Heights, call 90000 54321 at the gate",
        "line2": "5th Cross, Example Layout",
        "landmark": "Behind the Sample Temple",
        "city": "Bengaluru",
        "state": "Karnataka",
        "pincode": "560001",
        "country": "IN",
        "geo": "12.9716,77.5946",
        "billing_name": "Vikram Udaharan",
        "billing_address": "17 Test Road, Namuna Nagar, Udaharan Traders, Mysuru, "
        "Karnataka 570001, IN, +91 90000 67890",
        "gstin": "29ABCDE1234F1Z5",
        "upi": "asha.namuna@okexample",
        "card_last4": "4242",
        "gateway_ref": "pay_SAMPLE00000001",
        "ip": "203.0.113.7",
        "user_agent": USER_AGENT,
        "device": "390x844",
        "referrer": "https://search.example/\n/products/handloom-cotton-saree?utm_source=sample",
        "delivery_note": "Ring twice; the dog is friendly. If nobody is home call 90000 54321",
        "gift_message": "Happy Diwali, Amma! Love, Asha",
        "free_text": "Please do not tell my neighbour in 4A what is inside.\n"
        "Alternate phone: 090000 54321\nDate of birth: 12 March\n"
        "Blouse stitching: For Asha, bust 34, length 15",
    }
    assert set(found) == {field.value for field in PERSONAL}


def test_the_walk_order_s_facts() -> None:
    """Ids, money and items are facts; what is still due on delivery is the outstanding part."""
    draft = draft_of("shopify_walk")
    assert draft.shop_order_id == "5500000001001"
    assert draft.order_number == "#1001"
    assert draft.placed_at == datetime(2026, 11, 20, 15, 44, 5, tzinfo=UTC)
    assert draft.updated_at == datetime(2026, 11, 20, 15, 44, 9, tzinfo=UTC)
    assert draft.parcels == ()
    assert not draft.cancelled
    assert draft.facts == Facts(
        items=(
            Item("Handloom cotton saree - Indigo", 1, "NH-SAREE-IND", "apparel", "1899.00"),
            Item("Brass diya set", 2, "NH-DIYA-4", "home decor", "275.00"),
        ),
        amounts=Amounts("INR", "2499.00", "2449.00", "50.00", "119.00", "0.00"),
        cod_due="1999.00",
        payment_method="Razorpay, Cash on Delivery (COD)",
        weight_g=1250,
    )


def test_names_and_phones_in_any_script() -> None:
    """Devanagari passes through as it is; an equal billing address is not kept twice."""
    found = fields_of(draft_of("shopify_prepaid"))
    assert found["name"] == "कविता नमूना"
    assert found["phone"] == "+९१ ९००००११२२३"
    assert found["delivery_note"] == "डिलीवरी: शाम को ६ बजे के बाद"
    assert found["gift_message"] == "gift_wrap: yes"
    assert not found.keys() & {"billing_name", "billing_address"}


def test_a_prepaid_order_has_nothing_due() -> None:
    """Without cash on delivery among the payments there is no `cod_due`."""
    assert draft_of("shopify_prepaid").facts.cod_due is None


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"total_outstanding": None}, "2499.00"),
        ({"total_outstanding": None, "financial_status": "paid"}, "0.00"),
        ({"total_outstanding": "0.00"}, "0.00"),
        ({"payment_gateway_names": ["cash_on_delivery"]}, "1999.00"),
        ({"payment_gateway_names": [], "gateway": "COD"}, "1999.00"),
        ({"payment_gateway_names": ["Codashop"]}, None),
    ],
)
def test_what_is_due_on_delivery(changes: dict[str, Any], due: str | None) -> None:
    """The outstanding amount where the shop says it, else all of it unless it is paid."""
    assert draft_of("shopify_walk", **changes).facts.cod_due == due


def test_a_fulfilment_is_a_parcel_and_another_phone_stays_with_billing() -> None:
    """Tracking is read once; the billing phone that differs is kept beside the billing address."""
    draft = draft_of("shopify_fulfilled")
    assert draft.parcels == (
        ParcelDraft("4400000001003", ParcelState.SHIPPED, "Sample Express", "SXP0000010031"),
    )
    found = fields_of(draft)
    assert found["phone"] == "090000 33445"
    assert found["billing_address"].endswith("302001, IN, +91-90000-55667")
    assert "billing_name" not in found


@pytest.mark.parametrize(
    ("status", "shipment", "state"),
    [
        ("success", None, ParcelState.SHIPPED),
        ("success", "out_for_delivery", ParcelState.OUT_FOR_DELIVERY),
        ("success", "attempted_delivery", ParcelState.UNDELIVERED),
        ("success", "delivered", ParcelState.DELIVERED),
        ("cancelled", "delivered", ParcelState.CANCELLED),
        ("pending", None, None),
        ("error", "something_new", None),
    ],
)
def test_states_of_a_fulfilment(status: str, shipment: str | None, state: Any) -> None:
    """A state the vocabulary doesn't know is no state, never a guess."""
    news = {"id": 1, "order_id": 2, "status": status, "shipment_status": shipment}
    draft = parse(news, topic="fulfillments/update")
    assert isinstance(draft, OrderDraft)
    assert draft.parcels[0].state == state


def test_a_fulfilment_webhook_brings_its_parcel_alone() -> None:
    """Its destination and email repeat the order: dropped and counted, never stored."""
    news = payload_of("shopify_fulfilled")["fulfillments"][0] | {
        "email": "meera.misaal@example.com",
        "destination": {"name": "Meera Misaal", "phone": "090000 33445"},
    }
    draft = parse(news, topic="fulfillments/create")
    assert isinstance(draft, OrderDraft)
    assert draft.shop_order_id == "5500000001003"
    assert draft.parcels[0].awb == "SXP0000010031"
    assert draft.personal == {}
    assert draft.facts == Facts()
    assert draft.updated_at is None
    assert draft.dropped > 3


@pytest.mark.parametrize(
    ("topic", "changes"),
    [
        ("orders/cancelled", {}),
        ("orders/delete", {}),
        ("orders/updated", {"cancelled_at": "2026-11-22T10:00:00Z"}),
    ],
)
def test_cancellations(topic: str, changes: dict[str, Any]) -> None:
    """A topic or a date says that the order is cancelled."""
    draft = parse(payload_of("shopify_walk") | changes, topic=topic)
    assert isinstance(draft, OrderDraft)
    assert draft.cancelled


def test_withheld_values_fall_back_to_where_they_repeat() -> None:
    """Null shipping: the customer's own address; null email: the contact's; null phone too."""
    draft = draft_of(
        "shopify_walk",
        shipping_address=None,
        billing_address=None,
        email=None,
        phone=None,
        name=None,
        note_attributes=None,
    )
    found = fields_of(draft)
    assert found["email"] == "asha.namuna@example.com"
    assert found["name"] == "Asha Namuna"
    assert found["phone"] == "+91 90000 12345"
    assert found["city"] == "Bengaluru"
    assert draft.order_number == "1001"


def test_without_a_delivery_address_the_parcel_goes_to_billing() -> None:
    """The billing address becomes the place, and is not repeated as billing."""
    found = fields_of(draft_of("shopify_walk", shipping_address=None, phone=None, customer=None))
    assert found["name"] == "Vikram Udaharan"
    assert found["phone"] == "+91 90000 67890"
    assert found["city"] == "Mysuru"
    assert not found.keys() & {"billing_name", "billing_address"}


@pytest.mark.parametrize(
    ("number", "last4"),
    [
        ("XXXX-XXXX-XXXX-1881", "1881"),
        ("424242******4242", "4242"),
        ("•••• 0005", "0005"),
        ("4242424242424242", None),
        ("4242", None),
        (None, None),
    ],
)
def test_only_a_masked_card_number_gives_its_last_four(number: str | None, last4: Any) -> None:
    """A number that nobody masked is not read at all."""
    draft = draft_of("shopify_walk", payment_details={"credit_card_number": number})
    assert fields_of(draft).get("card_last4") == last4


def test_an_unknown_currency_is_refused_with_its_place() -> None:
    """Money in no known currency can't be billed, printed or declared."""
    with pytest.raises(RefusedError) as refusal:
        draft_of("shopify_walk", currency="ZZZ")
    problem = refusal.value.problem
    assert (problem.code, problem.pointer, problem.rule) == (
        "unknown_currency",
        "/currency",
        "ISO 4217",
    )


def test_an_order_without_an_id_is_refused() -> None:
    """Without the shop's id the same order could not be known again."""
    with pytest.raises(RefusedError) as refusal:
        draft_of("shopify_walk", id=None)
    assert refusal.value.problem.pointer == "/id"


@pytest.mark.parametrize("topic", ["products/update", "", "orders/create "])
def test_an_unknown_topic_is_refused(topic: str) -> None:
    """A product is not read as an order because it has an id too."""
    with pytest.raises(RefusedError) as refusal:
        parse({"id": 1}, topic=topic)
    assert refusal.value.problem.code == "unknown_topic"


@pytest.mark.parametrize(
    ("topic", "key", "ids"),
    [
        ("customers/data_request", "orders_requested", ("299938", "280263")),
        ("customers/redact", "orders_to_redact", ("299938", "280263")),
        ("shop/redact", "orders_to_redact", ()),
    ],
)
def test_privacy_webhooks_are_kept_whole_and_personal(topic: str, key: str, ids: Any) -> None:
    """The request names its orders; its text, which names a person, refuses to be printed."""
    payload = {
        "shop_id": 954889,
        "shop_domain": "namuna-handlooms.example",
        "customer": {"id": 191167, "email": "asha.namuna@example.com", "phone": None},
        key: [299938, "280263"],
    }
    request = parse(payload, topic=topic)
    assert isinstance(request, PrivacyRequest)
    assert request.kind is PrivacyTopic(topic)
    assert request.shop_order_ids == ids
    assert '"email":"asha.namuna@example.com"' in request.raw.reveal()
    with pytest.raises(TypeError):
        repr(request)


def test_a_privacy_webhook_may_name_an_email_alone() -> None:
    """No orders means all orders of that customer."""
    request = parse({"customer": {"email": "a@example.com"}}, topic="customers/redact")
    assert isinstance(request, PrivacyRequest)
    assert request.shop_order_ids == ()
