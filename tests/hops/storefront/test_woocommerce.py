"""WooCommerce: billing doubles as delivery, and plugins write what they like."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hops.storefront.mapping import draft_of, fields_of
from orderveil.core.errors import RefusedError
from orderveil.core.orders import Amounts, Facts, Item, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.hops.storefront.woocommerce import parse


def test_an_order_delivered_to_who_pays() -> None:
    """Empty shipping texts are absent: billing is the address, kept once."""
    found = fields_of(draft_of("woocommerce_cod"))
    found.pop("user_agent")
    assert found == {
        "name": "Ravi Udaharan",
        "phone": "09000077889",
        "email": "ravi.udaharan@example.com",
        "line1": "22 Example Street",
        "line2": "Near Test School",
        "city": "Chennai",
        "state": "TN",
        "pincode": "600001",
        "country": "IN",
        "gstin": "33ABCDE1234F1Z5",
        "ip": "198.51.100.40",
        "device": "Mobile",
        "referrer": "https://recipes.example/",
        "delivery_note": "Leave with the watchman, his number is 90000 99887\n"
        "delivery_slot: 6 pm to 8 pm",
        "free_text": "how_did_you_hear: My sister Latha, latha.udaharan@example.com\n"
        "Engraving: RAVI + LATHA",
    }


def test_facts_of_a_cash_on_delivery_order() -> None:
    """GMT dates without an offset are UTC; entities in titles are read; prices are rounded."""
    draft = draft_of("woocommerce_cod")
    assert (draft.shop_order_id, draft.order_number) == ("2001", "2001")
    assert draft.placed_at == datetime(2026, 11, 21, 5, 50, 30, tzinfo=UTC)
    assert draft.updated_at == datetime(2026, 11, 21, 5, 50, 33, tzinfo=UTC)
    assert draft.facts == Facts(
        items=(
            Item("Sambar powder \N{EN DASH} 250 g", 2, "MN-SAMBAR-250", None, "166.666667"),
            Item("Stone mortar", 1, "MN-MORTAR", None, "349.9"),
        ),
        amounts=Amounts("INR", "749.00", None, "49.00", "33.33", "0.00"),
        cod_due="749.00",
        payment_method="cod",
    )
    assert draft.parcels == ()


def test_an_order_sent_to_somebody_else() -> None:
    """The receiver is the person of the order; the payer, company and phone stay with billing."""
    draft = draft_of("woocommerce_gift")
    found = fields_of(draft)
    assert found["name"] == "Imran Misaal"
    assert found["phone"] == "+91 90000 44556"
    assert found["billing_name"] == "Farah Misaal"
    assert found["billing_address"] == (
        "5 Sample Lane, Misaal Foods LLP, Hyderabad, TS 500001, IN, +91 90000 22334"
    )
    assert found["gift_message"] == "Eid Mubarak, Bhai!"
    assert found["upi"] == "farah.misaal@okexample"
    assert found["gateway_ref"] == "pay_SAMPLE00002002"
    assert draft.facts.cod_due is None
    assert draft.parcels == (
        ParcelDraft("f00dfeed2002", ParcelState.SHIPPED, "Sample Express", "SXP0000020021"),
    )


@pytest.mark.parametrize(
    ("status", "cancelled", "shipped"),
    [
        ("processing", False, False),
        ("completed", False, True),
        ("cancelled", True, False),
        ("trash", True, False),
        ("refunded", False, False),
        ("failed", False, False),
        (None, False, False),
    ],
)
def test_statuses(status: str | None, cancelled: bool, shipped: bool) -> None:
    """Completed without tracking ships one parcel; a refund or a failed payment cancels nothing."""
    draft = draft_of("woocommerce_cod", status=status)
    assert draft.cancelled is cancelled
    assert [parcel.state for parcel in draft.parcels] == [ParcelState.SHIPPED] * shipped


def test_a_deletion_brings_an_id_alone() -> None:
    """It reads as a cancellation and says nothing else."""
    draft = parse({"id": 2001}, topic="order.deleted")
    assert draft.cancelled
    assert draft.shop_order_id == "2001"
    assert draft.personal == {}
    assert draft.facts == Facts()


def test_a_collected_cash_order_has_nothing_due() -> None:
    """A date of payment means that the cash was collected."""
    draft = draft_of("woocommerce_cod", date_paid_gmt="2026-11-22T10:00:00")
    assert draft.facts.cod_due == "0.00"


def test_cash_on_delivery_by_title_alone() -> None:
    """Plugins name their method as they like; the title says it."""
    draft = draft_of("woocommerce_cod", payment_method="my_plugin_7")
    assert draft.facts.cod_due == "749.00"
    assert draft.facts.payment_method == "my_plugin_7"


@pytest.mark.parametrize("value", [{"phone": ["090000 99887", None]}, ["090000 99887"], 9000099887])
def test_meta_values_of_any_shape_are_personal_text(value: Any) -> None:
    """Objects, lists and numbers that a plugin wrote are sealed as free text."""
    draft = draft_of("woocommerce_cod", meta_data=[{"id": 1, "key": "extra", "value": value}])
    assert fields_of(draft)["free_text"].startswith("extra: ")


def test_plumbing_is_dropped_and_counted() -> None:
    """Keys with a leading underscore that nobody named are not kept."""
    meta = [{"id": 1, "key": "_plugin_cache", "value": "Ravi Udaharan"}]
    with_meta = draft_of("woocommerce_cod", meta_data=meta)
    without = draft_of("woocommerce_cod", meta_data=None)
    assert with_meta.personal == without.personal
    assert with_meta.dropped == without.dropped + 3


def test_an_unknown_topic_is_refused() -> None:
    """A customer is not read as an order because it has an id too."""
    with pytest.raises(RefusedError) as refusal:
        parse({"id": 1}, topic="customer.updated")
    assert refusal.value.problem.code == "unknown_topic"
