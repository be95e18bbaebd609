"""Requests as they come over the wire: collected, bounded, and given to WSGI as granian would."""

import ast
import http.client
import os
import re
import socket
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

import collected
from orderveil.cli.children import Family
from orderveil.cli.server import CONNECTIONS_PER_WORKER, free_address
from orderveil.hops.bodies import DRAINED_BYTES

WAIT_SECONDS = 20
PROBLEM = "application/problem+json"


class Site:
    """A running granian, and what its application noted."""

    def __init__(self, address, notes):
        self.address, self.notes = address, notes

    def connect(self, *, receives=None):
        link = socket.socket()
        if receives:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        link.settimeout(WAIT_SECONDS)
        try:
            link.connect((self.address.host, self.address.port))
        except OSError:
            link.close()
            raise
        return link

    def ask(self, raw):
        """(status, headers, body) of what is sent as it is, on a connection of its own."""
        with self.connect() as link:
            link.sendall(raw)
            return answer_of(link)

    def noted(self):
        """The first line the application noted, once there is one."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            if self.notes.exists() and (text := self.notes.read_text()):
                return text
            time.sleep(0.05)
        raise AssertionError("nothing was noted")


def answer_of(link, method="GET"):
    answer = http.client.HTTPResponse(link, method=method)
    answer.begin()
    return answer.status, answer.headers, answer.read()


@contextmanager
def served(folder, interface, application):
    """The application `collected:application` behind that interface of granian's."""
    address, family = free_address(), Family()
    notes = folder / f"{interface}-notes"
    command = [
        *(sys.executable, "-m", "granian", "--interface", interface, "--http", "1", "--no-ws"),
        *("--host", address.host, "--port", str(address.port), "--log-level", "error"),
        f"collected:{application}",
    ]
    paths = os.pathsep.join([str(Path(collected.__file__).parent), *sys.path])
    family.add("granian", command, {"COLLECTED_NOTES": str(notes), "PYTHONPATH": paths})
    site = Site(address, notes)
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            try:
                site.connect().close()
                break
            except OSError:
                time.sleep(0.05)
        yield site
    finally:
        family.end()


@pytest.fixture(scope="module")
def wsgi(tmp_path_factory):
    """The application as granian's own WSGI interface calls it."""
    with served(tmp_path_factory.mktemp("wsgi"), "wsgi", "application") as site:
        yield site


@pytest.fixture(scope="module")
def through(tmp_path_factory):
    """The same through the collector."""
    with served(tmp_path_factory.mktemp("asgi"), "asginl", "served") as site:
        yield site


@pytest.fixture
def site(through):
    """Through the collector, with nothing noted."""
    through.notes.unlink(missing_ok=True)
    return through


CHUNKED = b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
REQUESTS = [
    b"GET /a%20b/%C3%A9/%ff/x%2Fy;p=1?q=%C3%A9&r=a+b HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /raw\xc3\xa9 HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2\r\n\r\n",
    b"GET /x HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n",
    b"GET /x HTTP/1.1\r\nHost: x\r\nX-Latin: caf\xe9\r\nX-Empty:\r\nX-Utf: \xc3\xa9\r\n\r\n",
    b"GET /x HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n",
    b"GET http://other.example/absolute?q HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /old HTTP/1.0\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"FROB /m HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Type: a/b\r\n\r\nhello",
    b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    CHUNKED + b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    b"GET /x HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ::1\r\nX-Forwarded-Proto: https\r\n\r\n",
    b"GET /x HTTP/1.1\r\nHost: x\r\nX-Fold: a\r\n b\r\n\r\n",
    b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
]


@pytest.mark.parametrize("raw", REQUESTS, ids=range(len(REQUESTS)))
def test_a_request_is_what_granian_makes_of_it(wsgi, through, raw):
    """Path, query, headers, addresses, scheme and body: the application sees no difference."""
    seen = {}
    for site in (wsgi, through):
        status, headers, body = site.ask(raw)
        kept = {name: headers.get_all(name) for name in headers if name != "date"}
        text = body.decode().replace(str(site.address.port), "PORT")
        if status == 200:
            told, sent = ast.literal_eval(text)
            seen[site] = status, told, sent
            assert kept.pop("set-cookie") == ["a=1", "b=2"]
        else:
            seen[site] = status, text, kept
    assert seen[wsgi] == seen[through]


def test_an_underscore_speaks_for_no_proxy(site):
    """`X_Forwarded_For` would be read as what a trusted proxy said: it is dropped."""
    raw = (
        b"GET /x HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\nX_Forwarded_For: ::1\r\n\r\n"
    )
    told, _ = ast.literal_eval(site.ask(raw)[2].decode())
    assert told["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


def test_a_request_knows_nothing_of_the_process(site):
    """The server's environment holds secrets; no request carries it."""
    told, _ = ast.literal_eval(site.ask(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")[2].decode())
    known = re.compile(r"HTTP_|wsgi\.|SERVER_|REMOTE_ADDR|REQUEST_|PATH_|QUERY_|SCRIPT_|GATEWAY_")
    assert [name for name in told if not known.match(name)] == []


def test_a_body_that_does_not_come_is_not_waited_for(site):
    """Neither half of one, nor one that trickles, nor one that never begins: 408."""
    half = b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n"
    with site.connect() as link:
        link.sendall(half)
        for _ in range(12):
            link.sendall(b"x")
            time.sleep(collected.PATIENCE_SECONDS / 15)
        status, headers, body = answer_of(link)
    assert (status, headers["content-type"], headers["connection"]) == (408, PROBLEM, "close")
    assert b'"code":"body_too_slow"' in body
    for raw in (half, half + b"half", CHUNKED + b"5\r\nhe"):
        assert site.ask(raw)[0] == 408


def test_a_sender_that_goes_away_is_not_answered_for(site):
    """A body that was cut off is no body: the application never sees it."""
    for raw in (
        b"POST /stream/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf",
        b"POST /stream/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ):
        with site.connect() as link:
            link.sendall(raw)
    site.ask(b"POST /stream/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhe")
    time.sleep(0.2)
    assert site.noted().splitlines() == ["closed 3"]


def test_a_body_too_large_is_refused_by_its_length(site):
    """Before a byte of it is read; a sender that asks first is not told to go on."""
    head = b"POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    status, headers, body = site.ask(head % (collected.LIMIT_BYTES + 1))
    assert (status, headers["content-type"]) == (413, PROBLEM)
    assert b'"code":"body_too_large"' in body
    with site.connect() as link:
        link.sendall(head % 5)
        assert link.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        link.sendall(b"hello")
        assert answer_of(link)[0] == 200


def test_a_body_without_end_is_not_read_to_the_end(site):
    """In chunks, with no length: 413 comes while it is sent, and reading on has a limit."""
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with site.connect() as link:
        link.sendall(
            b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + 2 * piece
        )
        status, _, body = answer_of(link)
        assert taken(link, piece, 4 * DRAINED_BYTES) < 2 * DRAINED_BYTES
    assert status == 413
    assert b'"code":"body_too_large"' in body


def test_large_bodies_share_what_memory_they_get(site):
    """One too many is told to come again; small ones pass, and afterwards large ones do."""
    head = b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    whole = head % collected.LIMIT_BYTES + collected.LIMIT_BYTES * b"x"
    with site.connect() as first:
        first.sendall(whole[:-1])
        time.sleep(0.3)
        status, headers, _ = site.ask(whole)
        assert (status, headers["retry-after"]) == (503, "1")
        assert site.ask(head % 100 + 100 * b"x")[0] == 200
        first.sendall(b"x")
        assert answer_of(first)[0] == 200
    assert site.ask(whole)[0] == 200


def taken(link, piece, most):
    """How much of an endless body the server takes before it closes the connection."""
    for sent in range(0, most, len(piece)):
        try:
            link.sendall(piece)
        except OSError:
            return sent
    return most


def test_a_full_queue_says_so(site):
    """Who would wait behind too many others is told at once when to come again."""
    most = collected.THREADS + collected.QUEUE
    links = [site.connect() for _ in range(most + 3)]
    for link in links:
        link.sendall(b"GET /sleep HTTP/1.1\r\nHost: x\r\n\r\n")
    answers = [answer_of(link) for link in links]
    for link in links:
        link.close()
    assert sorted(status for status, _, _ in answers) == [200] * most + [503] * 3
    assert {headers["retry-after"] for status, headers, _ in answers if status == 503} == {"1"}


def test_a_fault_is_a_problem_without_its_message(site):
    """What breaks outside the doors' own handling says nothing of the request."""
    status, headers, body = site.ask(b"GET /fault HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, headers["content-type"]) == (500, PROBLEM)
    assert b"no log may hold" not in body


def test_an_answer_streams(site):
    """All of it comes, and it is closed once."""
    status, _, body = site.ask(b"GET /stream/3 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, body) == (200, 3 * collected.PIECE)
    assert site.noted() == "closed 3\n"


def test_a_stream_that_breaks_off_does_not_look_whole(site):
    """Its end is missing: whoever reads it knows."""
    with pytest.raises(http.client.IncompleteRead):
        site.ask(b"GET /stream/broken HTTP/1.1\r\nHost: x\r\n\r\n")
    assert site.noted() == "closed 2\n"


def test_head_asks_for_no_stream(site):
    """The headers of the answer, and no more of it than told them."""
    with site.connect() as link:
        link.sendall(b"HEAD /stream/long HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer_of(link, "HEAD")[::2] == (200, b"")
    assert site.noted() == "closed 1\n"


@pytest.mark.parametrize("leaves", [True, False])
def test_a_reader_that_takes_nothing_ends_the_stream(site, leaves):
    """No more is asked for than the wire takes; gone or stalled, the iterator is closed."""
    with site.connect(receives=8192) as link:
        link.sendall(b"GET /stream/long HTTP/1.1\r\nHost: x\r\n\r\n")
        assert link.recv(12) == b"HTTP/1.1 200"
        if leaves:
            link.close()
        closed = site.noted()
    assert int(closed.split()[1]) < collected.PIECES / 10


def test_the_server_has_room_for_slow_senders():
    """Many more connections than threads: what a slow sender holds is the cheaper one."""
    assert CONNECTIONS_PER_WORKER >= 100 * collected.THREADS
