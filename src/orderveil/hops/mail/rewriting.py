"""The letter made anew: what leaves holds nothing of what came but words that were looked through.

Rules kept here:
- one text/plain part in UTF-8; no attachment, no picture, no header of the original;
- From is the alias, whoever wrote; the way in is the way back;
- nothing of a value can begin a new header: control characters go before a header is made;
- the Message-ID is the same at each try, so that a mailbox can tell a second copy.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from orderveil.core.scripts import clean
from orderveil.hops.mail.hiding import withheld
from orderveil.hops.mail.reading import RELAY_MARK, Letter

LONGEST_SUBJECT: Final = 200
LONGEST_NAME: Final = 60
_POLICY = policy.SMTP.clone(cte_type="7bit")
_UNNAMED = re.compile(r"[^\w .&'-]+")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a rewritten letter goes, and under which name."""

    alias: str
    """The whole address: "k3v...@mail.brand.example"."""
    to: str = field(repr=False)
    name: str
    """Beside the alias: "Fleetfoot via Kalanjali"."""
    brand: str
    message_id: str
    """Without its angle brackets."""
    mark: str
    """What our loop mark says: the domain."""


def rewritten(letter: Letter, envelope: Envelope, *, now: datetime) -> bytes:
    """The message that leaves, with CRLF line ends, not signed yet."""
    known = {letter.sender, envelope.to.lower()}
    subject = withheld(letter.subject, alias=envelope.alias, known=known)
    text = withheld(letter.text, alias=envelope.alias, known=known)
    body = f"{text.strip()}\n\n-- \n{_last_lines(letter, envelope)}\n"
    return _message(envelope, subject, body, now)


def refusal(envelope: Envelope, text: str, *, now: datetime) -> bytes:
    """The one mail that we write ourselves: why a letter was not delivered (RFC 3834 3)."""
    made = _made(envelope, "Your message was not delivered", f"{text}\n", now)
    made["Auto-Submitted"] = "auto-replied"
    return made.as_bytes()


def name_of(who: str, brand: str) -> str:
    """A display name of letters and digits: "Fleetfoot via Kalanjali"."""
    parts = [clean(_UNNAMED.sub(" ", part))[:LONGEST_NAME].strip() for part in (who, brand)]
    return " via ".join(filter(None, parts))


def _last_lines(letter: Letter, envelope: Envelope) -> str:
    lines = []
    if letter.attachments:
        many = "1 attachment was" if letter.attachments == 1 else f"{letter.attachments} were"
        lines.append(f"Attachments are not passed on: {many} left out.")
    if letter.is_cut:
        lines.append("The message was longer; its end is left out.")
    lines.append(
        f"Passed on by {name_of('', envelope.brand)}, without phone numbers and e-mail addresses."
        " The address it comes from ends with the delivery."
    )
    return "\n".join(lines)


def _message(envelope: Envelope, subject: str, body: str, now: datetime) -> bytes:
    return _made(envelope, subject, body, now).as_bytes()


def _made(envelope: Envelope, subject: str, body: str, now: datetime) -> EmailMessage:
    local, _, domain = envelope.alias.rpartition("@")
    made = EmailMessage(policy=_POLICY)
    made["From"] = Address(_sendable(envelope.name), local, domain)
    made["To"] = Address("", *envelope.to.rsplit("@", 1))
    made["Subject"] = clean(_sendable(subject))[:LONGEST_SUBJECT]
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{envelope.message_id}>"
    made[RELAY_MARK] = envelope.mark
    made.set_content(_sendable(body), charset="utf-8", cte="base64")
    return made


def _sendable(text: str) -> str:
    return _UNSENDABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
