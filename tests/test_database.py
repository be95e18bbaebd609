"""The tests' own database: a copy for each test, committed to for real."""

import random
import threading

from django.db import connection

SEEN = []


def write_and_count():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO vault_delivery VALUES (1, gen_random_uuid()::text, now())")
        cursor.execute("SELECT count(*) FROM vault_delivery")
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


def test_django_has_the_applications_role(db):
    """The owner owns the copy, and Django works in it with the application's rights."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_user")
        assert cursor.fetchone() == (db, "orderveil_app")
        cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [db])
        assert cursor.fetchone() == ("orderveil",)


def test_a_connection_draws_nothing_that_a_test_could_draw(db):
    """A pool may connect while Hypothesis draws, which fails a test that finds its state moved."""
    connection.close()
    connection.close_pool()
    before = random.getstate()
    write_and_count()
    assert random.getstate() == before
