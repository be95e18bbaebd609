"""What all carriers' mappings have in common: shipments, steps, answers, scans.

Rules kept here:
- pure: a view and what is known come in, a request goes out; an answer comes in, facts go out;
- a mapping takes what it sends from the courier's view alone: it can't tell a carrier more;
- what is kept of an answer (`Known`) is ids of the carrier's and its waybill number: no name, no
  phone, no text that somebody wrote;
- a step that isn't `repeatable` says how to find out whether an earlier sending arrived.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from orderveil.core.errors import Problem
from orderveil.core.states import ParcelState
from orderveil.gate.compose import View

Known = Mapping[str, str]
"""What a carrier told of a booking so far: its ids. `awb` and `carrier` once it has taken it on."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the brand agreed with a carrier: options by name, and the token or key for a request."""

    options: Mapping[str, str]
    token: str = field(default="", repr=False)
    """What `sign_in` got, or the key itself where a carrier has no sign-in."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel as its courier may see it, and the reference that the carrier knows it by."""

    view: View | None
    """None for a step that shows nothing of it."""
    reference: str
    """Up to 30 characters `A-Z 0-9 -`: the partner's ref of the parcel. Stable for its life."""
    at: datetime
    """Now, aware: the moment of the request."""
    is_reverse: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: `path` is below the account's base URL, with its query."""

    method: str
    path: str = field(repr=False)
    """It may hold a token where a carrier takes it there only."""
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, as it came. `body` up to 1 MB."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


@dataclass(frozen=True, slots=True)
class Done:
    """The step is done; this is known now, beside what was."""

    known: Known


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: a rate limit, an outage, an answer that can't be read. `seconds`: the carrier's own
    word when to come again; None if it said nothing. `is_sure`: the carrier surely did nothing."""

    code: str
    seconds: int | None = None
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier will not take it: somebody has to look. `detail` is words of ours, never its."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The token is no longer good: sign in again, then repeat. Where there is no signing in the
    account's key is bad, and the account waits for a person."""


@dataclass(frozen=True, slots=True)
class NotThere:
    """The carrier knows nothing of this reference: the earlier sending never arrived."""


Outcome = Done | Later | Refused | SignedOut
Found = Done | NotThere | Later | Refused | SignedOut


@dataclass(frozen=True, slots=True)
class Find:
    """How to see whether a step's earlier sending arrived."""

    ask: Callable[[Account, str, Known], Ask]
    """(account, reference, known)"""
    read: Callable[[Heard, str, Known], Found]


@dataclass(frozen=True, slots=True)
class Step:
    """One request on the way to a booking (or to its cancellation)."""

    name: str
    ask: Callable[[Account, Shipment, Known], Ask | Done | Refused]
    """Done: what is known already suffices. Refused: the view or the account lacks what this
    carrier demands. Nothing is sent then."""
    read: Callable[[Heard, Known], Outcome]
    """Total: whatever was heard, it is one of these. `Later` that isn't sure, from a step that
    isn't repeatable, means what no answer means: `find` before it is sent again."""
    shows_view: bool = False
    """The request is made of the view. Otherwise none is disclosed, and `shipment.view` is None."""
    repeatable: bool = False
    """Sending it twice can't book twice: the carrier knows the same request again."""
    find: Find | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """What a carrier says happened to a parcel."""

    awb: str
    state: ParcelState | None
    """None: a scan that moves no state of ours (a hub, a weighing)."""
    at: datetime
    code: str
    """The carrier's own code for it, at most 40 characters `A-Z a-z 0-9 _ - .`; never its text."""
    reason: str = ""
    """For `undelivered`: a member of `core.attempts.AttemptReason`, "" if it is not known."""


class Carrier(Protocol):
    """One carrier's API."""

    name: str
    """As `orderveil courier connect` and the account name it."""
    base_url: str
    """Its public address; an account may name another (a staging host)."""
    demands_email: bool
    options: Mapping[str, str]
    """Name -> what it is for, of every option that an account needs."""
    defaults: Mapping[str, str]
    """Name -> what it is for, of every option that an account may have besides: what stands in
    for facts that an order lacks."""
    secrets: tuple[str, ...]
    """Names of what is sealed: ("email", "password"), ("token",)."""
    booking: tuple[Step, ...]
    cancelling: tuple[Step, ...]
    """With `known` of the booking; without personal data: `shipment.view` is None."""

    def sign_in(self, secrets: Mapping[str, str]) -> Ask | str:
        """The request that gets a token, or the token itself where there is no signing in."""

    def read_token(self, heard: Heard, /) -> tuple[str, int] | Later | Refused:
        """(token, seconds it is good for)."""

    def is_genuine(
        self, body: bytes, headers: Mapping[str, str], secret: bytes, now: datetime, /
    ) -> bool:
        """Is this tracking webhook the carrier's? Compared in constant time."""

    def scans(self, body: bytes) -> list[Scan] | Problem:
        """What a tracking webhook tells; nothing else of it is looked at or kept."""
