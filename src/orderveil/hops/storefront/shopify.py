"""Shopify's REST order and its webhooks.

Rules kept here:
- `order_status_url`, tokens and receipts are bearer secrets: no field claims them;
- a line's `properties` are what a buyer typed: personal free text, never a fact;
- fields the app has no approval for arrive null, and that is no error.
"""

from typing import Any, NoReturn

from orderveil.core.fields import Field
from orderveil.core.orders import Amounts, Facts, Item, OrderDraft
from orderveil.hops.storefront.attributes import sort_attribute
from orderveil.hops.storefront.facts import (
    last_four,
    make_amounts,
    read_currency,
    required_id,
    says_cod,
)
from orderveil.hops.storefront.found import Address, Found, joined, prefer, read_name, settle
from orderveil.hops.storefront.privacy import PrivacyRequest, PrivacyTopic, read_privacy_request
from orderveil.hops.storefront.reader import MAX_PARCELS, MAX_TEXT, Reader
from orderveil.hops.storefront.refusing import refuse
from orderveil.hops.storefront.shopify_parcels import parse_fulfilment, read_parcel

_CANCELLING = frozenset({"orders/cancelled", "orders/delete"})
_ORDER_TOPICS = _CANCELLING | {
    "orders/create",
    "orders/updated",
    "orders/paid",
    "orders/partially_fulfilled",
    "orders/fulfilled",
}
_FULFILMENT_TOPICS = frozenset({"fulfillments/create", "fulfillments/update"})


def parse(
    payload: Any, *, topic: str | None = None, pointer: str = ""
) -> OrderDraft | PrivacyRequest:
    """What a webhook of this topic says; without a topic the payload is an order.

    A fulfilment becomes a draft that holds its parcel and nothing else. Raises RefusedError.
    """
    if topic in set(PrivacyTopic):
        return read_privacy_request(payload, PrivacyTopic(topic), pointer)
    if topic in _FULFILMENT_TOPICS:
        return parse_fulfilment(payload, pointer=pointer)
    if topic is not None and topic not in _ORDER_TOPICS:
        _refuse_topic(pointer)
    return _parse_order(Reader(payload, pointer), cancelled=topic in _CANCELLING)


def _refuse_topic(pointer: str) -> NoReturn:
    refuse(
        "unknown_topic",
        "Orderveil has no use for webhooks of this topic.",
        "Subscribe to orders/*, fulfillments/create, fulfillments/update and the privacy topics.",
        pointer=pointer,
        rule="storefront topics",
    )


def _parse_order(order: Reader, *, cancelled: bool) -> OrderDraft:
    cancelled = order.moment("cancelled_at", claim=False) is not None or cancelled
    shop_order_id = required_id(order, "id")
    found = Found()
    _read_people(order, found)
    _read_browsing(order, found)
    _read_notes(order, found)
    card = order.into("payment_details")
    digits = last_four(card.text("credit_card_number", claim=False))
    if digits:
        card.claim("credit_card_number")
    found.put(Field.CARD_LAST4, digits)
    facts = _read_facts(order)
    parcels = tuple(read_parcel(each) for each in order.each("fulfillments", limit=MAX_PARCELS))
    return OrderDraft(
        shop_order_id=shop_order_id,
        order_number=prefer(None, (order, "name"), (order, "order_number")),
        placed_at=order.moment("processed_at") or order.moment("created_at"),
        updated_at=order.moment("updated_at"),
        personal=found.personal(),
        facts=facts,
        parcels=parcels,
        cancelled=cancelled,
        dropped=order.dropped(),
    )


def _read_people(order: Reader, found: Found) -> None:
    customer = order.into("customer")
    found.put(
        Field.EMAIL,
        prefer(None, (order, "email"), (order, "contact_email"), (customer, "email")),
    )
    delivery = _read_address(order.into("shipping_address"), with_geo=True)
    billing = _read_address(order.into("billing_address"))
    if not delivery.has_place() and not billing.has_place():
        delivery = _read_address(customer.into("default_address"))
    found.put(Field.PHONE, prefer(delivery.phone, (order, "phone"), (customer, "phone")))
    settle(found, delivery, billing)
    if found.get(Field.NAME) is None:
        found.put(Field.NAME, read_name(customer, None, "first_name", "last_name"))


def _read_address(address: Reader, *, with_geo: bool = False) -> Address:
    place = {
        "line1": address.text("address1"),
        "line2": joined((address.text("address2"), address.text("company")), ", "),
        "city": address.text("city"),
        "state": prefer(address.text("province"), (address, "province_code")),
        "pincode": address.code("zip"),
    }
    if with_geo:
        place["geo"] = joined((address.number("latitude"), address.number("longitude")), ",")
    country = (address, "country_code"), (address, "country")
    return Address(
        name=read_name(address, "name", "first_name", "last_name"),
        phone=address.code("phone"),
        country=prefer(None, *country) if any(place.values()) else None,
        **place,
    )


def _read_browsing(order: Reader, found: Found) -> None:
    client = order.into("client_details")
    found.put(Field.IP, prefer(None, (order, "browser_ip"), (client, "browser_ip")))
    found.put(Field.USER_AGENT, client.text("user_agent"))
    screen = (client.code("browser_width"), client.code("browser_height"))
    found.put(Field.DEVICE, joined(screen, "x"))
    for key in ("referring_site", "landing_site"):
        found.add_line(Field.REFERRER, order.text(key) or "", order.at(key))


def _read_notes(order: Reader, found: Found) -> None:
    found.add_line(Field.FREE_TEXT, order.text("note") or "", order.at("note"))
    _read_attributes(order, "note_attributes", found)
    for line in order.each("line_items"):
        _read_attributes(line, "properties", found)


def _read_attributes(owner: Reader, key: str, found: Found) -> None:
    for entry in owner.each(key):
        name = entry.text("name", claim=False) or ""
        # A leading underscore hides an entry from the buyer: plumbing of a theme or an app.
        if not name.startswith("_"):
            value = joined(entry.leaves("value"), ", ")
            if value and sort_attribute(found, name, value, entry.at("value")):
                entry.claim("name")


def _read_facts(order: Reader) -> Facts:
    amounts = _read_amounts(order)
    names = list(order.texts("payment_gateway_names"))
    method = joined(names, ", ") or order.text("gateway")
    grams = order.integer("total_weight")
    return Facts(
        items=tuple(_read_item(line) for line in order.each("line_items")),
        amounts=amounts,
        cod_due=_read_cod_due(order, amounts) if says_cod(method) else None,
        payment_method=method,
        weight_g=grams or None,
    )


def _read_amounts(order: Reader) -> Amounts | None:
    def either(current: str, original: str) -> str | None:
        now = order.decimal_string(current)
        before = order.decimal_string(original, claim=now is None)
        return now or before

    shipping = order.into("total_shipping_price_set").into("shop_money").decimal_string("amount")
    return make_amounts(
        read_currency(order, "currency"),
        either("current_total_price", "total_price"),
        subtotal=either("current_subtotal_price", "subtotal_price"),
        shipping=shipping,
        tax=either("current_total_tax", "total_tax"),
        discount=either("current_total_discounts", "total_discounts"),
    )


def _read_cod_due(order: Reader, amounts: Amounts | None) -> str | None:
    outstanding = order.decimal_string("total_outstanding")
    if outstanding is None and order.text("financial_status", claim=False) == "paid":
        return "0.00"
    return outstanding or (amounts.total if amounts else None)


def _read_item(line: Reader) -> Item:
    return Item(
        title=prefer(None, (line, "name"), (line, "title"), limit=MAX_TEXT) or "",
        quantity=line.integer("quantity") or 0,
        sku=line.code("sku"),
        kind=line.text("product_type"),
        unit_price=line.decimal_string("price"),
    )
