"""Epoch keys: when they are made, who sees which one, and what is left of a destroyed one."""

import threading

import pytest
from django.db import connection, transaction

from orderveil.keyring import epochs, wrapping
from orderveil.keyring.providers import KeyringError, UnwrapError

BRAND = 3


class Counting:
    """Passes on to real root keys and counts."""

    def __init__(self, roots):
        self.roots = roots
        self.unwrapped = 0

    def __getattr__(self, name):
        return getattr(self.roots, name)

    def unwrap(self, wrapped, context):
        self.unwrapped += 1
        return self.roots.unwrap(wrapped, context)


@pytest.fixture
def counting(db, settings_url, monkeypatch):
    counter = Counting(wrapping.provider(settings_url))
    monkeypatch.setattr(wrapping, "open_provider", lambda url, home: counter)
    wrapping.forget()
    return counter


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else None


def follow(monkeypatch):
    """Let the time of the next recheck come."""
    monkeypatch.setattr(epochs, "_checked_at", 0.0)


def test_the_first_use_makes_an_epoch_and_the_next_uses_it(db, settings_url):
    """A brand has one current epoch, the same after the process forgets it."""
    first = epochs.current(BRAND)
    epochs.forget()
    assert epochs.current(BRAND) == first == epochs.key_of(first.id)
    assert len(first.key) == 32
    assert epochs.current(BRAND + 1).key != first.key


def test_the_key_is_stored_wrapped_only(db, settings_url):
    """The row does not hold the key, and neither does a repr."""
    key = epochs.current(BRAND)
    [(blob,)] = sql("SELECT wrapped FROM keyring_epoch")
    assert key.key not in bytes(blob)
    assert "key=" not in repr(key)


def test_the_provider_is_called_once_per_epoch(counting):
    """However often an epoch is used, its key is unwrapped once per process."""
    epoch = epochs.current(BRAND)
    epochs.forget()
    threads = [threading.Thread(target=lambda: use(epoch.id)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counting.unwrapped == 1


def use(epoch_id):
    for _ in range(20):
        assert epochs.key_of(epoch_id).id == epochs.current(BRAND).id
    connection.close()


def test_threads_that_come_first_together_agree(db, settings_url):
    """Of many first uses at once one makes the epoch."""
    seen = []

    def look():
        seen.append(epochs.current(BRAND))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 1
    assert sql("SELECT count(*) FROM keyring_epoch") == [(1,)]


def test_an_epoch_outlives_the_transaction_that_first_needed_it(db, settings_url):
    """A rollback of the caller does not take back a key others may have sealed with."""

    def fail():
        with transaction.atomic():
            made.append(epochs.current(BRAND))
            raise LookupError

    made = []
    with pytest.raises(LookupError):
        fail()
    epochs.forget()
    assert epochs.current(BRAND) == made[0]


def test_a_new_epoch_retires_the_one_before(db, settings_url):
    """Orders sealed before still open; new ones get the new key."""
    old = epochs.current(BRAND)
    new = epochs.start(BRAND)
    assert epochs.current(BRAND) == new != old
    assert epochs.retired(BRAND) == [old.id]
    assert epochs.key_of(old.id) == old


def test_another_process_follows_a_new_epoch(db, settings_url, monkeypatch):
    """What another process retired is not used once the recheck is due."""
    old = epochs.current(BRAND)
    monkeypatch.setattr(epochs, "_remember", lambda key, is_current: key)
    new = epochs.start(BRAND)
    monkeypatch.undo()
    assert epochs.current(BRAND) == old
    follow(monkeypatch)
    assert epochs.current(BRAND) == new


def test_a_destroyed_epoch_opens_nothing(db, settings_url):
    """The wrapped key is gone from the row, and the error says so."""
    old = epochs.current(BRAND)
    epochs.start(BRAND)
    epochs.destroy(old.id)
    with pytest.raises(KeyringError, match="destroyed"):
        epochs.key_of(old.id)
    assert sql("SELECT wrapped FROM keyring_epoch WHERE id = %s", old.id) == [(None,)]
    assert epochs.retired(BRAND) == []


def test_another_process_lets_go_of_a_destroyed_epoch(db, settings_url, monkeypatch):
    """A key destroyed elsewhere leaves this process's memory at the next recheck."""
    old = epochs.current(BRAND)
    epochs.start(BRAND)
    sql("UPDATE keyring_epoch SET wrapped = NULL, destroyed_at = now() WHERE id = %s", old.id)
    assert epochs.key_of(old.id) == old
    follow(monkeypatch)
    with pytest.raises(KeyringError, match="destroyed"):
        epochs.key_of(old.id)


def test_the_current_epoch_is_never_destroyed(db, settings_url):
    """What still seals new orders can't be destroyed, and what is unknown neither."""
    key = epochs.current(BRAND)
    for epoch_id in (key.id, key.id + 100):
        with pytest.raises(KeyringError, match="unknown, or still seals"):
            epochs.destroy(epoch_id)
    assert epochs.current(BRAND) == key


def test_a_wrapped_key_moved_to_another_row_does_not_open(db, settings_url):
    """The blob of one brand's epoch is refused in another's row."""
    mine, theirs = epochs.current(BRAND), epochs.current(BRAND + 1)
    sql(
        "UPDATE keyring_epoch SET wrapped = (SELECT wrapped FROM keyring_epoch WHERE id = %s)"
        " WHERE id = %s",
        theirs.id,
        mine.id,
    )
    epochs.forget()
    with pytest.raises(UnwrapError):
        epochs.current(BRAND)


def test_a_brand_may_have_root_keys_of_its_own(db, settings_url, tmp_path):
    """Two brands with two providers: losing one provider's keys leaves the other's brand open."""
    own = tmp_path / "own"
    sql("INSERT INTO keyring_brand_provider VALUES (%s, %s)", BRAND, f"file:{own}")
    epochs.current(BRAND)
    other = epochs.current(BRAND + 1)
    for file in own.iterdir():
        file.unlink()
    epochs.forget()
    with pytest.raises(UnwrapError, match="missing"):
        epochs.current(BRAND)
    assert epochs.current(BRAND + 1) == other


def test_no_new_root_key_hides_a_missing_one(db, settings_url, tmp_path):
    """Where keys are stored already, an empty provider is an error and not a fresh start."""
    epochs.current(BRAND)
    for file in (tmp_path / "keys").iterdir():
        file.unlink()
    epochs.forget()
    with pytest.raises(KeyringError, match="has no root key"):
        epochs.current(BRAND + 1)
    assert list((tmp_path / "keys").iterdir()) == []
