"""A small real SMTP server (RFC 5321, as much as a client of Python's needs) that keeps mail."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mail:
    """One mail as it came in."""

    sender: str
    recipients: list[str]
    text: str


@dataclass
class Mailbox:
    """Where the server listens, and what it got."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    refusing: bool = False
    """Answer everybody with 554."""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        sender, recipients = "", []
        self._say("554 not today" if box.refusing else "220 mail.example ready")
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith("DATA"):
                self._say("354 go on")
                box.mails.append(Mail(sender, recipients, self._body()))
                sender, recipients = "", []
            elif word.startswith("MAIL FROM:"):
                sender = line[10:].split()[0]
            elif word.startswith("RCPT TO:"):
                recipients.append(line[8:].strip("<> "))
            elif word.startswith("QUIT"):
                self._say("221 bye")
                return
            if not word.startswith("DATA"):
                self._say("250 fine")
            else:
                self._say("250 kept")

    def _body(self) -> str:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines).decode()

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def serving() -> Iterator[Mailbox]:
    """A running server; stopped at the end."""
    box = Mailbox()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
