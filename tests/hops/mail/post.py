"""A brand's mail over real SMTP: our door, the brand's server, and people who write.

The smarthost is aiosmtpd: it keeps what it took, and can be told to refuse, to be slow, to hang
up, or to take a letter and lose its answer.
"""

import asyncio
import email
import email.policy
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dkim
from aiosmtpd.smtp import SMTP

from orderveil.contacts import allocating
from orderveil.contacts.allocating import Place
from orderveil.contacts.models import Contact, ContactKind
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.hops.mail import setup
from orderveil.hops.mail.listening import Door, listen
from orderveil.hops.mail.names import NamesDownError
from orderveil.hops.mail.sending import Smarthost, Tls
from orderveil.keyring.mailkeys import new_key
from scene import ME, Scene

DOMAIN = "mail.kalanjali.example"
CUSTOMER = "tarangini.v@mail.example"
"""The address of scene.PERSON, who does not exist."""
AGENT = "ravi@fleetfoot.example"
CARE = "+911800000111"
KEYS = {each: new_key() for each in ("fleetfoot.example", "mail.example", "evil.example")}


@dataclass
class Server:
    """The brand's mail server."""

    taken: list[Any] = field(default_factory=list)
    rcpt: str = "250 OK"
    data: str = "250 OK"
    slow_seconds: float = 0.0
    loses_answer: bool = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.slow_seconds)
        if self.data.startswith("250"):
            self.taken.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.original_content))
        if self.loses_answer:
            server.transport.abort()
        return self.data


@contextmanager
def looping() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop on a thread of its own. What broke in it unheard breaks the test."""
    loop = asyncio.new_event_loop()
    broken: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: broken.append(context))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
        assert not broken, broken


async def _cancel_all() -> None:
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for transport in list(asyncio.get_running_loop()._transports.values()):
        transport.abort()
    for _ in range(3):
        await asyncio.sleep(0)  # what was aborted is closed in the loop's next rounds
    await asyncio.get_running_loop().shutdown_default_executor()


@dataclass
class Post:
    """One brand, its alias for one parcel, and what its server took."""

    scene: Scene
    server: Server
    loop: asyncio.AbstractEventLoop
    port: int
    closed_port: int
    door: Door
    down: bool = False
    order: bytes = b""
    code: str = ""

    @property
    def alias(self) -> str:
        return f"{self.code}@{DOMAIN}"

    @property
    def contact(self) -> Contact:
        return Contact.objects.get(code=self.code)

    def txt(self, name: str) -> bytes | None:
        """DNS: the keys of everybody who signs here."""
        if self.down:
            raise NamesDownError
        selector, _, domain = name.partition("._domainkey.")
        if selector != "s" or domain not in KEYS:
            return None
        return f"v=DKIM1; k=rsa; p={KEYS[domain][1]}".encode()

    def new_order(self, **more: Any) -> tuple[bytes, str]:
        """An order on its way, and its alias."""
        order = self.scene.pack(self.scene.admit(self.scene.draft(**more) if more else None))
        place = Place(order, 1, self.scene.seat(Hop.COURIER).partner.pk, Hop.COURIER)
        given = allocating.allocate(self.scene.brand.pk, ContactKind.EMAIL, [place], utc_now())
        return order, given[place].code

    def letter(
        self,
        sender: str = AGENT,
        body: bytes = b"At the gate.\r\n",
        *,
        signer: str | None = "",
        head: bytes = b"",
        message_id: str | None = None,
    ) -> bytes:
        """A message as it comes, signed by its sender's domain, by another, or by nobody."""
        named = message_id or f"<{time.time_ns()}@x.example>"
        raw = (
            (
                f"From: Somebody <{sender}>\r\nTo: {self.alias}\r\nSubject: Gate\r\n"
                f"Message-ID: {named}\r\n"
            ).encode()
            + head
            + (b"" if b"\r\n\r\n" in head else b"\r\n")
            + body
        )
        signer = sender.rpartition("@")[2] if signer == "" else signer
        if signer is None:
            return raw
        return dkim.sign(raw, b"s", signer.encode(), KEYS[signer][0]) + raw

    def write(self, raw: bytes, *, sender: str = AGENT, to: str | None = None) -> tuple[int, str]:
        """The door's last answer to a client that sends this."""
        with smtplib.SMTP("127.0.0.1", self.port, "client.example", timeout=60) as client:
            client.ehlo()
            client.mail(sender)
            code, said = client.rcpt(to or self.alias)
            if code == 250:
                code, said = client.data(raw)
            return code, said.decode()

    def one(self) -> tuple[str, str, bytes, Any]:
        """The only letter that left: envelope, bytes, and as the standard library reads it."""
        ((sender, to, raw),) = self.server.taken
        return sender, to, raw, email.message_from_bytes(raw, policy=email.policy.default)


def shown(raw: bytes) -> str:
    """Everything that a receiver could read of a message: its bytes, and all that they mean."""
    read = email.message_from_bytes(raw, policy=email.policy.default)
    values = [f"{name}: {value}" for name, value in read.items()]
    parts = [str(part.get_content()) for part in read.walk() if not part.is_multipart()]
    return "\n".join([raw.decode("latin-1"), *values, *parts]).lower()


@contextmanager
def posting() -> Iterator[Post]:
    """Everything, running."""
    scene = Scene.make(now=utc_now())
    server = Server()
    with looping() as loop:

        def run(work: Any) -> Any:
            return asyncio.run_coroutine_threadsafe(work, loop).result(10)

        def serve(protocol: Callable[[], SMTP]) -> Any:
            return run(loop.create_server(protocol, "127.0.0.1", 0))

        smarthost = serve(lambda: SMTP(server, hostname="smarthost.example", loop=loop))
        port = smarthost.sockets[0].getsockname()[1]
        carrier = scene.new_seat(Hop.COMMS, "postbox").partner
        brand = scene.brand.pk
        there = Smarthost("127.0.0.1", port, Tls.NONE)
        setup.set_up(brand, DOMAIN, there, through=carrier, now=scene.now, who=ME)
        courier = scene.seat(Hop.COURIER).partner
        setup.set_domains(courier, ["fleetfoot.example"], now=scene.now, who=ME)
        door = Door()
        front = run(listen(door, "127.0.0.1", 0, name=DOMAIN, tls=None))
        post = Post(scene, server, loop, front.sockets[0].getsockname()[1], port, door)
        door.lookup = post.txt
        post.order, post.code = post.new_order()
        yield post
        for each in (front, smarthost):
            loop.call_soon_threadsafe(each.close)
        door.threads.shutdown(wait=True)
