"""The states of a parcel."""

from enum import StrEnum


class ParcelState(StrEnum):
    """Where a parcel is on its road. Which hop may move it where: `core/transitions`."""

    PLACED = "placed"
    PACKED = "packed"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    CLOSED = "closed"
