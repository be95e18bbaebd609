"""Nothing of a payload is lost or misplaced: each string is sealed, a listed fact, or counted."""

import re
from typing import Any

import pytest

from hops.storefront.walking import (
    orders,
    personal_text,
    pointer,
    read,
    stored_plain,
    strings,
    with_value,
)
from orderveil.core.errors import RefusedError
from orderveil.core.orders import OrderDraft
from orderveil.hops.storefront.formats import Format
from orderveil.hops.storefront.samples import Sample

FACT_PLACES = {
    Format.SHOPIFY: (
        r"/name|/payment_gateway_names/\d+|/line_items/\d+/(name|title|sku|product_type)"
        r"|/fulfillments/\d+/(tracking_company|tracking_number|tracking_numbers/\d+)"
    ),
    Format.WOOCOMMERCE: (
        r"/number|/payment_method|/payment_method_title|/line_items/\d+/(name|sku)"
        r"|/meta_data/\d+/value/\d+/(tracking_id|tracking_number|tracking_provider)"
    ),
    Format.AMAZON: (
        r"/AmazonOrderId|/orderId|/PaymentMethod|/payment/paymentExecutions/\d+/paymentMethod"
        r"|/OrderItems/\d+/(Title|SellerSKU)|/orderItems/\d+/product/(title|sellerSku)"
        r"|/packages/\d+/(packageReferenceId|carrier|trackingNumber)"
    ),
    Format.ORDERVEIL: (
        r"/id|/number|/payment/method|/items/\d+/(title|sku|kind)|/parcels/\d+/(id|carrier|awb)"
    ),
}

CASES = pytest.mark.parametrize(
    ("sample", "order"),
    [pytest.param(sample, order, id=name) for name, sample, order in orders()],
)


def planted(sample: Sample, order: Any) -> list[tuple[tuple[str | int, ...], str, OrderDraft]]:
    """Each free string of the order replaced by a marker of its own, one order at a time."""
    drafts = []
    for number, path in enumerate(strings(order)):
        marker = f"zq{number:04d}kx"
        try:
            drafts.append((path, marker, read(sample, with_value(order, path, marker))))
        except RefusedError:
            continue  # a date, an amount or a currency can't be any text
    assert len(drafts) >= 5
    return drafts


@CASES
def test_facts_hold_strings_from_listed_places_only(sample: Sample, order: Any) -> None:
    """A string reaches what is stored unsealed from the places of facts and from no other."""
    leaked = {
        pointer(path)
        for path, marker, draft in planted(sample, order)
        if marker in stored_plain(draft)
    }
    allowed = re.compile(FACT_PLACES[sample.format])
    assert [place for place in leaked if not allowed.fullmatch(place)] == []


@CASES
def test_a_string_that_is_not_kept_is_counted(sample: Sample, order: Any) -> None:
    """A string found neither sealed nor among the facts adds exactly one to the dropped count."""
    for path, marker, draft in planted(sample, order):
        if marker not in stored_plain(draft) and marker not in personal_text(draft):
            without = read(sample, with_value(order, path, None))
            assert draft.dropped == without.dropped + 1, pointer(path)


@CASES
def test_all_strings_at_once_are_accounted_for(sample: Sample, order: Any) -> None:
    """With every free string unique, those that are kept nowhere are covered by the count."""
    everywhere, markers = order, []
    for path, marker, _draft in planted(sample, order):
        everywhere = with_value(everywhere, path, marker)
        markers.append(marker)
    draft = read(sample, everywhere)
    kept = stored_plain(draft) + personal_text(draft)
    assert sum(marker not in kept for marker in markers) <= draft.dropped


@CASES
def test_bearer_links_are_never_kept(sample: Sample, order: Any) -> None:
    """Links and tokens that open something for whoever holds them are in no field."""
    draft = read(sample, order)
    kept = stored_plain(draft) + personal_text(draft)
    assert not re.search(r"secret|token-|wc_order_|track\.example", kept)
