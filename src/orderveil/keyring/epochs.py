"""Epoch keys: one per brand and period; they wrap the keys of orders.

Rules kept here:
- A provider is called once per epoch and process. Every few seconds one query asks which epochs
  are current and which are destroyed, so a process goes on with a retired or destroyed epoch for
  `RECHECK_SECONDS` at most, plus the transaction it was in.
- An epoch is stored and committed before anyone can seal with it.
- Retired: it opens, but seals no new order. Destroyed: the wrapped key is gone from its row.
  Old pages, WAL and backups may still hold the wrapped bytes; they die with the root version,
  so a shred is final after `destroy` and then `rotation.rotate_root`.
- Keys live in this process's memory while cached; Python can't promise to wipe them.
"""

import secrets
import threading
import time
from dataclasses import dataclass, field

from django.db import connection

from orderveil.keyring import wrapping
from orderveil.keyring.providers import KeyringError, Wrapped

RECHECK_SECONDS = 2.0
KEY_BYTES = 32
_PURPOSE = "epoch"


@dataclass(frozen=True, slots=True)
class EpochKey:
    """An epoch's key, 32 bytes, and whose it is."""

    id: int
    brand_id: int
    key: bytes = field(repr=False)


_slow = threading.RLock()
_keys: dict[int, EpochKey] = {}
_current: dict[int, int] = {}
_checked_at = 0.0


def current(brand_id: int) -> EpochKey:
    """The key that seals the brand's new orders; the first call of a brand creates it."""
    _recheck()
    epoch_id = _current.get(brand_id)
    key = _keys.get(epoch_id) if epoch_id is not None else None
    if key is not None:
        return key
    with _slow:
        epoch_id = _current.get(brand_id)
        if epoch_id is None:
            epoch_id = _stored_current(brand_id)
        if epoch_id is None:
            return _remember(wrapping.apart(lambda: _create(brand_id)), is_current=True)
        _current[brand_id] = epoch_id
        return key_of(epoch_id)


def key_of(epoch_id: int) -> EpochKey:
    """The key of an epoch, retired or not. KeyringError when it is destroyed or unknown."""
    _recheck()
    key = _keys.get(epoch_id)
    if key is not None:
        return key
    with _slow:
        key = _keys.get(epoch_id)
        return key if key is not None else _remember(_open(epoch_id), is_current=False)


def start(brand_id: int) -> EpochKey:
    """A new epoch for the brand; the one before is retired. Committed when this returns.

    Other processes follow within RECHECK_SECONDS and the end of the transaction they are in.
    """
    with _slow:
        return _remember(wrapping.apart(lambda: _replace(brand_id)), is_current=True)


def retired(brand_id: int) -> list[int]:
    """The brand's retired epochs that still open, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM keyring_epoch WHERE brand_id = %s AND retired_at IS NOT NULL"
            " AND destroyed_at IS NULL ORDER BY id",
            [brand_id],
        )
        return [row[0] for row in cursor.fetchall()]


def destroy(epoch_id: int) -> None:
    """Remove a retired epoch's wrapped key. What is still sealed under it never opens again.

    Joins the caller's transaction. KeyringError when the epoch still seals new orders.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE keyring_epoch SET wrapped = NULL, destroyed_at = coalesce(destroyed_at, now())"
            " WHERE id = %s AND retired_at IS NOT NULL",
            [epoch_id],
        )
        changed = cursor.rowcount
    if not changed:
        raise KeyringError(
            f"Epoch {epoch_id} is unknown, or still seals new orders.",
            remedy="Start a new epoch first, and rewrap what must live.",
        )
    _keys.pop(epoch_id, None)


def forget() -> None:
    """Drop every key this process holds; the next use asks the provider again."""
    global _checked_at  # noqa: PLW0603 - the cache is the process's
    with _slow:
        _keys.clear()
        _current.clear()
        _checked_at = 0.0
    wrapping.forget()


def _recheck() -> None:
    """Follow what other processes did, once every RECHECK_SECONDS."""
    global _checked_at  # noqa: PLW0603 - the cache is the process's
    if time.monotonic() - _checked_at < RECHECK_SECONDS:
        return
    with _slow:
        if time.monotonic() - _checked_at < RECHECK_SECONDS:
            return
        if not _keys:
            _current.clear()
            return
        known = list(_keys)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, brand_id, retired_at IS NULL FROM keyring_epoch"
                " WHERE id = ANY(%s) AND destroyed_at IS NULL",
                [known],
            )
            rows = cursor.fetchall()
        alive = {row[0] for row in rows}
        for epoch_id in known:
            if epoch_id not in alive:
                _keys.pop(epoch_id, None)
        _current.clear()
        _current.update({brand: epoch for epoch, brand, is_current in rows if is_current})
        _checked_at = time.monotonic()


def _remember(key: EpochKey, *, is_current: bool) -> EpochKey:
    global _checked_at  # noqa: PLW0603 - the cache is the process's
    if not _keys:
        _checked_at = time.monotonic()
    _keys[key.id] = key
    if is_current:
        _current[key.brand_id] = key.id
    return key


def _stored_current(brand_id: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM keyring_epoch WHERE brand_id = %s AND retired_at IS NULL", [brand_id]
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _open(epoch_id: int) -> EpochKey:
    found: list[wrapping.Row] = []

    def read() -> wrapping.Row | None:
        found[:] = _read(epoch_id)
        return found[0] if found else None

    key = wrapping.open_row(_PURPOSE, read)
    if key is None:
        raise KeyringError(
            f"Epoch {epoch_id} is destroyed or unknown.",
            remedy="What was sealed under it is gone for good; that is what shredding means.",
        )
    return EpochKey(epoch_id, found[0].brand_id, key)


def _read(epoch_id: int) -> list[wrapping.Row]:
    """The epoch's row, if it has a key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT brand_id, id, provider, root_version, wrapped FROM keyring_epoch"
            " WHERE id = %s AND wrapped IS NOT NULL",
            [epoch_id],
        )
        return [
            wrapping.Row(brand, name, url, Wrapped(version, bytes(blob)))
            for brand, name, url, version, blob in cursor.fetchall()
        ]


def _create(brand_id: int) -> EpochKey:
    """A stored epoch; when another process was first, theirs."""
    key = secrets.token_bytes(KEY_BYTES)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('keyring_epoch', 'id'))")
        epoch_id = int(cursor.fetchone()[0])
        url, wrapped = wrapping.wrap(brand_id, _PURPOSE, epoch_id, key)
        cursor.execute(
            "INSERT INTO keyring_epoch (id, brand_id, wrapped, root_version, provider)"
            " VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (brand_id) WHERE retired_at IS NULL DO NOTHING",
            [epoch_id, brand_id, wrapped.blob, wrapped.version, url],
        )
        if cursor.rowcount:
            return EpochKey(epoch_id, brand_id, key)
    theirs = _stored_current(brand_id)
    if theirs is None:
        raise KeyringError("Another process is changing the brand's epoch.", remedy="Try again.")
    return _open(theirs)


def _replace(brand_id: int) -> EpochKey:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE keyring_epoch SET retired_at = now()"
            " WHERE brand_id = %s AND retired_at IS NULL",
            [brand_id],
        )
    return _create(brand_id)
