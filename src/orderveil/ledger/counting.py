"""What was shown since the last look: counted by whom and by hour, never entry by entry.

Rules kept here:
- the log is read from the last looked-at index on: indexes are given by one writer at a time, so
  whoever read up to one has missed none before it;
- of a bulk its head speaks: one row of the log, as many orders as it commits to.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from orderveil.ledger import store
from orderveil.ledger.entries import DISCLOSED, DisclosureKind


class Shown(NamedTuple):
    """How much one person or credential was shown in one hour."""

    kind: DisclosureKind
    person: str | None
    credential: int | None
    hour: datetime
    orders: int


class Sighting(NamedTuple):
    """One disclosure of one order."""

    order_id: bytes
    entry_id: UUID
    at: datetime
    kind: DisclosureKind
    partner: int | None
    person: str | None
    credential: int | None


_END = """
SELECT max(index) FROM (
    SELECT index FROM ledger_leaf WHERE log_id = %s AND index >= %s ORDER BY index LIMIT %s
) AS batch
"""
# LATERAL and OFFSET 0: each entry is one look into an index, however large the tables are.
_SHOWN = """
WITH fresh AS (
    SELECT entry_id, order_id, at FROM ledger_leaf
     WHERE log_id = %(log)s AND index >= %(start)s AND index < %(end)s
), shown AS (
    SELECT one.* FROM fresh CROSS JOIN LATERAL (
        SELECT kind, person, credential_id, at, 1 AS orders FROM ledger_record AS record
         WHERE record.order_id = fresh.order_id AND record.at = fresh.at
           AND record.entry_id = fresh.entry_id OFFSET 0
        ) AS one
     WHERE fresh.order_id IS NOT NULL AND one.kind = ANY(%(kinds)s)
    UNION ALL
    SELECT one.* FROM fresh CROSS JOIN LATERAL (
        SELECT kind, person,
               substring(encode(entry, 'escape') FROM '"credential":([0-9]{1,18})')::bigint,
               at, substring(encode(entry, 'escape') FROM '"rows":([0-9]{1,9})')::integer
          FROM ledger_entry AS head WHERE head.entry_id = fresh.entry_id OFFSET 0
        ) AS one
     WHERE fresh.order_id IS NULL AND one.kind = 'bulk'
)
SELECT kind, person, credential_id, date_trunc('hour', at, 'UTC'), coalesce(sum(orders), 0)::bigint
  FROM shown GROUP BY 1, 2, 3, 4
"""
_COMMITTED = """
SELECT entry_id, substring(encode(entry, 'escape') FROM '"rows":([0-9]{1,9})')::integer
  FROM ledger_entry WHERE log_id = %s AND kind = 'bulk' AND entry_id = ANY(%s)
"""
_OF_ORDERS = """
SELECT record.order_id, record.entry_id, record.at, record.kind, record.partner_id, record.person,
       record.credential_id
  FROM ledger_record AS record JOIN ledger_leaf AS leaf ON leaf.entry_id = record.entry_id
 WHERE record.order_id = ANY(%(orders)s) AND record.log_id = %(log)s
   AND record.kind = ANY(%(kinds)s) AND leaf.index >= %(start)s AND leaf.index < %(end)s
 ORDER BY leaf.index
"""
_LAST = """
SELECT entry_id FROM ledger_record
 WHERE {whose} AND log_id = %(log)s AND kind = ANY(%(kinds)s)
   AND (entry IS NOT NULL OR position = 0) AND at >= %(start)s AND at < %(end)s
 ORDER BY at DESC LIMIT %(limit)s
"""


def batch_end(log_id: int, start: int, limit: int) -> int:
    """One past the last of up to `limit` entries from index `start` on; `start` if none is new."""
    last = store.query(_END, [log_id, start, limit])[0][0]
    return start if last is None else int(last) + 1


def shown_between(log_id: int, start: int, end: int) -> list[Shown]:
    """What was shown by the entries with an index from `start` to `end` (exclusive)."""
    params = {"log": log_id, "start": start, "end": end, "kinds": [*DISCLOSED]}
    return [Shown(DisclosureKind(kind), *rest) for kind, *rest in store.query(_SHOWN, params)]


def committed_rows(log_id: int, entries: Collection[UUID]) -> dict[UUID, int]:
    """Of these bulks' heads: to how many rows each commits. One past its term is left out."""
    found = store.query(_COMMITTED, [log_id, list(entries)]) if entries else []
    return {entry_id: count for entry_id, count in found if count is not None}


def sightings(log_id: int, orders: Collection[bytes], start: int, end: int) -> list[Sighting]:
    """Every disclosure of these few orders in that part of the log, in its order."""
    if not orders or start == end:
        return []
    params = {
        "log": log_id,
        "orders": list(orders),
        "start": start,
        "end": end,
        "kinds": [*DISCLOSED],
    }
    return [
        Sighting(bytes(order), entry_id, at, DisclosureKind(kind), partner, person, credential)
        for order, entry_id, at, kind, partner, person, credential in store.query(
            _OF_ORDERS, params
        )
    ]


def last_shown(
    log_id: int,
    start: datetime,
    end: datetime,
    *,
    kinds: Collection[DisclosureKind],
    person: str | None = None,
    credential: int | None = None,
    limit: int = 10,
) -> list[UUID]:
    """The latest entries by which a person (or else a credential) was shown something."""
    whose = "credential_id = %(credential)s" if person is None else "person = %(person)s"
    params = {
        "log": log_id,
        "start": start,
        "end": end,
        "kinds": [kind.value for kind in kinds],
        "person": person,
        "credential": credential,
        "limit": limit,
    }
    return [row[0] for row in store.query(_LAST.format(whose=whose), params)]
