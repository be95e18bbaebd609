"""Amazon's order of the Orders API 2026-01-01.

Rules kept here:
- `packages` are parcels; their `shipFromAddress` is the seller's own and is not claimed;
- a tax registration is read only where its entity is the buyer;
- `customizedUrl` is a bearer link: not claimed.
"""

from collections.abc import Mapping
from dataclasses import replace

from orderveil.core.fields import Field
from orderveil.core.money import add_up
from orderveil.core.orders import Amounts, Facts, Item, OrderDraft, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.hops.storefront.attributes import looks_like_gstin
from orderveil.hops.storefront.facts import make_amounts, read_currency, required_id, says_cod
from orderveil.hops.storefront.found import Address, Found, joined, settle, take
from orderveil.hops.storefront.reader import MAX_PARCELS, Reader

_STATE_OF_PACKAGE: Mapping[str, ParcelState] = {
    "IN_TRANSIT": ParcelState.SHIPPED,
    "SHIPPED": ParcelState.SHIPPED,
    "DELIVERED": ParcelState.DELIVERED,
    "CANCELLED": ParcelState.CANCELLED,
    "UNDELIVERABLE": ParcelState.UNDELIVERED,
    "OUT_FOR_DELIVERY": ParcelState.OUT_FOR_DELIVERY,
    "REJECTED_BY_BUYER": ParcelState.UNDELIVERED,
    "RETURNING_TO_SELLER": ParcelState.RETURNING,
    "RETURNED_TO_SELLER": ParcelState.RETURNED,
}


def read_order(order: Reader) -> OrderDraft:
    """The order, from a reader at its object. Raises RefusedError."""
    shop_order_id = required_id(order, "orderId")
    status = order.into("fulfillment").text("fulfillmentStatus", claim=False)
    found = Found()
    _read_people(order, found)
    _read_notes(order, found)
    facts = _read_facts(order, found)
    return OrderDraft(
        shop_order_id=shop_order_id,
        order_number=shop_order_id,
        placed_at=order.moment("createdTime"),
        updated_at=order.moment("lastUpdatedTime"),
        personal=found.personal(),
        facts=facts,
        parcels=tuple(_read_parcel(each) for each in order.each("packages", limit=MAX_PARCELS)),
        cancelled=status == "CANCELLED",
        dropped=order.dropped(),
    )


def _read_parcel(package: Reader) -> ParcelDraft:
    status = package.into("packageStatus")
    states = [status.text(key, claim=False) or "" for key in ("detailedStatus", "status")]
    return ParcelDraft(
        shop_parcel_id=required_id(package, "packageReferenceId"),
        state=next((_STATE_OF_PACKAGE[each] for each in states if each in _STATE_OF_PACKAGE), None),
        carrier=package.text("carrier"),
        awb=package.code("trackingNumber"),
    )


def _read_people(order: Reader, found: Found) -> None:
    buyer = order.into("buyer")
    found.put(Field.EMAIL, buyer.text("buyerEmail"))
    delivery = _read_address(order.into("recipient").into("deliveryAddress"))
    names = [buyer.text("buyerName"), buyer.text("buyerCompanyName")]
    billing = Address()
    registrations = order.into("tax").each("taxRegistrations", limit=20)
    ours = (tax for tax in registrations if tax.text("entityType", claim=False) == "BUYER")
    for tax in ours:
        take(found, Field.GSTIN, *_gstin_of(tax))
        if not billing.has_place():
            billing = _read_address(tax.into("taxRegistrationAddress"))
        names += [tax.text("legalName"), billing.name]
    settle(found, delivery, replace(billing, name=joined(dict.fromkeys(names), ", ")))


def _gstin_of(tax: Reader) -> tuple[tuple[Reader, str], ...]:
    key = "taxRegistrationNumber"
    return ((tax, key),) if looks_like_gstin(tax.code(key, claim=False) or "") else ()


def _read_address(address: Reader) -> Address:
    second = ("addressLine2", "addressLine3", "companyName", "districtOrCounty", "municipality")
    place = {
        "line1": address.text("addressLine1"),
        "line2": joined((address.text(key) for key in second), ", "),
        "city": address.text("city"),
        "state": address.text("stateOrRegion"),
        "pincode": address.code("postalCode"),
    }
    return Address(
        name=address.text("name"),
        phone=address.code("phone"),
        country=address.text("countryCode") if any(place.values()) else None,
        **place,
    )


def _read_notes(order: Reader, found: Found) -> None:
    wishes = order.into("recipient").into("deliveryPreference")
    for key in ("dropOffLocation", "addressInstruction"):
        found.add_line(Field.DELIVERY_NOTE, wishes.text(key) or "", wishes.at(key))
    for line in order.each("orderItems"):
        gift = line.into("fulfillment").into("packing").into("giftOption")
        text = gift.text("giftMessage") or ""
        found.add_line(Field.GIFT_MESSAGE, text, gift.at("giftMessage"))


def _read_facts(order: Reader, found: Found) -> Facts:
    lines = tuple(order.each("orderItems"))
    proceeds = order.into("proceeds")
    total = proceeds.into("grandTotal")
    parts = _read_breakdowns(proceeds)
    amounts = make_amounts(
        read_currency(total, "currencyCode"),
        total.decimal_string("amount"),
        subtotal=parts.get("ITEM"),
        shipping=parts.get("SHIPPING"),
        tax=parts.get("TAX"),
        discount=parts.get("DISCOUNT"),
    )
    method, cod_due = _read_payment(order, amounts, found)
    on_delivery = any(_is_on_delivery(line) for line in lines)
    return Facts(
        items=tuple(_read_item(line) for line in lines),
        amounts=amounts,
        cod_due=cod_due or (amounts.total if amounts and on_delivery else None),
        payment_method=method,
    )


def _read_breakdowns(proceeds: Reader) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in proceeds.each("breakdowns"):
        kind = part.text("type", claim=False)
        if kind in {"ITEM", "SHIPPING", "TAX", "DISCOUNT"} and kind not in parts:
            amount = part.into("subtotal").decimal_string("amount")
            parts |= {kind: amount} if amount else {}
    return parts


def _read_payment(
    order: Reader, amounts: Amounts | None, found: Found
) -> tuple[str | None, str | None]:
    methods: dict[str, None] = {}
    due: list[str] = []
    for part in order.into("payment").each("paymentExecutions", limit=20):
        method = part.text("paymentMethod")
        amount = part.into("paymentAmount").decimal_string("amount", claim=False)
        take(found, Field.GATEWAY_REF, (part, "authorizationCode"))
        if method:
            methods[method] = None
        if says_cod(method):
            due.append(amount or (amounts.total if amounts else "0.00"))
    return joined(methods, ", "), add_up(due)


def _is_on_delivery(line: Reader) -> bool:
    limits = line.into("fulfillment").into("shipping").into("shippingConstraints")
    return limits.text("cashOnDelivery", claim=False) == "MANDATORY"


def _read_item(line: Reader) -> Item:
    product = line.into("product")
    return Item(
        title=product.text("title") or "",
        quantity=line.integer("quantityOrdered") or 0,
        sku=product.code("sellerSku"),
        unit_price=product.into("price").into("unitPrice").decimal_string("amount"),
    )
