"""What stands on a warehouse's floor, and what somebody vouches for when they register it."""

from enum import StrEnum


class DeviceKind(StrEnum):
    """What a device of the floor is used for."""

    STATION = "station"
    """A packing station's browser, or a handheld one: it is worked on by people."""
    PRINTER = "printer"
    """The print agent beside one printer: nobody works on it."""


ATTESTED_DAYS = 90
"""For how long somebody's word counts; then they look again."""

ATTEST_AGAIN_DAYS = 14
"""How long before its end somebody is reminded."""

ATTESTATION = (
    "It belongs to the company, carries this sticker, stays on the floor,"
    " and is nobody's own phone, tablet or computer."
)
"""What they vouch for."""
