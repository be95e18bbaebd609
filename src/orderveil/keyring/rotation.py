"""Rotating the root: a new version, everything rewrapped under it, the old one destroyed.

Rules kept here:
- It can be killed at any point and run again: the next run finishes an unfinished rotation
  before anyone starts another.
- Rows are rewrapped in small transactions; each row opens at every moment.
- An old version is destroyed only when nothing is left under it, checked and done while nobody
  can wrap. With it every older copy of the wrapped keys dies: backups made before open no more.
- A brand whose provider is changed is rewrapped under the new one, as one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from orderveil.keyring import wrapping
from orderveil.keyring.providers import Wrapped

BATCH_ROWS = 50
Progress = Callable[[int, int], None]

_ROWS = {
    "epoch": "SELECT brand_id, id::text, wrapped, root_version, provider FROM keyring_epoch"
    " WHERE wrapped IS NOT NULL AND (brand_id, id) > (%s, %s::bigint)"
    " ORDER BY brand_id, id LIMIT %s FOR UPDATE",
    "secret": "SELECT brand_id, name, wrapped, root_version, provider FROM keyring_secret"
    " WHERE (brand_id, name) > (%s, %s) ORDER BY brand_id, name LIMIT %s FOR UPDATE",
}
_OF_BRAND = {
    "epoch": "SELECT brand_id, id::text, wrapped, root_version, provider FROM keyring_epoch"
    " WHERE wrapped IS NOT NULL AND brand_id = %s ORDER BY id FOR UPDATE",
    "secret": "SELECT brand_id, name, wrapped, root_version, provider FROM keyring_secret"
    " WHERE brand_id = %s ORDER BY name FOR UPDATE",
}
_FIRST = {"epoch": "0", "secret": ""}
_STORE = {
    "epoch": "UPDATE keyring_epoch SET wrapped = %s, root_version = %s, provider = %s"
    " WHERE brand_id = %s AND id = %s::bigint",
    "secret": "UPDATE keyring_secret SET wrapped = %s, root_version = %s, provider = %s"
    " WHERE brand_id = %s AND name = %s",
}
_COUNT = """
SELECT provider, root_version, sum(epochs)::int, sum(secrets)::int FROM (
  SELECT provider, root_version, 1 AS epochs, 0 AS secrets FROM keyring_epoch
   WHERE wrapped IS NOT NULL
  UNION ALL
  SELECT provider, root_version, 0, 1 FROM keyring_secret) AS held
GROUP BY provider, root_version ORDER BY provider, root_version
"""


@dataclass(frozen=True, slots=True)
class Root:
    """A root version: who has it, whether it wraps now, how many keys are under it."""

    provider: str
    version: str
    active: bool
    epochs: int
    secrets: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a rotation did. `resumed`: it finished one that an earlier run had begun."""

    rewrapped: int
    created: tuple[str, ...]
    destroyed: tuple[str, ...]
    resumed: bool


def status() -> list[Root]:
    """Every root version that is usable or still has keys under it."""
    held = _held()
    urls = _urls() | {url for url, _ in held}
    found = []
    for url in sorted(urls):
        roots = wrapping.provider(url)
        usable = roots.versions()
        named = [version for provider, version in held if provider == url]
        for version in [*usable, *(v for v in named if v not in usable)]:
            epochs, secrets = held.get((url, version), (0, 0))
            is_active = bool(usable) and version == usable[-1]
            found.append(Root(url, version, is_active, epochs, secrets))
    return found


def rotate_root(on_progress: Progress | None = None) -> Report:
    """Replace the root version of every provider in use; see the module's rules.

    `on_progress(done, total)` is told after each small transaction.
    """
    created, resumed = _begin()
    rewrapped = 0
    while True:
        for done in _rewrap_all(_targets()):
            rewrapped += done
            if on_progress:
                on_progress(rewrapped, sum(sum(pair) for pair in _held().values()))
        destroyed = _destroy_old()
        if destroyed is not None:
            return Report(rewrapped, created, destroyed, resumed)


@transaction.atomic
def _begin() -> tuple[tuple[str, ...], bool]:
    """New versions where none has been begun, and whether some had: an earlier run was killed."""
    wrapping.take_rotation_lock()
    urls = sorted(_urls())
    begun = {url for url in urls if len(wrapping.provider(url).versions()) > 1}
    return tuple(wrapping.provider(url).rotate() for url in urls if url not in begun), bool(begun)


def _targets() -> dict[str, str]:
    """Each provider in use, and the version everything of its brands should be under."""
    return {url: wrapping.provider(url).active() for url in sorted(_urls())}


def _urls() -> set[str]:
    """The providers brands wrap with now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT url FROM keyring_brand_provider")
        return {settings.KEYS_URL, *(row[0] for row in cursor.fetchall())}


def _held() -> dict[tuple[str, str], tuple[int, int]]:
    """(provider, version) -> how many epochs and secrets are under it."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        return {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}


def _rewrap_all(targets: dict[str, str]) -> Iterator[int]:
    """Rewrap what is not under its brand's target; yields the rows of each transaction."""
    for kind in _ROWS:
        after: tuple[int, str] | None = (-1, _FIRST[kind])
        while after is not None:
            after, done = _rewrap_batch(kind, after, targets)
            yield done


@transaction.atomic
def _rewrap_batch(
    kind: str, after: tuple[int, str], targets: dict[str, str]
) -> tuple[tuple[int, str] | None, int]:
    """One small transaction: the last place it looked at (None at the end), rows rewrapped."""
    wrapping.share_rotation_lock()
    done = 0
    with connection.cursor() as cursor:
        cursor.execute(_ROWS[kind], [*after, BATCH_ROWS])
        rows = cursor.fetchall()
        for row in rows:
            target = wrapping.provider_url(row[0])
            if (row[4], row[3]) != (target, targets.get(target)):
                _rewrap(cursor, kind, row)
                done += 1
    last = rows[-1] if len(rows) == BATCH_ROWS else None
    return (last[0], last[1]) if last else None, done


def _rewrap(cursor: Any, kind: str, row: tuple[Any, ...]) -> None:
    """Open one row's key by the provider that has it, and wrap it by the brand's own."""
    brand_id, name, blob, version, url = row
    key = wrapping.unwrap(brand_id, kind, name, url, Wrapped(version, bytes(blob)))
    new_url, new = wrapping.wrap(brand_id, kind, name, key)
    cursor.execute(_STORE[kind], [new.blob, new.version, new_url, brand_id, name])


@transaction.atomic
def move_brand(brand_id: int, url: str) -> int:
    """Wrap one brand's keys by the root keys of `url` from now on; how many were rewrapped.

    All or nothing, and while nobody wraps: no key of the brand's is stored under the provider
    that it leaves. Other brands' keys, and every root version, stay as they are.
    """
    wrapping.take_rotation_lock()
    done = 0
    with connection.cursor() as cursor:
        if url == settings.KEYS_URL:
            cursor.execute("DELETE FROM keyring_brand_provider WHERE brand_id = %s", [brand_id])
        else:
            cursor.execute(
                "INSERT INTO keyring_brand_provider (brand_id, url) VALUES (%s, %s)"
                " ON CONFLICT (brand_id) DO UPDATE SET url = excluded.url",
                [brand_id, url],
            )
        for kind, query in _OF_BRAND.items():
            cursor.execute(query, [brand_id])
            for row in cursor.fetchall():
                if row[4] != url:
                    _rewrap(cursor, kind, row)
                    done += 1
    return done


@transaction.atomic
def _destroy_old() -> tuple[str, ...] | None:
    """Destroy every older version while nobody can wrap; None if something is left under one."""
    wrapping.take_rotation_lock()
    targets = _targets()
    if any(targets.get(url) != version for url, version in _held()):
        return None
    destroyed = []
    for url, target in targets.items():
        roots = wrapping.provider(url)
        for version in roots.versions():
            if version != target:
                roots.destroy(version)
                destroyed.append(version)
    return tuple(destroyed)
