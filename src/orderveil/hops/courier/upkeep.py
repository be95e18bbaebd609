"""What is over and goes: bookings that were called off or cancelled long ago."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

KEPT: Final = timedelta(days=30)
_BATCH: Final = 5_000


def sweep(now: datetime) -> int:
    """Delete bookings that ended more than thirty days ago; how many. One batch a call.

    A booked parcel's row goes with its order. One whose order was erased, and which nobody could
    cancel in these days, goes too: nothing of an erased order stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM courier_booking WHERE (order_id, parcel_no, partner_id) IN ("
            "SELECT order_id, parcel_no, partner_id FROM courier_booking"
            " WHERE (state IN ('cancelled', 'called_off') AND updated_at < %s)"
            "    OR (goes AND state IN ('refused', 'in_doubt') AND updated_at < %s) LIMIT %s)",
            [now - KEPT, now - KEPT, _BATCH],
        )
        return int(cursor.rowcount)
