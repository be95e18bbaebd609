"""Handing a message to the brand's own mail server, while whoever sent it waits.

Rules kept here:
- a password and a message go over TLS that was checked, or to this machine;
- one deadline for everything: a server that drips bytes can't hold a letter;
- a letter whose fate nobody knows (the line was cut after its last byte) is *in doubt*;
- of an answer only the number is used: its text may hold an address.
"""

import ipaddress
import smtplib
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from orderveil.outbox.egress import system_trust

SILENCE_SECONDS: Final = 15.0
DEADLINE_SECONDS: Final = 40.0


class Tls(StrEnum):
    """How the line to the server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """On this machine only."""


class Sent(StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    REFUSED = "refused"
    """For good: the address, or the message."""
    LATER = "later"
    """Surely not taken: it may be sent again."""
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Smarthost:
    """The server that takes a brand's mail on."""

    host: str
    port: int
    tls: Tls
    username: str = ""
    password: str = field(default="", repr=False)
    own_name: str = "localhost"
    """What we call ourselves: the brand's mail domain."""


def is_here(host: str) -> bool:
    """Is this host this machine?"""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def send(smarthost: Smarthost, sender: str, to: str, raw: bytes) -> Sent:
    """Hand one message on. `sender` "" is the null sender."""
    try:
        line = _connected(smarthost)
    except (OSError, smtplib.SMTPException, ValueError):
        return Sent.LATER
    watch = threading.Timer(DEADLINE_SECONDS, _hang_up, [line.sock])
    watch.daemon = True
    watch.start()
    try:
        return _handed(line, smarthost, sender, to, raw)
    finally:
        watch.cancel()
        line.close()


def probe(smarthost: Smarthost) -> bool:
    """Does the server answer, and let us in?"""
    try:
        line = _connected(smarthost)
        with line:
            _sign_in(line, smarthost)
    except (OSError, smtplib.SMTPException, ValueError):
        return False
    return True


def _connected(smarthost: Smarthost) -> smtplib.SMTP:
    if smarthost.tls == Tls.NONE and not is_here(smarthost.host):
        msg = "without TLS mail goes to this machine only"
        raise ValueError(msg)
    place = (smarthost.host, smarthost.port)
    if smarthost.tls == Tls.TLS:
        return smtplib.SMTP_SSL(
            *place, smarthost.own_name, timeout=SILENCE_SECONDS, context=system_trust()
        )
    return smtplib.SMTP(*place, smarthost.own_name, timeout=SILENCE_SECONDS)


def _sign_in(line: smtplib.SMTP, smarthost: Smarthost) -> None:
    line.ehlo_or_helo_if_needed()
    if smarthost.tls == Tls.STARTTLS:
        line.starttls(context=system_trust())
        line.ehlo()
    if smarthost.username:
        line.login(smarthost.username, smarthost.password)


def _handed(line: smtplib.SMTP, smarthost: Smarthost, sender: str, to: str, raw: bytes) -> Sent:
    try:
        _sign_in(line, smarthost)
        if line.mail(sender, ["BODY=8BITMIME"] if line.has_extn("8bitmime") else [])[0] != 250:
            return Sent.LATER  # our own set-up: not the letter's fault
        code = line.rcpt(to)[0]
        if code not in {250, 251}:
            return Sent.REFUSED if 550 <= code <= 553 else Sent.LATER
    except (OSError, smtplib.SMTPException, ValueError):
        return Sent.LATER
    return _told(line, raw)


def _told(line: smtplib.SMTP, raw: bytes) -> Sent:
    try:
        code = line.data(raw)[0]
    except smtplib.SMTPDataError:
        return Sent.LATER
    except (OSError, smtplib.SMTPException, ValueError):
        return Sent.IN_DOUBT
    if code == 250:
        return Sent.TAKEN
    return Sent.REFUSED if code >= 550 else Sent.LATER


def _hang_up(sock: socket.socket | None) -> None:
    with suppress(OSError):
        if sock is not None:
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
