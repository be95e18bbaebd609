"""What a sender is told that is not served: one sentence over SMTP, one mail at most elsewhere.

Rules kept here:
- a mail of ours goes to a proved sender only, with a null return path, and to no machine;
- at most MOST_AN_HOUR of them go to one domain in an hour, whoever asks;
- what is said names the brand and its care number, never anybody else.
"""

from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from orderveil.contacts import setup as setups
from orderveil.contacts.using import Outcome
from orderveil.hops.mail import relaying, setup
from orderveil.hops.mail.models import Told
from orderveil.hops.mail.relaying import Answer, Arrival, Verdict
from orderveil.hops.mail.rewriting import Envelope, refusal
from orderveil.partners.models import Brand

MOST_AN_HOUR: Final = 5
ANSWERED: Final = frozenset({Outcome.ENDED, Outcome.NOBODY, Outcome.NO_STANDING})

_SENTENCES: Final = {
    Outcome.ENDED: "This address was for one delivery, and has ended.",
    Outcome.NOBODY: "Nobody has written from this address yet, so there is nobody to answer.",
    Outcome.NO_STANDING: "This delivery can't be written to any more.",
    Outcome.STRANGER: "No such address, or it is not for you.",
    Outcome.UNVERIFIED: "Your domain's DKIM signature is missing or does not hold.",
    Outcome.TOO_LARGE: "The message is too large, or divided into too many parts.",
    Outcome.UNREADABLE: "The message names no sender, or several.",
    Outcome.UNREACHABLE: "The message could not be delivered.",
    Outcome.TOO_OFTEN: "Too many messages to this address; please come again later.",
    Outcome.LOOP: "This message was here before.",
}
_CODES: Final = {
    Outcome.ENDED: "550 5.1.1",
    Outcome.STRANGER: "550 5.1.1",
    Outcome.TOO_LARGE: "552 5.3.4",
    Outcome.UNREADABLE: "554 5.6.0",
    Outcome.LOOP: "554 5.4.6",
}


def sentence(brand_id: int, outcome: Outcome) -> str:
    """Why, and where to turn: printable ASCII, one line."""
    said = _SENTENCES.get(outcome, "The message was not taken.")
    found = setups.setup_of(brand_id)
    care = found.care_number if found is not None else ""
    return f"{said} Please call {care}." if care and outcome in ANSWERED else said


def smtp_line(brand_id: int, answer: Answer) -> str:
    """The answer over SMTP (RFC 5321 4.2, RFC 3463)."""
    if answer.verdict == Verdict.TAKEN:
        return "250 2.0.0 Taken"
    if answer.verdict == Verdict.LATER:
        return f"451 4.7.1 {sentence(brand_id, answer.outcome)} Please come again."
    code = _CODES.get(answer.outcome, "550 5.7.1")
    return f"{code} {sentence(brand_id, answer.outcome)}"


def tell(brand_id: int, arrival: Arrival, answer: Answer, *, now: datetime) -> bool:
    """Mail a proved sender why, where the door they came by can't; was a mail sent?"""
    letter, way_out = answer.proved, setup.relay_of(brand_id)
    found = setups.setup_of(brand_id)
    if answer.verdict != Verdict.REFUSED or answer.outcome not in ANSWERED:
        return False
    if letter is None or letter.is_automatic or way_out is None or found is None:
        return False
    if not _may_tell(brand_id, letter.domain, now):
        return False
    mark = relaying.keyed(brand_id, b"refusal", letter.digest, arrival.recipient.encode())
    name = Brand.objects.values_list("name", flat=True).get(pk=brand_id)
    envelope = Envelope(
        alias=arrival.recipient.lower(),
        to=letter.sender,
        name=name,
        brand=name,
        message_id=f"{mark.hex()[:40]}@{found.mail_domain}",
        mark=found.mail_domain,
    )
    raw = refusal(envelope, sentence(brand_id, answer.outcome), now=now)
    relaying.deliver(way_out, found.mail_domain, "", letter.sender, raw)
    return True


def _may_tell(brand_id: int, domain: str, now: datetime) -> bool:
    who = relaying.keyed(brand_id, b"told", domain.encode())
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        Told.objects.get_or_create(brand_id=brand_id, who=who, hour=hour)
        found = Told.objects.filter(brand_id=brand_id, who=who, hour=hour, times__lt=MOST_AN_HOUR)
        return bool(found.update(times=F("times") + 1))
