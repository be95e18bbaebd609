"""Shopify's fulfilments: each is a parcel."""

from collections.abc import Mapping
from typing import Any

from orderveil.core.orders import Facts, OrderDraft, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.hops.storefront.facts import required_id
from orderveil.hops.storefront.found import prefer
from orderveil.hops.storefront.reader import Reader

_STATE_OF_SHIPMENT: Mapping[str, ParcelState] = {
    "carrier_picked_up": ParcelState.SHIPPED,
    "in_transit": ParcelState.SHIPPED,
    "delayed": ParcelState.SHIPPED,
    "ready_for_pickup": ParcelState.OUT_FOR_DELIVERY,
    "out_for_delivery": ParcelState.OUT_FOR_DELIVERY,
    "attempted_delivery": ParcelState.UNDELIVERED,
    "failure": ParcelState.UNDELIVERED,
    "delivered": ParcelState.DELIVERED,
}
_STATE_OF_FULFILMENT: Mapping[str, ParcelState] = {
    "success": ParcelState.SHIPPED,
    "cancelled": ParcelState.CANCELLED,
}


def read_parcel(fulfilment: Reader) -> ParcelDraft:
    """The parcel of one fulfilment. Its destination and receipt repeat the order: not claimed."""
    numbers = tuple(fulfilment.texts("tracking_numbers", limit=10))
    return ParcelDraft(
        shop_parcel_id=required_id(fulfilment, "id"),
        state=_read_state(fulfilment),
        carrier=fulfilment.text("tracking_company"),
        awb=prefer(numbers[0] if numbers else None, (fulfilment, "tracking_number")),
    )


def _read_state(fulfilment: Reader) -> ParcelState | None:
    status = fulfilment.text("status", claim=False) or ""
    if status == "cancelled":
        return ParcelState.CANCELLED
    shipment = fulfilment.text("shipment_status", claim=False) or ""
    return _STATE_OF_SHIPMENT.get(shipment) or _STATE_OF_FULFILMENT.get(status)


def parse_fulfilment(payload: Any, *, pointer: str = "") -> OrderDraft:
    """A draft with the parcel alone: a fulfilment's own clock says nothing about the order's."""
    fulfilment = Reader(payload, pointer)
    return OrderDraft(
        shop_order_id=required_id(fulfilment, "order_id"),
        order_number=None,
        placed_at=None,
        updated_at=None,
        personal={},
        facts=Facts(),
        parcels=(read_parcel(fulfilment),),
        dropped=fulfilment.dropped(),
    )
