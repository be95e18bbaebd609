"""A partner's real web server on this machine, with a certificate from an authority of its own."""

import datetime as dt
import ipaddress
import ssl
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from orderveil.outbox.egress import Egress

NAME = "partner.example"


@dataclass
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"


@dataclass
class Answer:
    """What to say to one request; `before` runs first, in the server's thread."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    before: Callable[[Received], object] = lambda _: None
    drip: bool = False
    drip_body: bool = False


class PartnerServer(ThreadingHTTPServer):
    """Answers from `script`, then 204; keeps what it got and how many of an id were at once."""

    daemon_threads = True

    def __init__(self, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__((address, 0), _Handler)
        self.script: deque[Answer] = deque()
        self.received: list[Received] = []
        self.connections = 0
        self.dripped = 0
        self.most_at_once: Counter[str] = Counter()
        self.open_now: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.context = context

    def get_request(self):
        sock, peer = super().get_request()
        self.connections += 1
        sock.settimeout(5)
        if self.context is not None:
            sock = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return sock, peer

    def handle_error(self, request, client_address):
        """Clients that hang up are part of these tests."""

    @property
    def port(self) -> int:
        return self.server_address[1]

    def url(self, path: str = "/hooks", name: str = NAME) -> str:
        return f"{'https' if self.context else 'http'}://{name}:{self.port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: PartnerServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        told = {k.lower(): v for k, v in self.headers.items()}
        seen = Received(self.path, told, body, self.command)
        name = seen.headers.get("webhook-id", "")
        with self.server.lock:
            self.server.received.append(seen)
            self.server.open_now[name] += 1
            at_once = self.server.open_now[name]
            self.server.most_at_once[name] = max(self.server.most_at_once[name], at_once)
            answer = self.server.script.popleft() if self.server.script else Answer()
        try:
            answer.before(seen)
            self._say(answer)
        finally:
            with self.server.lock:
                self.server.open_now[name] -= 1

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - http.server's names

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for key, value in answer.headers.items():
            self.send_header(key, value)
        if answer.drip:
            self.flush_headers()
            for number in range(90):
                self.wfile.write(f"X-Drip-{number}: 1\r\n".encode())
                time.sleep(0.05)
        self.send_header("Content-Length", "90" if answer.drip_body else str(len(answer.body)))
        self.end_headers()
        if answer.drip_body:
            for _ in range(90):
                self.wfile.write(b"x")
                self.server.dripped += 1
                time.sleep(0.05)
        self.wfile.write(answer.body)

    def log_message(self, format, *args):  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(*, tls: bool = True, address: str = "127.0.0.1") -> Iterator[PartnerServer]:
    """A running server; stopped at the end."""
    server = PartnerServer(address, authority().server_context if tls else None)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def way_out(**changes) -> Egress:
    """An egress that may reach this machine, and trusts the tests' authority alone."""
    settings = {
        "private": True,
        "resolver": lambda host, port: ["127.0.0.1"],
        "trust": lambda: authority().client_context,
    }
    return Egress(**(settings | changes))


@dataclass(frozen=True)
class Authority:
    """Who vouches for `partner.example`."""

    server_context: ssl.SSLContext
    client_context: ssl.SSLContext
    ca_pem: str


@cache
def authority() -> Authority:
    """The tests' own certificate authority and its one certificate."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("Orderveil test authority")
    ca = (
        _certificate(ca_name, ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    names = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = (
        _certificate(_name(NAME), ca_name, key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = ca.public_bytes(serialization.Encoding.PEM).decode()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata=pem)
    return Authority(_server_context(leaf, key), client, pem)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject, issuer, public_key) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )


def _server_context(leaf, key) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        chain = Path(folder) / "chain.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + leaf.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(chain)
    return context
