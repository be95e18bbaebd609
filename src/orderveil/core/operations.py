"""What an endpoint says of itself: the OpenAPI document is generated from these and their types."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `request` and `response` are msgspec types, or None."""

    method: str
    path: str
    summary: str
    tag: str
    response: Any = None
    request: Any = None
    status: int = 200
    needs_credential: bool = True
    takes_credential: bool = False
    """Open to all, and says more to whoever shows a credential in force."""
    by_device: bool = False
    """Its credential is a printer's of the floor, and no other opens it."""
    checks_law: bool = False
    """Its own statement checks the brand's law revision, so the door need not ask first."""
    idempotency_key: bool = False
    problems: tuple[int, ...] = ()
    """The HTTP statuses of the refusals it is likely to answer."""
