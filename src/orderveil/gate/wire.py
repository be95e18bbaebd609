"""Connections of the hot paths' own: prepared statements in binary, straight through libpq.

psycopg's cursors cost more than the statement itself here (docs/performance.md), so this file hands
libpq what it wants: parameters as bytes, results as bytes. Rules kept here:
- autocommit, `synchronous_commit = on`: when a call returns, what it wrote is durable;
- a connection that failed is thrown away; if it is gone, the call is made once more on a fresh one,
  which may record a disclosure twice (we over-report) and never loses one, and finds an order it
  admitted; what a living server refused (a timeout, a deadlock) is the caller's to hear of;
- never inside a caller's transaction: these connections are nobody else's.
"""

import re
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection
from psycopg import pq
from psycopg.errors import error_from_result

from orderveil.core.fields import Compartment

MOST_CONNECTIONS = 16
STATEMENT_SECONDS = 15
GONE = "the database's server closed the connection"

Value = bytes | None
Row = tuple[Any, ...]

_NAMED = re.compile(r"%\((\w+)\)s")
_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_OID_BYTEA = 17
_int16 = struct.Struct(">h")
_int64 = struct.Struct(">q")
_array_head = struct.Struct(">iiIii")
_length = struct.Struct(">i").pack


def text(value: str | None) -> Value:
    """A text, or an array's literal."""
    return None if value is None else value.encode()


def moment(value: datetime | None) -> Value:
    """A timestamptz."""
    return None if value is None else value.isoformat().encode()


def number(value: int | None) -> Value:
    """Any integer, as text."""
    return None if value is None else b"%d" % value


def numbers(values: Sequence[int]) -> bytes:
    """An array of integers, as text."""
    return b"{" + ",".join(map(str, values)).encode() + b"}"


def blobs(values: Sequence[bytes]) -> bytes:
    """bytea[] in PostgreSQL's binary form: dimensions, flags, element type, length, first index."""
    head = _array_head.pack(1, 0, _OID_BYTEA, len(values), 1)
    return head + b"".join([_length(len(value)) + value for value in values])


def read_text(raw: bytes) -> str:
    """A text column."""
    return raw.decode()


def read_int16(raw: bytes) -> int:
    """A smallint column."""
    return int(_int16.unpack(raw)[0])


def read_int64(raw: bytes) -> int:
    """A bigint column."""
    return int(_int64.unpack(raw)[0])


def read_moment(raw: bytes) -> datetime:
    """A timestamptz column."""
    return _POSTGRES_EPOCH + timedelta(microseconds=_int64.unpack(raw)[0])


Reader = Callable[[bytes], Any] | None
"""How a column is read; None: bytes as they are."""

_TYPES: Mapping[str, tuple[str, int]] = {
    "order": ("bytea", 1),
    "entry": ("bytea", 1),
    "leaf": ("bytea", 1),
    "entry_id": ("uuid", 1),
    "orders": ("bytea[]", 1),
    "salts": ("bytea[]", 1),
    "parcel_nos": ("smallint[]", 0),
    "states": ("text[]", 0),
    "parcel_ids": ("text[]", 0),
    "carriers": ("text[]", 0),
    "awbs": ("text[]", 0),
    "at": ("timestamptz", 0),
    "placed": ("timestamptz", 0),
    "updated": ("timestamptz", 0),
    "cancelled": ("timestamptz", 0),
    "facts": ("jsonb", 0),
    # A text in binary is its bytes with their length: a NUL in it is an error, not its end.
    "hop": ("text", 1),
    "kind": ("text", 1),
    "person": ("text", 1),
    "shop_id": ("text", 1),
    "number": ("text", 1),
    "delivery": ("text", 1),
    "channel": ("bigint", 0),
    "epoch": ("bigint", 0),
    "wrapped": ("bytea", 1),
    "phone": ("bytea", 1),
    "email": ("bytea", 1),
    **{str(name): ("bytea", 1) for name in Compartment},
    "brand": ("integer", 0),
    "parcel": ("smallint", 0),
    "rev": ("bigint", 0),
    "partner": ("bigint", 0),
    "credential": ("bigint", 0),
    "count": ("bigint", 0),
}
"""Parameter -> (its type, 1 if it is sent in binary)."""


@lru_cache(maxsize=512)
def _compiled(sql: str) -> tuple[bytes, bytes, tuple[str, ...], tuple[int, ...]]:
    """(statement name, SQL with $n, parameter names in order, their formats)."""
    names: dict[str, int] = {}

    def numbered(match: re.Match[str]) -> str:
        at = names.setdefault(match[1], len(names) + 1)
        return f"${at}::{_TYPES[match[1]][0]}"

    text = _NAMED.sub(numbered, sql)
    name = f"s{abs(hash(text)):x}"
    return name.encode(), text.encode(), tuple(names), tuple(_TYPES[each][1] for each in names)


class Wire:
    """A handful of connections, each used by one thread at a time."""

    def __init__(self) -> None:
        self._free: deque[tuple[psycopg.Connection[Row], set[bytes]]] = deque()
        self._places = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def close(self) -> None:
        """Close the connections: at the end of a process or a test."""
        while True:
            try:
                self._free.pop()[0].close()
            except IndexError:
                return

    def run(self, sql: str, params: Mapping[str, Value], readers: Sequence[Reader]) -> list[Row]:
        """Execute `sql` with its `%(name)s` parameters; rows as `readers` read the columns."""
        with self._places:
            try:
                return self._run(sql, params, readers)
            except psycopg.OperationalError as error:
                if not _is_gone(error):
                    raise
                # The server may have been restarted: the others are as dead as this one.
                self.close()
                return self._run(sql, params, readers)

    def _take(self) -> tuple[psycopg.Connection[Row], set[bytes]]:
        try:
            # One step: another thread may take the last one between a look and a pop.
            return self._free.pop()
        except IndexError:
            return _connect(), set()

    def _run(self, sql: str, params: Mapping[str, Value], readers: Sequence[Reader]) -> list[Row]:
        conn, prepared = self._take()
        try:
            rows = _execute(conn.pgconn, prepared, sql, params, readers)
        except BaseException:
            is_gone = conn.pgconn.status != pq.ConnStatus.OK
            conn.close()
            if is_gone:
                # libpq says this without a code, as an error like any other.
                raise psycopg.OperationalError(GONE) from None
            raise
        self._free.append((conn, prepared))
        return rows


def _is_gone(error: psycopg.OperationalError) -> bool:
    """Is it the connection that failed, or the server that goes? libpq's own errors have no code.

    57P: shut down, crashed, starting up. 08: the connection. Other codes are refusals.
    """
    return error.sqlstate is None or error.sqlstate.startswith(("57P", "08"))


def _connect() -> psycopg.Connection[Row]:
    params = connection.get_connection_params()
    for key in ("cursor_factory", "context", "prepare_threshold"):
        params.pop(key, None)
    conn = psycopg.connect(**params, autocommit=True)
    conn.execute("SET synchronous_commit = on")
    # These statements find single rows by key: planning them anew costs more than running them.
    conn.execute("SET plan_cache_mode = force_generic_plan")
    conn.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
    return conn


def _execute(
    link: pq.abc.PGconn,
    prepared: set[bytes],
    sql: str,
    params: Mapping[str, Value],
    readers: Sequence[Reader],
) -> list[Row]:
    name, text, names, formats = _compiled(sql)
    if name not in prepared:
        _checked(link.prepare(name, text), pq.ExecStatus.COMMAND_OK)
        prepared.add(name)
    values: list[Any] = [params[each] for each in names]
    result = link.exec_prepared(name, values, formats, 1)
    _checked(result, pq.ExecStatus.TUPLES_OK)
    value = result.get_value
    columns = list(enumerate(readers))
    rows = []
    for at in range(result.ntuples):
        row = []
        for column, read in columns:
            raw = value(at, column)
            row.append(raw if raw is None or read is None else read(raw))
        rows.append(tuple(row))
    return rows


def _checked(result: pq.abc.PGresult, wanted: pq.ExecStatus) -> None:
    if result.status != wanted:
        raise error_from_result(result)


shared = Wire()
"""This process's connections."""
