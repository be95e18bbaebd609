"""A really running server and worker over the test's own database.

    with running_server(db) as site:
        site.url

Needs the fixture `db`. Everything is ended on leaving.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
import urllib3

import database
from orderveil.cli.children import Family
from orderveil.cli.server import Address, free_address, running

START_SECONDS = 60


@dataclass
class Site:
    """Where the server listens, and its processes."""

    address: Address
    family: Family

    @property
    def url(self) -> str:
        return self.address.url

    @property
    def people_url(self) -> str:
        """By name: passkeys and cookies of people need one."""
        return self.address.people_url

    def kill(self) -> None:
        """SIGKILL to the server and every process under it."""
        (server,) = (child for child in self.family.children if child.name == "server")
        for number in (server.process.pid, *_below(server.process.pid)):
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        server.process.wait()

    def restart(self) -> None:
        """Tend until the server answers again, without the waits of a server that keeps dying."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.family.tend()
            for child in self.family.children:
                child.failures, child.not_before = 0, 0.0
            try:
                if (
                    urllib3.request("GET", f"{self.url}/readyz", retries=False, timeout=2).status
                    == 200
                ):
                    return
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        raise AssertionError("the server did not come back")


@contextmanager
def running_server(name: str, *, workers: int = 1) -> Iterator[Site]:
    """The server of the database `name`, answering."""
    host = quote(str(database.server().socket_folder), safe="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"postgresql://orderveil@/{name}?host={host}")
        address = free_address()
        with running(address, workers=workers) as family:
            yield Site(address, family)


def _below(parent: int) -> list[int]:
    """The process ids of all descendants."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found = parents.get(parent, [])
    return found + [each for child in found for each in _below(child)]
