"""A person at the desk as the gate knows them: the Caller for their role's hop.

Rules kept here:
- people of a centre ask as their partner; people of the brand as its own partner for that hop;
- a role without a hop (auditor, marketer, integrator, platform operator) asks for nothing;
- whoever left, changed role or is out of hours is refused before anything is looked up: whether
  an order exists is nothing to be told either. The disclosure asks again, under its own law.
"""

from orderveil.core.actors import Actor
from orderveil.core.devices import DeviceKind
from orderveil.core.errors import Problem
from orderveil.gate import centres
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller, in_force
from orderveil.gate.law import Law
from orderveil.partners import devices
from orderveil.partners.models import Device, Partner


def closed(actor: Actor) -> Problem | None:
    """Why a centre's person may not work now; None for everybody else."""
    if actor.partner_id is None:
        return None
    law = laws.current(laws.law_of(actor.brand_id))
    return centres.closed(law, actor, actor.now)


def caller_of(actor: Actor, reason: str) -> Caller | Problem:
    """The Caller through which this person asks; a Problem if their role sees no order."""
    hop = actor.terms.hop
    if hop is None:
        return _SEES_NONE
    law = laws.current(laws.law_of(actor.brand_id))
    partner = _partner(law, actor)
    if partner is None:
        return _no_own_partner(hop)
    caller = Caller(
        *(actor.brand_id, partner.pk, hop),
        person=actor.person,
        reason=reason,
        actor=actor,
        device_id=actor.device_id if actor.terms.needs_device else None,
    )
    return in_force(law, caller, actor.now) or caller


def station_of(actor: Actor, token: str) -> Device | None:
    """The packing station behind this token, if it stands on the floor that the actor works on."""
    device = devices.of_token(token, now=actor.now)
    if device is None or (device.brand_id, device.kind) != (actor.brand_id, DeviceKind.STATION):
        return None
    partner = _partner(laws.current(laws.law_of(actor.brand_id)), actor)
    return device if partner is not None and device.partner_id == partner.pk else None


def _partner(law: Law, actor: Actor) -> Partner | None:
    if actor.partner_id is not None:
        return law.partners.get(actor.partner_id)
    own = (each for each in law.partners.values() if each.own and actor.terms.hop in each.hops)
    return min(own, key=lambda each: each.pk, default=None)


_SEES_NONE = Problem(
    code="sees_no_orders",
    detail="Your role sees no order.",
    remedy="Ask somebody of support or operations.",
    rule="people: a role sees the orders of its hop, or none",
    status=403,
)


def _no_own_partner(hop: str) -> Problem:
    return Problem(
        code="no_own_partner",
        detail=f"The brand has no partner of its own for the hop {hop}.",
        remedy=f"Add one that is `own` and runs {hop}: its people see orders in its name.",
        rule="gate: whoever asks, asks for a partner on a hop",
        status=409,
    )
