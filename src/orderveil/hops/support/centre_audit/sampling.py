"""A random sample that nobody chose, and that anybody can draw again. Pure.

The seed is SHA-256 of the lines below, each ended by a line feed: a fixed label; origin, size and
root hash of the brand's log as it was at the month's end; the month; the partner's number. Each
reveal has the rank SHA-256(seed || its entry id, 16 bytes); the sample is the lowest ranks.

Whoever reveals can't know the root that the month ends with, and whoever reviews can't change it:
it commits to every entry of the brand's log. Whoever holds the signing key could try roots until
one suits; a witness that cosigns checkpoints keeps them from that.
"""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol, TypeVar
from uuid import UUID

from orderveil.core.notes import Checkpoint

LABEL = "orderveil/centre-sample/v1"
SAMPLE = 20


class Numbered(Protocol):
    """Anything with an entry's id."""

    @property
    def entry_id(self) -> UUID:
        """The ledger entry's id."""


One = TypeVar("One", bound=Numbered)


def seed_of(head: Checkpoint, month: str, partner_id: int) -> bytes:
    """The 32 bytes that decide. `month` is written "2026-11"."""
    root = b64encode(head.root).decode()
    lines = [LABEL, head.origin, str(head.size), root, month, str(partner_id)]
    return sha256("".join(f"{line}\n" for line in lines).encode()).digest()


def draw(seed: bytes, found: Sequence[One], size: int = SAMPLE) -> list[One]:
    """At most `size` of them, in the order they were drawn."""
    return sorted(found, key=lambda one: sha256(seed + one.entry_id.bytes).digest())[:size]
