"""Which parcels a partner asked for that are not its own, by UTC day: digests and counts only.

Rules kept here:
- a parcel counts once a day, however often it is asked for: who enumerates asks for many;
- a count is a row per parcel, written by a short statement of its own before the answer leaves;
- what one process counts every other one finds: they take turns on the partner's row.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from orderveil.core.hops import Hop

WITHIN = timedelta(days=30)
"""Parcels assigned in this time make the allowance."""
KEPT = timedelta(days=2)
_DIGEST_BYTES = 16


class Stop(NamedTuple):
    """That a partner was stopped, and the numbers it was stopped by."""

    id: int
    partner_id: int
    at: datetime
    asked: int
    assigned: int
    allowance: int


def digest_of(asked: bytes) -> bytes:
    """What is kept of a parcel that was asked for."""
    return hashlib.sha256(asked).digest()[:_DIGEST_BYTES]


def add(partner_id: int, day: date, asked: Iterable[bytes]) -> int:
    """Count these digests; how many different ones there are on that day now.

    Inside a transaction that holds the partner's row.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_beyond (partner_id, day, asked)"
            " SELECT %s, %s, unnest(%s::bytea[]) ON CONFLICT DO NOTHING",
            [partner_id, day, sorted(set(asked))],
        )
    return count(partner_id, day)


def count(partner_id: int, day: date) -> int:
    """How many different parcels beyond its own it asked for on that day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM partners_beyond WHERE partner_id = %s AND day = %s",
            [partner_id, day],
        )
        return int(cursor.fetchone()[0])


def forget(partner_id: int) -> None:
    """Count anew from here on."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM partners_beyond WHERE partner_id = %s", [partner_id])


def assigned(partner_id: int, hop: Hop, now: datetime, *, most: int) -> int:
    """How many parcels were assigned to it in the last `WITHIN` for the hop, up to `most`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM partners_assignment"
            " WHERE partner_id = %s AND hop = %s AND assigned_at >= %s LIMIT %s) AS recent",
            [partner_id, hop, now - WITHIN, most],
        )
        return int(cursor.fetchone()[0])


def keep_stop(
    brand_id: int, partner_id: int, now: datetime, *, asked: int, assigned: int, allowance: int
) -> None:
    """Remember that it was stopped, for whoever raises the alert."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_stop (brand_id, partner_id, at, asked, assigned, allowance)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [brand_id, partner_id, now, asked, assigned, allowance],
        )


def unlooked(brand_id: int, limit: int = 500) -> list[Stop]:
    """The brand's stops that nobody was told of, oldest first, locked till the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, partner_id, at, asked, assigned, allowance FROM partners_stop"
            " WHERE brand_id = %s AND looked_at IS NULL ORDER BY id LIMIT %s"
            " FOR UPDATE SKIP LOCKED",
            [brand_id, limit],
        )
        return [Stop(*row) for row in cursor.fetchall()]


def looked(ids: Sequence[int], now: datetime) -> None:
    """They were told of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_stop SET looked_at = %s WHERE id = ANY(%s)", [now, list(ids)]
        )


def sweep(now: datetime) -> None:
    """Forget days that are over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM partners_beyond WHERE day < %s", [(now - KEPT).date()])
