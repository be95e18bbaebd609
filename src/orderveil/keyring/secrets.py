"""Named secrets of a brand (0: the installation), wrapped by the root key itself.

Rules kept here:
- A secret created on demand is stored and committed before it is used: what was made with it
  outlives the caller's transaction.
- `put` and `delete` join the caller's transaction; until that ends, its own thread reads the
  row and caches nothing, so a rollback leaves no secret behind that was never stored.
- A process keeps an opened secret for CACHE_SECONDS; another process's change shows after that.
- Names of a brand: `id_key`, `index_key`, `ref_key`, `hash_key`, `contacts_key`, `alerts:receiver`,
  `calls_key`, `calls:<id>:<use>`, `inventory:<id>`, `mail_key`, `mail:key`, `mail:password`,
  `mail:route:<id>`, `channel:<id>`, `subscription:<id>`, the last two with `:previous` while they
  are being rotated. Of the installation: `ledger_signing_key`, `session_key`, `factor_key`,
  `first_run`, `purge_links`.
"""

import secrets as randomness
import threading
import time

from django.db import connection, transaction

from orderveil.keyring import wrapping
from orderveil.keyring.providers import KeyringError, Wrapped

CACHE_SECONDS = 10.0
_PURPOSE = "secret"

_Place = tuple[int, str]

_slow = threading.RLock()
_cache: dict[_Place, tuple[float, bytes]] = {}
_thread = threading.local()


def ensure(brand_id: int, name: str, length: int = 32) -> bytes:
    """The secret; a new random one of `length` bytes if there is none. Committed on return."""
    found = find(brand_id, name)
    if found is not None:
        return found
    with _slow:
        made = wrapping.apart(lambda: _create(brand_id, name, length))
        _cache[brand_id, name] = (time.monotonic() + CACHE_SECONDS, made)
        return made


def get(brand_id: int, name: str) -> bytes:
    """The secret. KeyringError when there is none."""
    found = find(brand_id, name)
    if found is None:
        raise KeyringError(
            f"Brand {brand_id} has no secret named {name}.",
            remedy="Create what it belongs to again.",
        )
    return found


def find(brand_id: int, name: str) -> bytes | None:
    """The secret; None when there is none."""
    place = (brand_id, name)
    if place in _touched():
        return _open(place)
    held = _cache.get(place)
    if held is not None and held[0] > time.monotonic():
        return held[1]
    with _slow:
        held = _cache.get(place)
        if held is not None and held[0] > time.monotonic():
            return held[1]
        found = _open(place)
        if found is None:
            _cache.pop(place, None)
        else:
            _cache[place] = (time.monotonic() + CACHE_SECONDS, found)
        return found


def put(brand_id: int, name: str, value: bytes) -> None:
    """Store or replace the secret, in the caller's transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        url, wrapped = wrapping.wrap(brand_id, _PURPOSE, name, value)
        cursor.execute(
            "INSERT INTO keyring_secret (brand_id, name, wrapped, root_version, provider)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (brand_id, name) DO UPDATE SET"
            " wrapped = excluded.wrapped, root_version = excluded.root_version,"
            " provider = excluded.provider",
            [brand_id, name, wrapped.blob, wrapped.version, url],
        )
        _touch((brand_id, name))


def delete(brand_id: int, name: str) -> None:
    """Remove the secret, in the caller's transaction; nothing happens if there is none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM keyring_secret WHERE brand_id = %s AND name = %s", [brand_id, name]
        )
        _touch((brand_id, name))


def forget() -> None:
    """Drop every secret this process holds."""
    with _slow:
        _cache.clear()


def _open(place: _Place) -> bytes | None:
    return wrapping.open_row(_PURPOSE, lambda: _read(place))


def _read(place: _Place) -> wrapping.Row | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT provider, root_version, wrapped FROM keyring_secret"
            " WHERE brand_id = %s AND name = %s",
            list(place),
        )
        row = cursor.fetchone()
    return wrapping.Row(*place, row[0], Wrapped(row[1], bytes(row[2]))) if row else None


def _create(brand_id: int, name: str, length: int) -> bytes:
    """A stored secret; when another process was first, theirs."""
    value = randomness.token_bytes(length)
    with connection.cursor() as cursor:
        url, wrapped = wrapping.wrap(brand_id, _PURPOSE, name, value)
        cursor.execute(
            "INSERT INTO keyring_secret (brand_id, name, wrapped, root_version, provider)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (brand_id, name) DO NOTHING",
            [brand_id, name, wrapped.blob, wrapped.version, url],
        )
        if cursor.rowcount:
            return value
    theirs = _open((brand_id, name))
    if theirs is None:
        raise KeyringError(f"Another process is changing {name}.", remedy="Try again.")
    return theirs


def _touched() -> set[_Place]:
    """The places this thread changed in the transaction it is in."""
    if not connection.in_atomic_block:
        _thread.touched = set()
    touched: set[_Place] = getattr(_thread, "touched", set())
    return touched


def _touch(place: _Place) -> None:
    _thread.touched = _touched() | {place}
    transaction.on_commit(lambda: _settle(place))


def _settle(place: _Place) -> None:
    _thread.touched = getattr(_thread, "touched", set()) - {place}
    _cache.pop(place, None)
