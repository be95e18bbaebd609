"""Who was shown an order on which hop, by parcel: what a partner must delete begins with this.

Rules kept here:
- an ask for the order as such showed whatever parcels were the partner's then: parcel 0;
- what a bulk showed is in its rows; what a single disclosure showed, in its own bytes.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from orderveil.ledger import store
from orderveil.ledger.entries import DISCLOSED


class Received(NamedTuple):
    """That a partner was shown a parcel of an order, and when last."""

    partner_id: int
    hop: str
    parcel_no: int
    """0: the order as such."""
    last: datetime


class Assigned(NamedTuple):
    """That a parcel was given to a partner once."""

    partner_id: int
    hop: str
    parcel_no: int


# Cut out of the bytes as text, as in `of_order`: bytes past their term stop nothing.
_RECEIVED = """
WITH each AS (
    SELECT partner_id, hop, parcel_no, at,
           CASE WHEN parcel_no = 0 AND entry IS NOT NULL
                THEN substring(encode(entry, 'escape') FROM '"parcels":.([0-9,]+)') END AS named
      FROM ledger_record
     WHERE order_id = %(order)s AND log_id = %(log)s AND kind = ANY(%(kinds)s)
       AND hop = ANY(%(hops)s) AND partner_id IS NOT NULL
)
SELECT partner_id, hop, coalesce(one::integer, parcel_no), max(at)
  FROM each LEFT JOIN LATERAL unnest(string_to_array(named, ',')) AS one ON true
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_ASSIGNED = """
SELECT DISTINCT substring(said FROM '"partner":([0-9]+)')::bigint,
       substring(said FROM '"hop":"([a-z]+)"'),
       substring(said FROM '"parcel":([0-9]+)')::integer
  FROM ledger_record CROSS JOIN LATERAL (
       SELECT substring(encode(entry, 'escape') FROM '"detail":([{][^}]*[}])') AS said) AS text
 WHERE order_id = %(order)s AND log_id = %(log)s AND kind = 'parcel_assigned'
   AND said IS NOT NULL
"""


def received(log_id: int, order_id: bytes, hops: Collection[str]) -> list[Received]:
    """What was shown of an order on these hops, by partner and parcel."""
    told = {"order": order_id, "log": log_id, "kinds": [*DISCLOSED], "hops": list(map(str, hops))}
    return [Received(*row) for row in store.query(_RECEIVED, told)]


def assigned(log_id: int, order_id: bytes) -> set[Assigned]:
    """Every assignment of the order's parcels that there ever was."""
    rows = store.query(_ASSIGNED, {"order": order_id, "log": log_id})
    return {Assigned(*row) for row in rows if None not in row}
