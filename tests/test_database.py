"""The tests' own database: a copy for each test, committed to for real."""

import threading

from django.db import connection

SEEN = []


def write_and_count():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS mark (n int)")
        cursor.execute("INSERT INTO mark VALUES (1)")
        cursor.execute("SELECT count(*) FROM mark")
        return cursor.fetchone()[0]


def test_a_commit_is_seen_by_another_thread(db):
    """Another connection of the same test sees what was committed."""
    write_and_count()
    found = []

    def look():
        found.append(write_and_count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [2]
    SEEN.append(db)


def test_nothing_is_left_from_another_test(db):
    """A test's database is its own, whatever ran before."""
    assert write_and_count() == 1
    assert db not in SEEN


def test_the_owner_owns_the_copy(db):
    """Django is connected to the copy as the role that owns it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_user")
        assert cursor.fetchone() == (db, "orderveil")
        cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [db])
        assert cursor.fetchone() == ("orderveil",)
