"""What people did to orders, one by one: opened, revealed, verified, answered; no rows of lists.

Rules kept here:
- answers come from the entries' own bytes; an entry whose term is over counts and says nothing;
- a log answers for itself only.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from orderveil.core.hops import Hop
from orderveil.ledger import store
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import DISCLOSED, ActEntry, Entry, read


class Done(NamedTuple):
    """One thing that a person did to an order."""

    entry_id: UUID
    at: datetime
    person: str
    kind: str
    order_id: bytes
    partner_id: int | None
    """For whom they were shown it; None for an act."""
    entry: Entry | None


_BY_PEOPLE = """
SELECT entry_id, at, person, kind, order_id, partner_id, entry FROM ledger_record
 WHERE person = ANY(%(people)s) AND log_id = %(log)s AND at >= %(start)s AND at < %(end)s
   AND kind <> 'bulk' AND position IS NULL
 ORDER BY at, entry_id
"""
_FOR_PARTNER = """
SELECT DISTINCT person FROM ledger_record
 WHERE partner_id = %(partner)s AND kind = ANY(%(kinds)s) AND log_id = %(log)s
   AND at >= %(start)s AND at < %(end)s
   AND person LIKE 'person:%%' AND (entry IS NOT NULL OR position = 0)
"""
_ASSIGNED = """
SELECT order_id, entry FROM ledger_record
 WHERE log_id = %(log)s AND kind = %(kind)s AND at >= %(start)s AND at < %(end)s
   AND entry IS NOT NULL AND entry LIKE %(like)s
"""


_ABOUT = """
SELECT entry_id, at, entry FROM ledger_entry
 WHERE log_id = %(log)s AND subject = %(subject)s AND kind = %(kind)s AND entry IS NOT NULL
 ORDER BY at, entry_id
"""


def acts_about(log_id: int, subject: str, kind: ActKind) -> list[tuple[UUID, ActEntry]]:
    """The acts of a kind about one thing, oldest first."""
    params = {"log": log_id, "subject": subject, "kind": kind.value}
    found = store.query(_ABOUT, params)
    return [
        (entry_id, entry) for entry_id, _, raw in found if isinstance(entry := read(raw), ActEntry)
    ]


def by_people(log_id: int, people: Collection[str], start: datetime, end: datetime) -> list[Done]:
    """Everything they did to single orders from `start` to `end` (exclusive), oldest first."""
    params = {"log": log_id, "people": list(people), "start": start, "end": end}
    return [
        Done(entry_id, at, person, kind, bytes(order), partner, read(raw))
        for entry_id, at, person, kind, order, partner, raw in store.query(_BY_PEOPLE, params)
    ]


def people_for(log_id: int, partner_id: int, start: datetime, end: datetime) -> set[str]:
    """The people who were shown anything for this partner from `start` to `end` (exclusive)."""
    params = {
        "log": log_id,
        "partner": partner_id,
        "kinds": [*DISCLOSED],
        "start": start,
        "end": end,
    }
    return {person for (person,) in store.query(_FOR_PARTNER, params)}


def assigned(log_id: int, partner_id: int, hop: Hop, start: datetime, end: datetime) -> int:
    """How many orders a partner was given for a hop from `start` to `end` (exclusive)."""
    params = {
        "log": log_id,
        "kind": ActKind.PARCEL_ASSIGNED.value,
        "start": start,
        "end": end,
        # Only sifts: what an entry says is read from the entry.
        "like": f'%"hop":"{hop}"%'.encode(),
    }
    wanted = (str(hop), partner_id)
    return len(
        {
            bytes(order)
            for order, raw in store.query(_ASSIGNED, params)
            if isinstance(entry := read(raw), ActEntry)
            and (entry.detail.get("hop"), entry.detail.get("partner")) == wanted
        }
    )
