"""Reading the tree as it is stored: a log's published checkpoint and its tiles.

Rules kept here:
- whatever is proved is proved against the *published* tree: a head that is not signed yet is
  nobody's business;
- the tiles of one proof are fetched in one round trip.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from psycopg import Cursor, ServerCursor

from orderveil.core.merkle import Range
from orderveil.core.tiles import ReadTile, TileName, names_for

# OFFSET 0 keeps the planner from joining: each tile is one look into the index, however many
# tiles the log has.
TILES = """
SELECT wanted.level, wanted.n, found.hashes
  FROM unnest(%s::smallint[], %s::bigint[]) AS wanted (level, n)
 CROSS JOIN LATERAL (
       SELECT hashes FROM ledger_tile AS tile
        WHERE tile.log_id = %s AND tile.level = wanted.level AND tile.n = wanted.n OFFSET 0
       ) AS found
"""


@dataclass(frozen=True, slots=True)
class Published:
    """A log's last signed tree head."""

    log_id: int
    origin: str
    size: int
    checkpoint: str


class BulkRow(NamedTuple):
    """One order that a bulk speaks of."""

    position: int
    order: str
    """Its id in hexadecimal."""
    parcel_no: int
    """0: the order as such."""


def query(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows, on Django's connection, in its transaction if there is one.

    Django binds parameters in the client; here the server does, so that statements stay prepared.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(sql, params, binary=True).fetchall()


def batches(sql: str, params: Mapping[str, Any], size: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows, up to `size` at a time out of a cursor of the server's: no more are held here."""
    connection.ensure_connection()
    with (
        transaction.atomic(),
        connection.wrap_database_errors,
        ServerCursor(connection.connection, "ledger_batches") as cursor,
    ):
        cursor.execute(sql, params, binary=True)
        while rows := cursor.fetchmany(size):
            yield rows


def published(log_id: int) -> Published | None:
    """The log's last checkpoint; None if there is no such log or it has none yet."""
    rows = query(
        "SELECT origin, published_size, checkpoint FROM ledger_head"
        " JOIN ledger_log USING (log_id) WHERE log_id = %s AND checkpoint IS NOT NULL",
        [log_id],
    )
    return Published(log_id, *rows[0]) if rows else None


def origin(log_id: int) -> str:
    """The name of a log that exists."""
    return str(query("SELECT origin FROM ledger_log WHERE log_id = %s", [log_id])[0][0])


def published_at(log_id: int) -> datetime | None:
    """When the last checkpoint was signed."""
    rows = query("SELECT published_at FROM ledger_head WHERE log_id = %s", [log_id])
    return rows[0][0] if rows else None


def waiting(log_id: int, most: int) -> int:
    """How many entries have no place yet; counted up to `most`."""
    rows = query(
        "SELECT count(*) FROM (SELECT FROM ledger_pending WHERE log_id = %s LIMIT %s) AS found",
        [log_id, most],
    )
    return int(rows[0][0])


def rows_of_bulk(entry_id: UUID, at: datetime, after: int, limit: int) -> list[BulkRow]:
    """The rows of a bulk from the position after `after` on."""
    rows = query(
        "SELECT position, order_id, parcel_no FROM ledger_record WHERE entry_id = %s AND at = %s"
        " AND entry IS NULL AND position > %s ORDER BY position LIMIT %s",
        [entry_id, at, after, limit],
    )
    return [BulkRow(position, bytes(order).hex(), parcel) for position, order, parcel in rows]


def read_tiles(log_id: int, names: Iterable[TileName]) -> dict[TileName, bytes]:
    """The stored hashes of these tiles, possibly more than the published tree has."""
    wanted = sorted(names)
    rows = query(TILES, [[level for level, _ in wanted], [n for _, n in wanted], log_id])
    return {(level, n): hashes for level, n, hashes in rows}


def reader(log_id: int, ranges: Iterable[Range]) -> ReadTile:
    """A `ReadTile` that holds every tile these ranges need."""
    held = read_tiles(log_id, names_for(ranges))
    return lambda level, n: held[level, n]
