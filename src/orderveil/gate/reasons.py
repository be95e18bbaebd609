"""Why a person looks: a reason from a list and a ticket, or a few words. It names nobody.

Rules kept here:
- what goes into the ledger is scanned first: a phone, an email or a card number is refused, and
  so is anything that could be one;
- a ticket is a number as helpdesks give them: digits, perhaps behind a short prefix in capitals.
  Neither a sentence nor "Asha1"; that "ASHA-1" is a name and "SUP-1" is none, no rule can tell;
- a number in disguise is a number (`core/naming` says what a disguise is).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.naming import MOST_DIGITS, as_read, names_somebody

LONGEST = 200


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
    if digits > MOST_DIGITS or names_somebody(text):
        raise RefusedError(_PERSONAL)
    return text


def checked_reason(text: str) -> str:
    """The reason, trimmed; raises `RefusedError` if it is empty, long, or holds personal data."""
    text = as_read(text)
    if not text or len(text) > LONGEST:
        raise RefusedError(
            Problem(
                code="reason_needed",
                detail=f"A reason has 1 to {LONGEST} characters.",
                remedy="Say in a few words why you must see this, as in `ticket 4711`.",
                rule="a disclosure to a person has a reason",
            )
        )
    if names_somebody(text):
        raise RefusedError(_PERSONAL)
    return text


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
