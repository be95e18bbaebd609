"""Named secrets: created once, replaced in the caller's transaction, cached for a short while."""

import pytest
from django.db import connection, transaction

from orderveil.keyring import secrets
from orderveil.keyring.providers import KeyringError, UnwrapError


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else None


def test_a_secret_is_made_once(db, settings_url):
    """Every later call gets the same bytes, of the length first asked for."""
    made = secrets.ensure(1, "id_key")
    secrets.forget()
    assert secrets.ensure(1, "id_key", 16) == secrets.get(1, "id_key") == made
    assert len(made) == 32
    assert len(secrets.ensure(1, "ref_key", 16)) == 16
    assert secrets.ensure(2, "id_key") != made


def test_a_secret_is_stored_wrapped_only(db, settings_url):
    """The row does not hold the secret."""
    secrets.put(1, "channel:5", b"shop-secret")
    [(blob,)] = sql("SELECT wrapped FROM keyring_secret")
    assert b"shop-secret" not in bytes(blob)


def test_a_missing_secret_is_an_error_that_names_it(db, settings_url):
    """Nothing is invented for a secret that was never stored."""
    with pytest.raises(KeyringError, match="channel:9"):
        secrets.get(1, "channel:9")


def test_a_replaced_secret_is_read_at_once(db, settings_url):
    """Put over put gives the latest; delete leaves none."""
    secrets.put(1, "channel:5", b"one")
    assert secrets.get(1, "channel:5") == b"one"
    secrets.put(1, "channel:5", b"two")
    assert secrets.get(1, "channel:5") == b"two"
    secrets.delete(1, "channel:5")
    with pytest.raises(KeyringError):
        secrets.get(1, "channel:5")


def replace_and_fail():
    with transaction.atomic():
        secrets.put(1, "channel:5", b"two")
        assert secrets.get(1, "channel:5") == b"two"
        raise LookupError


def test_a_rolled_back_secret_leaves_no_trace(db, settings_url):
    """Inside the transaction the new secret is read, after its rollback the old one."""
    secrets.put(1, "channel:5", b"one")
    with pytest.raises(LookupError):
        replace_and_fail()
    assert secrets.get(1, "channel:5") == b"one"


def test_a_secret_made_on_demand_outlives_a_rollback(db, settings_url):
    """What may have been used already is kept."""

    def fail():
        with transaction.atomic():
            made.append(secrets.ensure(1, "hash_key"))
            raise LookupError

    made = []
    with pytest.raises(LookupError):
        fail()
    secrets.forget()
    assert secrets.get(1, "hash_key") == made[0]


def test_another_process_change_shows_when_the_cache_ends(db, settings_url, monkeypatch):
    """A cached secret is read again after its short life."""
    secrets.put(1, "channel:5", b"one")
    secrets.get(1, "channel:5")
    sql("DELETE FROM keyring_secret")
    assert secrets.get(1, "channel:5") == b"one"
    monkeypatch.setattr(secrets.time, "monotonic", lambda: 1e12)
    with pytest.raises(KeyringError):
        secrets.get(1, "channel:5")


def test_a_secret_moved_to_another_name_does_not_open(db, settings_url):
    """A row renamed in the database is refused."""
    secrets.put(1, "channel:5", b"one")
    sql("UPDATE keyring_secret SET name = 'channel:6'")
    secrets.forget()
    with pytest.raises(UnwrapError):
        secrets.get(1, "channel:6")
