"""Orderveil's own order as JSON: the published schema, for shops without a parser of their own.

The types say what is documented; `own.py` reads the same names through the cursor that all
formats share, so that a PIN sent as a number passes and a refusal points at its place.
"""

from typing import Annotated

import msgspec

from orderveil.core.states import ParcelState

Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Code = Annotated[str, msgspec.Meta(max_length=255)]
Money = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$")]
Whole = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Moment = Annotated[
    str | int,
    msgspec.Meta(description="ISO 8601 with an offset, or seconds since 1970 as a number"),
]


class OwnCustomer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who receives the order."""

    name: Text | None = None
    phone: Code | None = None
    email: Code | None = None


class OwnAddress(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where it goes."""

    line1: Text | None = None
    line2: Text | None = None
    landmark: Text | None = None
    city: Text | None = None
    state: Text | None = None
    pincode: Code | None = None
    country: Text | None = None
    geo: Text | None = None
    """Latitude and longitude, "12.9716,77.5946"."""


class OwnBilling(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who pays, if that is somebody else. The address is one line."""

    billing_name: Text | None = None
    billing_address: Text | None = None
    gstin: Code | None = None


class OwnPayment(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it is paid. `cod_due` is what is collected on delivery."""

    method: Code | None = None
    cod_due: Money | None = None
    upi: Code | None = None
    card_last4: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}$")] | None = None
    gateway_ref: Code | None = None


class OwnBrowsing(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the shop saw of the buyer's device."""

    ip: Code | None = None
    user_agent: Text | None = None
    device: Text | None = None
    referrer: Text | None = None


class OwnNotes(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the buyer wrote."""

    delivery_note: Text | None = None
    gift_message: Text | None = None
    free_text: Text | None = None


class OwnItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order line."""

    title: Text
    quantity: Whole
    sku: Code | None = None
    kind: Text | None = None
    unit_price: Money | None = None


class OwnAmounts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money of the whole order, in one currency (ISO 4217)."""

    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    total: Money
    subtotal: Money | None = None
    shipping: Money | None = None
    tax: Money | None = None
    discount: Money | None = None


class OwnDimensions(msgspec.Struct, frozen=True):
    """Outer size of the parcel."""

    length_mm: Whole
    width_mm: Whole
    height_mm: Whole


class OwnParcel(msgspec.Struct, frozen=True, omit_defaults=True):
    """A parcel that exists already."""

    id: Code
    state: ParcelState | None = None
    carrier: Text | None = None
    awb: Code | None = None


class OwnOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order. Anything may be left out but `id`; what is left out or null overwrites nothing."""

    id: Code
    """The shop's own stable id of the order."""
    number: Code | None = None
    """What the customer knows the order by."""
    placed_at: Moment | None = None
    updated_at: Moment | None = None
    cancelled: bool = False
    customer: OwnCustomer | None = None
    address: OwnAddress | None = None
    billing: OwnBilling | None = None
    payment: OwnPayment | None = None
    browsing: OwnBrowsing | None = None
    notes: OwnNotes | None = None
    items: Annotated[list[OwnItem], msgspec.Meta(max_length=1_000)] = []
    amounts: OwnAmounts | None = None
    weight_g: Whole | None = None
    dimensions: OwnDimensions | None = None
    parcels: Annotated[list[OwnParcel], msgspec.Meta(max_length=200)] = []


class OwnBatch(msgspec.Struct, frozen=True):
    """Up to 1,000 orders. Each is admitted or refused by itself."""

    orders: Annotated[list[OwnOrder], msgspec.Meta(max_length=1_000)]
