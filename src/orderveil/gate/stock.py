"""How an order stands for whoever keeps stock: what it needs, and whether it has gone.

Rules kept here:
- facts only: SKUs, quantities, the states of its parcels; nothing sealed is opened, and nothing
  leaves from here: what an inventory system is told goes through `disclose`;
- an erased order stands nowhere.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import connection

from orderveil.core.orders import Facts
from orderveil.core.states import ParcelState


class OrderStock(msgspec.Struct, frozen=True):
    """SKU -> quantity of the whole order, and its forward parcels' states by number."""

    lines: Mapping[str, int]
    admitted_at: datetime
    is_cancelled: bool
    parcels: Mapping[int, ParcelState]


def stock_of(brand_id: int, order_id: bytes) -> OrderStock | None:
    """How the brand's order stands now; None if there is none, or it is erased.

    Items without a SKU are nobody's stock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.facts::text, o.admitted_at, o.cancelled_at IS NOT NULL, p.parcel_no, p.state"
            "  FROM vault_order o LEFT JOIN vault_parcel p"
            "    ON p.order_id = o.order_id AND NOT p.is_reverse"
            " WHERE o.order_id = %s AND o.brand_id = %s AND o.erased_at IS NULL"
            " ORDER BY p.parcel_no",
            [order_id, brand_id],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    facts, admitted_at, is_cancelled = rows[0][:3]
    parcels = {int(row[3]): ParcelState(row[4]) for row in rows if row[3] is not None}
    return OrderStock(_lines(facts), admitted_at, is_cancelled, parcels)


def _lines(facts: str | None) -> dict[str, int]:
    lines: Counter[str] = Counter()
    if facts:
        for item in msgspec.json.decode(facts, type=Facts).items:
            if item.sku and item.quantity > 0:
                lines[item.sku] += item.quantity
    return dict(lines)
