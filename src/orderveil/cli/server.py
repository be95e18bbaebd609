"""The installation as running processes: database, server, worker."""

import contextlib
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

import urllib3
from django.conf import settings

from orderveil.cli.children import Family
from orderveil.cli.postgres import EmbeddedPostgres, migrate
from orderveil.core.clocks import utc_now
from orderveil.core.errors import OrderveilError
from orderveil.gate.provision import provision_installation
from orderveil.ledger.checkpoints import signing_seed

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
READY_SECONDS = 60.0
CONNECTIONS_PER_WORKER = 1024
SILENCE_SECONDS = 20
"""How long a connection may take over a request's head, or be idle between two requests."""
DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """Where a browser or a client finds it."""
        return f"http://{self.host}:{self.port}"

    @property
    def people_url(self) -> str:
        """Where a browser on this machine finds it: passkeys need a name, not a number."""
        host = "localhost" if self.host in LOOPBACK else self.host
        return settings.URL or f"http://{host}:{self.port}"


def bind_address() -> Address:
    """The configured address, checked to be free; raises `OrderveilError`."""
    host, _, port = settings.BIND.rpartition(":")
    address = Address(host or "127.0.0.1", int(port))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError:
            msg = f"Port {address.port} on {address.host} is taken."
            raise OrderveilError(
                msg, remedy="Set ORDERVEIL_BIND to another address, as in 127.0.0.1:8500."
            ) from None
    return address


def free_address() -> Address:
    """A free port on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", probe.getsockname()[1])


@contextlib.contextmanager
def prepared_database(*, stay: bool = True) -> Iterator[None]:
    """The database started (if embedded), migrated, with the installation's own log and key.

    `stay` is for the process that runs for long; without it the server of `up` is used, if it runs.
    """
    with contextlib.ExitStack() as stack:
        if not settings.DATABASE_URL:
            server = EmbeddedPostgres(settings.HOME, stay=stay).start()
            stack.callback(server.stop, drain_seconds=DRAIN_SECONDS)
        migrate()
        signing_seed()
        provision_installation(now=utc_now())
        yield


@contextlib.contextmanager
def running(address: Address, *, workers: int | None = None) -> Iterator[Family]:
    """Server and worker, answering; ended on leaving. The database is the caller's."""
    family = Family()
    with tempfile.TemporaryDirectory(prefix="orderveil-metrics-") as metrics:
        environment = {
            "ORDERVEIL_SUPERVISED": "1",
            "ORDERVEIL_HOME": str(settings.HOME),
            "PROMETHEUS_MULTIPROC_DIR": metrics,
            "ORDERVEIL_DEMO": "on" if settings.DEMO else "off",
        }
        try:
            family.add("server", _server_command(address, workers or _workers()), environment)
            family.add("worker", [sys.executable, "-m", "orderveil.cli.worker"], environment)
            if settings.MAIL_LISTEN and workers != 1:  # a walk alone takes no mail in
                door = [sys.executable, "-m", "orderveil.cli.mail_door"]
                family.add("mail", door, environment)
            _wait_until_ready(address, family)
            yield family
        finally:
            family.end()


def _workers() -> int:
    return max(1, min(os.cpu_count() or 1, 8))


def _server_command(address: Address, workers: int) -> list[str]:
    return [
        # ASGI without lifespan events; `served` needs none.
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--http", "1"),
        *("--host", address.host, "--port", str(address.port), "--workers", str(workers)),
        *("--backlog", str(2 * CONNECTIONS_PER_WORKER)),
        *("--backpressure", str(CONNECTIONS_PER_WORKER)),
        *("--http1-header-read-timeout", str(SILENCE_SECONDS * 1000)),
        *("--respawn-failed-workers", "--no-ws", "--log-level", "warning"),
        *("--workers-kill-timeout", "5", "orderveil.web.doors:served"),
    ]


def _wait_until_ready(address: Address, family: Family) -> None:
    pool = urllib3.PoolManager(retries=False, timeout=2.0)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        family.tend()
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            if pool.request("GET", f"{address.url}/readyz").status == 200:
                return
        time.sleep(0.05)
    msg = "The server did not become ready."
    raise OrderveilError(msg, remedy="Its output above says why.")
