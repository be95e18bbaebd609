"""One order for a person's eyes: to whom it was shown, and what happened last.

Rules kept here:
- every disclosure counts, however many there were: they are gathered where they lie, into one row
  per recipient, forms and (of a reveal) reason, so that a long history costs no long answer;
- what is told comes from the entries' own bytes; bytes that are no entry are told as such.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.ledger import store
from orderveil.ledger.entries import (
    DISCLOSED,
    BulkEntry,
    DisclosureEntry,
    DisclosureKind,
    reading,
)
from orderveil.ledger.queries import OrderEntry, order_entry


class Shown(NamedTuple):
    """What somebody was shown of an order, in the same forms, once or often."""

    hop: Hop
    partner: int | None
    person: str | None
    """None: a partner's system."""
    is_reveal: bool
    reason: str | None
    """Of a reveal."""
    forms: Mapping[Field, Form] | None
    """None: the entries' bytes are past their term, or do not say."""
    is_spoilt: bool
    """True: the last one's bytes are no entry."""
    policy: str
    """The one that the last was decided under."""
    times: int
    first: datetime
    last: datetime
    entry_id: UUID
    """The last one's."""


class Happened(NamedTuple):
    """That something happened, and where it is recorded."""

    entry_id: UUID
    at: datetime


class PageOf(NamedTuple):
    """A page of what happened to an order, the newest first."""

    rows: list[OrderEntry]
    more: UUID | None
    """The entry that the next page begins after; None: this is the last page."""


_forms = msgspec.json.Decoder(dict[Field, Form])
# A bulk's rows have no entry of their own: they speak through its head. What is gathered by are
# pieces of the bytes, cut out of them as text: bytes that are no entry stop nothing.
_SHOWN = """
WITH each AS (
    SELECT r.hop, r.partner_id, r.person, r.at, r.entry_id, r.kind = %(reveal)s AS is_reveal,
           said IS NOT NULL AS has_bytes,
           CASE WHEN r.kind = %(reveal)s THEN substring(said FROM '"reason":"([^"]*)"')
           END AS reason,
           substring(said FROM '"forms":([{][^}]*[}])') AS forms
      FROM ledger_record r
      LEFT JOIN ledger_entry head ON r.entry IS NULL AND head.entry_id = r.entry_id
     CROSS JOIN LATERAL (
           SELECT encode(coalesce(r.entry, head.entry), 'escape') AS said OFFSET 0) AS text
     WHERE r.order_id = %(order)s AND r.log_id = coalesce(%(log)s, r.log_id)
       AND r.kind = ANY(%(kinds)s)
), gathered AS (
    SELECT hop, partner_id, person, is_reveal, has_bytes, reason, forms, count(*) AS times,
           min(at) AS first, max(at) AS last, (array_agg(entry_id ORDER BY at DESC))[1] AS entry_id
      FROM each GROUP BY hop, partner_id, person, is_reveal, has_bytes, reason, forms
)
SELECT hop, partner_id, person, is_reveal, forms, times, first, last, entry_id,
       (SELECT coalesce(r.entry, head.entry) FROM ledger_record r
          LEFT JOIN ledger_entry head ON r.entry IS NULL AND head.entry_id = r.entry_id
         WHERE r.order_id = %(order)s AND r.at = gathered.last
           AND r.entry_id = gathered.entry_id LIMIT 1)
  FROM gathered ORDER BY last
"""
# An entry with several rows, one for each parcel, is one line.
_LATEST = """
SELECT r.entry_id, r.at, r.kind, r.parcel_no, r.hop, r.partner_id, r.credential_id,
       coalesce(r.entry, head.entry), leaf.index
  FROM (SELECT DISTINCT ON (at, entry_id) * FROM ledger_record
         WHERE order_id = %(order)s AND log_id = coalesce(%(log)s, log_id){some}
         ORDER BY at DESC, entry_id DESC, parcel_no DESC LIMIT %(limit)s) r
  LEFT JOIN ledger_entry head ON r.entry IS NULL AND head.entry_id = r.entry_id
  LEFT JOIN ledger_leaf leaf ON leaf.entry_id = r.entry_id
 ORDER BY r.at DESC, r.entry_id DESC
"""
_BEFORE = " AND (at, entry_id) < (%(at)s, %(entry)s)"
_OF_KIND = " AND kind = %(kind)s"
_KEY = "SELECT at FROM ledger_record WHERE order_id = %s AND entry_id = %s LIMIT 1"
_LAST = """
SELECT entry_id, at FROM ledger_record
 WHERE order_id = %s AND log_id = %s AND kind = ANY(%s) ORDER BY at DESC, entry_id DESC LIMIT 1
"""


def shown_of(order_id: bytes, *, log_id: int | None = None) -> list[Shown]:
    """Everybody who was shown anything of an order, by when they last were.

    With `log_id` only what that log says.
    """
    told = {
        "order": order_id,
        "log": log_id,
        "kinds": [*DISCLOSED],
        "reveal": DisclosureKind.REVEAL.value,
    }
    return [_shown(row) for row in store.query(_SHOWN, told)]


def latest_of(order_id: bytes, limit: int) -> list[OrderEntry]:
    """The last things that happened to an order, the newest first."""
    return page_of(order_id, limit).rows


def page_of(
    order_id: bytes, limit: int, *, log_id: int | None = None, before: UUID | None = None
) -> PageOf:
    """Up to `limit` things that happened to an order before an entry; of a log, if it is named.

    What is no entry of the order's begins with the newest.
    """
    key = [] if before is None else store.query(_KEY, [order_id, before])
    told = {"order": order_id, "log": log_id, "limit": limit + 1, "entry": before}
    told["at"] = key[0][0] if key else None
    rows = store.query(_LATEST.format(some=_BEFORE if key else ""), told)
    found = [order_entry(*row) for row in rows[:limit]]
    return PageOf(found, found[-1].entry_id if len(rows) > limit else None)


def latest_of_kind(order_id: bytes, kind: str, limit: int) -> list[OrderEntry]:
    """The last things of one kind that happened to an order, the newest first."""
    told = {"order": order_id, "log": None, "kind": kind, "limit": limit}
    return [order_entry(*row) for row in store.query(_LATEST.format(some=_OF_KIND), told)]


def last_of_kinds(order_id: bytes, log_id: int, kinds: Collection[str]) -> Happened | None:
    """The last thing of one of these kinds that happened to an order."""
    rows = store.query(_LAST, [order_id, log_id, list(kinds)])
    return Happened(*rows[0]) if rows else None


def _shown(row: tuple[Any, ...]) -> Shown:
    hop, partner, person, is_reveal, forms, times, first, last, entry_id, raw = row
    entry, is_spoilt = reading(raw)
    said = entry if isinstance(entry, DisclosureEntry | BulkEntry) else None
    return Shown(
        hop=Hop(hop),
        partner=partner,
        person=person,
        is_reveal=is_reveal,
        reason=said.reason if said and is_reveal else None,
        forms=said.forms if said else _told(forms),
        is_spoilt=is_spoilt or (said is None and raw is not None),
        policy=said.policy.name if said else "",
        times=times,
        first=first,
        last=last,
        entry_id=entry_id,
    )


def _told(forms: str | None) -> Mapping[Field, Form] | None:
    """What a piece of spoilt bytes says still."""
    try:
        return None if forms is None else _forms.decode(forms)
    except ValueError:
        return None
