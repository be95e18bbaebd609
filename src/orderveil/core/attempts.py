"""An attempt at delivery that failed: why, and what is to be done about it. Codes, never text."""

from enum import StrEnum


class AttemptReason(StrEnum):
    """Why a parcel was not delivered, as a courier reports it."""

    CUSTOMER_UNAVAILABLE = "customer_unavailable"
    ADDRESS_INCOMPLETE = "address_incomplete"
    ADDRESS_WRONG = "address_wrong"
    PHONE_UNREACHABLE = "phone_unreachable"
    CUSTOMER_ASKED_LATER = "customer_asked_later"
    REFUSED = "refused"
    COD_NOT_READY = "cod_not_ready"
    OUT_OF_AREA = "out_of_area"
    PREMISES_CLOSED = "premises_closed"
    DAMAGED = "damaged"
    OTHER = "other"


class AttemptAnswer(StrEnum):
    """What became of an attempt."""

    REATTEMPT = "reattempt"
    ADDRESS_CORRECTED = "address_corrected"
    """Try again, at the address as it is now."""
    CANCEL = "cancel"
    """The parcel goes back to where it came from."""
    MOVED_ON = "moved_on"
    """Nobody answered: the parcel went its way before."""


ANSWERS = (AttemptAnswer.REATTEMPT, AttemptAnswer.ADDRESS_CORRECTED, AttemptAnswer.CANCEL)
"""What a person may answer."""

CONCERNS_ADDRESS = frozenset(
    {AttemptReason.ADDRESS_INCOMPLETE, AttemptReason.ADDRESS_WRONG, AttemptReason.OUT_OF_AREA}
)
"""The reasons that a better address answers."""
