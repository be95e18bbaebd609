"""An order as a shop's payload says it, before it is admitted.

`OrderDraft` is what the parsers in `hops/storefront` return and `gate.admit` takes. Personal
values are `Personal`; everything else is a fact. A field that the payload leaves out or sends as
null is simply not in `personal`: absence never overwrites.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from orderveil.core.fields import Field
from orderveil.core.personal import Personal
from orderveil.core.states import ParcelState


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order line. `unit_price` is a decimal string in the order's currency."""

    title: str
    quantity: int
    sku: str | None = None
    kind: str | None = None
    """What sort of thing it is ("apparel"), the most a courier needs to know."""
    unit_price: str | None = None


class Amounts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money of the whole order: decimal strings in `currency` (ISO 4217)."""

    currency: str
    total: str
    subtotal: str | None = None
    shipping: str | None = None
    tax: str | None = None
    discount: str | None = None


class Dimensions(msgspec.Struct, frozen=True):
    """Outer size of a parcel in millimetres."""

    length_mm: int
    width_mm: int
    height_mm: int


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is stored unsealed. Holds no personal field, ever."""

    items: tuple[Item, ...] = ()
    amounts: Amounts | None = None
    cod_due: str | None = None
    """Decimal string in the order's currency; None unless paid on delivery."""
    payment_method: str | None = None
    weight_g: int | None = None
    dimensions: Dimensions | None = None
    region: str | None = None
    """State and the first three digits of the PIN, "Karnataka 560": derived in `gate.admit`."""


class ParcelDraft(msgspec.Struct, frozen=True):
    """A parcel that the shop told us of (a fulfilment)."""

    shop_parcel_id: str
    state: ParcelState | None = None
    carrier: str | None = None
    awb: str | None = None


class OrderDraft(msgspec.Struct, frozen=True):
    """An order read from a payload, nothing sealed yet."""

    shop_order_id: str
    """The shop's own stable id of the order: with the channel it makes the order id."""
    order_number: str | None
    """What the customer knows the order by ("#1001")."""
    placed_at: datetime | None
    """Aware, UTC."""
    updated_at: datetime | None
    """The source's own clock, aware, UTC: an older delivery changes nothing."""
    personal: Mapping[Field, Personal]
    facts: Facts
    parcels: tuple[ParcelDraft, ...] = ()
    cancelled: bool = False
    dropped: int = 0
    """How many values of the payload no field claimed: counted, never stored."""
