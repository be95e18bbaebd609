"""What people did to orders, one by one: opened, revealed, verified, answered; no rows of lists.

Rules kept here:
- what is counted is counted where it lies; bytes are fetched only of reveals and verified callers,
  a batch at a time: a busy month costs no memory;
- what an act or a reveal says comes from its entry's own bytes; an entry whose term is over counts
  and says nothing;
- a log answers for itself only.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from orderveil.core.hops import Hop
from orderveil.ledger import store
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import DISCLOSED, ActEntry, DisclosureKind, Entry, read

BATCH = 500


class Theirs(NamedTuple):
    """Whose doings, where and when: those made for a partner, or while at it."""

    log_id: int
    partner_id: int
    stays: Collection[tuple[str, datetime, datetime]]
    """(person, since, until): when each belonged to the partner; what they did then is theirs."""
    people: Collection[str]
    """Everybody who may have been shown something for the partner."""
    start: datetime
    end: datetime
    """Not included."""


class Count(NamedTuple):
    """How much was done."""

    orders: int = 0
    reveals: int = 0
    verified: int = 0


class Told(NamedTuple):
    """A reveal, or a caller who was asked."""

    entry_id: UUID
    at: datetime
    person: str
    kind: str
    entry: Entry | None


_THEIRS = """
  FROM ledger_record AS record
 WHERE person = ANY(%(people)s) AND log_id = %(log)s AND at >= %(start)s AND at < %(end)s
   AND kind <> 'bulk' AND position IS NULL
   AND (partner_id = %(partner)s OR partner_id IS NULL AND EXISTS (
        SELECT FROM unnest(%(whose)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[])
               AS stay (person, since, until)
         WHERE stay.person = record.person AND record.at >= since AND record.at < until))
"""
_COUNTS = f"""
SELECT person, count(DISTINCT order_id), count(*) FILTER (WHERE kind = %(reveal)s),
       count(*) FILTER (WHERE kind = %(verified)s) {_THEIRS}
 GROUP BY GROUPING SETS ((person), ())
"""
_TOLD = f"""
SELECT entry_id, at, person, kind, entry {_THEIRS} AND kind IN (%(reveal)s, %(verified)s)
"""
_FOR_PARTNER = """
SELECT DISTINCT person FROM ledger_record
 WHERE partner_id = %(partner)s AND kind = ANY(%(kinds)s) AND log_id = %(log)s
   AND at >= %(start)s AND at < %(end)s
   AND person LIKE 'person:%%' AND (entry IS NOT NULL OR position = 0)
"""
# Kind and expression are, word for word, the index's own.
_ASSIGNED = """
SELECT count(DISTINCT order_id) FROM ledger_record
 WHERE log_id = %(log)s AND kind = 'parcel_assigned' AND entry IS NOT NULL
   AND substring(encode(entry, 'escape') FROM '"detail":[{][^}]*"partner":([0-9]{1,18})')
       = %(partner)s
   AND at >= %(start)s AND at < %(end)s
   AND substring(encode(entry, 'escape') FROM '"detail":[{][^}]*"hop":"([a-z]+)"') = %(hop)s
"""
_ABOUT = """
SELECT entry_id, at, entry FROM ledger_entry
 WHERE log_id = %(log)s AND subject = %(subject)s AND kind = %(kind)s AND entry IS NOT NULL
 ORDER BY at, entry_id
"""
_OF_KINDS = """
SELECT entry FROM ledger_entry
 WHERE log_id = %(log)s AND kind = ANY(%(kinds)s) AND entry IS NOT NULL {about}
 ORDER BY at, entry_id
"""


def acts_of(
    log_id: int, kinds: Collection[ActKind], subjects: Collection[str] | None = None
) -> list[ActEntry]:
    """A log's few acts of some kinds, oldest first; of these subjects only, if they are named."""
    # The second condition is the index's own.
    about = "" if subjects is None else "AND subject = ANY(%(about)s) AND subject <> ''"
    params = {"log": log_id, "kinds": [kind.value for kind in kinds], "about": list(subjects or ())}
    found = store.query(_OF_KINDS.format(about=about), params)
    return [entry for (raw,) in found if isinstance(entry := read(raw), ActEntry)]


def acts_about(log_id: int, subject: str, kind: ActKind) -> list[tuple[UUID, ActEntry]]:
    """The acts of a kind about one thing, oldest first."""
    params = {"log": log_id, "subject": subject, "kind": kind.value}
    found = store.query(_ABOUT, params)
    return [
        (entry_id, entry) for entry_id, _, raw in found if isinstance(entry := read(raw), ActEntry)
    ]


def counted(theirs: Theirs) -> tuple[Count, Mapping[str, Count]]:
    """(in all, by person) what they did to single orders; an order of two people's counts once."""
    found = {person: Count(*counts) for person, *counts in store.query(_COUNTS, _params(theirs))}
    return found.pop(None, Count()), found


def told(theirs: Theirs) -> Iterator[list[Told]]:
    """Their reveals and the callers they asked, in no order, a batch at a time."""
    for rows in store.batches(_TOLD, _params(theirs), BATCH):
        yield [
            Told(entry_id, at, person, kind, read(raw)) for entry_id, at, person, kind, raw in rows
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
    when = {"start": start, "end": end}
    told = {"log": log_id, "partner": str(partner_id), "hop": hop.value, **when}
    return int(store.query(_ASSIGNED, told)[0][0])


def _params(theirs: Theirs) -> dict[str, Any]:
    whose, since, until = zip(*theirs.stays, strict=True) if theirs.stays else ((), (), ())
    return {
        "log": theirs.log_id,
        "partner": theirs.partner_id,
        "people": list(theirs.people),
        "whose": list(whose),
        "since": list(since),
        "until": list(until),
        "start": theirs.start,
        "end": theirs.end,
        "reveal": DisclosureKind.REVEAL.value,
        "verified": ActKind.CALLER_VERIFIED.value,
    }
