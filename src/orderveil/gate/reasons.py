"""Why a person looks: a reason from a list and a ticket, or a few words. It names nobody.

Rules kept here:
- what goes into the ledger is scanned first: a phone, an email or a card number is refused, and
  so is anything that could be one;
- a ticket is a number as helpdesks give them: digits, perhaps behind a short prefix in capitals.
  Neither a sentence nor "Asha1"; that "ASHA-1" is a name and "SUP-1" is none, no rule can tell;
- a number in disguise is a number: letters that look like digits, a sign between any two digits,
  characters that nobody sees, digits in words (`core/spelled` says which).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from orderveil.core import detect
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.spelled import spells_number

LONGEST = 200
MOST_DIGITS = 9
"""A ticket has fewer digits than a phone number, whatever stands between them."""


class Reason(StrEnum):
    """Why a field is revealed. The words for people are the pages' business."""

    DELIVERY_PROBLEM = "delivery_problem"
    ADDRESS_UNCLEAR = "address_unclear"
    CALL_BACK = "call_back"
    RETURN_PICKUP = "return_pickup"
    PAYMENT_QUESTION = "payment_question"
    SUSPECTED_FRAUD = "suspected_fraud"
    PRIVACY_REQUEST = "privacy_request"


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason and the ticket it belongs to, both checked."""

    reason: Reason
    ticket: str

    def __str__(self) -> str:
        """As the ledger names it: "call_back ticket T-4711"."""
        return f"{self.reason} ticket {self.ticket}"


_APART = r"#?[A-Z][A-Z0-9]{0,5}[-_.#]"
"""Jira's SUP-123, a form's T-4711."""
_JOINED = r"#?(?P<letters>[A-Z]{1,6})"
"""ServiceNow's INC0012345: told from a name by having more digits than letters."""
_TICKET = re.compile(rf"(?:{_APART}|{_JOINED}|#)?(?P<digits>[0-9]+)(?:[-_.][0-9]+)*")
_SPACED_OUT = re.compile(rf"(?<!\d)\d(?:[^\w]{{1,3}}\d(?!\d)){{{MOST_DIGITS},}}")
_LOOK_ALIKE = re.compile(rf"(?=[OoIl]*\d)[\dOoIl]{{{MOST_DIGITS + 1},}}")


def checked_cause(reason: str, ticket: str) -> Cause:
    """Both, checked; raises `RefusedError`."""
    if reason not in set(Reason):
        raise RefusedError(_UNKNOWN_REASON)
    return Cause(Reason(reason), checked_ticket(ticket))


def checked_ticket(text: str) -> str:
    """A ticket's number; raises `RefusedError` if it is none, or could be a phone or a card."""
    text = text.strip()
    shape = _TICKET.fullmatch(text)
    if shape is None or len(shape["letters"] or "") >= len(shape["digits"]):
        raise RefusedError(_NO_TICKET)
    digits = sum(char.isdigit() for char in text)
    if digits > MOST_DIGITS or _LOOK_ALIKE.search(text) or detect.find(text):
        raise RefusedError(_PERSONAL)
    return text


def checked_reason(text: str) -> str:
    """The reason, trimmed; raises `RefusedError` if it is empty, long, or holds personal data."""
    text = " ".join(_without_unseen(text, kept=_JOINERS).split())
    if not text or len(text) > LONGEST:
        raise RefusedError(
            Problem(
                code="reason_needed",
                detail=f"A reason has 1 to {LONGEST} characters.",
                remedy="Say in a few words why you must see this, as in `ticket 4711`.",
                rule="a disclosure to a person has a reason",
            )
        )
    folded = unicodedata.normalize("NFKC", _without_unseen(text))
    if (
        detect.find(folded)
        or detect.find(text)
        or _SPACED_OUT.search(folded)
        or _LOOK_ALIKE.search(folded)
        or spells_number(folded)
    ):
        raise RefusedError(_PERSONAL)
    return text


def _without_unseen(text: str, *, kept: frozenset[str] = frozenset()) -> str:
    """Without what no reader sees: directions, controls, joiners. Line ends become spaces."""
    shown = (" " if char.isspace() else char for char in text)
    return "".join(c for c in shown if c in kept or unicodedata.category(c) not in _UNSEEN)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d")
"""Hindi, among others, is spelled with them."""
_PERSONAL = Problem(
    code="personal_reason",
    detail="This reason looks as if it held a phone, an email or a card number.",
    remedy="Refer to a ticket, not to the customer.",
    rule="ledger: entries hold no personal data",
)
_NO_TICKET = Problem(
    code="ticket_needed",
    detail="That is not a helpdesk's number, as 4711, #4711, SUP-123 or INC0012345 are.",
    remedy="Give the number of the ticket you are working on, its letters in capitals.",
    rule="a reveal has a reason and a ticket",
)
_UNKNOWN_REASON = Problem(
    code="reason_needed",
    detail="That is none of the reasons.",
    remedy=f"Choose one of: {', '.join(Reason)}.",
    rule="a reveal has a reason and a ticket",
)
