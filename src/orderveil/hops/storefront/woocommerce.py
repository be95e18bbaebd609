"""WooCommerce's REST v3 order and its webhooks.

Rules kept here:
- `meta_data` belongs to whoever installed a plugin: what is not recognised is personal free text,
  and what starts with an underscore is plumbing unless it is named here;
- `_gmt` dates carry no offset and are UTC; the others are the site's local time and not read;
- a refund is about money, not about where a parcel is: it cancels nothing.
"""

import html
from collections.abc import Iterator, Mapping
from typing import Any

from orderveil.core.fields import Field
from orderveil.core.orders import Amounts, Facts, Item, OrderDraft, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.hops.storefront.attributes import sort_attribute
from orderveil.hops.storefront.facts import make_amounts, read_currency, required_id, says_cod
from orderveil.hops.storefront.found import Address, Found, joined, prefer, read_name, settle, take
from orderveil.hops.storefront.reader import MAX_PARCELS, MAX_TEXT, Reader
from orderveil.hops.storefront.refusing import refuse

_TOPICS = frozenset({"order.created", "order.updated", "order.deleted", "order.restored"})
_CANCELLING = frozenset({"cancelled", "trash"})
_TRACKING = "_wc_shipment_tracking_items"
"""The list that the usual shipment tracking plugin keeps: one entry is one parcel."""

_PLUMBING_FIELDS: Mapping[str, Field] = {
    "_wc_order_attribution_user_agent": Field.USER_AGENT,
    "_wc_order_attribution_referrer": Field.REFERRER,
    "_wc_order_attribution_device_type": Field.DEVICE,
    "_billing_gstin": Field.GSTIN,
    "_billing_gst_number": Field.GSTIN,
}
_PLUMBING = ("_", "pa_", "is_vat_exempt")
"""`pa_` entries are catalogue attributes, which the line's name already says."""


def parse(payload: Any, *, topic: str | None = None, pointer: str = "") -> OrderDraft:
    """The order as a webhook of this topic, or an import, says it. Raises RefusedError.

    `order.deleted` brings an id alone: it reads as a cancellation.
    """
    if topic is not None and topic not in _TOPICS:
        refuse(
            "unknown_topic",
            "Orderveil has no use for webhooks of this topic.",
            "Subscribe to order.created, order.updated, order.deleted and order.restored.",
            pointer=pointer,
            rule="storefront topics",
        )
    order = Reader(payload, pointer)
    shop_order_id = required_id(order, "id")
    status = order.text("status", claim=False)
    found = Found()
    _read_people(order, found)
    parcels = tuple(_read_meta(order, found))
    facts = _read_facts(order)
    return OrderDraft(
        shop_order_id=shop_order_id,
        order_number=order.code("number"),
        placed_at=order.moment("date_created_gmt", naive_is_utc=True),
        updated_at=order.moment("date_modified_gmt", naive_is_utc=True),
        personal=found.personal(),
        facts=facts,
        parcels=parcels or _whole_parcel(shop_order_id, status),
        cancelled=status in _CANCELLING or topic == "order.deleted",
        dropped=order.dropped(),
    )


def _whole_parcel(shop_order_id: str, status: str | None) -> tuple[ParcelDraft, ...]:
    # "completed" without tracking: the shop shipped everything and keeps no parcels.
    if status != "completed":
        return ()
    return (ParcelDraft(shop_parcel_id=shop_order_id, state=ParcelState.SHIPPED),)


def _read_people(order: Reader, found: Found) -> None:
    delivery = _read_address(order.into("shipping"))
    payer = order.into("billing")
    settle(found, delivery, _read_address(payer))
    found.put(Field.EMAIL, payer.text("email"))
    found.put(Field.IP, order.code("customer_ip_address"))
    found.put(Field.USER_AGENT, order.text("customer_user_agent"))
    found.put(Field.GATEWAY_REF, order.code("transaction_id"))
    note = order.text("customer_note")
    # The checkout asks for it as "notes about your order, e.g. special notes for delivery".
    found.add_line(Field.DELIVERY_NOTE, note or "", order.at("customer_note"))


def _read_address(address: Reader) -> Address:
    place = {
        "line1": address.text("address_1"),
        "line2": joined((address.text("address_2"), address.text("company")), ", "),
        "city": address.text("city"),
        "state": address.text("state"),
        "pincode": address.code("postcode"),
    }
    return Address(
        name=read_name(address, None, "first_name", "last_name"),
        phone=address.code("phone"),
        country=address.text("country") if any(place.values()) else None,
        **place,
    )


def _read_meta(order: Reader, found: Found) -> Iterator[ParcelDraft]:
    for entry in order.each("meta_data"):
        if entry.text("key", claim=False) == _TRACKING:
            for parcel in entry.each("value", limit=MAX_PARCELS):
                yield _read_parcel(parcel)
        else:
            _sort_meta(entry, found)
    for line in order.each("line_items"):
        for entry in line.each("meta_data"):
            _sort_meta(entry, found)


def _sort_meta(entry: Reader, found: Found) -> None:
    key = entry.text("key", claim=False) or ""
    field = _PLUMBING_FIELDS.get(key)
    if field is None and key.startswith(_PLUMBING):
        return
    if field is not None:
        take(found, field, (entry, "value"), limit=MAX_TEXT)
        return
    value = joined(entry.leaves("value"), ", ")
    if value and sort_attribute(found, key, value, entry.at("value")):
        entry.claim("key")


def _read_parcel(parcel: Reader) -> ParcelDraft:
    number = parcel.code("tracking_number")
    carrier = prefer(None, (parcel, "tracking_provider"), (parcel, "custom_tracking_provider"))
    return ParcelDraft(
        shop_parcel_id=parcel.code("tracking_id") or number or required_id(parcel, "tracking_id"),
        state=ParcelState.SHIPPED if number else None,
        carrier=carrier,
        awb=number,
    )


def _read_facts(order: Reader) -> Facts:
    amounts = make_amounts(
        read_currency(order, "currency"),
        order.decimal_string("total"),
        shipping=order.decimal_string("shipping_total"),
        tax=order.decimal_string("total_tax"),
        discount=order.decimal_string("discount_total"),
    )
    title = order.text("payment_method_title", claim=False)
    method = order.code("payment_method")
    if method is None and title:
        order.claim("payment_method_title")
    return Facts(
        items=tuple(_read_item(line) for line in order.each("line_items")),
        amounts=amounts,
        cod_due=_read_cod_due(order, amounts) if says_cod(method, title) else None,
        payment_method=method or title,
    )


def _read_cod_due(order: Reader, amounts: Amounts | None) -> str | None:
    if order.moment("date_paid_gmt", naive_is_utc=True, claim=False) is not None:
        return "0.00"
    return amounts.total if amounts else None


def _read_item(line: Reader) -> Item:
    return Item(
        title=html.unescape(line.text("name") or ""),
        quantity=line.integer("quantity") or 0,
        sku=line.code("sku"),
        unit_price=line.decimal_string("price"),
    )
