"""An installation for measuring: durable, in a folder of its own, gone afterwards.

Rules kept here:
- fsync is on and the settings are the product's; the data folder is under `var/bench`, so that it
  is on the disk an installation would use, not in a memory file system;
- each benchmark gets a fresh copy of one migrated database, so none inherits another's rows.
"""

import contextlib
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path("var/bench")
_TEMPLATE = "orderveil"
_numbers = itertools.count(1)


def point_django_here() -> Path:
    """Set Django up for a new home; must run before anything of the product is imported."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="home-", dir=FOLDER)).resolve()
    home.chmod(0o711)  # as root, the database's account has to reach its folder
    os.environ["ORDERVEIL_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "orderveil.web.settings"
    for name in ("DATABASE_URL", "ORDERVEIL_KEYS"):
        os.environ.pop(name, None)
    import django  # noqa: PLC0415 - reads ORDERVEIL_HOME

    django.setup()
    return home


@dataclass(frozen=True, slots=True)
class House:
    """One benchmark's database, with a brand, its channel and its order system."""

    brand: Any
    channel: Any
    partner: Any
    token: str
    url: str
    """The database, as a libpq URL: for processes of ours."""
    now: datetime


@contextlib.contextmanager
def installation(home: Path) -> Iterator[None]:
    """The database server, with one provisioned brand in the template."""
    from orderveil.cli.server import prepared_database  # noqa: PLC0415 - after Django
    from orderveil.web.settings import socket_folder  # noqa: PLC0415

    try:
        with prepared_database():
            try:
                _provision()
                _leave()
                yield
            finally:
                _leave()
    finally:
        shutil.rmtree(socket_folder(home), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def _provision() -> None:
    from orderveil.core.hops import Hop  # noqa: PLC0415
    from orderveil.gate.provision import provision_brand  # noqa: PLC0415
    from orderveil.hops.storefront.formats import Format  # noqa: PLC0415
    from orderveil.ledger.acts import Who  # noqa: PLC0415
    from orderveil.partners import registry  # noqa: PLC0415

    now = datetime.now(UTC)
    brand = provision_brand("bench", now=now, who=Who(system="bench"))
    registry.add_channel(brand, "shop", Format.SHOPIFY, now=now)
    partner = registry.add_partner(brand, "orderdesk", [Hop.OMS], now=now)
    registry.agree(partner, now.date(), None, now=now)


@contextlib.contextmanager
def house() -> Iterator[House]:
    """A fresh database; Django, and every process started here, points at it."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from orderveil.cli.postgres import EmbeddedPostgres  # noqa: PLC0415

    server = EmbeddedPostgres(settings.HOME)
    _leave()
    name = f"bench{next(_numbers)}"
    with server.connect() as admin:
        admin.execute(
            f"CREATE DATABASE {name} OWNER orderveil TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY"
        )
    url = f"postgresql://orderveil@/{name}?host={server.socket_folder}"
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = url
    try:
        yield _furnish(url)
    finally:
        os.environ.pop("DATABASE_URL")
        _leave()
        connection.settings_dict["NAME"] = _TEMPLATE
        with server.connect() as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _furnish(url: str) -> House:
    from orderveil.core.hops import Hop  # noqa: PLC0415
    from orderveil.partners import credentials, models  # noqa: PLC0415

    now = datetime.now(UTC)
    brand = models.Brand.objects.get(slug="bench")
    partner = models.Partner.objects.get(brand=brand, slug="orderdesk")
    _, token = credentials.issue(partner, Hop.OMS, now=now)
    channel = models.Channel.objects.get(brand=brand, name="shop")
    return House(brand, channel, partner, token, url, now)


def _leave() -> None:
    """Let go of what this process keeps of the database it is leaving."""
    from django.db import connection  # noqa: PLC0415

    from orderveil.gate import asking, keys, law, statement  # noqa: PLC0415
    from orderveil.keyring import epochs, secrets  # noqa: PLC0415

    statement.statement.close()
    for module in (law, keys, epochs, secrets, asking.budgets):
        module.forget()
    connection.close()
    connection.close_pool()


def run_sql(url: str, *statements: str) -> None:
    """Run statements as the owner of the tables."""
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url, autocommit=True) as link:
        for statement in statements:
            link.execute(statement)


def settle() -> None:
    """What filling left to do is done now: statistics, hint bits, dirty pages on the disk."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from orderveil.cli.postgres import EmbeddedPostgres  # noqa: PLC0415

    name = connection.settings_dict["NAME"]
    with EmbeddedPostgres(settings.HOME).connect(name) as admin:
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")


def wait_until_quiet(url: str, seconds: float = 120) -> None:
    """Wait until the journey has answered every event and every entry has its place."""
    import psycopg  # noqa: PLC0415

    busy = (
        "SELECT EXISTS (SELECT FROM ledger_pending) OR EXISTS (SELECT FROM outbox_event"
        " WHERE done_at IS NULL AND parked_at IS NULL)"
    )
    deadline = time.monotonic() + seconds
    with psycopg.connect(url, autocommit=True) as link:
        while link.execute(busy).fetchone() == (True,):
            if time.monotonic() > deadline:
                msg = "the worker did not catch up"
                raise TimeoutError(msg)
            time.sleep(0.1)
