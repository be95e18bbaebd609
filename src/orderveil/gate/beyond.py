"""A courier that asks for parcels of others: noted at the machine door, and stopped beyond a few.

Rules kept here:
- what counts is what a system of the partner asks for with its credential and is refused because
  the parcel is not its own: not assigned to it, of nobody, or no ref of its at all;
- a parcel that was once assigned to it does not count: it had a reason to know that one;
- what our own side asks in its name (a booking, the journey) and what people at the desk ask does
  not count either: people have budgets of their own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from orderveil.core.errors import Problem
from orderveil.core.hops import Hop, Reach
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller
from orderveil.ledger.assigned import ever_assigned
from orderveil.partners import volume
from orderveil.partners.beyond import digest_of

NOT_ITS_OWN: Final = frozenset({"unknown_order", "not_assigned"})
_ANY = 0


class Asked(NamedTuple):
    """One thing that was asked for, and how it was answered."""

    text: str
    """The ref or code as it was sent."""
    place: tuple[bytes, int | None] | None
    """(order id, parcel number or None) that it opens to; None: it opens to nothing."""
    answer: object
    """The view, or the `Problem` that says why not."""


def note(caller: Caller, asked: Sequence[Asked], now: datetime) -> bool:
    """Count what was not the caller's own; True if that was too much and it is stopped now."""
    if caller.hop != Hop.COURIER or caller.credential is None or caller.actor is not None:
        return False
    strange = [each for each in asked if _is_strange(each.answer)]
    law = laws.law_of(caller.brand_id)
    if not strange or law.policies.table.rows[caller.hop].reach != Reach.ASSIGNED:
        return False
    orders = {each.place[0] for each in strange if each.place is not None}
    held = ever_assigned(caller.brand_id, orders, caller.hop, caller.partner_id)
    held |= {(order_id, _ANY) for order_id, _ in held}
    digests = {_digest(each) for each in strange if _key(each) not in held}
    return bool(digests) and volume.count(caller.partner_id, caller.hop, digests, now)


def _is_strange(answer: object) -> bool:
    return isinstance(answer, Problem) and answer.code in NOT_ITS_OWN


def _key(asked: Asked) -> tuple[bytes, int] | None:
    return None if asked.place is None else (asked.place[0], asked.place[1] or _ANY)


def _digest(asked: Asked) -> bytes:
    key = _key(asked)
    return digest_of(asked.text.upper().encode() if key is None else key[0] + key[1].to_bytes(2))
