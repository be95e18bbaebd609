"""Is the caller who they say? The agent types what they say; the answer is match or no match.

Rules kept here:
- the value is compared here, in constant time; nothing of it is shown, right or wrong;
- three tries for an order in a day, whoever asks: what is guessed one agent at a time is guessed;
- only who may see the order uses up its tries; what can't be compared at all uses none;
- a try is on record before the order is opened, and its outcome after.
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import msgspec
from django.db import transaction

from orderveil.core import normalise
from orderveil.core.actors import Actor
from orderveil.core.decision import Grant
from orderveil.core.errors import Problem
from orderveil.core.fields import COMPARTMENT_OF, Compartment, Field
from orderveil.core.personal import Personal
from orderveil.core.roles import Permission
from orderveil.gate.asking import spend
from orderveil.gate.compose import Plan, plan_for
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.disclose import Recorded, put_on_record
from orderveil.gate.opening import open_row
from orderveil.ledger.acts import ActKind, by, record
from orderveil.people.budgets import tries_left

TRIES = 3
PHONE_END_DIGITS = 4


class Said(StrEnum):
    """What a caller can be asked for."""

    PINCODE = "pincode"
    PHONE_END = "phone_end"
    """The last four digits of the phone."""
    EMAIL = "email"


FIELD_OF: Mapping[Said, Field] = MappingProxyType(
    {Said.PINCODE: Field.PINCODE, Said.PHONE_END: Field.PHONE, Said.EMAIL: Field.EMAIL}
)


class Verdict(msgspec.Struct, frozen=True):
    """Match or no match, and how many tries are left today."""

    matched: bool
    tries_left: int


def verify_caller(
    actor: Actor, order_id: bytes, what: Said, said: Personal, *, now: datetime
) -> Verdict | Problem:
    """Compare what a caller said with the order; recorded. A Problem if that may not be."""
    if not actor.may(Permission.VERIFY_CALLER):
        return _MAY_NOT
    text = _spelled(what, said)
    if text is None:
        return _CANNOT_COMPARE
    done = _try(actor, order_id, what, now)
    if isinstance(done, Problem):
        return done
    recorded, left = done
    field = FIELD_OF[what]
    opened = open_row(actor.brand_id, recorded.row, recorded.plan.compartments)
    held = opened.values.get(COMPARTMENT_OF[field], {}).get(field.value)
    matched = held is not None and _same(what, held, text)
    with transaction.atomic():
        record(
            actor.brand_id,
            ActKind.CALLER_VERIFIED,
            now=now,
            who=by(actor),
            order_id=order_id,
            detail={"asked": what.value, "matched": matched},
        )
    return Verdict(matched, left)


def _try(
    actor: Actor, order_id: bytes, what: Said, now: datetime
) -> tuple[Recorded, int] | Problem:
    """On record, and one of the day's tries taken: how many are left."""
    caller = caller_of(actor, f"verify caller: {what}")
    if isinstance(caller, Problem):
        return caller
    problem = spend(caller, 1, now)
    if problem is not None:
        return problem
    field = FIELD_OF[what]
    done = put_on_record(
        caller, order_id, None, now=now, narrow=lambda grant: _compare_only(grant, field)
    )
    if isinstance(done, Problem):
        return done
    left = tries_left(order_id, now, TRIES)
    return NO_TRIES_LEFT if left is None else (done, left)


def _compare_only(grant: Grant, field: Field) -> tuple[Grant, Plan]:
    """Nothing is shown; only the compartment that is compared with is read."""
    compartment: Compartment = COMPARTMENT_OF[field]
    narrowed = replace(
        grant,
        purpose=f"verify a caller by {field}",
        forms={},
        withheld={},
        would_withhold=(),
        compartments=frozenset({compartment}),
    )
    return narrowed, plan_for(narrowed)


def _spelled(what: Said, said: Personal) -> str | None:
    """What the caller said, in the spelling it is compared in; None if it is no such thing."""
    text = said.reveal()
    if what == Said.PHONE_END:
        digits = "".join(str(int(char)) for char in text if char.isdecimal())
        return digits if len(digits) == PHONE_END_DIGITS else None
    if what == Said.EMAIL:
        return normalise.search_key(Field.EMAIL, text) if "@" in text else None
    return normalise.pincode(text) or None


def _same(what: Said, held: str, text: str) -> bool:
    """Constant-time, on the spelling that both are normalised to."""
    if what == Said.PHONE_END:
        ours = held.partition(";ext=")[0][-PHONE_END_DIGITS:]
    elif what == Said.EMAIL:
        ours = normalise.search_key(Field.EMAIL, held)
    else:
        ours = normalise.pincode(held)
    return hmac.compare_digest(ours.encode(), text.encode())


_MAY_NOT = Problem(
    code="may_not_verify",
    detail="Your role verifies no callers.",
    remedy="Hand the call to somebody of support.",
    rule="people: support verifies callers",
    status=403,
)
_CANNOT_COMPARE = Problem(
    code="cannot_compare",
    detail="That is no PIN code, no four digits, or no email address.",
    remedy="Type what the caller says, and choose what it is. No try was used.",
    rule="verify: a PIN code, the last four digits of the phone, or an email address",
)
NO_TRIES_LEFT = Problem(
    code="no_tries_left",
    detail=f"The {TRIES} tries for this order are used up for today (UTC).",
    remedy="Call back by a way that the brand has published, or go on tomorrow.",
    rule="verify: three tries for an order in a day, whoever asks",
    status=429,
)
