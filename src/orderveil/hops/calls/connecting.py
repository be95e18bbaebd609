"""Somebody rings a pool number: whom are they put through to?

Rules kept here:
- a customer who calls back reaches the agent who called last, in BACK_FOR, if that agent may have
  the parcel still, else the care number: of a partner that registered its telephones only these
  are called back, because who has a leaked PIN has an agent's place until then;
- whoever keys in a PIN is no customer calling back;
- anybody else needs a PIN that is alive, within its limits, whose partner has standing and whose
  parcel is in that partner's hands and window: the gate decides, and records, at each call;
- whoever can't be put through gets the care number or a sentence, never the customer's number;
- both sides see the pool's number;
- every use is an act on its order, before it is answered; a wrong PIN is only counted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from django.db import transaction

from orderveil.contacts import setup as setups
from orderveil.contacts import using
from orderveil.contacts.models import Contact, ContactKind
from orderveil.contacts.using import Outcome, Way
from orderveil.core.errors import Problem, RefusedError
from orderveil.gate import reaching
from orderveil.gate.reaching import Reached
from orderveil.hops.calls import agents, guessing, hearing
from orderveil.hops.calls.hearing import Hearing
from orderveil.hops.calls.models import Line
from orderveil.hops.calls.speech import Ask, Dial, Reply, Ring, Say, Sentence, is_number

THROUGH: Final = "bridge"
BACK_FOR: Final = timedelta(hours=12)
"""For so long the agent who called is who a customer reaches by calling back."""
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True)
class _Lead:
    """A contact that may be used: the gate is asked who stands behind it."""

    contact: Contact
    is_first: bool


def connect(line: Line, ring: Ring, *, now: datetime) -> Reply:
    """What to tell the provider. Raises `RefusedError` for a call that is long over."""
    if setups.brand_of_number(ring.dialled) != line.brand_id:
        return Say(Sentence.NOBODY)
    # A caller waits: what is counted before the gate is asked is one commit, what is noted after
    # it another.
    with transaction.atomic():
        found = _found(line, ring, now)
    if not isinstance(found, _Lead):
        return found
    reached = reaching.reach(found.contact, line.partner_id, now=now)
    with transaction.atomic():
        reply = _to_customer(line, ring, found, reached, now)
        if found.is_first:
            _settle(line, ring, reply)
    return reply


def _found(line: Line, ring: Ring, now: datetime) -> Reply | _Lead:
    """What is known before the gate is asked: the reply, or the contact to ask about."""
    seen = hearing.hear(line, ring, now)
    if seen is Hearing.OVER:
        raise RefusedError(_OVER)
    if seen is Hearing.REFUSED:
        return _care(line, ring)
    is_first = seen is Hearing.FIRST
    reply: Reply | _Lead
    if ring.digits is not None:
        # Also of somebody who is a customer of the brand: agents order things, too.
        reply = _by_pin(line, ring, ring.digits, now, is_first=is_first)
    else:
        reply = _back(line, ring, now, is_first=is_first)
    if is_first and not isinstance(reply, _Lead):
        _settle(line, ring, reply)
    return reply


def _settle(line: Line, ring: Ring, reply: Reply) -> None:
    hearing.settle(line, ring, allowed=not _is_refusal(reply))


def _back(line: Line, ring: Ring, now: datetime, *, is_first: bool) -> Reply:
    """An order's customer calls back; anybody else is asked for a PIN."""
    caller = ring.caller
    contact = (
        reaching.contact_of_caller(line.brand_id, ring.dialled, caller, now) if caller else None
    )
    if contact is None:
        return _ask(line, ring, Sentence.PIN_NEEDED)
    if is_first and not using.spend(contact, Way.TO_PARTNER, now):
        return _turned_away(line, ring, contact, Way.TO_PARTNER, Outcome.TOO_OFTEN, now)
    if reaching.may_answer(contact, now=now) is not None:
        return _turned_away(line, ring, contact, Way.TO_PARTNER, Outcome.NO_STANDING, now)
    peer = using.peer_of(contact, since=now - BACK_FOR)
    outcome = Outcome.NOBODY if peer is None else Outcome.CONNECTED
    if is_first:
        using.note(contact, Way.TO_PARTNER, outcome, now=now, through=THROUGH)
    return _care(line, ring) if peer is None else Dial(peer, ring.dialled)


def _by_pin(line: Line, ring: Ring, digits: str, now: datetime, *, is_first: bool) -> Reply | _Lead:
    """Somebody keyed in a PIN."""
    brand = line.brand_id
    if is_first and not guessing.take_try(brand, ring, now):
        using.note_stranger(brand, ContactKind.PHONE, Outcome.TOO_OFTEN, now=now)
        return Say(Sentence.LOCKED)
    contact = using.by_pin(brand, ring.dialled, digits)
    if contact is None:
        if is_first:
            guessing.was_wrong(brand, ring, now)
            using.note_stranger(brand, ContactKind.PHONE, Outcome.STRANGER, now=now)
        return _ask(line, ring, Sentence.PIN_WRONG)
    if not using.is_live(contact, now):
        if is_first:
            guessing.was_wrong(brand, ring, now)
        return _turned_away(line, ring, contact, Way.TO_CUSTOMER, Outcome.ENDED, now)
    if is_first and not using.spend(contact, Way.TO_CUSTOMER, now):
        return _turned_away(line, ring, contact, Way.TO_CUSTOMER, Outcome.TOO_OFTEN, now)
    return _Lead(contact, is_first)


def _to_customer(
    line: Line, ring: Ring, lead: _Lead, reached: Reached | Problem, now: datetime
) -> Reply:
    contact = lead.contact
    if isinstance(reached, Problem):
        outcome = Outcome.ENDED if reached.status in _GONE else Outcome.NO_STANDING
        outcome = Outcome.NOBODY if reached == reaching.NOBODY else outcome
        return _turned_away(line, ring, contact, Way.TO_CUSTOMER, outcome, now)
    if not is_number(reached.value):
        return _turned_away(line, ring, contact, Way.TO_CUSTOMER, Outcome.UNREACHABLE, now)
    if lead.is_first:
        guessing.was_right(line.brand_id, ring, now)
        using.note(contact, Way.TO_CUSTOMER, Outcome.CONNECTED, now=now, through=THROUGH)
    if ring.caller and agents.may_be_called_back(line.brand_id, contact.partner_id, ring.caller):
        using.remember_peer(contact, ring.caller, now)
    return Dial(reached.value, ring.dialled)


def _turned_away(
    line: Line, ring: Ring, contact: Contact, way: Way, outcome: Outcome, now: datetime
) -> Reply:
    using.note(contact, way, outcome, now=now, through=THROUGH)
    return _care(line, ring)


def _care(line: Line, ring: Ring) -> Reply:
    number = _care_number(line)
    return Dial(number, ring.dialled, is_care=True) if number else Say(Sentence.NOBODY)


def _ask(line: Line, ring: Ring, sentence: Sentence) -> Ask:
    return Ask(sentence, ring.dialled, _care_number(line))


def _care_number(line: Line) -> str:
    setup = setups.setup_of(line.brand_id)
    return setup.care_number if setup is not None else ""


def _is_refusal(reply: Reply) -> bool:
    """Asking again for a PIN is none: the next one may be right."""
    return isinstance(reply, Say) or (isinstance(reply, Dial) and reply.is_care)


_OVER = Problem(
    code="call_over",
    detail="This call was answered, long ago or many times.",
    remedy="Nothing needs to be done: a new call has an id of its own.",
    rule="calls: what is played back leads nowhere",
    status=409,
)
