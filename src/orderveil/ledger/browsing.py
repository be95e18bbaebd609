"""Reading a log page by page, the newest first: all of it, or what a filter leaves.

Rules kept here:
- keyset pagination: a page begins after an entry, never at an offset, and nothing is counted;
- each filter reads one index, however large the log is: by place, time, kind, person, partner;
- a bulk is one row, by its head; an entry that waits for its place is listed without one;
- what is listed is decoded from the bytes that were hashed, and bytes that are no entry are
  listed as such: nobody hides an entry by spoiling it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from orderveil.ledger import store
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import DisclosureKind, Entry, reading

PAGE = 50
KINDS = tuple(sorted([*(kind.value for kind in DisclosureKind), *(kind.value for kind in ActKind)]))


class Wanted(NamedTuple):
    """Which entries of a log. What is not set leaves nothing out."""

    kind: str = ""
    person: str = ""
    """Their pseudonym: what they did and saw, and what was done about them."""
    partner: int | None = None
    since: datetime | None = None
    """Included."""
    until: datetime | None = None
    """Not included."""

    @property
    def is_plain(self) -> bool:
        """True if nothing is left out."""
        return self == Wanted()


class Listed(NamedTuple):
    """One entry in a list."""

    entry_id: UUID
    at: datetime
    kind: str
    entry: Entry | None
    """None when its bytes' term is over, or when they are no entry."""
    is_spoilt: bool
    """True: there are bytes, and they are no entry."""
    order_id: bytes | None
    """The one order it is about."""
    place: int | None
    """Its index in the log; None until it is sequenced."""
    raw: bytes | None
    """The bytes as they are stored."""

    @property
    def order(self) -> str:
        """The order's id in hexadecimal; "" for none."""
        return self.order_id.hex() if self.order_id else ""


class Page(NamedTuple):
    """One page of a log, the newest entry first."""

    rows: list[Listed]
    more: UUID | None
    """The entry that the next page begins after; None: this is the last page."""


class _Key(NamedTuple):
    """An entry's place in every order that a page can have."""

    entry_id: UUID
    at: datetime
    place: int


_WHOLE = """
SELECT found.entry_id, found.at, coalesce(act.kind, record.kind, ''),
       coalesce(act.entry, record.entry), found.order_id, leaf.index
  FROM unnest(%(ids)s::uuid[], %(ats)s::timestamptz[], %(orders)s::bytea[])
       WITH ORDINALITY AS found (entry_id, at, order_id, nth)
  LEFT JOIN ledger_entry AS act ON found.order_id IS NULL AND act.entry_id = found.entry_id
  LEFT JOIN LATERAL (
       SELECT kind, entry FROM ledger_record
        WHERE order_id = found.order_id AND at = found.at AND entry_id = found.entry_id
        LIMIT 1) AS record ON true
  LEFT JOIN ledger_leaf AS leaf ON leaf.entry_id = found.entry_id
 ORDER BY found.nth
"""
_BY_PLACE = """
SELECT entry_id, at, order_id FROM ledger_leaf
 WHERE log_id = %(log)s AND index < %(place)s ORDER BY index DESC LIMIT %(limit)s
"""
_BEFORE = " AND at <= %(at)s AND (at, entry_id) < (%(at)s, %(entry)s)"
_NEWEST = " ORDER BY at DESC, entry_id DESC LIMIT %(limit)s"
_LEAF = "SELECT entry_id, at, order_id FROM ledger_leaf WHERE log_id = %(log)s"
_ACT = "SELECT entry_id, at, NULL::bytea AS order_id FROM ledger_entry WHERE log_id = %(log)s"
_RECORD = "SELECT entry_id, at, order_id FROM ledger_record WHERE log_id = %(log)s"
# The first row of a bulk stands for its head, whose bytes are in `ledger_entry`.
_SHOWN = (
    "SELECT entry_id, at, CASE WHEN entry IS NULL THEN NULL ELSE order_id END AS order_id"
    " FROM ledger_record WHERE log_id = %(log)s AND partner_id = %(partner)s"
    " AND (entry IS NOT NULL OR position = 0) AND kind = wanted.kind"
    " AND wanted.kind IN ('disclosure', 'reveal', 'bulk')"
)
_ACT_TOO = """
   AND (by_partner = %(partner)s OR kind = 'bulk' AND %(partner)s = (
        SELECT partner_id FROM ledger_record AS shown
         WHERE shown.entry_id = ledger_entry.entry_id AND shown.at = ledger_entry.at
           AND shown.entry IS NULL LIMIT 1))"""
_RECORD_TOO = " AND %(partner)s IN (partner_id, by_partner)"
_EITHER = "SELECT entry_id, at, order_id FROM ({joined}) AS either"
_FOR_EACH_KIND = """
SELECT one.entry_id, one.at, one.order_id
  FROM unnest(%(kinds)s::text[]) AS wanted (kind) CROSS JOIN LATERAL ({each_kind}) AS one
"""
# OFFSET 0: otherwise the planner looks for the lowest index by walking up from zero.
_PLACES = """
SELECT min(index), max(index)
  FROM (SELECT index FROM ledger_leaf WHERE log_id = %(log)s{times} OFFSET 0) AS found
"""
_PENDING = """
SELECT entry_id, at, order_id FROM ledger_pending WHERE log_id = %(log)s{times}
 ORDER BY id DESC LIMIT %(limit)s
"""


def page(log_id: int, wanted: Wanted, before: UUID | None = None) -> Page:
    """The newest entries that are wanted, older than `before`; at most PAGE of them."""
    key = None if before is None else _key(log_id, before)
    params = _params(log_id, wanted, key)
    waiting = _waiting(log_id, wanted) if key is None and _by_leaf(wanted) else []
    found = store.query(_sql(wanted, key), params)
    held = {entry_id for entry_id, _, _ in waiting}
    rows = [*waiting, *(row for row in found[:PAGE] if row[0] not in held)]
    more = found[PAGE - 1][0] if len(found) > PAGE else None
    return Page(_whole(rows), more)


def find(log_id: int, entry_id: UUID) -> Listed | None:
    """One entry of this log, placed or waiting; None if the log has none by that id."""
    rows = store.query(
        "SELECT entry_id, at, order_id FROM ledger_leaf WHERE entry_id = %(entry)s"
        " AND log_id = %(log)s UNION ALL SELECT entry_id, at, order_id FROM ledger_pending"
        " WHERE log_id = %(log)s AND entry_id = %(entry)s LIMIT 1",
        {"entry": entry_id, "log": log_id},
    )
    return _whole(rows)[0] if rows else None


def is_known(log_id: int, wanted: Wanted) -> bool:
    """True if there is any such entry."""
    params = _params(log_id, wanted, None) | {"limit": 1}
    return bool(store.query(_sql(wanted, None), params))


def places(log_id: int, since: datetime | None, until: datetime | None) -> tuple[int, int] | None:
    """(first, end) of the indexes that hold every entry of that time; None if there is none.

    Entries take their places about in the order of their times, so others may be between them.
    """
    ((first, last),) = store.query(
        _PLACES.format(times=_times(Wanted(since=since, until=until))),
        {"log": log_id, "since": since, "until": until},
    )
    return None if first is None else (first, last + 1)


def _key(log_id: int, entry_id: UUID) -> _Key | None:
    rows = store.query(
        "SELECT entry_id, at, index FROM ledger_leaf WHERE entry_id = %s AND log_id = %s",
        [entry_id, log_id],
    )
    return _Key(*rows[0]) if rows else None


def _params(log_id: int, wanted: Wanted, key: _Key | None) -> dict[str, Any]:
    return {
        "log": log_id,
        "kind": wanted.kind,
        "kinds": [wanted.kind] if wanted.kind else list(KINDS),
        "person": wanted.person,
        "partner": wanted.partner,
        "subject": f"partner:{wanted.partner}",
        "since": wanted.since,
        "until": wanted.until,
        "place": key.place if key else 1 << 62,
        "at": key.at if key else None,
        "entry": key.entry_id if key else None,
        "limit": PAGE + 1,
    }


def _by_leaf(wanted: Wanted) -> bool:
    return not (wanted.kind or wanted.person or wanted.partner is not None)


def _sql(wanted: Wanted, key: _Key | None) -> str:
    """The query that reads the one index that this filter has."""
    if wanted.is_plain:
        return _BY_PLACE
    times = _times(wanted) + (_BEFORE if key else "") + _NEWEST
    if _by_leaf(wanted):
        return _LEAF + times
    if wanted.partner is None or wanted.person:
        return _union([each + times for each in _of_person_or_kind(wanted)])
    each_kind = _union([each + times for each in _of_partner()])
    return _FOR_EACH_KIND.format(each_kind=each_kind) + _NEWEST


def _of_person_or_kind(wanted: Wanted) -> list[str]:
    kind = " AND kind = %(kind)s" if wanted.kind else ""
    record = _RECORD + " AND entry IS NOT NULL" + kind
    if not wanted.person:
        return [_ACT + kind, record]
    act_too, record_too = ("", "") if wanted.partner is None else (_ACT_TOO, _RECORD_TOO)
    return [
        _ACT + " AND person = %(person)s" + kind + act_too,
        _ACT + " AND subject = %(person)s AND subject <> ''" + kind + act_too,
        record + " AND person = %(person)s" + record_too,
    ]


def _of_partner() -> list[str]:
    by = " AND by_partner = %(partner)s AND kind = wanted.kind"
    return [
        _ACT + by,
        _ACT + " AND subject = %(subject)s AND subject <> '' AND kind = wanted.kind",
        _RECORD + " AND entry IS NOT NULL" + by,
        _SHOWN,
    ]


def _times(wanted: Wanted) -> str:
    since = " AND at >= %(since)s" if wanted.since else ""
    return since + (" AND at < %(until)s" if wanted.until else "")


def _union(parts: Sequence[str]) -> str:
    joined = " UNION ".join(f"({part})" for part in parts)
    return _EITHER.format(joined=joined) + _NEWEST


def _waiting(log_id: int, wanted: Wanted) -> list[tuple[Any, ...]]:
    """What is not sequenced yet, of that time; no more than a page of it."""
    return store.query(
        _PENDING.format(times=_times(wanted)),
        {"log": log_id, "since": wanted.since, "until": wanted.until, "limit": PAGE},
    )


def _whole(rows: Sequence[tuple[Any, ...]]) -> list[Listed]:
    if not rows:
        return []
    ids, ats, orders = zip(*rows, strict=True)
    return [
        Listed(entry_id, at, kind, *reading(raw), order and bytes(order), place, raw)
        for entry_id, at, kind, raw, order, place in store.query(
            _WHOLE, {"ids": list(ids), "ats": list(ats), "orders": list(orders)}
        )
    ]
