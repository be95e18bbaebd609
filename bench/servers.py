"""The servers that are measured: the product's own, and the baseline's beside it."""

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Iterator

import urllib3

from bench.plain_app import TOKEN_VARIABLE
from orderveil.cli.children import Family
from orderveil.cli.server import Address, free_address, running
from orderveil.web.collecting import THREADS

READY_SECONDS = 30.0


def workers() -> int:
    """As many as `orderveil up` starts."""
    return max(1, min(os.cpu_count() or 1, 8))


@contextlib.contextmanager
def product() -> Iterator[Address]:
    """The product's server and worker, as `up` runs them."""
    address = free_address()
    with running(address, workers=workers()):
        yield address


@contextlib.contextmanager
def plain() -> Iterator[tuple[Address, str]]:
    """The baseline's server, with as many workers and threads; its address and token."""
    address, token, family = free_address(), secrets.token_urlsafe(32), Family()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1"),
        *("--host", address.host, "--port", str(address.port)),
        *("--workers", str(workers()), "--blocking-threads", str(THREADS)),
        *("--no-ws", "--log-level", "warning", "bench.plain_app:application"),
    ]
    try:
        family.add("plain", command, {TOKEN_VARIABLE: token})
        _wait(address)
        yield address, token
    finally:
        family.end()


def _wait(address: Address) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            if urllib3.request("GET", f"{address.url}/readyz", retries=False).status == 200:
                return
        time.sleep(0.05)
    msg = "the baseline's server did not become ready"
    raise TimeoutError(msg)
