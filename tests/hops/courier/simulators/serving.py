"""What the carriers' simulators share: a real HTTP server with a rate limit, and faults on order.

    with Shiprocket.serving() as carrier:
        carrier.fail(2, Fault.LOST)                      # the second request from now
        carrier.fail(1, Fault.DOWN, path="/courier/assign/awb")
        ...
        carrier.bookings(reference)                      # how many parcels it would fetch

Requests are handled one at a time, as by a carrier that locks its tables.
"""

import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, urlsplit


class Fault(StrEnum):
    """What goes wrong with one request. LOST and the like: it is done, and nobody hears of it."""

    DEAF = "deaf"
    """Nothing is done and nothing said, until the client gives up."""
    RESET = "reset"
    """Nothing is done; the connection breaks."""
    DOWN = "down"
    """Nothing is done: 500."""
    BUSY = "busy"
    """Nothing is done: 429, with Retry-After."""
    GARBAGE = "garbage"
    """Nothing is done: 200, and a body that isn't JSON."""
    LOST = "lost"
    """Done; the connection breaks before the answer."""
    CUT = "cut"
    """Done; the answer breaks off in its middle."""
    LATE = "late"
    """Done; the answer doesn't come until the client gives up."""
    DONE_DOWN = "done_down"
    """Done; the answer is 502 of a proxy between."""
    DONE_GARBAGE = "done_garbage"
    """Done; the answer isn't JSON."""
    SIGNED_OUT = "signed_out"
    """Nothing is done: the token is no longer good."""


BEFORE = frozenset({Fault.DEAF, Fault.RESET, Fault.DOWN, Fault.BUSY, Fault.GARBAGE})
AFTER = frozenset({Fault.LOST, Fault.CUT, Fault.LATE, Fault.DONE_DOWN, Fault.DONE_GARBAGE})
GARBAGE = b"<html>\xff\xfe we are back soon"
RETRY_SECONDS = 7


@dataclass
class Received:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What is said to it."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def said(status: int, facts: Any, **headers: str) -> Reply:
    """A reply in JSON."""
    return Reply(status, json.dumps(facts).encode(), {"Content-Type": "application/json"} | headers)


class RefusalError(Exception):
    """A reply that ends the handling of a request."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


@dataclass
class _Order:
    nth: int
    fault: Fault
    path: str


class Simulator(ThreadingHTTPServer):
    """One carrier. Subclasses answer in `handle_one`, and know their bookings."""

    daemon_threads = True
    most: ClassVar[int] = 1000
    """Requests taken in `window_seconds`; further ones hear 429."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.window_seconds = 60.0
        self.limit = self.most
        self.retry_after: str | None = str(RETRY_SECONDS)
        self.patience_seconds = 20.0
        self.released = threading.Event()
        self._orders: list[_Order] = []
        self._moments: deque[float] = deque()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fail(self, nth: int, fault: Fault, path: str = "") -> None:
        """Let the nth request from now on (whose path holds `path`) go wrong."""
        with self._lock:
            self._orders.append(_Order(nth, fault, path))

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [one.path for one in self.received]

    def told(self) -> bytes:
        """Everything that this carrier was ever told."""
        return b"\n".join(
            b" ".join([one.path.encode(), repr(one.query).encode(), one.body])
            for one in self.received
        )

    def bookings(self, reference: str) -> int:
        """How many parcels would be fetched under this reference."""
        raise NotImplementedError

    def handle_one(self, asked: Received) -> Reply:
        """Validate, change state, answer; raises `RefusalError`."""
        raise NotImplementedError

    def signed_out(self) -> Reply:
        """What is said to a token that isn't good."""
        return said(401, {"message": "Unauthenticated."})

    def meet(self, asked: Received) -> tuple[Reply | None, Fault | None]:
        """The reply, and what goes wrong with it."""
        with self._lock:
            self.received.append(asked)
            fault = self._fault_of(asked)
            if fault in {Fault.DEAF, Fault.RESET}:
                return None, fault
            early = self._early(fault)
            if early is not None:
                return early, None
            try:
                return self.handle_one(asked), fault
            except RefusalError as refusal:
                return refusal.reply, fault

    def _early(self, fault: Fault | None) -> Reply | None:
        if fault is Fault.DOWN:
            return said(500, {"message": "Server Error"})
        if fault is Fault.GARBAGE:
            return Reply(200, GARBAGE)
        if fault is Fault.SIGNED_OUT:
            return self.signed_out()
        if fault is Fault.BUSY or self._is_too_fast():
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return said(429, {"message": "Too Many Attempts."}, **headers)
        return None

    def _is_too_fast(self) -> bool:
        now = time.monotonic()
        while self._moments and self._moments[0] <= now - self.window_seconds:
            self._moments.popleft()
        if len(self._moments) >= self.limit:
            return True
        self._moments.append(now)
        return False

    def _fault_of(self, asked: Received) -> Fault | None:
        hit = None
        for order in self._orders:
            if order.path in asked.path:
                order.nth -= 1
                hit = order if order.nth == 0 else hit
        self._orders = [order for order in self._orders if order.nth > 0]
        return hit.fault if hit else None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of these tests."""

    @classmethod
    @contextmanager
    def serving(cls, *args: Any, **more: Any) -> Iterator[Self]:
        """A running simulator; stopped at the end."""
        server = cls(*args, **more)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            server.server_close()
            thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    server: Simulator
    timeout = 30

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Received(self.command, parts.path, query, headers, body)
        reply, fault = self.server.meet(asked)
        if fault in {Fault.DEAF, Fault.LATE}:
            self.server.released.wait(self.server.patience_seconds)
        if reply is None or fault in {Fault.RESET, Fault.LOST, Fault.DEAF}:
            return self._break()
        if fault is Fault.DONE_DOWN:
            reply = Reply(502, b"<html>502 Bad Gateway")
        if fault is Fault.DONE_GARBAGE:
            reply = Reply(200, GARBAGE)
        with suppress(OSError):
            self._say(reply, is_cut=fault is Fault.CUT)
        return None

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - http.server's names

    def _say(self, reply: Reply, *, is_cut: bool) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + 10 * is_cut))
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if is_cut else reply.body)
        if is_cut:
            self._break()

    def _break(self) -> None:
        """End the connection with a reset."""
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""
