"""How much one person or partner did and was shown, day by day.

Rules kept here:
- a bulk counts as many orders as it has rows, and everything else as one;
- days are UTC, and a day without anything is in the list too.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from orderveil.core.clocks import day_of
from orderveil.ledger import store

DAYS = 30


class Day(NamedTuple):
    """One day's counts."""

    day: date
    reveals: int
    views: int
    """Orders shown, each view of each order counted."""
    acts: int


# Of a bulk only the first row is looked at; its head says how many there are.
_COUNTS = """
SELECT (at AT TIME ZONE 'UTC')::date, kind, count(*), 0 FROM ledger_record
 WHERE {shown} AND log_id = %(log)s AND at >= %(since)s
   AND kind IN ('disclosure', 'reveal') GROUP BY 1, 2
UNION ALL
SELECT (at AT TIME ZONE 'UTC')::date, kind, count(*), 0 FROM ledger_record
 WHERE {acted} AND log_id = %(log)s AND at >= %(since)s GROUP BY 1, 2
UNION ALL
SELECT (at AT TIME ZONE 'UTC')::date, kind, count(*), 0 FROM ledger_entry
 WHERE {did} AND log_id = %(log)s AND kind <> 'bulk' AND at >= %(since)s GROUP BY 1, 2
UNION ALL
SELECT (at AT TIME ZONE 'UTC')::date, 'bulk', 0,
       sum(substring(encode(entry, 'escape') FROM '"rows":([0-9]{{1,9}})')::bigint)
  FROM ({bulk}) AS head GROUP BY 1
"""
_OF_PERSON = _COUNTS.format(
    shown="person = %(who)s AND entry IS NOT NULL",
    acted="person = %(who)s AND entry IS NOT NULL AND kind NOT IN ('disclosure', 'reveal')",
    did="person = %(who)s",
    bulk="SELECT at, entry FROM ledger_entry WHERE person = %(who)s AND kind = 'bulk'"
    " AND log_id = %(log)s AND at >= %(since)s",
)
_OF_PARTNER = _COUNTS.format(
    # Word for word the index's own condition: then the index alone answers.
    shown="partner_id = %(who)s AND (entry IS NOT NULL OR position = 0)",
    acted="by_partner = %(who)s",
    did="by_partner = %(who)s",
    bulk="SELECT first.at, (SELECT entry FROM ledger_entry AS head"
    " WHERE head.entry_id = first.entry_id) AS entry FROM ledger_record AS first"
    " WHERE partner_id = %(who)s AND kind = 'bulk' AND position = 0 AND entry IS NULL"
    " AND log_id = %(log)s AND at >= %(since)s",
)


def of_person(log_id: int, tag: str, now: datetime) -> list[Day]:
    """The last DAYS days of a person, today first."""
    return _days(_OF_PERSON, log_id, tag, now)


def of_partner(log_id: int, partner_id: int, now: datetime) -> list[Day]:
    """The last DAYS days of a partner: its systems, and people who asked in its name."""
    return _days(_OF_PARTNER, log_id, partner_id, now)


def _days(sql: str, log_id: int, who: str | int, now: datetime) -> list[Day]:
    midnight = day_of(now)
    since = midnight - timedelta(days=DAYS - 1)
    counts: dict[date, list[int]] = {}
    for day, kind, count, rows in store.query(sql, {"log": log_id, "who": who, "since": since}):
        place = {"reveal": 0, "disclosure": 1, "bulk": 1}.get(kind, 2)
        counts.setdefault(day, [0, 0, 0])[place] += int(count + (rows or 0))
    days = [(midnight - timedelta(days=back)).date() for back in range(DAYS)]
    return [Day(day, *counts.get(day, [0, 0, 0])) for day in days]
