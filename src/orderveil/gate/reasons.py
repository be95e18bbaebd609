"""A reason that a person gives for looking: it goes into the ledger, so it names nobody."""

from orderveil.core import detect
from orderveil.core.errors import Problem, RefusedError

LONGEST = 200


def checked_reason(text: str) -> str:
    """The reason, trimmed; raises `RefusedError` if it is empty, long, or holds personal data."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        raise RefusedError(
            Problem(
                code="reason_needed",
                detail=f"A reason has 1 to {LONGEST} characters.",
                remedy="Say in a few words why you must see this, as in `ticket 4711`.",
                rule="a disclosure to a person has a reason",
            )
        )
    if detect.find(text):
        raise RefusedError(
            Problem(
                code="personal_reason",
                detail="This reason looks as if it held a phone, an email or a card number.",
                remedy="Refer to a ticket, not to the customer.",
                rule="ledger: entries hold no personal data",
            )
        )
    return text
