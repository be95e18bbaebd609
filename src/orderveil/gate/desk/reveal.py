"""Revealing: one field of one order, to one person, for a reason, on record first.

Rules kept here:
- the permission, the second factor's age and the person's budget come before anything else;
- support and oms may reveal a phone, an email or an address; nobody else, and nothing else;
- it is a disclosure like any other (statement, law, standing, assignment), of its own kind.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import msgspec

from orderveil.core.actors import Actor, stale
from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.roles import Permission
from orderveil.gate.asking import counted, spend
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.disclose import put_on_record, view_of
from orderveil.gate.narrowing import only
from orderveil.gate.reasons import Cause
from orderveil.ledger.entries import DisclosureKind
from orderveil.people.budgets import Spending


class Revealable(StrEnum):
    """What can be revealed, each by itself."""

    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"


FIELDS: Mapping[Revealable, tuple[Field, ...]] = MappingProxyType(
    {
        Revealable.PHONE: (Field.PHONE,),
        Revealable.EMAIL: (Field.EMAIL,),
        Revealable.ADDRESS: (Field.LINE1, Field.LINE2, Field.LANDMARK),
    }
)
MAY_REVEAL = frozenset({Hop.SUPPORT, Hop.OMS})
SHOWN_SECONDS = 30
"""How long a page may show it."""


class Revealed(msgspec.Struct, frozen=True):
    """The values, for one answer; never kept."""

    what: Revealable
    values: dict[str, str]
    disclosure: str
    """The ledger entry's id."""
    at: datetime


def reveal_field(
    actor: Actor, order_id: bytes, what: Revealable, cause: Cause, *, now: datetime
) -> Revealed | Problem:
    """The field, whole, and on record before it was opened; or why not."""
    problem = counted(actor, _may(actor), now)
    if problem is not None:
        return problem
    caller = caller_of(actor, str(cause))
    if isinstance(caller, Problem):
        return caller
    problem = spend(caller, 1, now, Spending.REVEALS)
    if problem is not None:
        return problem
    done = put_on_record(
        caller,
        order_id,
        None,
        now=now,
        kind=DisclosureKind.REVEAL,
        narrow=lambda grant: only(grant, dict.fromkeys(FIELDS[what], Form.WHOLE)),
    )
    if isinstance(done, Problem):
        return done
    view = view_of(caller, done, now)
    values = {name: str(value) for name, value in view.fields.items() if value is not None}
    return Revealed(what, values, view.disclosure, now)


def _may(actor: Actor) -> Problem | None:
    """The permission, and a second factor that is fresh enough for the role."""
    if not actor.may(Permission.REVEAL) or actor.terms.hop not in MAY_REVEAL:
        return _MAY_NOT
    return stale(actor, actor.terms.reveal_fresh_minutes)


_MAY_NOT = Problem(
    code="may_not_reveal",
    detail="Your role reveals nothing.",
    remedy="Hand the ticket to somebody of support.",
    rule="people: support and operations reveal, one field at a time",
    status=403,
)
