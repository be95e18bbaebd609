"""How far each parcel's scans have come: the last one that counted, and when its carrier spoke.

Rules kept here:
- a parcel that goes to another account begins anew: the one before had its own clock;
- rows hold ids and times, and go when nobody spoke of their parcel for long.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from orderveil.gate.waybills import Carried
from orderveil.hops.courier.models import CarrierAccount
from orderveil.hops.courier.roads import BACK, Mark

KEPT = BACK + timedelta(days=30)
"""Longer than any scan is believed: one that comes again after that is too old."""

ParcelId = tuple[bytes, int]


class Followed(NamedTuple):
    """One parcel, as its carrier's account has told of it."""

    mark: Mark | None = None
    heard_at: datetime | None = None
    asked_at: datetime | None = None


NEVER = Followed()


def known(account: CarrierAccount, parcels: Sequence[Carried]) -> Mapping[ParcelId, Followed]:
    """How far these parcels are, of those that this account has told of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id, parcel_no, marked_at, mark_rank, heard_at, asked_at"
            "  FROM courier_followed WHERE order_id = ANY(%s) AND account_id = %s",
            [[each.order_id for each in parcels], account.pk],
        )
        return {
            (bytes(order), number): Followed(Mark(at, rank) if at else None, heard, asked)
            for order, number, at, rank, heard, asked in cursor.fetchall()
        }


def mark_of(account: CarrierAccount, parcel: Carried) -> Mark | None:
    """The last scan of a parcel that counted."""
    found = known(account, [parcel]).get((parcel.order_id, parcel.parcel_no), NEVER)
    return found.mark


def put_mark(account: CarrierAccount, parcel: Carried, mark: Mark) -> None:
    """This scan counted; in the transaction of what it moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO courier_followed"
            "       (order_id, parcel_no, brand_id, account_id, marked_at, mark_rank)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (order_id, parcel_no) DO UPDATE"
            "    SET account_id = excluded.account_id, marked_at = excluded.marked_at,"
            "        mark_rank = excluded.mark_rank",
            [parcel.order_id, parcel.parcel_no, account.brand_id, account.pk, *mark],
        )


def heard(account: CarrierAccount, parcels: Sequence[Carried], now: datetime) -> None:
    """The carrier spoke of these parcels."""
    _touch(account, parcels, "heard_at", now)


def asked(account: CarrierAccount, parcels: Sequence[Carried], now: datetime) -> None:
    """The carrier was asked for these parcels."""
    _touch(account, parcels, "asked_at", now)


def _touch(account: CarrierAccount, parcels: Sequence[Carried], column: str, now: datetime) -> None:
    # In one order, so that two who write the same rows wait for each other and don't lock up.
    ids = sorted({(each.order_id, each.parcel_no) for each in parcels})
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO courier_followed AS f"  # noqa: S608 - a column of ours
            f"       (order_id, parcel_no, brand_id, account_id, {column})"
            " SELECT order_id, parcel_no, %s, %s, %s"
            "   FROM unnest(%s::bytea[], %s::smallint[]) AS each (order_id, parcel_no)"
            " ON CONFLICT (order_id, parcel_no) DO UPDATE"
            f"   SET {column} = excluded.{column}, account_id = excluded.account_id,"
            "        marked_at = CASE WHEN f.account_id = excluded.account_id THEN f.marked_at END",
            [
                *(account.brand_id, account.pk, now),
                [order for order, _ in ids],
                [number for _, number in ids],
            ],
        )


def sweep(now: datetime) -> int:
    """Forget parcels that nobody spoke of for long; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM courier_followed WHERE greatest(heard_at, asked_at) < %s", [now - KEPT]
        )
        return int(cursor.rowcount)
