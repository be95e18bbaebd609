"""`orderveil ledger witness`: run on a second host, it remembers, so that nobody rewrites the past.

Rules kept here:
- the token comes from the environment or standard input, never from the arguments, and goes to
  one host only: redirects are not followed, and plain http is for this machine unless allowed;
- a log that forked or went back ends the witness with exit status 1: the next one to look must
  be a person.
"""

import ipaddress
import os
import signal
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import click
import urllib3
from urllib3.exceptions import HTTPError

from orderveil.cli.choosing import ask_hidden
from orderveil.cli.session import fail, guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.errors import OrderveilError, Problem
from orderveil.ledger.witness import Cosigned, Fetch, cosign

TOKEN = "ORDERVEIL_WITNESS_TOKEN"  # noqa: S105 - a variable's name
TIMEOUT_SECONDS = 20.0
LONGEST_BYTES = 1024 * 1024


@click.command()
@click.option("--url", required=True, help="The installation, as in https://orders.example.")
@click.option("--key", required=True, help="The log's public key.")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--name", help="The witness's own name; by default this host's.")
@click.option("--token-from-stdin", is_flag=True, help=f"Else the token is in {TOKEN}.")
@click.option("--once", is_flag=True, help="Look once (the default).")
@click.option("--every", type=click.IntRange(1), metavar="SECONDS", help="Look again and again.")
@click.option("--plain-http", is_flag=True, help="Allow http to another machine.")
@with_json
@guarded
def witness(
    url: str,
    key: str,
    state: Path,
    name: str | None,
    every: int | None,
    *,
    token_from_stdin: bool,
    once: bool,
    plain_http: bool,
    as_json: bool,
) -> None:
    """Cosign a log's checkpoint if it grew from the last one seen; for a second host."""
    token = ask_hidden("The token") if token_from_stdin else os.environ.get(TOKEN, "")
    fetch = fetcher(url, token, plain_http=plain_http)
    name = name or f"{socket.gethostname()}/witness"
    stop = threading.Event()
    while True:
        try:
            _look(state, fetch, key, name, as_json=as_json)
        except FetchError as error:
            if every is None or once:
                raise
            click.echo(error.diagnostics(), err=True)
        if every is None or once:
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if stop.wait(every):
            return


def _look(state: Path, fetch: Fetch, key: str, name: str, *, as_json: bool) -> None:
    done = cosign(state, fetch, utc_now(), vkey=key, name=name)
    if isinstance(done, Problem):
        fail(done, as_json=as_json)
    else:
        show(done, _said(done, state), as_json=as_json)


def _said(done: Cosigned, state: Path) -> str:
    return (
        f"Cosigned {done.size} entries ({done.grew_by} new): {state / 'checkpoint'}\n"
        f"This witness's public key: {done.vkey}"
    )


class FetchError(OrderveilError):
    """The installation did not answer with what was asked for."""


def fetcher(url: str, token: str, *, plain_http: bool) -> Fetch:
    """What reads `/v1/ledger/...`; raises OrderveilError for an address not to be used."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and (plain_http or _is_here(parts.hostname or ""))
    )
    if not is_safe or not parts.hostname:
        msg = "The token would travel in the clear, or this is no address."
        raise OrderveilError(msg, remedy="Give an https URL, or add --plain-http.")
    if not token:
        msg = "There is no token."
        raise OrderveilError(msg, remedy=f"Set {TOKEN}, or use --token-from-stdin.")
    pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT_SECONDS)
    base, headers = f"{url.rstrip('/')}/v1/ledger/", {"Authorization": f"Bearer {token}"}

    def fetch(path: str) -> bytes:
        try:
            answer = pool.request(
                "GET", base + path, headers=headers, redirect=False, preload_content=False
            )
            body = answer.read(LONGEST_BYTES)
            answer.release_conn()
        except HTTPError as error:
            msg = f"The installation does not answer ({type(error).__name__})."
            raise FetchError(msg, remedy="Check --url, and that it is up.") from None
        if answer.status != 200:
            msg = f"The installation answered {answer.status} for {path}."
            raise FetchError(msg, remedy="Check the token: any credential of the brand will do.")
        return body

    return fetch


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
