"""A load generator that costs little: raw sockets, one epoll loop, the least parsing that works.

Rules kept here:
- each client keeps one connection and sends its next request when the last is answered;
- a refusal is never counted as work: any status but 2xx ends the run with what the server said;
- what finishes after the end of the window is not counted.
"""

import select
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

CLIENTS = 16
WARM_UP_SECONDS = 0.7
_CHUNK = 1 << 20

Source = Callable[[], bytes]
"""The next request, whole, as it goes over the wire."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run came to. Latencies in seconds, sorted."""

    seconds: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """The latency that `share` of the requests stayed within, in milliseconds."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))] * 1e3


def request(
    method: str, path: str, *, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
) -> bytes:
    """The bytes of an HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body or method == "POST":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class _Client:
    """One connection and the answer it is waiting for."""

    __slots__ = ("_got", "_source", "_want", "began", "socket")

    def __init__(self, port: int, source: Source) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._source = source
        self._got: list[bytes] = []
        self._want = 0

    def send(self) -> None:
        self._got, self._want = [], 0
        wire = self._source()
        self.began = time.perf_counter()
        self.socket.sendall(wire)

    def read(self) -> bool:
        """Take what has come; True if the answer is whole. Raises RuntimeError on a refusal."""
        piece = self.socket.recv(_CHUNK)
        if not piece:
            msg = "the server closed the connection"
            raise RuntimeError(msg)
        self._got.append(piece)
        if self._want == 0:
            self._want = _length(piece)
        if self._want < 0:  # chunked
            return piece.endswith(b"0\r\n\r\n")
        return sum(map(len, self._got)) >= self._want


def _length(piece: bytes) -> int:
    """Bytes of the whole answer; -1 if it is chunked."""
    end = piece.find(b"\r\n\r\n")
    head = piece[:end].lower()
    if end < 0 or head[9:10] != b"2":
        msg = f"the server answered {piece[:400]!r}"
        raise RuntimeError(msg)
    at = head.find(b"content-length:")
    if at < 0:
        return -1
    return end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0])


def drive(port: int, source: Source, seconds: float, clients: int = CLIENTS) -> Load:
    """Ask on `clients` connections at once, warm up, and measure for `seconds`."""
    poll = select.epoll()
    by_number: dict[int, _Client] = {}
    for _ in range(clients):
        client = _Client(port, source)
        by_number[client.socket.fileno()] = client
        poll.register(client.socket.fileno(), select.EPOLLIN)
    try:
        for client in by_number.values():
            client.send()
        _turn(poll, by_number, WARM_UP_SECONDS)
        began = time.perf_counter()
        latencies = _turn(poll, by_number, seconds)
        took = time.perf_counter() - began
    finally:
        for client in by_number.values():
            client.socket.close()
        poll.close()
    return Load(took, sorted(latencies))


def _turn(poll: select.epoll, by_number: dict[int, _Client], seconds: float) -> list[float]:
    latencies: list[float] = []
    now = time.perf_counter()
    until = now + seconds
    while now < until:
        for number, _ in poll.poll(until - now):
            client = by_number[number]
            if client.read():
                latencies.append(time.perf_counter() - client.began)
                client.send()
        now = time.perf_counter()
    return latencies
