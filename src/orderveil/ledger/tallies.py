"""How much was shown, to whom: counts for reviews and audits, never the orders themselves.

Rules kept here:
- what was shown counts by the order: one in a list is one, whatever else was in the list;
- a log answers for itself only: what a person did for another brand is not counted.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from orderveil.ledger import store
from orderveil.ledger.entries import DISCLOSED


class Tally(NamedTuple):
    """How many orders were viewed, and how many fields revealed."""

    views: int = 0
    reveals: int = 0


_TO_PEOPLE = """
SELECT person, count(*) FILTER (WHERE kind <> 'reveal'), count(*) FILTER (WHERE kind = 'reveal')
  FROM ledger_record
 WHERE person = ANY(%(whom)s) AND log_id = %(log)s AND kind = ANY(%(kinds)s)
   AND at >= %(start)s AND at < %(end)s
 GROUP BY person
"""
# Systems ask in bulks without an end: of each its first row is looked at, and its head says how
# many there are. The condition is, word for word, the index's own (log, partner, kind, at).
_TO_CREDENTIALS = """
WITH shown AS (
    SELECT credential_id, kind, CASE WHEN entry IS NOT NULL THEN 1 ELSE (
        SELECT substring(encode(head.entry, 'escape') FROM '"rows":([0-9]{1,9})')::bigint
          FROM ledger_entry AS head WHERE head.entry_id = record.entry_id
        ) END AS orders
      FROM ledger_record AS record
     WHERE partner_id = ANY(%(partners)s) AND (entry IS NOT NULL OR position = 0)
       AND credential_id = ANY(%(whom)s) AND log_id = %(log)s AND kind = ANY(%(kinds)s)
       AND at >= %(start)s AND at < %(end)s
)
SELECT credential_id, coalesce(sum(orders) FILTER (WHERE kind <> 'reveal'), 0)::bigint,
       count(*) FILTER (WHERE kind = 'reveal')
  FROM shown GROUP BY credential_id
"""
_LAST = """
SELECT person, max(at) FROM (
    SELECT person, max(at) AS at FROM ledger_record
     WHERE person = ANY(%(whom)s) AND log_id = %(log)s AND at >= %(start)s AND at < %(end)s
     GROUP BY person
    UNION ALL
    SELECT person, max(at) FROM ledger_entry
     WHERE person = ANY(%(whom)s) AND log_id = %(log)s AND at >= %(start)s AND at < %(end)s
     GROUP BY person
) AS used GROUP BY person
"""


def shown_to_people(
    log_id: int, people: Collection[str], start: datetime, end: datetime
) -> Mapping[str, Tally]:
    """What each person was shown from `start` to `end` (exclusive); nobody who was shown none."""
    rows = store.query(_TO_PEOPLE, _params(log_id, list(people), start, end))
    return {person: Tally(views, reveals) for person, views, reveals in rows}


def shown_to_credentials(
    log_id: int, credentials: Mapping[int, int], start: datetime, end: datetime
) -> Mapping[int, Tally]:
    """What each credential was shown from `start` to `end` (exclusive); each with its partner."""
    params = _params(log_id, list(credentials), start, end)
    partners = sorted(set(credentials.values()))
    rows = store.query(_TO_CREDENTIALS, params | {"partners": partners})
    return {number: Tally(views, reveals) for number, views, reveals in rows}


def last_acted(
    log_id: int, people: Collection[str], start: datetime, end: datetime
) -> Mapping[str, datetime]:
    """When each person last did anything on record from `start` to `end` (exclusive)."""
    rows = store.query(_LAST, _params(log_id, list(people), start, end))
    return dict(rows)


def _params(
    log_id: int, whom: list[str] | list[int], start: datetime, end: datetime
) -> dict[str, object]:
    return {"log": log_id, "whom": whom, "kinds": [*DISCLOSED], "start": start, "end": end}
