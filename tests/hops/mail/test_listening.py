"""The SMTP door: no open relay, and limits that hold."""

import contextlib
import smtplib
import socket
from collections import deque

import pytest

from hops.mail.post import AGENT, DOMAIN
from orderveil.hops.mail import listening


@pytest.mark.parametrize(
    "to",
    [
        "victim@elsewhere.example",
        f"victim%elsewhere.example@{DOMAIN}",
        f'"victim@elsewhere.example"@{DOMAIN}',
        f"@{DOMAIN}:victim@elsewhere.example",
        f"victim!x@{DOMAIN}",
        f"elsewhere.example!victim@{DOMAIN}",
        f"victim@elsewhere.example@{DOMAIN}",
        "postmaster@[127.0.0.1]",
        f"nobodyhere@{DOMAIN}",
        f"{'a' * 300}@{DOMAIN}",
        "postmaster",
    ],
)
def test_it_is_no_open_relay(post, to):
    """Only an alias of ours is accepted, spelled plainly."""
    with smtplib.SMTP("127.0.0.1", post.port, "c.example", timeout=20) as client:
        client.ehlo()
        client.mail(AGENT)
        code, _ = client.docmd("RCPT", f"TO:<{to}>")
        assert 500 <= code < 560
    assert post.server.taken == []


def test_one_recipient_at_a_time(post):
    """The second is asked to come by itself: their fates may differ."""
    with smtplib.SMTP("127.0.0.1", post.port, "c.example", timeout=20) as client:
        client.ehlo()
        client.mail(AGENT)
        assert client.rcpt(post.alias)[0] == 250
        assert client.rcpt(post.alias)[0] == 452


def test_nobody_signs_in_here(post):
    """There is no AUTH to guess passwords at."""
    with smtplib.SMTP("127.0.0.1", post.port, "c.example", timeout=20) as client:
        client.ehlo()
        assert not client.has_extn("auth")


def test_a_large_message_is_refused(post):
    """25 MB: by its announced size, and by its bytes where it announces none."""
    raw = post.letter(body=b"x" * 76 + b"\r\n", signer=None) + (b"y" * 76 + b"\r\n") * 330_000
    with smtplib.SMTP("127.0.0.1", post.port, "c.example", timeout=60) as client:
        client.ehlo()
        assert client.mail(AGENT, [f"SIZE={len(raw)}"])[0] == 552
    assert post.write(raw)[0] == 552
    assert post.server.taken == []


def test_a_line_without_an_end_is_cut_off(post, monkeypatch):
    """Bytes that never become a line fill no memory: the connection goes."""
    monkeypatch.setattr(listening, "SESSION_BYTES", 200_000)
    with socket.create_connection(("127.0.0.1", post.port), timeout=20) as line:
        for command in (
            "EHLO c.example",
            f"MAIL FROM:<{AGENT}>",
            f"RCPT TO:<{post.alias}>",
            "DATA",
        ):
            line.recv(4096)
            line.sendall(command.encode() + b"\r\n")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            deque((line.sendall(b"x" * 4096) for _ in range(10_000)), maxlen=0)


def test_connections_have_a_number(post, monkeypatch):
    """One too many is closed, and the others go on."""
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 2)
    lines = [socket.create_connection(("127.0.0.1", post.port), timeout=20) for _ in range(2)]
    assert all(line.recv(3) == b"220" for line in lines)
    third = socket.create_connection(("127.0.0.1", post.port), timeout=20)
    with third, contextlib.suppress(ConnectionResetError):
        assert third.recv(100) == b""
    for line in lines:
        line.close()


def test_bad_commands_end_the_connection(post):
    """Somebody who talks without end is sent away."""
    with smtplib.SMTP("127.0.0.1", post.port, "c.example", timeout=20) as client:
        codes = [client.docmd("NOOP")[0] for _ in range(10)]
        assert codes == [250] * 10
        assert client.docmd("NOOP")[0] == 421
