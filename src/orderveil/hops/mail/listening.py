"""The SMTP door: mail for our own aliases, and for nobody else. Off unless an address is given.

Rules kept here:
- no open relay: one plain recipient of a brand's mail domain at a time, without routes, quotes
  and percent signs; no authentication, because nobody sends from here;
- a connection has an end: SESSION_SECONDS and SESSION_BYTES; of them there are MOST_CONNECTIONS;
- coroutines answer the protocol and nothing else: the work runs in a thread of WORKERS;
- what breaks says 451: the sender comes again.
"""

import asyncio
import re
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from orderveil.contacts import using
from orderveil.contacts.models import ContactKind
from orderveil.contacts.using import Outcome, Way
from orderveil.core.clocks import utc_now
from orderveil.hops.mail import names, relaying, setup
from orderveil.hops.mail.parts import MOST_BYTES
from orderveil.hops.mail.refusing import sentence, smtp_line
from orderveil.hops.mail.relaying import BOUNCE, Arrival
from orderveil.hops.mail.signing import Lookup

THROUGH: Final = "smtp"
SILENCE_SECONDS: Final = 60.0
SESSION_SECONDS: Final = 300.0
SESSION_BYTES: Final = 3 * MOST_BYTES
MOST_CONNECTIONS: Final = 60
WORKERS: Final = 8
COMMANDS: Final = {"*": 40, "MAIL": 20, "RCPT": 20, "DATA": 20, "NOOP": 10, "RSET": 20}

_PLAIN = re.compile(r"[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9.-]{1,253}").fullmatch
_NO_RELAY: Final = "550 5.7.1 Relaying denied"
_NO_ADDRESS: Final = "550 5.1.1 No such address"
_LATER: Final = "451 4.3.0 Please come again"


@dataclass
class Door:
    """aiosmtpd's handler: its hooks are coroutines, its work is in threads.

    Without slots: aiosmtpd reads every attribute that a handler lists, and before Python 3.11.4 a
    dataclass with slots lists one that can't be read.
    """

    lookup: Lookup = names.txt
    clock: Callable[[], datetime] = utc_now
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(WORKERS, thread_name_prefix="mail")
    )
    connections: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Is this an alias of ours, and does it still stand for somebody?"""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        said = await self._apart(lambda: self._accept(address))
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Hand the message on while its sender waits."""
        return await self._apart(lambda: self._relay(envelope))

    async def handle_exception(self, _error: Exception) -> str:
        """A fault of ours, or of the protocol: nothing of it is told."""
        return _LATER

    async def _apart(self, work: Callable[[], str]) -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, _guarded, work)

    def _accept(self, address: str) -> str:
        local, _, domain = address.rpartition("@")
        brand_id = setup.brand_of(domain) if _PLAIN(address) else None
        if brand_id is None:
            return _NO_RELAY
        if local.lower().startswith(BOUNCE):
            return "250 2.1.5 Here"
        contact = using.by_alias(brand_id, local)
        if contact is None:
            now = self.clock()
            using.note_stranger(brand_id, ContactKind.EMAIL, Outcome.STRANGER, now=now)
            return _NO_ADDRESS
        if using.is_live(contact, self.clock()):
            return "250 2.1.5 Here"
        way, now = Way.TO_CUSTOMER, self.clock()
        using.note(contact, way, Outcome.ENDED, now=now, through=THROUGH)
        return f"550 5.1.1 {sentence(brand_id, Outcome.ENDED)}"

    def _relay(self, envelope: Envelope) -> str:
        (recipient,) = envelope.rcpt_tos
        brand_id = setup.brand_of(recipient.rpartition("@")[2])
        if brand_id is None:
            return _NO_RELAY
        sender = "" if envelope.mail_from in {None, "<>"} else str(envelope.mail_from)
        raw = bytes(envelope.original_content or b"")
        arrival = Arrival(recipient, sender, raw, THROUGH)
        answer = relaying.relay(brand_id, arrival, self.lookup, now=self.clock())
        return smtp_line(brand_id, answer)


def _guarded(work: Callable[[], str]) -> str:
    try:
        return work()
    except Exception:  # noqa: BLE001 - whatever it was, nothing was handed on, or it is known
        return _LATER
    finally:
        connection.close()


class Bounded(SMTP):
    """One connection, with an end to its patience, its bytes and its number."""

    def __init__(self, door: Door, **terms: Any) -> None:
        super().__init__(door, **terms)
        self._door = door
        self._bytes = 0
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it, and set its end; one too many is closed at once."""
        if self._end is None:
            self._door.connections += 1
            self._end = self.loop.call_later(SESSION_SECONDS, self._hang_up)
        super().connection_made(transport)
        if self._door.connections > MOST_CONNECTIONS:
            self._hang_up()

    def connection_lost(self, error: Exception | None) -> None:
        """One less."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
            self._door.connections -= 1
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """A line without an end fills no memory: the connection goes first."""
        self._bytes += len(data)
        if self._bytes > SESSION_BYTES:
            self._hang_up()
            return
        super().data_received(data)

    def _hang_up(self) -> None:
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]  # a transport of a socket


def protocol_of(door: Door, *, name: str, tls: ssl.SSLContext | None) -> Callable[[], SMTP]:
    """What makes one connection's protocol."""

    def made() -> SMTP:
        return Bounded(
            door,
            data_size_limit=MOST_BYTES,
            hostname=name,
            ident="ESMTP",
            tls_context=tls,
            timeout=SILENCE_SECONDS,
            command_call_limit=COMMANDS,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            loop=asyncio.get_running_loop(),
        )

    return made


async def listen(
    door: Door, host: str, port: int, *, name: str, tls: ssl.SSLContext | None
) -> asyncio.Server:
    """A server that listens. What can't be made is told here: asyncio would drop every connection
    and say nothing.
    """
    made = protocol_of(door, name=name, tls=tls)
    made()
    return await asyncio.get_running_loop().create_server(made, host, port)


async def serve(
    door: Door, host: str, port: int, *, name: str, tls: ssl.SSLContext | None, stop: Event
) -> None:
    """Listen until `stop` is set. What breaks in a connection is told to nobody."""
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    server = await listen(door, host, port, name=name, tls=tls)
    async with server:
        while not stop.is_set():
            await asyncio.sleep(0.2)
    door.threads.shutdown(wait=True)
