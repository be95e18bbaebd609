"""The wire: bytes in, bytes out, a broken connection replaced, none shared between threads."""

import threading
from datetime import UTC, datetime

import psycopg
import pytest

import database
from orderveil.gate import wire
from scene import together

NOW = datetime(2026, 11, 23, 6, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def line(db):
    """A wire of the test's own."""
    made = wire.Wire()
    yield made
    made.close()


def test_what_is_sent_comes_back_as_it_was(line):
    """Numbers, texts, moments, bytes, arrays and nulls pass unchanged."""
    sql = (
        "SELECT %(order)s, %(number)s, %(at)s, %(channel)s, %(parcel)s, %(orders)s[2],"
        " (%(parcel_nos)s)[2], %(phone)s"
    ).replace("%(orders)s[2]", "(%(orders)s)[2]")
    params = {
        "order": b"\0\xff",
        "number": wire.text("#1001 \u0906"),
        "at": wire.moment(NOW),
        "channel": wire.number(2**40),
        "parcel": wire.number(7),
        "orders": wire.blobs([b"first", b"\0second"]),
        "parcel_nos": wire.numbers([1, 3]),
        "phone": None,
    }
    readers = (None, wire.read_text, wire.read_moment, wire.read_int64, wire.read_int16)
    rows = line.run(sql, params, (*readers, None, wire.read_int16, None))
    assert rows == [(b"\0\xff", "#1001 \u0906", NOW, 2**40, 7, b"\0second", 3, None)]


def test_a_nul_in_a_text_is_an_error_and_not_its_end(line):
    """A text is sent with its length, so that nothing behind a NUL is lost silently."""
    with pytest.raises(psycopg.DataError):
        line.run("SELECT %(number)s", {"number": b"ab\0cd"}, (wire.read_text,))


def test_a_refused_statement_leaves_the_wire_working(line):
    """After an error the next call is answered."""
    with pytest.raises(psycopg.errors.DivisionByZero):
        line.run("SELECT 1 / (%(channel)s - 1)", {"channel": b"1"}, (wire.read_int64,))
    assert line.run("SELECT %(channel)s", {"channel": b"5"}, (wire.read_int64,)) == [(5,)]


def test_a_connection_that_the_server_cut_is_replaced(line):
    """A restart of the server costs no call an error."""
    ask = ("SELECT pg_backend_pid()::bigint", {}, (wire.read_int64,))
    ((first,),) = line.run(*ask)
    with database.server().connect() as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [first])
    ((second,),) = line.run(*ask)
    assert second != first


def test_what_a_living_server_refuses_is_not_repeated(line, monkeypatch):
    """A statement that ran out of time runs once, and costs no other connection its life."""
    monkeypatch.setattr(wire, "STATEMENT_SECONDS", 1)
    whose = ("SELECT pg_backend_pid()::bigint FROM pg_sleep(0.3)", {}, (wire.read_int64,))
    before = {one for ((one,),) in together(*[lambda: line.run(*whose)] * 3)}
    calls = []
    real = wire._execute
    monkeypatch.setattr(wire, "_execute", lambda *args: calls.append(1) or real(*args))
    with pytest.raises(psycopg.errors.QueryCanceled):
        line.run("SELECT %(channel)s FROM pg_sleep(5)", {"channel": b"1"}, (wire.read_int64,))
    assert len(calls) == 1
    after = {one for ((one,),) in together(*[lambda: line.run(*whose)] * 2)}
    assert len(before) == 3
    assert after < before


def test_no_two_threads_use_one_connection_at_once(line):
    """Each call has a connection to itself for as long as it takes."""
    seen, together = [], threading.Barrier(4)

    def ask():
        together.wait()
        for _ in range(20):
            sql = "SELECT pg_backend_pid()::bigint + %(channel)s FROM pg_sleep(0.002)"
            seen.append(line.run(sql, {"channel": b"0"}, (wire.read_int64,)))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 80
    assert len({row for ((row,),) in seen}) <= 4


def test_what_the_wire_wrote_is_durable_when_it_answers(line):
    """These connections commit each statement on their own, and wait for the disk."""
    assert line.run("SELECT current_setting('synchronous_commit')", {}, (wire.read_text,)) == [
        ("on",)
    ]
