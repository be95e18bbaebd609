"""Time as values: taken once at the edge and passed on."""

import hashlib
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present, aware, UTC. Called at the edges only; everything below takes `now`."""
    return datetime.now(UTC)


def short_digest(text: str) -> str:
    """Eight hex characters that tell two texts apart, for names that must stay short."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
