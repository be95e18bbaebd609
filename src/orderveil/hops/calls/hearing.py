"""A provider that asks twice about a call gets the same answer, and nothing is spent twice.

Rules kept here:
- a request is known by a keyed digest of line, call and what was keyed in, kept as long as
  any PIN may live;
- what was refused stays refused; what was allowed is decided anew, without counting it again;
- a call is answered for OPEN after it was first heard of, and MOST times: what somebody recorded
  and plays back later leads nowhere.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from django.db import connection

from orderveil.contacts.allocating import LONGEST
from orderveil.hops.calls.models import Heard, Line
from orderveil.hops.calls.speech import Ring
from orderveil.keyring import secrets

KEY: Final = "calls_key"
OPEN: Final = timedelta(minutes=10)
MOST: Final = 10
KEPT: Final = LONGEST
"""As long as a PIN may live: a provider's signature has no time in it."""


class Hearing(Enum):
    """What is known of a request."""

    FIRST = auto()
    ALLOWED = auto()
    REFUSED = auto()
    OVER = auto()


def digest(brand_id: int, *parts: str) -> bytes:
    """16 bytes that stand for these words within a brand, and tell nobody else what they are."""
    key = secrets.ensure(brand_id, KEY)
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.digest(key, joined.encode(), hashlib.sha256)[:16]


def hear(line: Line, ring: Ring, now: datetime) -> Hearing:
    """Was this asked before, and how was it answered?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO calls_heard (line_id, mark, at, times) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (line_id, mark) DO UPDATE SET times = calls_heard.times + 1"
            " RETURNING at, times, allowed",
            [line.pk, _mark(line, ring), now],
        )
        at, times, allowed = cursor.fetchone()
    if now - at > OPEN or times > MOST:
        return Hearing.OVER
    if allowed is None:
        return Hearing.FIRST
    return Hearing.ALLOWED if allowed else Hearing.REFUSED


def settle(line: Line, ring: Ring, *, allowed: bool) -> None:
    """Remember how it was answered."""
    Heard.objects.filter(line=line, mark=_mark(line, ring)).update(allowed=allowed)


def sweep(now: datetime) -> None:
    """Forget what led to somebody who has ended by now."""
    Heard.objects.filter(at__lt=now - KEPT).delete()


def _mark(line: Line, ring: Ring) -> bytes:
    return digest(line.brand_id, "heard", str(line.pk), ring.call, ring.digits or "")
