"""Agents' telephones: where a partner's people are rung.

Rules kept here:
- a number is sealed under its row, opened for the one call, and destroyed when the row ends;
- a telephone has a name for people ("desk 4") and belongs to a partner; it may be one person's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.naming import names_somebody
from orderveil.hops.calls.hearing import KEY
from orderveil.hops.calls.models import Agent
from orderveil.hops.calls.speech import number_of
from orderveil.keyring import boxes
from orderveil.ledger.acts import ActKind, Who, record

LONGEST: Final = 40
_RULE: Final = "calls: an agent is rung at a telephone that was registered"


@transaction.atomic
def add(
    brand_id: int,
    partner_id: int,
    name: str,
    number: str,
    *,
    now: datetime,
    who: Who,
    membership_id: int | None = None,
) -> Agent:
    """Register a telephone. Raises `RefusedError`."""
    name, spelled = name.strip(), number_of(number)
    if not 0 < len(name) <= LONGEST or not name.isprintable() or names_somebody(name):
        raise RefusedError(_BAD_NAME)
    if not spelled:
        raise RefusedError(_BAD_NUMBER)
    try:
        with transaction.atomic():
            made = Agent.objects.create(
                brand_id=brand_id,
                partner_id=partner_id,
                name=name,
                membership_id=membership_id,
                created_at=now,
            )
    except IntegrityError:
        raise RefusedError(_TAKEN) from None
    made.sealed = boxes.seal(brand_id, KEY, _place(made), spelled.encode())
    made.save(update_fields=["sealed"])
    _note(made, ActKind.CALL_AGENT_ADDED, now, who)
    return made


@transaction.atomic
def end(brand_id: int, number: int, *, now: datetime, who: Who) -> None:
    """Remove a telephone, and its number with it. Raises `RefusedError` (404)."""
    found = Agent.objects.select_for_update().filter(pk=number, brand_id=brand_id, ended_at=None)
    agent = found.first()
    if agent is None:
        raise RefusedError(UNKNOWN)
    agent.ended_at, agent.sealed = now, None
    agent.save(update_fields=["ended_at", "sealed"])
    _note(agent, ActKind.CALL_AGENT_ENDED, now, who)


def listing(brand_id: int, partner_id: int | None = None) -> Sequence[Agent]:
    """The brand's telephones, or one partner's, by name."""
    found = Agent.objects.filter(brand_id=brand_id, ended_at=None)
    if partner_id is not None:
        found = found.filter(partner_id=partner_id)
    return list(found.order_by("partner_id", "name"))


def open_to(actor: Actor, partner_id: int) -> Sequence[Agent]:
    """Where this person can be rung: their own first, then those that are nobody's own."""
    found = listing(actor.brand_id, partner_id)
    usable = [each for each in found if each.membership_id in {None, actor.membership_id}]
    return sorted(usable, key=lambda each: each.membership_id is None)


def named(brand_id: int, partner_id: int, name: str) -> Agent:
    """A partner's telephone by its name. Raises `RefusedError` (404)."""
    found = Agent.objects.filter(
        brand_id=brand_id, partner_id=partner_id, name=name, ended_at=None
    ).first()
    if found is None:
        raise RefusedError(UNKNOWN)
    return found


def number(agent: Agent) -> str:
    """Its number, for the one call. Raises `RefusedError` if it has ended."""
    if agent.sealed is None:
        raise RefusedError(UNKNOWN)
    return boxes.open_box(agent.brand_id, KEY, _place(agent), bytes(agent.sealed)).decode()


def numbers_of(brand_id: int, partner_id: int) -> list[str]:
    """Every number of a partner's, for a provider that masks them."""
    return [number(each) for each in listing(brand_id, partner_id)]


def may_be_called_back(brand_id: int, partner_id: int, caller: str) -> bool:
    """Is this number one of the partner's? Of a partner that registered none, anybody's may be."""
    known = numbers_of(brand_id, partner_id)
    return not known or caller in known


def _place(agent: Agent) -> str:
    return f"agent:{agent.pk}"


def _note(agent: Agent, kind: ActKind, now: datetime, who: Who) -> None:
    detail = {"agent": agent.pk, "partner": agent.partner_id, "member": agent.membership_id}
    record(agent.brand_id, kind, now=now, who=who, subject=f"agent:{agent.pk}", detail=detail)


_BAD_NAME = Problem(
    code="bad_agent",
    detail=f"A telephone's name has 1 to {LONGEST} characters and names no number or address.",
    remedy="Name the place, as in `desk 4`.",
    pointer="/name",
    rule=_RULE,
)
_BAD_NUMBER = Problem(
    code="bad_agent",
    detail="That is no telephone number.",
    remedy="Give it with the country's code, as in +91 80 4710 0000.",
    pointer="/number",
    rule=_RULE,
)
_TAKEN = Problem(
    code="agent_there",
    detail="This partner has a telephone of that name, or the person has one of their own.",
    remedy="Take another name, or remove that one first.",
    pointer="/name",
    rule=_RULE,
    status=409,
)
UNKNOWN = Problem(
    code="no_such_agent",
    detail="There is no such telephone.",
    remedy="Names are exact; see `orderveil calls agent list`.",
    pointer="/agent",
    rule=_RULE,
    status=404,
)
