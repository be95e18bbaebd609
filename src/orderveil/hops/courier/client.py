"""The thin HTTP client: a carrier's `Ask` goes out, what came back is `Heard`.

Rules kept here:
- the host is dialled first and the request made then: what can't be sent is not disclosed;
- everything goes through `outbox/egress`: checked addresses, no redirects, one deadline;
- an answer is read up to 1 MB or not taken; nothing of it is logged.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from orderveil.hops.courier.carriers.speech import Ask, Heard
from orderveil.outbox.egress import Egress, Line, read_url

MOST_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wire:
    """An open connection to a carrier, for one request."""

    base_url: str
    line: Line
    is_private: bool

    def send(self, ask: Ask) -> Heard:
        """Its answer. Raises `EgressError`: then nobody knows whether the request was done."""
        target = read_url(self.base_url + ask.path, private=self.is_private)
        reply = self.line.ask(
            ask.method, ask.body, ask.headers, most_bytes=MOST_BYTES, path=target.path
        )
        return Heard(reply.status, reply.body, reply.headers)


@contextmanager
def dial(egress: Egress, base_url: str) -> Iterator[Wire]:
    """A connection to the account's host. Raises `EgressError`: then nothing was sent."""
    with egress.dial(base_url) as line:
        yield Wire(base_url, line, egress.private)
