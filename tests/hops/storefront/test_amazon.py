"""Amazon: both models of its Orders API, joined as its operations answer."""

from datetime import UTC, datetime

import pytest

from hops.storefront.mapping import draft_of, fields_of, payload_of
from orderveil.core.errors import RefusedError
from orderveil.core.orders import Amounts, Facts, Item, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.hops.storefront.amazon import parse


def test_people_of_a_v0_order() -> None:
    """Receiver, buyer and company apart; the seller's own address is nowhere."""
    assert fields_of(draft_of("amazon_v0")) == {
        "name": "Joseph Misaal",
        "phone": "+91 9000066778",
        "email": "sample0000001@marketplace.example",
        "line1": "TC 9/99, Example Gardens",
        "line2": "Opposite Sample Church, Test Junction, Pattom",
        "city": "Thiruvananthapuram",
        "state": "KERALA",
        "pincode": "695001",
        "country": "IN",
        "billing_name": "Misaal Exports\nAnna Misaal",
        "gstin": "32ABCDE1234F1Z5",
        "gateway_ref": "SAMPLEAUTH1",
        "delivery_note": "Security desk\nLift is on the left; call 90000 66778",
        "gift_message": "For your new home, from Anna",
    }


def test_facts_of_a_v0_order() -> None:
    """A line's price is per line, ours per unit; what is due is the part paid in cash."""
    draft = draft_of("amazon_v0")
    assert draft.shop_order_id == draft.order_number == "408-0000001-0000001"
    assert draft.placed_at == datetime(2026, 11, 19, 6, 15, tzinfo=UTC)
    assert draft.updated_at == datetime(2026, 11, 19, 7, 45, 30, tzinfo=UTC)
    assert draft.facts == Facts(
        items=(
            Item("Handloom bath towel", 2, "NH-TOWEL-2", None, "399.00"),
            Item("Sandal soap", 1, "NH-SOAP-1", None, "299.00"),
        ),
        amounts=Amounts("INR", "1147.00", "1097.00", "50.00", "52.24", "0.00"),
        cod_due="1000.00",
        payment_method="COD",
    )
    assert draft.parcels == ()


def test_v0_cash_on_delivery_without_parts_is_the_total() -> None:
    """Where the payment isn't broken down, all of it is due."""
    assert draft_of("amazon_v0", PaymentExecutionDetail=None).facts.cod_due == "1147.00"
    prepaid = draft_of("amazon_v0", PaymentExecutionDetail=None, PaymentMethod="Other")
    assert prepaid.facts.cod_due is None


def test_the_answers_of_single_operations_are_read_flat() -> None:
    """`getOrderBuyerInfo` and the items' buyer info stand without `BuyerInfo` around them."""
    draft = parse(
        {
            "AmazonOrderId": "408-0000001-0000001",
            "BuyerEmail": "sample@marketplace.example",
            "BuyerName": "Anna Misaal",
            "OrderItems": [{"OrderItemId": "1", "GiftMessageText": "For you"}],
        }
    )
    assert fields_of(draft) == {
        "email": "sample@marketplace.example",
        "name": "Anna Misaal",
        "gift_message": "For you",
    }
    assert draft.facts.items == ()


@pytest.mark.parametrize(
    ("changes", "state", "cancelled"),
    [
        ({"OrderStatus": "Canceled"}, None, True),
        ({"OrderStatus": "Shipped"}, ParcelState.SHIPPED, False),
        ({"EasyShipShipmentStatus": "OutForDelivery"}, ParcelState.OUT_FOR_DELIVERY, False),
        ({"EasyShipShipmentStatus": "ReturnedToSeller"}, ParcelState.RETURNED, False),
    ],
)
def test_states_of_a_v0_order(changes: dict[str, str], state: object, cancelled: bool) -> None:
    """v0 knows no parcels: the order's own state is that of its one parcel."""
    draft = draft_of("amazon_v0", **changes)
    assert draft.cancelled is cancelled
    assert [parcel.state for parcel in draft.parcels] == ([state] if state else [])


def test_people_of_a_2026_order() -> None:
    """Only the buyer's tax registration is read; preferences and gift are notes."""
    assert fields_of(draft_of("amazon_2026")) == {
        "name": "Simran Udaharan",
        "phone": "9000088990",
        "email": "sample0000002@marketplace.example",
        "line1": "House 41, Sector 99",
        "line2": "Sample Enclave",
        "city": "Chandigarh",
        "state": "CHANDIGARH",
        "pincode": "160001",
        "country": "IN",
        "billing_name": "Gurpreet Udaharan, Udaharan Agro, Udaharan Agro Private Limited",
        "billing_address": "Shed 7, Test Industrial Area, Mohali, PUNJAB 160055, IN, 9000011000",
        "gstin": "04ABCDE1234F1Z5",
        "gateway_ref": "SAMPLEAUTH2",
        "delivery_note": "Neighbour in house 42\nGreen gate, next to the sample bakery",
        "gift_message": "Lohri greetings from Gurpreet",
    }


def test_facts_of_a_2026_order() -> None:
    """Packages are parcels, proceeds are amounts."""
    draft = draft_of("amazon_2026")
    assert draft.shop_order_id == "408-0000002-0000002"
    assert draft.placed_at == datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
    assert draft.updated_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert draft.facts == Facts(
        items=(Item("Phulkari dupatta", 1, "NH-PHUL-RED", None, "2299.00"),),
        amounts=Amounts("INR", "2299.00", "2189.52", "0.00", "109.48", None),
        payment_method="CreditCard",
    )
    assert draft.parcels == (
        ParcelDraft(
            "PKG-SAMPLE-1", ParcelState.OUT_FOR_DELIVERY, "Sample Express", "SXP0000030031"
        ),
    )


def test_2026_cash_on_delivery_by_payment_or_by_constraint() -> None:
    """What is due is the cash part, or the total where only the carrier's duty is said."""
    cash = {"paymentMethod": "CashOnDelivery", "paymentAmount": {"amount": "299.00"}}
    draft = draft_of("amazon_2026", payment={"paymentExecutions": [cash]})
    assert draft.facts.cod_due == "299.00"
    item = payload_of("amazon_2026")["orderItems"][0]
    duty = {"shipping": {"shippingConstraints": {"cashOnDelivery": "MANDATORY"}}}
    draft = draft_of("amazon_2026", payment=None, orderItems=[item | {"fulfillment": duty}])
    assert draft.facts.cod_due == "2299.00"


def test_a_cancelled_2026_order() -> None:
    """The fulfilment status says it."""
    assert draft_of("amazon_2026", fulfillment={"fulfillmentStatus": "CANCELLED"}).cancelled


def test_neither_model_is_refused() -> None:
    """An object without either id is no Amazon order."""
    with pytest.raises(RefusedError) as refusal:
        parse({"errors": []}, pointer="/payload")
    assert refusal.value.problem.pointer == "/payload/AmazonOrderId"
