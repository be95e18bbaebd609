"""Orderveil's own JSON: one order of the published schema (`own_schema.py`).

Rules kept here:
- each personal value has the name of its field, in the object of its group;
- names the schema doesn't know are dropped and counted, as in every other format.
"""

import re
from typing import Any

from orderveil.core.fields import Field
from orderveil.core.orders import Dimensions, Facts, Item, OrderDraft, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.hops.storefront.facts import make_amounts, read_currency, required_id, says_cod
from orderveil.hops.storefront.found import Found
from orderveil.hops.storefront.reader import MAX_PARCELS, Reader
from orderveil.hops.storefront.refusing import refuse

_TEXTS: dict[str, tuple[Field, ...]] = {
    "customer": (Field.NAME,),
    "address": (
        Field.LINE1,
        Field.LINE2,
        Field.LANDMARK,
        Field.CITY,
        Field.STATE,
        Field.COUNTRY,
        Field.GEO,
    ),
    "billing": (Field.BILLING_NAME, Field.BILLING_ADDRESS),
    "browsing": (Field.USER_AGENT, Field.DEVICE, Field.REFERRER),
    "notes": (Field.DELIVERY_NOTE, Field.GIFT_MESSAGE, Field.FREE_TEXT),
}
_CODES: dict[str, tuple[Field, ...]] = {
    "customer": (Field.PHONE, Field.EMAIL),
    "address": (Field.PINCODE,),
    "billing": (Field.GSTIN,),
    "payment": (Field.UPI, Field.GATEWAY_REF),
    "browsing": (Field.IP,),
}
_GROUPS = tuple(dict.fromkeys([*_TEXTS, *_CODES]))


def parse(payload: Any, *, topic: str | None = None, pointer: str = "") -> OrderDraft:
    """The order. `topic` means nothing here. Raises RefusedError."""
    del topic
    order = Reader(payload, pointer)
    return OrderDraft(
        shop_order_id=required_id(order, "id"),
        order_number=order.code("number"),
        placed_at=order.moment("placed_at"),
        updated_at=order.moment("updated_at"),
        personal=_read_found(order).personal(),
        facts=_read_facts(order),
        parcels=tuple(_read_parcel(each) for each in order.each("parcels", limit=MAX_PARCELS)),
        cancelled=order.flag("cancelled"),
        dropped=order.dropped(),
    )


def _read_found(order: Reader) -> Found:
    found = Found()
    for name in _GROUPS:
        group = order.into(name)
        for field in _TEXTS.get(name, ()):
            found.put(field, group.text(field))
        for field in _CODES.get(name, ()):
            found.put(field, group.code(field))
    found.put(Field.CARD_LAST4, _read_last4(order.into("payment")))
    return found


def _read_last4(payment: Reader) -> str | None:
    digits = payment.code(Field.CARD_LAST4)
    if digits is not None and not re.fullmatch("[0-9]{4}", digits):
        refuse(
            "wrong_type",
            "Only the last four digits of a card may be sent.",
            "Send four digits, or null.",
            pointer=payment.at(Field.CARD_LAST4),
            rule="PCI DSS 3.4.1",
        )
    return digits


def _read_facts(order: Reader) -> Facts:
    money = order.into("amounts")
    amounts = make_amounts(
        read_currency(money, "currency"),
        money.decimal_string("total"),
        subtotal=money.decimal_string("subtotal"),
        shipping=money.decimal_string("shipping"),
        tax=money.decimal_string("tax"),
        discount=money.decimal_string("discount"),
    )
    method = order.into("payment").code("method")
    due = order.into("payment").decimal_string("cod_due")
    if due is None and amounts and says_cod(method):
        due = amounts.total
    return Facts(
        items=tuple(_read_item(line) for line in order.each("items")),
        amounts=amounts,
        cod_due=due,
        payment_method=method,
        weight_g=order.integer("weight_g"),
        dimensions=_read_dimensions(order.into("dimensions")),
    )


def _read_dimensions(size: Reader) -> Dimensions | None:
    length, width, height = (size.integer(f"{each}_mm") for each in ("length", "width", "height"))
    if length is None or width is None or height is None:
        return None
    return Dimensions(length_mm=length, width_mm=width, height_mm=height)


def _read_item(line: Reader) -> Item:
    return Item(
        title=line.text("title") or "",
        quantity=line.integer("quantity") or 0,
        sku=line.code("sku"),
        kind=line.text("kind"),
        unit_price=line.decimal_string("unit_price"),
    )


def _read_parcel(parcel: Reader) -> ParcelDraft:
    state = parcel.text("state")
    if state is not None and state not in set(ParcelState):
        refuse(
            "unknown_state",
            "This is not a state of a parcel.",
            f"Send one of {', '.join(ParcelState)}, or null.",
            pointer=parcel.at("state"),
            rule="storefront types",
        )
    return ParcelDraft(
        shop_parcel_id=required_id(parcel, "id"),
        state=ParcelState(state) if state else None,
        carrier=parcel.text("carrier"),
        awb=parcel.code("awb"),
    )
