"""The embedded PostgreSQL: a small supervisor (Linux).

Rules kept here:
- `postgres` runs in the foreground as a child of the process that started it, which reaps it.
  The child asks the kernel to be told when that parent dies (PR_SET_PDEATHSIG), so killing the
  parent, even with SIGKILL, leaves no orphan. The kernel watches the *thread* that started the
  child: call `start` on a thread that lives as long as the server should.
- Two locks (flock) in `<home>/postgres`. `owner.lock`, exclusive, is held by the one process
  whose child the server is. `users.lock`, shared, is held by every process that uses it.
    start   take users shared; try owner; who gets it starts the server, the others wait for it.
            A process that means to stay (`stay=True`: `up`) waits for owner first, so that a
            passing command is never its landlord.
    stop    who isn't the owner lets go of users. The owner waits until it can hold users
            exclusively: nobody uses the server, and who comes now waits. Then it stops the
            server and lets go of owner, then of users.
  So a server started for one command stops when no shared lock is left, and not before.
- A stale `postmaster.pid` is removed only under the owner lock, and only when no live postgres
  has the data folder as its working directory.
- No TCP; the socket's folder is 0700; `peer` with an ident map: this user and root, nobody else.
- Statements and their values stay out of the server's log: they may be personal.

Layout: `<home>/postgres/{owner.lock, users.lock, hba.conf, ident.conf, server.log, data/,
binaries-<version>/}`; the last only when the server's account can't reach the wheel's.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from orderveil.cli import postgres_files as files
from orderveil.cli.children import die_with_parent
from orderveil.core.clocks import utc_now
from orderveil.core.errors import OrderveilError
from orderveil.ledger import partitions
from orderveil.web.settings import socket_folder


def _shared_buffers_mb() -> int:
    """An eighth of the machine's memory, from 128 MB to 1 GB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(128, min(1024, memory // 8 // 2**20))


_SETTINGS = (
    "listen_addresses=",
    "max_connections=200",
    "jit=off",
    f"shared_buffers={_shared_buffers_mb()}MB",
    # Fewer checkpoints: after each, every page that is touched goes whole into the WAL once.
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
)
_FORGETFUL = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"),
    *("wal_level=minimal", "max_wal_senders=0", "shared_buffers=64MB", "max_wal_size=4GB"),
)
_LOG_BYTES_MAX = 10_000_000


class EmbeddedPostgres:
    """The PostgreSQL server of one data folder; a context manager.

    `durable=False` turns fsync off: for tests only, a crash loses the database. `stay=True` is
    for the process that runs for long: it waits to become the owner.
    """

    def __init__(
        self, home: Path, *, durable: bool = True, stay: bool = False, wait_seconds: float = 30
    ) -> None:
        self.home = home.resolve()
        self.socket_folder = socket_folder(self.home)
        self._folder = self.home / "postgres"
        self._durable = durable
        self._stay = stay
        self._wait_seconds = wait_seconds
        self._owner: int | None = None
        self._users: int | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process id when it is our child; None when another process owns it."""
        return self._child.pid if self._child else None

    def start(self) -> Self:
        """Use the server, starting it if nobody has; returns when it answers."""
        self._folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        deadline = time.monotonic() + self._wait_seconds
        try:
            if self._stay:
                self._wait_for(self._own, deadline)
            self._users = self._lock("users", fcntl.LOCK_SH)
            self._wait_for(lambda: self._owner is not None or self._own() or self.ready(), deadline)
            if self._owner is not None:
                self._launch(deadline)
        except BaseException:
            self._halt()
            self._release()
            raise
        return self

    def stop(self, *, drain_seconds: float | None = None) -> None:
        """Stop using the server; its owner stops it once nobody uses it.

        `drain_seconds` caps how long the owner waits for the others; None is no cap.
        """
        if self._child is not None and self._users is not None:
            self._drain(drain_seconds)
        self._halt()
        self._release()

    def reap(self) -> int | None:
        """The exit status of our server if it has ended, else None."""
        return self._child.poll() if self._child else None

    def ready(self) -> bool:
        """Whether the server answers."""
        try:
            with self.connect():
                return True
        except psycopg.OperationalError:
            return False

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection as the cluster's superuser, autocommit."""
        return psycopg.connect(
            host=str(self.socket_folder), user=files.ADMIN, dbname=database, autocommit=True
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.stop()

    def _lock(self, name: str, operation: int) -> int:
        handle = os.open(self._folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, operation)
        except OSError:
            os.close(handle)
            raise
        return handle

    def _own(self) -> bool:
        try:
            self._owner = self._lock("owner", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait_for(self, condition: Callable[[], bool], deadline: float) -> None:
        while not condition():
            if time.monotonic() > deadline:
                raise OrderveilError(
                    f"Another process runs the database in {self._folder} and doesn't let go.",
                    remedy="Stop it, or give this one an ORDERVEIL_HOME of its own.",
                )
            time.sleep(0.02)

    def _launch(self, deadline: float) -> None:
        account = files.server_account(self._folder)
        files.make_folder(self.socket_folder, account)
        tools = files.binaries(self._folder, self.home, account)
        tie = die_with_parent(signal.SIGINT)  # a fast shutdown
        data = files.initialise(self._folder, tools, account, durable=self._durable, tie=tie)
        files.write_access_rules(self._folder, account)
        self._wait_for(lambda: not files.servers_in(data), deadline)
        data.joinpath("postmaster.pid").unlink(missing_ok=True)
        self._child = self._spawn(tools / "postgres", data, account, tie)
        while not self.ready():
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise OrderveilError(
                    "The embedded PostgreSQL did not start.",
                    remedy=f"Its reasons are at the end of {self._folder / 'server.log'}.",
                )
            time.sleep(0.02)
        self._create_roles()

    def _spawn(
        self, binary: Path, data: Path, account: files.Account, tie: Callable[[], None]
    ) -> subprocess.Popen[bytes]:
        """The server, in a process group of its own: Ctrl-C reaches us, and we stop it in order."""
        log = self._folder / "server.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES_MAX:
            log.rename(log.with_suffix(".log.1"))
        with contextlib.ExitStack() as stack:
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            stack.callback(os.close, output)
            handles = [os.open(path, os.O_RDONLY | os.O_DIRECTORY) for path in (data, self._folder)]
            for handle in handles:
                stack.callback(os.close, handle)
            inside, outside = (f"/proc/self/fd/{handle}" for handle in handles)
            options = (
                *_SETTINGS,
                *(() if self._durable else _FORGETFUL),
                f"unix_socket_directories={self.socket_folder}",
                *(f"hba_file={outside}/hba.conf", f"ident_file={outside}/ident.conf"),
            )
            return subprocess.Popen(
                [str(binary), "-D", inside, *(part for o in options for part in ("-c", o))],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": os.defpath, "TZ": "UTC"},
                pass_fds=handles,
                process_group=0,
                preexec_fn=tie,  # noqa: PLW1509 - one system call, bound beforehand
                **account.switch,
            )

    def _create_roles(self) -> None:
        """The roles and the database of a new cluster; does nothing on an old one."""
        owner, database = sql.Identifier(files.OWNER), sql.Identifier(files.DATABASE)
        with self.connect() as link:
            roles = {row[0] for row in link.execute("SELECT rolname FROM pg_roles")}
            if files.OWNER not in roles:
                link.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(owner))
            for name in ("orderveil_app", "orderveil_sequencer"):
                role = sql.Identifier(name)
                if name not in roles:
                    link.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
                link.execute(sql.SQL("GRANT {} TO {}").format(role, owner))
            found = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [files.DATABASE])
            if found.fetchone() is None:
                link.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))

    def _drain(self, seconds: float | None) -> None:
        assert self._users is not None  # noqa: S101 - the caller checked
        deadline = time.monotonic() + (float("inf") if seconds is None else seconds)
        while time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            time.sleep(0.02)

    def _halt(self) -> None:
        """Fast shutdown, then immediate, then the kernel's; the child is reaped in any case."""
        if self._child is None:
            return
        for last, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self._child.poll() is None:
                self._child.send_signal(last)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
                break
        self._child = None

    def _release(self) -> None:
        for handle in (self._owner, self._users):
            if handle is not None:
                os.close(handle)
        self._owner = self._users = None


def ensure_database(home: Path, *, durable: bool = True, stay: bool = False) -> EmbeddedPostgres:
    """A running, migrated database in `home`. Django must be set up for the same home."""
    server = EmbeddedPostgres(home, durable=durable, stay=stay).start()
    try:
        migrate()
    except BaseException:
        server.stop(drain_seconds=0)
        raise
    return server


def migrate() -> None:
    """Bring Django's database up to date, as the owner of its tables."""
    with as_owner():
        call_command("migrate", verbosity=0)
        partitions.ensure(utc_now())


@contextlib.contextmanager
def as_owner() -> Iterator[None]:
    """Django's connections are the owner's meanwhile, not the application's."""
    options = connection.settings_dict["OPTIONS"]
    _let_go()
    role = options.pop("options", None)
    try:
        yield
    finally:
        _let_go()
        if role is not None:
            options["options"] = role


def _let_go() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
