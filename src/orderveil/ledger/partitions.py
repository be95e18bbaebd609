"""Monthly partitions of the per-order records.

Rules kept here:
- a month's partition exists before its first record; should one be missing, records land in the
  default partition and are moved when the month's is made;
- past its term a month goes as a whole: its records' partition and its entries' bytes in one
  transaction. The leaf hashes stay in the tree, so every proof of what remains still verifies.

DDL needs the owner of the tables: these functions take a connection of the owner's.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection, sql

from orderveil.ledger.connections import connect

_MOVE = """
    WITH moved AS (
        DELETE FROM ledger_record_default WHERE at >= %s AND at < %s RETURNING *
    )
    INSERT INTO {} SELECT * FROM moved
"""


def ensure(now: datetime, months_ahead: int = 2) -> list[str]:
    """Makes the partitions of this month and the next `months_ahead`; returns those made."""
    made = []
    with connect() as owner:
        for start, end in _months(now, months_ahead + 1):
            name = _name(start)
            if owner.execute("SELECT to_regclass(%s)", [name]).fetchone() == (None,):
                _create(owner, name, start, end)
                made.append(name)
    return made


def expire(before: datetime) -> int:
    """Drops the records and forgets the entry bytes of every whole month before `before`.

    Returns how many entries of acts and bulks lost their bytes.
    """
    (limit, _), *_ = _months(before, 1)
    with connect() as owner, owner.transaction():
        for name in _partitions(owner):
            if name < _name(limit) and name != "ledger_record_default":
                owner.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
        owner.execute("DELETE FROM ledger_record_default WHERE at < %s", [limit])
        return owner.execute(
            "UPDATE ledger_entry SET entry = NULL WHERE at < %s AND entry IS NOT NULL", [limit]
        ).rowcount


def _create(owner: Connection[tuple[Any, ...]], name: str, start: datetime, end: datetime) -> None:
    table = sql.Identifier(name)
    with owner.transaction():
        owner.execute("SET LOCAL lock_timeout = '5s'")
        owner.execute("LOCK TABLE ledger_record_default IN ACCESS EXCLUSIVE MODE")
        owner.execute(sql.SQL("CREATE TABLE {} (LIKE ledger_record INCLUDING ALL)").format(table))
        # Default privileges may hand a new table to the application; a partition is reached
        # through its parent only.
        owner.execute(
            sql.SQL("REVOKE ALL ON {} FROM orderveil_app, orderveil_sequencer").format(table)
        )
        owner.execute(sql.SQL(_MOVE).format(table), [start, end])
        owner.execute(
            sql.SQL(
                "ALTER TABLE ledger_record ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})"
            ).format(table, sql.Literal(start), sql.Literal(end))
        )


def _partitions(owner: Connection[tuple[Any, ...]]) -> list[str]:
    rows = owner.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'ledger_record'::regclass ORDER BY 1"
    )
    return [name for (name,) in rows]


def _months(moment: datetime, count: int) -> Iterator[tuple[datetime, datetime]]:
    """(start, end) of `count` months in UTC, from the one that holds `moment`."""
    utc = moment.astimezone(UTC)
    first = utc.year * 12 + utc.month - 1
    for month in range(first, first + count):
        starts = [datetime(at // 12, at % 12 + 1, 1, tzinfo=UTC) for at in (month, month + 1)]
        yield starts[0], starts[1]


def _name(start: datetime) -> str:
    return f"ledger_record_y{start:%Y}m{start:%m}"
