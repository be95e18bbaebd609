"""A letter comes: who wrote it, may they, whom does it go to; and it is handed on, or refused.

Rules kept here:
- nothing of a letter is kept: its sender is told that it was taken when our server took it, and
  comes again if not;
- nobody is believed without a signature of their own domain: a partner's people write from its
  registered domains, the customer from the order's address; anybody else is refused;
- the customer's address is disclosed, recorded, then opened, by the gate, at each letter;
- what a server said that it took is sent no second time; what it may have taken goes again under
  the same Message-ID;
- what a machine answers, and a delivery report, go nowhere: no mail of ours begins a storm.
"""

import base64
import hmac
import secrets as randomness
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import IntegrityError, transaction

from orderveil.contacts import setup as setups
from orderveil.contacts import using
from orderveil.contacts.models import Contact, ContactKind
from orderveil.contacts.using import Outcome, Way
from orderveil.core.errors import Problem
from orderveil.gate import reaching
from orderveil.hops.mail import sending, setup
from orderveil.hops.mail.models import Once, Passed, Relay, Told
from orderveil.hops.mail.parts import TooMuchError
from orderveil.hops.mail.reading import Letter, UnreadableError, read_letter
from orderveil.hops.mail.rewriting import Envelope, name_of, rewritten
from orderveil.hops.mail.sending import Sent
from orderveil.hops.mail.signing import Lookup, proof_of, signed
from orderveil.keyring import secrets
from orderveil.partners.models import Brand, Partner

BOUNCE: Final = "bounce+"
KEPT: Final = timedelta(days=3)
IN_FLIGHT: Final = timedelta(seconds=120)
"""Longer than `sending` may take: a letter still being sent after it was cut off."""
_KEY: Final = "mail_key"


class Verdict(StrEnum):
    """What its sender is told."""

    TAKEN = "taken"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message at one of our doors."""

    recipient: str
    """`local@domain`, of a domain of ours."""
    sender: str = field(repr=False)
    """Of its envelope; "" is the null sender."""
    raw: bytes = field(repr=False)
    through: str
    """Which door: a word of ours."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it. `letter`: it may be answered by mail, if the sender is proved."""

    verdict: Verdict
    outcome: Outcome
    contact: Contact | None = None
    proved: Letter | None = field(default=None, repr=False)


def relay(brand_id: int, arrival: Arrival, lookup: Lookup, *, now: datetime) -> Answer:
    """Hand a message on, or say why not."""
    local = arrival.recipient.rpartition("@")[0].lower()
    if local.startswith(BOUNCE):
        return _bounced(brand_id, local.removeprefix(BOUNCE), arrival, now)
    contact = using.by_alias(brand_id, local)
    if contact is None:
        using.note_stranger(brand_id, ContactKind.EMAIL, Outcome.STRANGER, now=now)
        return Answer(Verdict.REFUSED, Outcome.STRANGER)
    return _Passing(contact, arrival, lookup, now).answer()


def _bounced(brand_id: int, token: str, arrival: Arrival, now: datetime) -> Answer:
    """A delivery report of a letter of ours: recorded once, answered by nothing."""
    found = Passed.objects.filter(brand_id=brand_id, token=token, bounced_at=None)
    passed = found.first()
    if passed is None or not found.update(bounced_at=now):
        using.note_stranger(brand_id, ContactKind.EMAIL, Outcome.BOUNCED, now=now)
        return Answer(Verdict.TAKEN, Outcome.BOUNCED)
    contact = Contact.objects.filter(pk=passed.contact_id).first()
    if contact is not None:
        using.note(contact, Way(passed.way), Outcome.BOUNCED, now=now, through=arrival.through)
    return Answer(Verdict.TAKEN, Outcome.BOUNCED, contact)


class _Passing:
    """One message to one alias."""

    def __init__(self, contact: Contact, arrival: Arrival, lookup: Lookup, now: datetime) -> None:
        self._contact = contact
        self._arrival = arrival
        self._lookup = lookup
        self._now = now
        self._way = Way.TO_CUSTOMER
        self._proved: Letter | None = None

    def answer(self) -> Answer:
        try:
            letter = read_letter(self._arrival.raw)
        except TooMuchError:
            return self._end(Verdict.REFUSED, Outcome.TOO_LARGE)
        except UnreadableError:
            return self._end(Verdict.REFUSED, Outcome.UNREADABLE)
        if letter.is_loop:
            return self._end(Verdict.REFUSED, Outcome.LOOP)
        if not self._arrival.sender or letter.is_answer_of_machine:
            return self._end(Verdict.TAKEN, Outcome.BOUNCED)
        return self._judged(letter) or self._pass_on(letter)

    def _judged(self, letter: Letter) -> Answer | None:
        """Why this letter doesn't go on; None if it does.

        The proof comes first: who can't prove an address isn't told whether it is the customer's.
        """
        proof = proof_of(self._arrival.raw, self._lookup)
        if not proof.covers(letter.domain):
            if proof.in_doubt:
                return Answer(Verdict.LATER, Outcome.UNVERIFIED, self._contact)
            return self._end(Verdict.REFUSED, self._ended() or Outcome.UNVERIFIED)
        if reaching.is_customer(self._contact, letter.sender):
            self._way = Way.TO_PARTNER
        elif not setup.may_write_from(self._contact.partner_id, letter.domain):
            return self._end(Verdict.REFUSED, self._ended() or Outcome.STRANGER)
        self._proved = letter
        ended = self._ended()
        return self._end(Verdict.REFUSED, ended) if ended else None

    def _ended(self) -> Outcome | None:
        return None if using.is_live(self._contact, self._now) else Outcome.ENDED

    def _pass_on(self, letter: Letter) -> Answer:
        passed = _claimed(self._contact, self._way, letter, self._now)
        if passed is None:
            return Answer(Verdict.LATER, Outcome.RELAYED, self._contact)
        if passed.is_sent:
            return Answer(Verdict.TAKEN, Outcome.RELAYED, self._contact)
        return self._handed(letter, passed)

    def _handed(self, letter: Letter, passed: Passed) -> Answer:
        if not using.spend(self._contact, self._way, self._now):
            return self._undone(passed, Verdict.LATER, Outcome.TOO_OFTEN)
        to = self._address()
        if isinstance(to, Outcome):
            return self._undone(passed, Verdict.REFUSED, to)
        sent = _sent(self._contact, self._way, letter, to, passed, self._now)
        if sent == Sent.IN_DOUBT:
            return Answer(Verdict.LATER, Outcome.UNREACHABLE, self._contact)
        if sent != Sent.TAKEN:
            verdict = Verdict.REFUSED if sent == Sent.REFUSED else Verdict.LATER
            return self._undone(passed, verdict, Outcome.UNREACHABLE)
        Passed.objects.filter(pk=passed.pk).update(is_sent=True)
        if self._way == Way.TO_CUSTOMER:
            using.remember_peer(self._contact, letter.sender, self._now)
        return self._end(Verdict.TAKEN, Outcome.RELAYED)

    def _address(self) -> str | Outcome:
        if self._way == Way.TO_PARTNER:
            if reaching.may_answer(self._contact, now=self._now) is not None:
                return Outcome.NO_STANDING
            return using.peer_of(self._contact) or Outcome.NOBODY
        setup = setups.setup_of(self._contact.brand_id)
        through = setup.mail_partner_id if setup is not None else None
        reached = reaching.reach(self._contact, through, now=self._now)
        if not isinstance(reached, Problem):
            return reached.value
        if reached == reaching.ENDED:
            return Outcome.ENDED
        return Outcome.NOBODY if reached == reaching.NOBODY else Outcome.NO_STANDING

    def _undone(self, passed: Passed, verdict: Verdict, outcome: Outcome) -> Answer:
        passed.delete()
        return self._end(verdict, outcome)

    def _end(self, verdict: Verdict, outcome: Outcome) -> Answer:
        through = self._arrival.through
        using.note(self._contact, self._way, outcome, now=self._now, through=through)
        return Answer(verdict, outcome, self._contact, self._proved)


def keyed(brand_id: int, *parts: bytes) -> bytes:
    """A digest that says nothing without the brand's key. Each part's length is in it."""
    message = b"".join(len(part).to_bytes(4) + part for part in parts)
    return hmac.digest(secrets.ensure(brand_id, _KEY), message, "sha256")


def _claimed(contact: Contact, way: Way, letter: Letter, now: datetime) -> Passed | None:
    """This letter's row, ours to send or sent already; None: somebody is sending it now."""
    mark = keyed(contact.brand_id, b"letter", letter.digest, str(contact.pk).encode())
    try:
        with transaction.atomic():
            return Passed.objects.create(
                mark=mark,
                brand_id=contact.brand_id,
                contact_id=contact.pk,
                way=way.value,
                token=base64.b32encode(randomness.token_bytes(15)).decode().lower(),
                at=now,
            )
    except IntegrityError:
        pass
    with transaction.atomic():
        found = Passed.objects.select_for_update().filter(mark=mark).first()
        if found is None or (not found.is_sent and now - found.at < IN_FLIGHT):
            return None
        if not found.is_sent:
            found.at = now
            found.save(update_fields=["at"])
        return found


def _sent(
    contact: Contact, way: Way, letter: Letter, to: str, passed: Passed, now: datetime
) -> Sent:
    found = setups.setup_of(contact.brand_id)
    way_out = setup.relay_of(contact.brand_id)
    if found is None or way_out is None:
        return Sent.LATER
    domain = found.mail_domain
    envelope = Envelope(
        alias=f"{contact.code}@{domain}",
        to=to,
        name=_name(contact, way),
        brand=_brand(contact.brand_id),
        message_id=f"{bytes(passed.mark).hex()[:40]}@{domain}",
        mark=domain,
    )
    raw = rewritten(letter, envelope, now=now)
    return deliver(way_out, domain, f"{BOUNCE}{passed.token}@{domain}", to, raw)


def deliver(way_out: Relay, domain: str, sender: str, to: str, raw: bytes) -> Sent:
    """Sign a message and hand it to the brand's server."""
    key = setup.key_of(way_out)
    whole = signed(raw, domain=domain, selector=way_out.selector, key=key)
    return sending.send(setup.smarthost_of(way_out, domain), sender, to, whole)


def _name(contact: Contact, way: Way) -> str:
    """Whose letter it is: the customer's name is nobody's business here."""
    brand = _brand(contact.brand_id)
    if way == Way.TO_PARTNER:
        return name_of("Customer", brand)
    partner = Partner.objects.values_list("name", flat=True).get(pk=contact.partner_id)
    return name_of(partner, brand)


def _brand(brand_id: int) -> str:
    name: str = Brand.objects.values_list("name", flat=True).get(pk=brand_id)
    return name


def sweep(now: datetime) -> None:
    """Forget what was passed on, which webhooks were answered, and whom refusals were mailed."""
    Passed.objects.filter(at__lt=now - KEPT).delete()
    Once.objects.filter(at__lt=now - KEPT).delete()
    Told.objects.filter(hour__lt=now - KEPT).delete()
