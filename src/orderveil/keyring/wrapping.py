"""Wrapping for the keyring's rows: which provider, bound to which place.

Rules kept here:
- The context names version, purpose, brand and id; the id comes last, so no two contexts collide.
- Whoever wraps and stores holds a shared lock until its commit; rotation destroys an old root
  version under the exclusive one. So nothing is stored under a version that is about to die.
- Keys that others will use at once (a brand's first epoch, a secret that is created on demand)
  are stored by a transaction of their own: if the caller's is rolled back, the key is still
  there, and what another thread sealed with it still opens.
- No root key is created where the database already holds keys wrapped by that provider: then
  the old one is missing, and a new one would hide it.
"""

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction

from orderveil.keyring.providers import (
    KeyringError,
    RootKeys,
    UnwrapError,
    Wrapped,
    open_provider,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """A stored key: its place, its provider's URL, and the wrapped key."""

    brand_id: int
    name: object
    provider: str
    wrapped: Wrapped


_ROTATION_LOCK = 0x6B657972  # "keyr": any constant no other code uses
_LOCK_SECONDS = 60.0
_guard = threading.Lock()
_providers: dict[str, RootKeys] = {}
_rooted: set[str] = set()


def provider_url(brand_id: int) -> str:
    """The URL of the brand's root keys: its own, or the installation's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT url FROM keyring_brand_provider WHERE brand_id = %s", [brand_id])
        row = cursor.fetchone()
    return str(row[0] if row else settings.KEYS_URL)


def provider_urls(brands: Collection[int]) -> dict[int, str]:
    """The same of several brands, in one question."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT brand_id, url FROM keyring_brand_provider WHERE brand_id = ANY(%s)",
            [list(brands)],
        )
        own = dict(cursor.fetchall())
    return {brand_id: str(own.get(brand_id, settings.KEYS_URL)) for brand_id in brands}


def provider(url: str) -> RootKeys:
    """The root keys of `url`, opened once per process."""
    with _guard:
        if url not in _providers:
            _providers[url] = open_provider(url, settings.HOME)
        return _providers[url]


def wrap(brand_id: int, purpose: str, name: object, key: bytes) -> tuple[str, Wrapped]:
    """The brand's provider URL and the wrapped key. Call inside the transaction that stores it."""
    share_rotation_lock()
    url = provider_url(brand_id)
    roots = provider(url)
    _refuse_orphaning(url, roots)
    return url, roots.wrap(key, context(purpose, brand_id, name))


def open_row(purpose: str, read: Callable[[], Row | None]) -> bytes | None:
    """The key of the row `read` finds; None when there is none.

    A rotation may rewrap the row and destroy its old root version between reading and opening:
    a refused row is read again, and is refused for good only if it is still the same.
    """
    row = read()
    while row is not None:
        try:
            return unwrap(row.brand_id, purpose, row.name, row.provider, row.wrapped)
        except UnwrapError:
            again = read()
            if again == row:
                raise
            row = again
    return None


def unwrap(brand_id: int, purpose: str, name: object, url: str, wrapped: Wrapped) -> bytes:
    """The key. UnwrapError when it was wrapped for another place."""
    return provider(url).unwrap(wrapped, context(purpose, brand_id, name))


def context(purpose: str, brand_id: int, name: object) -> bytes:
    """What a wrapped key is bound to; ASCII-safe text, because KMS takes text only."""
    return f"orderveil-1:{purpose}:{brand_id}:{name}".encode()


def share_rotation_lock() -> None:
    """Hold off the destruction of root keys until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_ROTATION_LOCK])


def take_rotation_lock() -> None:
    """Wait until nobody wraps, and hold that until this transaction ends.

    Asks again and again instead of queueing: a queued exclusive lock would block the shared one
    that `apart` takes on behalf of a caller who holds one already.
    """
    deadline = time.monotonic() + _LOCK_SECONDS
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ROTATION_LOCK])
            row = cursor.fetchone()
            if row and row[0]:
                return
            if time.monotonic() > deadline:
                raise KeyringError(
                    "Keys are being stored all the time, so no root key can be destroyed.",
                    remedy="Run the rotation again; it goes on where it stopped.",
                )
            time.sleep(0.02)


def apart(work: Callable[[], T]) -> T:
    """The result of `work` in a committed transaction of its own, whatever the caller's does."""
    if not connection.in_atomic_block:
        with transaction.atomic():
            return work()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with transaction.atomic():
                results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run, name="keyring-apart")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def forget() -> None:
    """Drop the opened providers."""
    with _guard:
        _providers.clear()
        _rooted.clear()


def _refuse_orphaning(url: str, roots: RootKeys) -> None:
    if url in _rooted:
        return
    if roots.versions():
        _rooted.add(url)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM keyring_epoch WHERE provider = %(url)s AND"
            " wrapped IS NOT NULL) OR EXISTS (SELECT FROM keyring_secret WHERE provider = %(url)s)",
            {"url": url},
        )
        row = cursor.fetchone()
    if row and row[0]:
        raise KeyringError(
            "The database holds keys of this provider, but the provider has no root key.",
            remedy="Restore the root key (for `file:`, the folder of key files) from its copy.",
        )
