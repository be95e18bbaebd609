"""Which parcels wait on a warehouse's floor, and how they fare: ids and states, nothing opened.

Rules kept here:
- a warehouse is told of parcels that are assigned to it, and of no other: another partner's
  parcel is unknown to it, whether or not it is there;
- nothing here leaves the house as a view: what a person is shown goes through `disclose`.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from orderveil.core.errors import Problem
from orderveil.core.literals import bytea_array
from orderveil.core.states import ParcelState
from orderveil.gate.asking import Caller
from orderveil.gate.desk.listing import scope_of

ParcelId = tuple[bytes, int]
"""(order id, parcel number)"""


class Standing(msgspec.Struct, frozen=True):
    """How a parcel fares."""

    state: ParcelState
    parcels: int
    """How many parcels that are no returns its order has."""


_WAITING = """
SELECT p.order_id, p.parcel_no FROM vault_parcel p
  JOIN partners_assignment a ON a.order_id = p.order_id AND a.parcel_no = p.parcel_no
                            AND a.hop = %(hop)s AND a.partner_id = %(partner)s
  JOIN vault_order o ON o.order_id = p.order_id AND o.erased_at IS NULL
 WHERE p.brand_id = %(brand)s AND p.state = 'placed' AND NOT p.is_reverse
   AND NOT EXISTS (SELECT 1 FROM unnest(%(orders)s::bytea[], %(numbers)s::smallint[])
                            AS apart (order_id, parcel_no)
                    WHERE apart.order_id = p.order_id AND apart.parcel_no = p.parcel_no)
 ORDER BY a.assigned_at, p.order_id, p.parcel_no LIMIT %(most)s
"""
_STANDINGS = """
SELECT p.order_id, p.parcel_no, p.state,
       (SELECT count(*) FROM vault_parcel q WHERE q.order_id = p.order_id AND NOT q.is_reverse)
  FROM unnest(%(orders)s::bytea[], %(numbers)s::smallint[]) AS wanted (order_id, parcel_no)
  JOIN vault_parcel p ON p.order_id = wanted.order_id AND p.parcel_no = wanted.parcel_no
  JOIN partners_assignment a ON a.order_id = p.order_id AND a.parcel_no = p.parcel_no
                            AND a.hop = %(hop)s AND a.partner_id = %(partner)s
  JOIN vault_order o ON o.order_id = p.order_id AND o.erased_at IS NULL
 WHERE p.brand_id = %(brand)s
"""
_BY_AWB = """
SELECT p.order_id, p.parcel_no FROM vault_parcel p
  JOIN partners_assignment a ON a.order_id = p.order_id AND a.parcel_no = p.parcel_no
                            AND a.hop = %(hop)s AND a.partner_id = %(partner)s
  JOIN vault_order o ON o.order_id = p.order_id AND o.erased_at IS NULL
 WHERE p.brand_id = %(brand)s AND p.awb = %(awb)s
 ORDER BY p.changed_at DESC, p.order_id, p.parcel_no LIMIT 1
"""


def waiting(
    caller: Caller, apart_from: Collection[ParcelId], most: int, *, now: datetime
) -> list[ParcelId] | Problem:
    """Up to `most` of the caller's parcels that are to be packed, those assigned first first."""
    scope = scope_of(caller, now)
    if isinstance(scope, Problem):
        return scope
    if ParcelState.PLACED not in scope.states:
        return []
    params = {**_params(caller), **_arrays(apart_from), "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, params)
        return [(bytes(order), number) for order, number in cursor.fetchall()]


def standings(caller: Caller, wanted: Collection[ParcelId]) -> Mapping[ParcelId, Standing]:
    """How the caller's parcels fare; one that is erased, gone or another's is left out."""
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, _params(caller) | _arrays(wanted))
        return {
            (bytes(order), number): Standing(ParcelState(state), count)
            for order, number, state, count in cursor.fetchall()
        }


def by_awb(caller: Caller, awb: str) -> ParcelId | None:
    """The caller's parcel that bears this number; None if none of theirs does."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_AWB, _params(caller) | {"awb": awb})
        row = cursor.fetchone()
    return (bytes(row[0]), row[1]) if row else None


def _params(caller: Caller) -> dict[str, Any]:
    return {
        "brand": caller.brand_id,
        "partner": caller.partner_id,
        "hop": caller.hop.value,
    }


def _arrays(parcels: Collection[ParcelId]) -> dict[str, Any]:
    return {
        "orders": bytea_array([order for order, _ in parcels]),
        "numbers": [number for _, number in parcels],
    }
