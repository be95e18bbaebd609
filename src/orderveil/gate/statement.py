"""The statement: in one round trip, record a disclosure and read what it discloses.

This file alone names vault, partners and ledger tables together. Rules kept here:
- the ledger row and its `pending` row are inserted, and the sealed compartments returned, only
  if the brand matches, a parcel is in a state the Grant was decided for, the assignment exists
  where reach is `assigned`, and the brand's law revision is the one decided under;
- the DEK row is locked FOR KEY SHARE: an erasure waits for the disclosures in flight, so its
  list of recipients misses none, and a disclosure that comes later finds no row; who changes
  a parcel's state does the same (`updating.fence`); many rows are locked in the order of ids;
- it runs on connections of its own (`wire`), in autocommit with synchronous_commit on, never
  inside a caller's transaction: when it has answered, the record is durable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from orderveil.core.decision import Grant
from orderveil.core.fields import Compartment
from orderveil.core.hops import Reach
from orderveil.core.states import ParcelState
from orderveil.gate import wire
from orderveil.ledger.entries import DisclosureKind

_PARCELS = """
    (SELECT json_agg(json_build_object('n', p.parcel_no, 's', p.state, 'r', p.is_reverse,
                                       'c', p.carrier, 'a', p.awb) ORDER BY p.parcel_no)::text
       FROM vault_parcel p
      WHERE p.order_id = o.order_id
{states}{one}{assigned})
"""
_ANY_STATE = frozenset(ParcelState)
_STATES = "\n        AND p.state = ANY(%(states)s::text[])"
_ONE = " AND p.parcel_no = {parcel}"
_ASSIGNED = """
        AND EXISTS (SELECT 1 FROM partners_assignment a
                     WHERE a.order_id = p.order_id AND a.parcel_no = p.parcel_no
                       AND a.hop = %(hop)s AND a.partner_id = %(partner)s)"""

_SINGLE = """
WITH found AS MATERIALIZED (
    SELECT o.order_id, o.order_number, o.placed_at, o.facts::text AS facts, o.dek_no,
           d.epoch_id, d.wrapped, {parcels} AS parcels{columns}
      FROM vault_order o
      JOIN vault_dek d ON d.order_id = o.order_id AND d.dek_no = o.dek_no
     WHERE o.order_id = %(order)s AND o.brand_id = %(brand)s
       AND EXISTS (SELECT 1 FROM ledger_law WHERE log_id = %(brand)s AND rev = %(rev)s)
       FOR KEY SHARE OF d
), recorded AS (
    INSERT INTO ledger_record (order_id, at, entry_id, log_id, kind, hop, partner_id,
                               credential_id, person, entry)
    SELECT order_id, %(at)s, %(entry_id)s, %(brand)s, %(kind)s, %(hop)s, %(partner)s,
           %(credential)s, %(person)s, %(entry)s
      FROM found WHERE parcels IS NOT NULL
), queued AS (
    INSERT INTO ledger_pending (log_id, entry_id, leaf, order_id, at)
    SELECT %(brand)s, %(entry_id)s, %(leaf)s, order_id, %(at)s
      FROM found WHERE parcels IS NOT NULL
)
SELECT * FROM found WHERE parcels IS NOT NULL
"""

_MANY = """
WITH wanted AS (
    SELECT * FROM unnest(%(orders)s::bytea[], %(parcel_nos)s::smallint[], %(salts)s::bytea[])
             WITH ORDINALITY AS w (order_id, parcel_no, salt, position)
), found AS MATERIALIZED (
    SELECT w.position, w.salt, w.parcel_no,
           o.order_id, o.order_number, o.placed_at, o.facts::text AS facts, o.dek_no,
           d.epoch_id, d.wrapped, {parcels} AS parcels{columns}
      FROM wanted w
      JOIN vault_order o ON o.order_id = w.order_id AND o.brand_id = %(brand)s
      JOIN vault_dek d ON d.order_id = o.order_id AND d.dek_no = o.dek_no
     WHERE EXISTS (SELECT 1 FROM ledger_law WHERE log_id = %(brand)s AND rev = %(rev)s)
     ORDER BY o.order_id
       FOR KEY SHARE OF d
), whole AS (
    SELECT count(*) = %(count)s AS whole FROM found WHERE parcels IS NOT NULL
), rows AS (
    INSERT INTO ledger_record (order_id, at, entry_id, parcel_no, position, log_id, kind, hop,
                               partner_id, credential_id, person, salt)
    SELECT order_id, %(at)s, %(entry_id)s, parcel_no, position - 1, %(brand)s, 'bulk',
           %(hop)s, %(partner)s, %(credential)s, %(person)s, salt
      FROM found, whole WHERE whole.whole
), head AS (
    INSERT INTO ledger_entry (entry_id, log_id, at, kind, subject, person, entry)
    SELECT %(entry_id)s, %(brand)s, %(at)s, 'bulk', '', %(person)s, %(entry)s
      FROM whole WHERE whole.whole
), queued AS (
    INSERT INTO ledger_pending (log_id, entry_id, leaf, at)
    SELECT %(brand)s, %(entry_id)s, %(leaf)s, %(at)s FROM whole WHERE whole.whole
)
SELECT found.* FROM found, whole WHERE whole.whole ORDER BY position
"""

_ELIGIBLE = """
SELECT w.position - 1 AS position FROM unnest(%(orders)s::bytea[], %(parcel_nos)s::smallint[])
         WITH ORDINALITY AS w (order_id, parcel_no, position)
  JOIN vault_order o ON o.order_id = w.order_id AND o.brand_id = %(brand)s
  JOIN vault_dek d ON d.order_id = o.order_id AND d.dek_no = o.dek_no
 WHERE {parcels} IS NOT NULL
 ORDER BY 1
"""

ANY_PARCEL = 0
"""In an array of parcel numbers: no parcel was named."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who the statement records, and the law it was decided under."""

    brand_id: int
    law_rev: int
    partner_id: int
    credential_id: int | None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """The ledger entry that the statement inserts."""

    entry_id: UUID
    at: datetime
    entry: bytes
    leaf: bytes
    kind: DisclosureKind = DisclosureKind.DISCLOSURE


@lru_cache(maxsize=256)
def _sql(
    template: str,
    reach: Reach,
    states: frozenset[ParcelState],
    compartments: tuple[Compartment, ...],
    parcel: str,
) -> str:
    parcels = _PARCELS.format(
        # A window of all states needs no look at them.
        states="" if states == _ANY_STATE else _STATES,
        one=_ONE.format(parcel=parcel) if parcel else "",
        assigned=_ASSIGNED if reach == Reach.ASSIGNED else "",
    )
    columns = "".join(f", o.{compartment}" for compartment in compartments)
    return template.format(parcels=parcels, columns=columns)


_ROW: tuple[wire.Reader, ...] = (
    None,  # order_id
    wire.read_text,  # order_number
    wire.read_moment,  # placed_at
    wire.read_text,  # facts
    wire.read_int16,  # dek_no
    wire.read_int64,  # epoch_id
    None,  # wrapped
    wire.read_text,  # parcels
)
_MANY_HEAD: tuple[wire.Reader, ...] = (wire.read_int64, None, wire.read_int16)


class Statement:
    """The statement on connections of its own."""

    @staticmethod
    def close() -> None:
        """Give the connections back: at the end of a process or a test."""
        wire.shared.close()

    def disclose(
        self,
        asker: Asker,
        grant: Grant,
        columns: tuple[Compartment, ...],
        order_id: bytes,
        parcel_no: int | None,
        entry: Entry,
    ) -> wire.Row | None:
        """Record and read one order; None if a condition does not hold, and nothing is recorded."""
        sql = _sql(_SINGLE, grant.reach, grant.states, columns, "%(parcel)s" if parcel_no else "")
        params = _params(asker, grant, entry)
        params["order"] = order_id
        params["parcel"] = wire.number(parcel_no)
        rows = wire.shared.run(sql, params, _ROW + (None,) * len(columns))
        return rows[0] if rows else None

    def eligible(
        self, asker: Asker, grant: Grant, orders: Sequence[bytes], parcel_nos: Sequence[int]
    ) -> list[int]:
        """Positions of the orders that could be disclosed now; discloses nothing."""
        sql = _sql(_ELIGIBLE, grant.reach, grant.states, (), _EACH)
        params = {
            "orders": wire.blobs(orders),
            "parcel_nos": wire.numbers(parcel_nos),
            "brand": wire.number(asker.brand_id),
            "states": _states(grant.states),
            "hop": grant.hop.encode(),
            "partner": wire.number(asker.partner_id),
        }
        return [row[0] for row in wire.shared.run(sql, params, (wire.read_int64,))]

    def disclose_many(
        self,
        asker: Asker,
        grant: Grant,
        columns: tuple[Compartment, ...],
        orders: Sequence[bytes],
        parcel_nos: Sequence[int],
        salts: Sequence[bytes],
        entry: Entry,
    ) -> list[wire.Row]:
        """Record and read all of `orders`, or (if any condition fails for any) none: []."""
        sql = _sql(_MANY, grant.reach, grant.states, columns, _EACH)
        params = _params(asker, grant, entry)
        params["orders"] = wire.blobs(orders)
        params["parcel_nos"] = wire.numbers(parcel_nos)
        params["salts"] = wire.blobs(salts)
        params["count"] = wire.number(len(orders))
        return wire.shared.run(sql, params, _MANY_HEAD + _ROW + (None,) * len(columns))


_EACH = "CASE w.parcel_no WHEN 0 THEN p.parcel_no ELSE w.parcel_no END"


def _params(asker: Asker, grant: Grant, entry: Entry) -> dict[str, wire.Value]:
    return {
        "brand": wire.number(asker.brand_id),
        "rev": wire.number(asker.law_rev),
        "partner": wire.number(asker.partner_id),
        "credential": wire.number(asker.credential_id),
        "person": asker.person.encode() if asker.person else None,
        "kind": entry.kind.encode(),
        "hop": grant.hop.encode(),
        "states": _states(grant.states),
        "at": wire.moment(entry.at),
        "entry_id": entry.entry_id.bytes,
        "entry": entry.entry,
        "leaf": entry.leaf,
    }


@lru_cache(maxsize=64)
def _states(states: frozenset[ParcelState]) -> bytes:
    """An array literal. States are words of ours."""
    return b"{" + ",".join(states).encode() + b"}"


statement = Statement()
