"""The process that listens for mail: a child of `up`, only where ORDERVEIL_MAIL_LISTEN is set."""

import asyncio
import signal
import ssl
import threading

from orderveil.cli import session  # noqa: F401 - sets Django up

# isort: split
from django.conf import settings

from orderveil.core.errors import OrderveilError
from orderveil.hops.mail.listening import Door, serve


def tls_of(certificate: str, key: str) -> ssl.SSLContext | None:
    """STARTTLS with this certificate; None without one."""
    if not certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key or None)
    return context


def main() -> None:
    """Listen until SIGTERM."""
    host, _, port = settings.MAIL_LISTEN.rpartition(":")
    if not host or not port.isdigit():
        msg = "ORDERVEIL_MAIL_LISTEN is no address and port."
        raise OrderveilError(msg, remedy="As in 0.0.0.0:2525.")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tls = tls_of(settings.MAIL_CERTIFICATE, settings.MAIL_KEY)
    asyncio.run(serve(Door(), host, int(port), name=settings.MAIL_NAME, tls=tls, stop=stop))


if __name__ == "__main__":
    main()
