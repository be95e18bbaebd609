"""What a pack says of one outsourced centre in one month, and the digest that is signed.

Rules kept here:
- it holds pseudonyms, numbers and words of ours: names are put beside it when it is drawn;
- its canonical form is JSON in UTF-8 with sorted keys and no spaces; the digest is its SHA-256.
"""

from datetime import datetime
from hashlib import sha256

import msgspec


class Member(msgspec.Struct, frozen=True):
    """One person of the centre, as of the month."""

    person: str
    role: str
    joined: datetime | None
    """None: they work there no more, and were there before they moved."""
    left: datetime | None
    factors: list[str]
    last_use: datetime | None
    handled: int
    reveals: int
    verifications: int


class Sampled(msgspec.Struct, frozen=True):
    """One reveal that was drawn for review."""

    entry: str
    at: datetime
    person: str
    field: str
    reason: str
    ticket: str


class Tree(msgspec.Struct, frozen=True):
    """The brand's log as it was at the month's end: where the sample's seed comes from."""

    origin: str
    size: int
    root: str
    """Base64, as on a checkpoint."""
    seed: str
    """Hexadecimal."""


class Pack(msgspec.Struct, frozen=True):
    """Everything that is signed."""

    v: int
    brand: int
    partner: int
    month: str
    is_over: bool
    """False: the month still runs, and the figures are those until now."""
    assigned: int
    """Orders given to the centre in the month."""
    handled: int
    """Orders that its people opened, verified, revealed or acted on; rows of lists don't count."""
    reveals: int
    reveals_per_100: str
    """Per 100 orders handled, with one decimal; "" if none was."""
    by_reason: dict[str, int]
    matched: int
    unmatched: int
    refusals: dict[str, int]
    after_hours: int
    members: list[Member]
    tree: Tree | None
    """None: the month's end is in no published checkpoint yet, and nothing is drawn."""
    sample: list[Sampled]


def canonical(pack: Pack) -> bytes:
    """The bytes that are hashed."""
    return msgspec.json.encode(pack, order="sorted")


def digest(pack: Pack) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return sha256(canonical(pack)).hexdigest()
