"""Questions that the ledger answers: what happened to an order, who holds a field, who saw what.

Rules kept here:
- answers come from the entries' own bytes, the same that are hashed into the tree;
- bytes that are no entry are told as such, and stop no answer;
- a row of a bulk speaks through the bulk's head;
- what a partner was shown counts whatever it was told to do with it: no answer forgets it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from orderveil.core.fields import Field
from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.core.hops import Hop
from orderveil.ledger import store
from orderveil.ledger.entries import (
    DISCLOSED,
    BulkEntry,
    DisclosureEntry,
    Entry,
    PolicyRef,
    read,
    reading,
)

PAGE = 1_000


class OrderEntry(NamedTuple):
    """One thing that happened to an order."""

    entry_id: UUID
    at: datetime
    kind: str
    parcel_no: int
    hop: Hop | None
    partner: int | None
    credential: int | None
    entry: Entry | None
    """What the entry says; None when its bytes' term is over, or when they are no entry."""
    is_spoilt: bool
    """True: there are bytes, and they are no entry."""
    place: int | None
    """Its index in the log; None until it is sequenced."""


class Holding(NamedTuple):
    """That somebody was shown a field of an order."""

    partner: int | None
    hop: Hop
    form: Form
    at: datetime
    entry_id: UUID
    policy: PolicyRef
    person: str | None
    """Set when it was shown to a person, not to a partner's system."""


class Seen(NamedTuple):
    """One order that a credential was shown."""

    order_id: bytes
    at: datetime
    hop: Hop
    forms: dict[Field, Form]
    parcel_no: int
    entry_id: UUID


class Placed(NamedTuple):
    """One entry of a log, at its place."""

    place: int
    entry_id: UUID
    at: datetime
    kind: str
    entry: Entry | None
    """None when its bytes' term is over, or when they are no entry."""
    is_spoilt: bool
    """True: there are bytes, and they are no entry."""


_LATEST = """
SELECT leaf.index, leaf.entry_id, leaf.at, coalesce(act.kind, record.kind, ''),
       coalesce(act.entry, record.entry)
  FROM ledger_leaf AS leaf
  LEFT JOIN ledger_entry AS act ON leaf.order_id IS NULL AND act.entry_id = leaf.entry_id
  LEFT JOIN ledger_record AS record ON record.order_id = leaf.order_id
        AND record.at = leaf.at AND record.entry_id = leaf.entry_id
 WHERE leaf.log_id = %s ORDER BY leaf.index DESC LIMIT %s
"""
_OF_ORDER = """
SELECT record.entry_id, record.at, record.kind, record.parcel_no, record.hop, record.partner_id,
       record.credential_id, coalesce(record.entry, head.entry), leaf.index
  FROM ledger_record AS record
  LEFT JOIN ledger_entry AS head ON record.entry IS NULL AND head.entry_id = record.entry_id
  LEFT JOIN ledger_leaf AS leaf ON leaf.entry_id = record.entry_id
 WHERE record.order_id = %(order)s AND record.log_id = coalesce(%(log)s, record.log_id)
 ORDER BY record.at, record.entry_id, record.parcel_no
"""
_SEEN = """
SELECT record.order_id, record.at, record.entry_id, record.parcel_no, record.hop,
       coalesce(record.entry, head.entry)
  FROM ledger_record AS record
  LEFT JOIN ledger_entry AS head ON record.entry IS NULL AND head.entry_id = record.entry_id
 WHERE record.credential_id = %(credential)s AND record.kind = ANY(%(kinds)s)
   AND record.at >= %(start)s AND record.at < %(end)s
   AND (record.at, record.order_id, record.entry_id, record.parcel_no) >
       (%(at)s, %(order)s, %(entry)s, %(parcel)s)
 ORDER BY record.at, record.order_id, record.entry_id, record.parcel_no
 LIMIT %(page)s
"""


def latest(log_id: int, limit: int) -> list[Placed]:
    """The last entries of a log that have a place, oldest first; a bulk is one of them."""
    rows = store.query(_LATEST, [log_id, limit])
    return [
        Placed(index, entry_id, at, kind, *reading(raw))
        for index, entry_id, at, kind, raw in reversed(rows)
    ]


def entries_of(order_id: bytes, *, log_id: int | None = None) -> list[OrderEntry]:
    """Everything on record about an order, oldest first; with `log_id` only what that log says."""
    found = store.query(_OF_ORDER, {"order": order_id, "log": log_id})
    return [order_entry(*row) for row in found]


def order_entry(
    entry_id: UUID,
    at: datetime,
    kind: str,
    parcel_no: int,
    hop: str | None,
    partner: int | None,
    credential: int | None,
    raw: bytes | None,
    index: int | None,
) -> OrderEntry:
    """A row as the statements about one order have it."""
    known = Hop(hop) if hop else None
    told = (entry_id, at, kind, parcel_no, known, partner, credential)
    return OrderEntry(*told, *reading(raw), index)


def who_holds(order_id: bytes, field: Field) -> list[Holding]:
    """Every disclosure of a field of an order in a form that tells something, oldest first."""
    held = []
    for row in entries_of(order_id):
        entry = row.entry
        if not isinstance(entry, DisclosureEntry | BulkEntry):
            continue
        form = entry.forms.get(field)
        if form is not None and form not in SHOWS_NOTHING:
            shown = (entry.partner, entry.hop, form, row.at, row.entry_id)
            held.append(Holding(*shown, entry.policy, entry.person))
    return held


def seen_by(credential_id: int, start: datetime, end: datetime) -> Iterator[Seen]:
    """What a credential was shown from `start` to `end` (exclusive), oldest first, page by page."""
    after: dict[str, Any] = {"at": start, "order": b"", "entry": UUID(int=0), "parcel": -1}
    fixed = {
        "credential": credential_id,
        "kinds": [*DISCLOSED],
        "start": start,
        "end": end,
        "page": PAGE,
    }
    heads: dict[UUID, dict[Field, Form]] = {}
    while rows := store.query(_SEEN, {**fixed, **after}):
        for order_id, at, entry_id, parcel_no, hop, raw in rows:
            if entry_id not in heads:
                heads = {entry_id: _forms(raw)}
            yield Seen(bytes(order_id), at, Hop(hop), heads[entry_id], parcel_no, entry_id)
        order_id, at, entry_id, parcel_no, *_ = rows[-1]
        after = {"at": at, "order": bytes(order_id), "entry": entry_id, "parcel": parcel_no}
        if len(rows) < PAGE:
            return


def _forms(raw: bytes | None) -> dict[Field, Form]:
    entry = read(raw)
    return entry.forms if isinstance(entry, DisclosureEntry | BulkEntry) else {}
