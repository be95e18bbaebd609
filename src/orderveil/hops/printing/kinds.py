"""The words of printing: what is printed, on what, in which state a sheet is, and why again."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from orderveil.core.hops import Hop


class Kind(StrEnum):
    """What a sheet is."""

    LABEL = "label"
    SLIP = "slip"


HOP_OF: Mapping[Kind, Hop] = MappingProxyType({Kind.LABEL: Hop.LABEL, Kind.SLIP: Hop.WMS})
"""For which hop a sheet is disclosed."""
KIND_OF: Mapping[Hop, Kind] = MappingProxyType({hop: kind for kind, hop in HOP_OF.items()})


class PrintForm(StrEnum):
    """The language a printer is spoken to in."""

    PDF = "pdf"
    ZPL = "zpl"


DPI = (203, 300)


class SheetState(StrEnum):
    """Where a sheet is. It only ever moves on: waiting, handed, and one of the other three."""

    WAITING = "waiting"
    HANDED = "handed"
    """Given out; until somebody says how it ended it may be on paper or not."""
    PRINTED = "printed"
    FAILED = "failed"
    """Given out and not printed, or never given out because it could not be drawn."""
    REFUSED = "refused"
    """Never given out."""


class ReprintReason(StrEnum):
    """Why a sheet that was given out before is printed again."""

    DAMAGED = "damaged"
    JAMMED = "jammed"
    LOST = "lost"
    UNREADABLE = "unreadable"
    ADDRESS_CORRECTED = "address_corrected"
    WRONG_PRINTER = "wrong_printer"
    IN_DOUBT = "in_doubt"


class Seen(StrEnum):
    """How somebody knows that a sheet in doubt was printed."""

    IN_HAND = "in_hand"
    ON_PARCEL = "on_parcel"
    DESTROYED = "destroyed"


MOST_SHEETS = 10_000
JOB_SHEETS = 50
"""What a printer's agent is handed at once."""
PART_SHEETS = 500
"""What is fetched at once."""
HOLD = timedelta(hours=2)
"""For how long a station may hold a job, sealed."""
GRACE = timedelta(minutes=2)
"""How long a sheet waits for what may still come: the parcel was packed a moment ago."""
AGAIN_AFTER = timedelta(seconds=5)
DOUBT_AFTER = timedelta(minutes=10)
"""Handed and not reported for so long: somebody should look."""
KEPT = timedelta(days=90)
