"""Why a parcel wasn't delivered, out of a carrier's code or words. The words are not kept."""

from collections.abc import Mapping
from typing import Final

from orderveil.core.attempts import AttemptReason as R

_WORDS: Final[tuple[tuple[R, tuple[str, ...]], ...]] = (
    (R.OUT_OF_AREA, ("out of delivery area", "oda", "out of service", "non serviceable", "nsz")),
    (R.COD_NOT_READY, ("cod not ready", "cash not", "cod amount", "payment not ready", "no cash")),
    (R.ADDRESS_INCOMPLETE, ("incomplete address", "address incomplete", "insufficient address")),
    (R.ADDRESS_INCOMPLETE, ("incomplete/incorrect", "need landmark")),
    (R.ADDRESS_WRONG, ("wrong address", "incorrect address", "address incorrect", "shifted")),
    (R.ADDRESS_WRONG, ("address not found", "wrong pincode", "bad address", "misroute")),
    (R.PHONE_UNREACHABLE, ("not contactable", "uncontactable", "phone", "not reachable")),
    (R.PHONE_UNREACHABLE, ("mobile", "unreachable", "contact customer")),
    (R.CUSTOMER_ASKED_LATER, ("reschedule", "future delivery", "later", "self collect")),
    (R.CUSTOMER_ASKED_LATER, ("open delivery", "customer wants")),
    (R.REFUSED, ("refused", "rejected", "cancelled by customer", "does not want", "refusal")),
    (R.PREMISES_CLOSED, ("closed", "locked", "restricted entry", "entry not")),
    (R.DAMAGED, ("damage", "tamper")),
    (R.CUSTOMER_UNAVAILABLE, ("unavailable", "not available", "no such", "nobody", "not present")),
)
"""The first that fits; more telling ones stand first."""

DELHIVERY: Final[Mapping[str, R]] = {
    "EOD-3": R.CUSTOMER_ASKED_LATER,
    "EOD-6": R.REFUSED,
    "EOD-11": R.CUSTOMER_UNAVAILABLE,
    "EOD-43": R.CUSTOMER_ASKED_LATER,
    "EOD-69": R.CUSTOMER_ASKED_LATER,
    "EOD-74": R.ADDRESS_INCOMPLETE,
}
"""Delhivery's NSL codes, which its resellers repeat. That they stand for attempts that failed is in
the page of its NDR API; what each means is from memory of its NSL sheet, so words go first."""


def reason_of(code: str, words: str) -> str:
    """A member of `AttemptReason`: by the words, else by the code; "" if neither is known."""
    low = words[:500].lower()
    for reason, signs in _WORDS:
        if any(sign in low for sign in signs):
            return reason
    return DELHIVERY.get(code, "")
