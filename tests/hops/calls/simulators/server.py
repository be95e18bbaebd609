"""A provider on a real socket: keeps what it received, and fails at the request it is told to.

with Running(Exotel()) as exotel:
    exotel.fail(2, Failure.LOST)
"""

import base64
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


class Failure(Enum):
    """How a request goes wrong."""

    TIMEOUT = auto()
    """No answer; nothing was done."""
    LOST = auto()
    """It was done, and the answer was cut off."""
    FAULT = auto()
    """500, and nothing was done."""
    FAULT_AFTER = auto()
    """500, and it was done."""
    LIMITED = auto()
    """429: nothing was done."""
    GARBAGE = auto()
    """200 with no answer in it, and it was done."""
    CUT = auto()
    """The connection is closed before anything was done."""


_BROKEN = (500, {"error": "broken"})
_UNDONE = {
    Failure.TIMEOUT: None,
    Failure.CUT: None,
    Failure.FAULT: _BROKEN,
    Failure.LIMITED: (429, {"error": "too many"}),
}
_DONE = {
    Failure.LOST: None,
    Failure.FAULT_AFTER: _BROKEN,
    Failure.GARBAGE: (200, b"<html>gateway</html>"),
}


@dataclass
class Received:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def basic(self) -> str:
        scheme, _, pair = self.headers.get("authorization", "").partition(" ")
        return base64.b64decode(pair).decode() if scheme == "Basic" else ""


@dataclass
class Provider:
    """What a simulator of one provider begins from."""

    credentials: str = "key:token"
    received: list[Received] = field(default_factory=list)
    failures: dict[int, Failure] = field(default_factory=dict)
    url: str = ""

    def answer(self, asked: Received) -> tuple[int, Any]:
        """Do it; status and JSON."""
        raise NotImplementedError

    def fail(self, at: int, how: Failure) -> None:
        """The at-th request from now goes wrong so (1: the next)."""
        self.failures[len(self.received) + at] = how

    def __enter__(self) -> "Provider":
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                told = {name.lower(): value for name, value in self.headers.items()}
                asked = Received(self.command, self.path, told, body)
                provider.received.append(asked)
                how = provider.failures.pop(len(provider.received), None)
                reply = provider.failing(asked, how)
                if reply is None:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                raw = reply[1] if isinstance(reply[1], bytes) else json.dumps(reply[1]).encode()
                self.send_response(reply[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_DELETE = do_PUT = _serve  # noqa: N815

            def log_message(self, *_told: object) -> None:
                """Nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_told: object) -> None:
                """Clients that hang up are part of these tests."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def failing(self, asked: Received, how: Failure | None) -> tuple[int, Any] | None:
        """The answer; None: the connection is closed."""
        if how is Failure.TIMEOUT:
            time.sleep(1.5)
        if how in _UNDONE:
            return _UNDONE[how]
        answer = self.answer(asked)
        return _DONE.get(how, answer)

    def __exit__(self, *_told: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
