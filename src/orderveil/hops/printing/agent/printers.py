"""The two ways to a printer: a raw port, or a CUPS queue.

Rules kept here:
- `before` is called when the printer is there and has been sent nothing: until then a sheet is
  surely not printed, and from then on it may be;
- everything has a time limit: a printer that takes nothing any more leaves its sheet in doubt;
- a sheet goes through a pipe or a socket, never through a file or an argument.
"""

import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Final, Protocol
from urllib.parse import urlsplit

from orderveil.core.errors import OrderveilError

CONNECT_SECONDS: Final = 5
SEND_SECONDS: Final = 30
LINGER_SECONDS: Final = 2
LP_SECONDS: Final = 60
RAW_PORT: Final = 9100
_QUEUE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}")
_COUNTER = b'! U1 getvar "odometer.total_label_count"\r\n'
"""Zebra's Set-Get-Do: how many labels it has printed in its life, answered as `"123"`."""
_COUNTED = re.compile(rb'"([0-9]{1,15})"')


class Outcome(StrEnum):
    """What became of a document."""

    SENT = "sent"
    UNSENT = "unsent"
    BROKEN = "broken"
    """Something of it may have been taken."""


class Printer(Protocol):
    """A printer, used by one thread at a time."""

    def send(self, data: bytes, form: str, before: Callable[[], None]) -> Outcome:
        """Send a document; `before` is called just before its first byte."""

    def counted(self) -> int | None:
        """What the printer says it has printed in its life; None if it does not say."""


class RawPrinter:
    """A port that takes what it prints, as it is (9100)."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)

    def send(self, data: bytes, form: str, before: Callable[[], None]) -> Outcome:
        """See `Printer`."""
        del form
        try:
            link = socket.create_connection(self._address, timeout=CONNECT_SECONDS)
        except OSError:
            return Outcome.UNSENT
        with link:
            before()
            try:
                link.settimeout(SEND_SECONDS)
                link.sendall(data)
                link.shutdown(socket.SHUT_WR)
                self._wait_for_end(link)
            except OSError:
                return Outcome.BROKEN
        return Outcome.SENT

    @staticmethod
    def _wait_for_end(link: socket.socket) -> None:
        """Until it hangs up, too, or for a moment: a reset now means that it lost something."""
        link.settimeout(LINGER_SECONDS)
        with suppress(TimeoutError):
            while link.recv(4096):
                pass

    def counted(self) -> int | None:
        """See `Printer`. Printers of labels ignore what they do not understand."""
        said = b""
        try:
            with socket.create_connection(self._address, timeout=CONNECT_SECONDS) as link:
                link.settimeout(LINGER_SECONDS)
                link.sendall(_COUNTER)
                while not _COUNTED.search(said) and len(said) < 1000:
                    more = link.recv(1000)
                    if not more:
                        break
                    said += more
        except OSError:
            return None
        found = _COUNTED.search(said)
        return int(found[1]) if found else None


class CupsPrinter:
    """A queue of the station's own print system."""

    def __init__(self, queue: str, program: str) -> None:
        self._queue = queue
        self._program = program

    def send(self, data: bytes, form: str, before: Callable[[], None]) -> Outcome:
        """See `Printer`. The queue takes a document whole, or not at all."""
        raw = ["-o", "raw"] if form == "zpl" else []
        command = [self._program, "-d", self._queue, "-t", "orderveil", *raw, "-"]
        before()
        try:
            done = subprocess.run(
                command, input=data, capture_output=True, timeout=LP_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return Outcome.BROKEN
        except OSError:
            return Outcome.UNSENT
        return Outcome.SENT if done.returncode == 0 else Outcome.UNSENT

    def counted(self) -> int | None:
        """See `Printer`. A queue does not say."""
        return None


def printer_at(url: str) -> Printer:
    """The printer behind `raw://host:9100` or `cups://queue`; raises OrderveilError."""
    parts = urlsplit(url)
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise OrderveilError(_UNREADABLE, remedy=_FORMS)
    if parts.scheme == "raw" and parts.hostname:
        try:
            return RawPrinter(parts.hostname, parts.port or RAW_PORT)
        except ValueError:
            raise OrderveilError(_UNREADABLE, remedy=_FORMS) from None
    if parts.scheme == "cups" and _QUEUE.fullmatch(parts.netloc):
        program = shutil.which("lp")
        if program is None:
            msg = "There is no `lp` on this machine."
            raise OrderveilError(msg, remedy="Install CUPS's client, or name the printer's port.")
        return CupsPrinter(parts.netloc, program)
    raise OrderveilError(_UNREADABLE, remedy=_FORMS)


_UNREADABLE = "The printer's address can't be read."
_FORMS = "Write raw://host:9100 or cups://queue."
