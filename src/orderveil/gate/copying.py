"""Binary COPY rows, packed by hand: the batch door's inner loop.

PostgreSQL's binary COPY format (docs, "COPY", File Formats): per row a 16-bit column count, then
per column a 32-bit length (-1 for null) and the bytes. Packing it here instead of adapting each
value saves about half of the time a batch takes.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
FALSE = b"\0\0\0\x01\0"

_length = struct.Struct(">i").pack
_LENGTHS = tuple(_length(number) for number in range(4096))
_int16 = struct.Struct(">ih").pack
_int32 = struct.Struct(">ii").pack
_int64 = struct.Struct(">iq").pack
_POSTGRES_EPOCH = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def columns(count: int) -> bytes:
    """The head of a row with `count` columns."""
    return struct.pack(">h", count)


def blob(value: bytes | None) -> bytes:
    """A bytea column."""
    if value is None:
        return NULL
    size = len(value)
    return (_LENGTHS[size] if size < len(_LENGTHS) else _length(size)) + value


def text(value: str | None) -> bytes:
    """A text column."""
    return NULL if value is None else blob(value.encode())


def jsonb(raw: bytes) -> bytes:
    """A jsonb column: version 1, then the JSON text."""
    return blob(b"\x01" + raw)


def int16(value: int) -> bytes:
    """A smallint column."""
    return _int16(2, value)


def int32(value: int) -> bytes:
    """An integer column."""
    return _int32(4, value)


def int64(value: int) -> bytes:
    """A bigint column."""
    return _int64(8, value)


def moment(value: datetime | None) -> bytes:
    """A timestamptz column: microseconds since 2000-01-01 UTC."""
    if value is None:
        return NULL
    # A double holds today's microseconds exactly (2^53 of them last until the year 2255).
    return _int64(8, round(value.timestamp() * 1_000_000) - _POSTGRES_EPOCH)


def uuid(value: UUID) -> bytes:
    """A uuid column."""
    return _length(16) + value.bytes


def copy(cursor: Any, target: str, rows: Iterable[bytes]) -> None:
    """Send packed rows to `target`, "table (column, ...)"; raises Django's errors."""
    # COPY fails when it ends, which Django does not wrap by itself.
    with (
        cursor.db.wrap_database_errors,
        cursor.copy(f"COPY {target} FROM STDIN (FORMAT binary)") as out,
    ):
        out.write(SIGNATURE + b"".join(rows) + TRAILER)
