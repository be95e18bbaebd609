"""Packing rows for binary COPY."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.db import DataError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderveil.gate import copying as pg
from scene import rows

CREATE = (
    "CREATE TEMPORARY TABLE copied (n integer, b bytea, t text, s smallint, big bigint,"
    " j jsonb, at timestamptz, u uuid, f boolean)"
)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(-(10**15), 10**15).map(lambda us: _EPOCH + timedelta(microseconds=us))
ROWS = st.lists(
    st.tuples(
        st.none() | st.binary(max_size=40),
        st.none() | st.text(st.characters(blacklist_characters="\0", codec="utf-8"), max_size=40),
        st.integers(-(2**15), 2**15 - 1),
        st.integers(-(2**63), 2**63 - 1),
        st.none() | MOMENTS,
        st.uuids(),
    ),
    max_size=8,
)


def packed(number, row):
    """One row in PostgreSQL's format."""
    blob, text, small, big, at, uuid = row
    return b"".join(
        (
            pg.columns(9),
            pg.int32(number),
            pg.blob(blob),
            pg.text(text),
            pg.int16(small),
            pg.int64(big),
            pg.jsonb(b'{"a": 1}'),
            pg.moment(at),
            pg.uuid(uuid),
            pg.FALSE,
        )
    )


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(ROWS)
def test_what_is_copied_reads_back_equal(db, table):
    """NULLs, any text, extreme numbers, microseconds and moments before 2000 come back the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CREATE)
        pg.copy(cursor, "copied", [packed(number, row) for number, row in enumerate(table)])
        found = rows("SELECT b, t, s, big, at, u, j::text, f FROM copied ORDER BY n")
        assert found == [(*row, '{"a": 1}', False) for row in table]
        cursor.execute("DROP TABLE copied")


def test_a_moment_of_another_zone_is_the_same_moment(db):
    """A time zone changes how a moment is written, not which it is."""
    india = timezone(timedelta(hours=5, minutes=30))
    at = datetime(2026, 11, 23, 17, 30, tzinfo=india)
    assert pg.moment(at) == pg.moment(at.astimezone(UTC))
    assert pg.uuid(UUID(int=1))[4:] == UUID(int=1).bytes


def test_what_postgresql_refuses_is_djangos_error(db):
    """A bad row fails as every other statement fails, and nothing of the batch is stored."""
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        good = packed(1, (b"", "", 1, 1, None, UUID(int=1)))
        with pytest.raises(DataError):
            pg.copy(cursor, "copied", [good, packed(2, (b"", "a\0b", 1, 1, None, UUID(int=1)))])
        assert rows("SELECT count(*) FROM copied") == [(0,)]
