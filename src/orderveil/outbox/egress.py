"""The one way out: an HTTP client that can't be turned against the network it runs in.

Rules kept here:
- https only, no redirects, no user names in URLs, no proxies and no key log from the environment;
- a name is resolved once; every address it answers with must be allowed (`addresses`); the
  connection goes to an address that was checked, so a second answer can't move it (DNS
  rebinding); SNI and the certificate are checked against the name;
- one deadline for everything that happens on a connection: a peer that drips bytes can't hold it;
- of a webhook's answer only the status is used; up to 64 KiB of its body are read, and thrown
  away; an answer that was asked for is read whole, bounded, or not taken at all;
- dialling is apart from posting: a body is composed only when there is someone to hand it to;
- errors are codes and name neither the address, the URL nor what was sent.
"""

import http.client
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Final, TypeVar, cast
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from orderveil.core.errors import OrderveilError
from orderveil.outbox.addresses import may_reach

T = TypeVar("T")

URL_MAX_CHARS: Final = 2048
ANSWER_MAX_BYTES: Final = 64 * 1024
_PIECE_BYTES: Final = 64 * 1024
ADDRESSES_TRIED: Final = 3

Resolver = Callable[[str, int], Sequence[str]]


class Trouble(StrEnum):
    """Why nothing could be sent, or no answer was taken: a code for people and metrics."""

    BAD_URL = "bad_url"
    NO_SUCH_NAME = "no_such_name"
    ADDRESS_REFUSED = "address_refused"
    CONNECT_FAILED = "connect_failed"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    ANSWER_TOO_LARGE = "answer_too_large"
    ANSWER_ENCODED = "answer_encoded"
    """Compressed, though we asked for it as it is: what can't be read can't be checked."""


class EgressError(OrderveilError):
    """Something between us and the partner failed; `trouble` says what."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(f"It could not be sent: {trouble}.")
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `content_type` as it came, "" if it said none."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Names in lower case; of a header that came twice, both values with a comma."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart and found acceptable."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header (RFC 9110 7.2): the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")
_VISIBLE = re.compile(r"[\x21-\x7e]+")


def read_url(url: str, *, private: bool) -> Target:
    """The URL's parts; raises `EgressError` with BAD_URL or, for a literal, ADDRESS_REFUSED."""
    if len(url) > URL_MAX_CHARS or not _VISIBLE.fullmatch(url) or "\\" in url or "#" in url:
        raise EgressError(Trouble.BAD_URL)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise EgressError(Trouble.BAD_URL) from None
    tls = parts.scheme == "https"
    scheme_ok = tls or (private and parts.scheme == "http")
    if not scheme_ok or "@" in parts.netloc or not _HOST.fullmatch(host) or port == 0:
        raise EgressError(Trouble.BAD_URL)
    if _is_literal(host) and not may_reach(host, private=private):
        raise EgressError(Trouble.ADDRESS_REFUSED)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(tls=tls, host=host, port=port or (443 if tls else 80), path=path)


def _is_literal(host: str) -> bool:
    return ":" in host or re.fullmatch(r"[0-9.]+", host) is not None


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the system's resolver gives them, without repeats."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


@cache
def system_trust() -> ssl.SSLContext:
    """TLS 1.2 or newer, the system's authorities, names checked, no key log."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    return context


@dataclass(frozen=True, slots=True)
class Egress:
    """How to reach partners. `private` allows plain http and private addresses."""

    private: bool = False
    connect_seconds: float = 5.0
    deadline_seconds: float = 15.0
    resolver: Resolver = resolve
    trust: Callable[[], ssl.SSLContext] = field(default=system_trust)

    @contextmanager
    def dial(self, url: str) -> Iterator["Line"]:
        """An open, checked connection to the URL's host; raises `EgressError`."""
        target = read_url(url, private=self.private)
        line = Line(target, self._connect(target), self.deadline_seconds)
        try:
            yield line
        finally:
            line.close()

    def _connect(self, target: Target) -> HTTPConnection:
        trouble = Trouble.CONNECT_FAILED
        for address in self._checked_addresses(target)[:ADDRESSES_TRIED]:
            connection = self._connection(target, address)
            try:
                connection.connect()
            except (OSError, HTTPError) as error:
                connection.close()
                trouble = _trouble_of(error)
            else:
                return connection
        raise EgressError(trouble)

    def _checked_addresses(self, target: Target) -> Sequence[str]:
        try:
            addresses = self.resolver(target.host, target.port)
        except (OSError, UnicodeError):
            raise EgressError(Trouble.NO_SUCH_NAME) from None
        if not addresses:
            raise EgressError(Trouble.NO_SUCH_NAME)
        if not all(may_reach(address, private=self.private) for address in addresses):
            raise EgressError(Trouble.ADDRESS_REFUSED)
        return addresses

    def _connection(self, target: Target, address: str) -> HTTPConnection:
        if not target.tls:
            return HTTPConnection(address, target.port, timeout=self.connect_seconds)
        return HTTPSConnection(
            address,
            target.port,
            timeout=self.connect_seconds,
            server_hostname=target.host,
            ssl_context=self.trust(),
        )


class Line:
    """One connection, for one request."""

    def __init__(self, target: Target, connection: HTTPConnection, deadline_seconds: float) -> None:
        self._target = target
        self._connection = connection
        self._socket = cast("socket.socket", connection.sock)  # http.client forgets it early
        self._deadline_seconds = deadline_seconds
        self._late = threading.Event()

    def post(self, body: bytes, headers: Mapping[str, str]) -> int:
        """Post JSON; returns the status of the answer. Raises `EgressError`."""
        told = {"Content-Type": "application/json", **headers}
        path = self._target.path
        return self._in_time(lambda: self._exchange("POST", path, body, told, _status_of))

    def ask(
        self,
        method: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        most_bytes: int,
        path: str | None = None,
    ) -> Reply:
        """Send a request with any method; returns its answer, whole. Raises `EgressError`.

        An answer longer than `most_bytes`, or compressed, is a trouble; so is one that breaks off.
        `path`, with its query, where it was not known when the host was dialled.
        """
        if path is not None and not (path.startswith("/") and _VISIBLE.fullmatch(path)):
            raise EgressError(Trouble.BAD_URL)
        asked = self._target.path if path is None else path

        def read(answer: BaseHTTPResponse) -> Reply:
            reply = _whole(answer, most_bytes)
            self._must_be_in_time()  # a body without a length ends where it was cut off
            return reply

        return self._in_time(lambda: self._exchange(method, asked, body, headers, read))

    def _in_time(self, work: Callable[[], T]) -> T:
        watch = threading.Timer(self._deadline_seconds, self._hang_up)
        watch.daemon = True
        watch.start()
        try:
            return work()
        except (OSError, HTTPError, http.client.HTTPException, ValueError) as error:
            trouble = Trouble.TIMEOUT if self._late.is_set() else _trouble_of(error)
            raise EgressError(
                Trouble.CONNECTION_LOST if trouble is Trouble.CONNECT_FAILED else trouble
            ) from None
        finally:
            watch.cancel()

    def _exchange(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        read: Callable[[BaseHTTPResponse], T],
    ) -> T:
        self._connection.timeout = self._deadline_seconds
        self._connection.request(
            method,
            path,
            body=body,
            headers={
                **headers,
                "Host": self._target.authority,
                "User-Agent": "orderveil",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
            preload_content=False,
            decode_content=False,
        )
        answer = self._connection.getresponse()
        try:
            self._must_be_in_time()  # cut off in its headers, which looks like their end
            return read(answer)
        finally:
            answer.close()

    def _must_be_in_time(self) -> None:
        if self._late.is_set():
            raise TimeoutError

    def _hang_up(self) -> None:
        self._late.set()
        with suppress(OSError):
            # not SSLSocket.shutdown: it drops TLS first, and a write then goes out in clear
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; nothing is kept for a next request."""
        self._connection.close()


def _trouble_of(error: BaseException) -> Trouble:
    chain = [error, error.__cause__, error.__context__]
    if any(isinstance(link, ssl.SSLError) for link in chain):
        return Trouble.TLS_FAILED
    if any(isinstance(link, TimeoutError) for link in chain):
        return Trouble.TIMEOUT
    return Trouble.CONNECT_FAILED


def _status_of(answer: BaseHTTPResponse) -> int:
    with suppress(OSError, HTTPError, http.client.HTTPException):
        answer.read(ANSWER_MAX_BYTES)
    return answer.status


def _whole(answer: BaseHTTPResponse, most_bytes: int) -> Reply:
    if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise EgressError(Trouble.ANSWER_ENCODED)
    pieces, size = [], 0
    for piece in answer.stream(_PIECE_BYTES, decode_content=False):
        size += len(piece)
        if size > most_bytes:
            raise EgressError(Trouble.ANSWER_TOO_LARGE)
        pieces.append(piece)
    kind = answer.headers.get("Content-Type", "")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(answer.status, kind, b"".join(pieces), headers)
