"""What is asked of a provider that places calls, and what its answer means: the same for all.

Rules kept here:
- an answer that can't be read after a request that was sent is no refusal: it may be ringing;
- a provider's own words are never kept: they may name a number.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus


class CallStatus(StrEnum):
    """What is known of a call."""

    ASKED = "asked"
    """Written down; the provider was not heard of yet."""
    RINGING = "ringing"
    CONNECTED = "connected"
    NOT_CONNECTED = "not_connected"
    NOT_PLACED = "not_placed"
    """Nobody was rung."""
    UNKNOWN = "unknown"
    """It may have rung: nobody can tell from here."""


FINAL = frozenset({CallStatus.CONNECTED, CallStatus.NOT_CONNECTED, CallStatus.NOT_PLACED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call to place: the agent is rung first, then the customer; both see `shown`."""

    agent: str = field(repr=False)
    customer: str = field(repr=False)
    shown: str
    told: str = field(repr=False)
    """The address that is told how it went; its last part is a secret of this call's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. Form-encoded, with HTTP Basic."""

    path: str
    body: bytes = field(repr=False)


def by_status(status: int, *, has_id: bool) -> CallStatus:
    """What an answer's status means, and whether it named the call."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return CallStatus.RINGING if has_id else CallStatus.UNKNOWN
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        late = status == HTTPStatus.REQUEST_TIMEOUT
        return CallStatus.UNKNOWN if late else CallStatus.NOT_PLACED
    return CallStatus.UNKNOWN
