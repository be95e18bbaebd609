"""Which partner handles which parcel for which hop: what reach `assigned` means."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from orderveil.core.hops import Hop
from orderveil.partners.models import Partner


def assign(
    order_id: bytes, parcel_no: int, hop: Hop, partner_id: int, brand_id: int, *, now: datetime
) -> bool:
    """Give a parcel to a partner; True if that changed anything. The one before loses access."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO partners_assignment
                   (order_id, parcel_no, hop, partner_id, brand_id, assigned_at)
            VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (order_id, parcel_no, hop) DO UPDATE
               SET partner_id = excluded.partner_id, assigned_at = excluded.assigned_at
             WHERE partners_assignment.partner_id <> excluded.partner_id
            """,
            [order_id, parcel_no, hop, partner_id, brand_id, now],
        )
        return bool(cursor.rowcount)


def assignee(order_id: bytes, parcel_no: int, hop: Hop) -> int | None:
    """The partner that handles this parcel for this hop."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partner_id FROM partners_assignment"
            " WHERE order_id = %s AND parcel_no = %s AND hop = %s",
            [order_id, parcel_no, hop],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def assignees(parcels: Sequence[tuple[bytes, int]], hop: Hop) -> dict[tuple[bytes, int], int]:
    """Of (order id, parcel number): the partner that handles it for this hop, if one does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id, parcel_no, partner_id FROM partners_assignment"
            " WHERE hop = %s AND order_id = ANY(%s)",
            [hop, list({order_id for order_id, _ in parcels})],
        )
        return {(bytes(order), number): partner for order, number, partner in cursor.fetchall()}


def handled_by(order_id: bytes, parcel_no: int | None, hop: Hop) -> set[int]:
    """The partners that handle this parcel for this hop; without a number, any of the order's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT partner_id FROM partners_assignment"
            " WHERE order_id = %s AND hop = %s AND (%s::smallint IS NULL OR parcel_no = %s)",
            [order_id, hop, parcel_no, parcel_no],
        )
        return {int(row[0]) for row in cursor.fetchall()}


def default_partner(brand_id: int, hop: Hop) -> Partner | None:
    """Who takes a brand's parcels for this hop unless someone else is named."""
    return (
        Partner.objects.filter(
            brand_id=brand_id, hops__contains=[hop], assigned_by_default=True, suspended_at=None
        )
        .order_by("pk")
        .first()
    )


def unassign(order_id: bytes, parcel_no: int, hop: Hop, brand_id: int) -> int | None:
    """Take a parcel from the partner that handles it; which one that was, None if nobody did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM partners_assignment"
            " WHERE order_id = %s AND parcel_no = %s AND hop = %s AND brand_id = %s"
            " RETURNING partner_id",
            [order_id, parcel_no, hop, brand_id],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None
