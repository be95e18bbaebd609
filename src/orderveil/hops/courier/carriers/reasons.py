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
    "EOD-15": R.CUSTOMER_ASKED_LATER,
    "EOD-16": R.COD_NOT_READY,
    "EOD-40": R.PREMISES_CLOSED,
    "EOD-43": R.CUSTOMER_ASKED_LATER,
    "EOD-69": R.CUSTOMER_ASKED_LATER,
    "EOD-74": R.ADDRESS_INCOMPLETE,
    "EOD-86": R.PREMISES_CLOSED,
    "EOD-104": R.PREMISES_CLOSED,
    "EOD-105": R.OTHER,
    "EOD-111": R.OTHER,
    "EOD-137": R.PREMISES_CLOSED,
    "EOD-138": R.OTHER,
    "EOD-146": R.PREMISES_CLOSED,
    "ST-108": R.OTHER,
    "ST-107": R.OUT_OF_AREA,
}
"""Delhivery's NSL codes of undelivered parcels. That these codes stand for undelivered ones is in
its NDR API's page; what each means is from memory of its NSL sheet."""


def reason_of(code: str, words: str) -> str:
    """A member of `AttemptReason`, by the code if it is known, else by the words; "" if neither."""
    known = DELHIVERY.get(code)
    if known is not None:
        return known
    low = words[:500].lower()
    return next((reason for reason, signs in _WORDS if any(s in low for s in signs)), "")
