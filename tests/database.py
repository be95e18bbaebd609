"""One PostgreSQL cluster per test process, one migrated template, one copy for each test.

Rules kept here:
- The cluster is started by the code that starts it in production, with fsync off.
- Nothing starts until the first test asks for `db`.
- Transactions really commit; a test's database is dropped after it, by force.
- Django has the application's role, as in production; migrations run as the owner.
- What outlives a test in the process (connection pools, caches of keys) is let go through
  `on_leave`, so that no test sees another's.
"""

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.utils import functional

ROOM_BYTES = 4 * 1024**3
_MEMORY = Path("/dev/shm")


def _fastest_folder() -> str:
    """Memory if there is room and programs may run from it: a copy per test is many small files."""
    if not (_MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)):
        return "/tmp"
    may_run = not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
    return str(_MEMORY) if may_run and shutil.disk_usage(_MEMORY).free > ROOM_BYTES else "/tmp"


HOME = Path(tempfile.mkdtemp(prefix="orderveil-test-", dir=_fastest_folder()))

_TEMPLATE = "orderveil"
_numbers = itertools.count(1)
_leavers: list[Callable[[], object]] = []
_servers: list[object] = []


def point_django_here() -> None:
    """Set Django up for this process's own home. Called once, before any test is collected."""
    os.environ["ORDERVEIL_HOME"] = str(HOME)
    os.environ["DJANGO_SETTINGS_MODULE"] = "orderveil.web.settings"
    for name in ("DATABASE_URL", "ORDERVEIL_KEYS"):
        os.environ.pop(name, None)
    django.setup()


def on_leave(callback: Callable[[], object]) -> None:
    """Have `callback` run whenever a test's database is left. Registering twice is once."""
    if callback not in _leavers:
        _leavers.append(callback)


def leave() -> None:
    """Close what still points at the database in use."""
    for callback in _leavers:
        callback()
    connection.close()
    connection.close_pool()


def server():
    """The running cluster with the migrated template; started at the first call."""
    from orderveil.cli.postgres import ensure_database  # noqa: PLC0415 - reads ORDERVEIL_HOME

    if not _servers:
        from orderveil.keyring import epochs, secrets  # noqa: PLC0415 - needs Django set up

        for forget in (epochs.forget, secrets.forget, _secret_key, *_of_the_gate()):
            on_leave(forget)
        _servers.append(ensure_database(HOME, durable=False))
        leave()
    return _servers[0]


def _of_the_gate() -> list[Callable[[], object]]:
    """What lets go of everything that the gate and the doors above it keep in the process."""
    from orderveil.gate import asking, keys, law, quotas, statement  # noqa: PLC0415 - models
    from orderveil.partners import networks, refused  # noqa: PLC0415 - models

    gate = [statement.statement.close, law.forget, keys.forget, asking.budgets.forget]
    return [*gate, quotas.orders.forget, networks.forget, refused.forget, _channels]


def _secret_key() -> None:
    """Each database has a key of its own, opened at the first use, which asking for it would be."""
    settings._wrapped.SECRET_KEY._wrapped = functional.empty


def _channels() -> None:
    # Only if a test came that far: the door needs Falcon.
    door = sys.modules.get("orderveil.hops.storefront.resources")
    if door is not None:
        door.forget()


@contextmanager
def fresh_database() -> Iterator[str]:
    """A migrated, empty database of its own, with Django pointed at it; yields its name."""
    name = f"t{next(_numbers)}"
    with server().connect() as admin:
        admin.execute(
            f"CREATE DATABASE {name} OWNER orderveil TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY"
        )
    connection.settings_dict["NAME"] = name
    try:
        yield name
    finally:
        leave()
        connection.settings_dict["NAME"] = _TEMPLATE
        with server().connect() as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def shut_down() -> None:
    """Stop the cluster and remove its home."""
    while _servers:
        running = _servers.pop()
        running.stop(drain_seconds=0)
        shutil.rmtree(running.socket_folder, ignore_errors=True)
    shutil.rmtree(HOME, ignore_errors=True)
