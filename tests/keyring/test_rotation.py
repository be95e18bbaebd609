"""Rotating the root: nothing is lost wherever it is killed, and nothing stays under the old key."""

import pytest
from django.db import connection

from orderveil.keyring import epochs, rotation, secrets, wrapping
from orderveil.keyring.providers import UnwrapError, Wrapped

BRANDS = (1, 2, 3)


class KilledError(BaseException):
    """Stands for the end of the process: nothing in the code under test may catch it."""


class Fuse:
    """Root keys that end the process at the nth call, before or after the call has its effect."""

    def __init__(self, roots):
        self.roots = roots
        self.left = None

    def burn(self):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KilledError

    def __getattr__(self, name):
        method = getattr(self.roots, name)

        def call(*arguments):
            self.burn()
            answer = method(*arguments)
            self.burn()
            return answer

        return call


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else None


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(rotation, "BATCH_ROWS", 2)


def fill():
    """Three brands with a retired, a destroyed and a current epoch, and two secrets each."""
    for brand in BRANDS:
        epochs.destroy(replace(brand))
        replace(brand)
        secrets.ensure(brand, "id_key")
        secrets.put(brand, "channel:1", b"shop-%d" % brand)


def replace(brand):
    old = epochs.current(brand).id
    epochs.start(brand)
    return old


def opened():
    """Every key and secret, opened afresh."""
    epochs.forget()
    secrets.forget()
    ids = [row[0] for row in sql("SELECT id FROM keyring_epoch WHERE wrapped IS NOT NULL")]
    names = sql("SELECT brand_id, name FROM keyring_secret")
    return {epochs.key_of(i) for i in ids} | {(*place, secrets.get(*place)) for place in names}


def test_everything_moves_and_the_old_root_dies(db, roots_url, settings_roots, small_batches):
    """All keys open as before, all under the new version, and the old version opens nothing."""
    fill()
    before = opened()
    [(blob, version, brand, name)] = sql(
        "SELECT wrapped, root_version, brand_id, id FROM keyring_epoch"
        " WHERE wrapped IS NOT NULL ORDER BY id LIMIT 1"
    )
    told = []
    report = rotation.rotate_root(lambda done, total: told.append((done, total)))
    assert report.rewrapped == len(before) == 12
    assert report.destroyed == (version,)
    assert not report.resumed
    assert told[-1] == (12, 12)
    assert opened() == before
    assert [(root.version, root.epochs, root.secrets) for root in rotation.status()] == [
        (report.created[0], 6, 6)
    ]
    with pytest.raises(UnwrapError):
        wrapping.unwrap(brand, "epoch", name, roots_url, Wrapped(version, bytes(blob)))


def test_killed_anywhere_it_loses_nothing_and_can_be_run_again(
    db, settings_url, small_batches, monkeypatch
):
    """At each call to the provider, before and after it: all opens, and the next run finishes."""
    fill()
    before = opened()
    real = wrapping.open_provider
    fuses = []

    def fused(url, home):
        fuses.append(Fuse(real(url, home)))
        return fuses[-1]

    kills = 0
    for step in range(500):
        monkeypatch.setattr(wrapping, "open_provider", fused)
        wrapping.forget()
        wrapping.provider(settings_url).left = step
        try:
            rotation.rotate_root()
        except KilledError:
            kills += 1
            monkeypatch.setattr(wrapping, "open_provider", real)
            assert opened() == before
            if step % 3 == 0:
                rotation.rotate_root()
                assert len(rotation.status()) == 1
                assert opened() == before
        else:
            break
    assert kills > 20
    assert opened() == before
    assert len(rotation.status()) == 1


def test_killed_between_transactions_the_next_run_finishes_the_same_rotation(
    db, settings_url, small_batches
):
    """The run after a kill makes no third version."""
    fill()
    before = opened()

    def kill(done, total):
        raise KilledError

    with pytest.raises(KilledError):
        rotation.rotate_root(kill)
    assert [root.active for root in rotation.status()] == [False, True]
    report = rotation.rotate_root()
    assert report.resumed
    assert report.created == ()
    assert len(report.destroyed) == 1
    assert opened() == before


def test_a_key_stored_while_it_runs_is_not_lost(db, settings_url, small_batches):
    """Rows that appear under the old version in the middle are found before it is destroyed."""
    fill()
    late = []

    def store(done, total):
        if not late:
            late.append(epochs.start(99))
            secrets.put(99, "channel:1", b"late")

    rotation.rotate_root(store)
    epochs.forget()
    secrets.forget()
    assert epochs.current(99) == late[0]
    assert secrets.get(99, "channel:1") == b"late"


def test_a_brand_moves_to_its_own_provider(db, settings_url, small_batches, tmp_path):
    """After its provider is set, a rotation leaves nothing of the brand under the old one."""
    fill()
    before = opened()
    own = f"file:{tmp_path / 'own'}"
    sql("INSERT INTO keyring_brand_provider VALUES (2, %s)", own)
    rotation.rotate_root()
    assert opened() == before
    held = {(root.provider, root.epochs, root.secrets) for root in rotation.status()}
    assert held == {(settings_url, 4, 4), (own, 2, 2)}
