"""To whom parcels were assigned before: their acts say so, whoever has them now."""

from collections.abc import Collection

from orderveil.ledger import store
from orderveil.ledger.entries import ActEntry, read

_ASSIGNED = """
SELECT order_id, entry FROM ledger_record
 WHERE log_id = %(log)s AND order_id = ANY(%(orders)s) AND kind = 'parcel_assigned'
"""


def ever_assigned(
    log_id: int, orders: Collection[bytes], hop: str, partner_id: int
) -> set[tuple[bytes, int]]:
    """(order id, parcel number) of each parcel of these orders that the partner ever had.

    An act whose bytes are past their term says nothing any more.
    """
    found = set()
    for order_id, raw in store.query(_ASSIGNED, {"log": log_id, "orders": list(orders)}):
        act = read(raw)
        if isinstance(act, ActEntry):
            said = act.detail
            if (said.get("hop"), said.get("partner")) == (hop, partner_id):
                found.add((bytes(order_id), int(said.get("parcel") or 0)))
    return found
