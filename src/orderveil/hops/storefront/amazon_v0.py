"""Amazon's order of the Orders API v0, joined with the answers of its other operations.

Rules kept here:
- `getOrder`, `getOrderBuyerInfo`, `getOrderAddress` and `getOrderItems` may be joined flat or
  nested (`BuyerInfo`): both are read;
- `DefaultShipFromLocationAddress` is the seller's own, `CustomizedURL` a bearer link: not claimed.
"""

from collections.abc import Mapping
from decimal import Decimal

from orderveil.core.fields import Field
from orderveil.core.money import add_up, per_unit
from orderveil.core.orders import Facts, Item, OrderDraft, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.hops.storefront.attributes import looks_like_gstin
from orderveil.hops.storefront.facts import make_amounts, read_currency, required_id, says_cod
from orderveil.hops.storefront.found import Address, Found, joined, prefer, settle, take
from orderveil.hops.storefront.reader import MAX_TEXT, Reader

_STATE_OF_EASY_SHIP: Mapping[str, ParcelState] = {
    "PickedUp": ParcelState.SHIPPED,
    "DroppedOff": ParcelState.SHIPPED,
    "AtOriginFC": ParcelState.SHIPPED,
    "AtDestinationFC": ParcelState.SHIPPED,
    "OutForDelivery": ParcelState.OUT_FOR_DELIVERY,
    "Delivered": ParcelState.DELIVERED,
    "RejectedByBuyer": ParcelState.UNDELIVERED,
    "Undeliverable": ParcelState.UNDELIVERED,
    "ReturningToSeller": ParcelState.RETURNING,
    "ReturnedToSeller": ParcelState.RETURNED,
}


def read_order(order: Reader) -> OrderDraft:
    """The order, from a reader at its object. Raises RefusedError."""
    shop_order_id = required_id(order, "AmazonOrderId")
    status = order.text("OrderStatus", claim=False)
    found = Found()
    _read_people(order, found)
    _read_notes(order, found)
    facts = _read_facts(order, found)
    return OrderDraft(
        shop_order_id=shop_order_id,
        order_number=shop_order_id,
        placed_at=order.moment("PurchaseDate"),
        updated_at=order.moment("LastUpdateDate"),
        personal=found.personal(),
        facts=facts,
        parcels=_read_parcels(order, shop_order_id, status),
        cancelled=status == "Canceled",
        dropped=order.dropped(),
    )


def _read_parcels(order: Reader, shop_order_id: str, status: str | None) -> tuple[ParcelDraft, ...]:
    easy_ship = order.text("EasyShipShipmentStatus", claim=False) or ""
    shipped = ParcelState.SHIPPED if status == "Shipped" else None
    state = _STATE_OF_EASY_SHIP.get(easy_ship, shipped)
    return (ParcelDraft(shop_parcel_id=shop_order_id, state=state),) if state else ()


def _read_people(order: Reader, found: Found) -> None:
    buyer = order.into("BuyerInfo")
    take(found, Field.EMAIL, (buyer, "BuyerEmail"), (order, "BuyerEmail"))
    _read_tax(buyer.into("BuyerTaxInfo"), found)
    _read_tax(order.into("BuyerTaxInfo"), found)
    business = order.into("BuyerTaxInformation")
    take(found, Field.BILLING_NAME, (business, "BuyerLegalCompanyName"))
    take(found, Field.BILLING_ADDRESS, (business, "BuyerBusinessAddress"), limit=MAX_TEXT)
    _put_gstin(found, business, "BuyerTaxRegistrationId")
    name = prefer(None, (buyer, "BuyerName"), (order, "BuyerName"))
    delivery = _read_address(order.into("ShippingAddress"))
    if found.get(Field.BILLING_NAME) and delivery.name and name and name != delivery.name:
        found.add_line(Field.BILLING_NAME, name, order.at("BuyerInfo"))
    settle(found, delivery, Address(name=name))


def _read_tax(tax: Reader, found: Found) -> None:
    found.put(
        Field.BILLING_NAME,
        tax.text("CompanyLegalName", claim=found.get(Field.BILLING_NAME) is None),
    )
    for entry in tax.each("TaxClassifications"):
        _put_gstin(found, entry, "Value")


def _put_gstin(found: Found, reader: Reader, key: str) -> None:
    if looks_like_gstin(reader.code(key, claim=False) or ""):
        take(found, Field.GSTIN, (reader, key))


def _read_address(address: Reader) -> Address:
    second = ("AddressLine2", "AddressLine3", "CompanyName", "District", "County", "Municipality")
    place = {
        "line1": address.text("AddressLine1"),
        "line2": joined((address.text(key) for key in second), ", "),
        "city": address.text("City"),
        "state": address.text("StateOrRegion"),
        "pincode": address.code("PostalCode"),
    }
    return Address(
        name=address.text("Name"),
        phone=address.code("Phone"),
        country=address.text("CountryCode") if any(place.values()) else None,
        **place,
    )


def _read_notes(order: Reader, found: Found) -> None:
    wishes = order.into("DeliveryPreferences")
    for key in ("DropOffLocation", "AddressInstructions"):
        found.add_line(Field.DELIVERY_NOTE, wishes.text(key) or "", wishes.at(key))
    for line in order.each("OrderItems"):
        inner = line.into("BuyerInfo")
        text = prefer(None, (inner, "GiftMessageText"), (line, "GiftMessageText"), limit=MAX_TEXT)
        found.add_line(Field.GIFT_MESSAGE, text or "", line.at("BuyerInfo/GiftMessageText"))


def _read_facts(order: Reader, found: Found) -> Facts:
    total = order.into("OrderTotal")
    lines = tuple(order.each("OrderItems"))
    amounts = make_amounts(
        read_currency(total, "CurrencyCode"),
        total.decimal_string("Amount"),
        subtotal=_sum(lines, "ItemPrice"),
        shipping=_sum(lines, "ShippingPrice"),
        tax=_sum(lines, "ItemTax"),
        discount=_sum(lines, "PromotionDiscount"),
    )
    method = order.text("PaymentMethod")
    due = _read_payments(order, found)
    return Facts(
        items=tuple(item for item in map(_read_item, lines) if item.title or item.sku),
        amounts=amounts,
        cod_due=due or (amounts.total if amounts and says_cod(method) else None),
        payment_method=method,
    )


def _sum(lines: tuple[Reader, ...], key: str) -> str | None:
    amounts = (line.into(key).decimal_string("Amount") for line in lines)
    return add_up(amount for amount in amounts if amount)


def _read_payments(order: Reader, found: Found) -> str | None:
    """What is due on delivery by the parts of the payment; None if they don't say."""
    due: list[str] = []
    for part in order.each("PaymentExecutionDetail", limit=20):
        take(found, Field.GATEWAY_REF, (part, "AuthorizationCode"))
        amount = part.into("Payment").decimal_string("Amount", claim=False)
        if amount and says_cod(part.text("PaymentMethod", claim=False)):
            due.append(amount)
    return add_up(due)


def _read_item(line: Reader) -> Item:
    quantity = line.integer("QuantityOrdered") or 0
    price = line.into("ItemPrice").decimal_string("Amount")
    return Item(
        title=line.text("Title") or "",
        quantity=quantity,
        sku=line.code("SellerSKU"),
        unit_price=per_unit(price, quantity) if price and Decimal(price) else price,
    )
