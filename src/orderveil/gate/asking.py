"""What every ask goes through: who asks, with which budget, under which decision, and the view."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from orderveil.core.actors import FACTOR_NEEDED, Actor
from orderveil.core.decision import Grant, enforced_for
from orderveil.core.devices import DeviceKind
from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop, Reach
from orderveil.core.refs import RefKey
from orderveil.gate import centres, virtual
from orderveil.gate import law as laws
from orderveil.gate.compose import Plan, Recipient, View, compose, plan_for
from orderveil.gate.keys import brand_keys, ref_key
from orderveil.gate.law import Law
from orderveil.gate.narrowing import Narrow, facts_only
from orderveil.gate.opening import open_row
from orderveil.gate.statement import Asker
from orderveil.gate.wire import Row
from orderveil.partners import refused
from orderveil.partners.budgets import Budgets
from orderveil.partners.credentials import UNAUTHORISED, is_genuine
from orderveil.partners.devices import NOT_ENROLLED, serves
from orderveil.partners.models import Credential, Partner
from orderveil.people import budgets as purses
from orderveil.people import turned_away
from orderveil.people.budgets import Spending

budgets = Budgets()
FOR_EVERYBODY = {
    Spending.SEARCHES: purses.SEARCHES_PER_DAY,
    Spending.CORRECTIONS: purses.CORRECTIONS_PER_DAY,
}
"""Budgets of a day that are nobody's own."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which hop, and why. Made anew for each request."""

    brand_id: int
    partner_id: int
    hop: Hop
    credential: Credential | None = None
    person: str | None = None
    reason: str | None = None
    actor: Actor | None = None
    """The person at the desk; None: a system, or somebody at this machine."""
    device_id: int | None = None
    """The floor's device it is shown on, or printed by."""
    proof: bytes | None = field(default=None, repr=False)
    """The digest of the secret that a system asked with; None: nobody had to show one."""

    @property
    def credential_id(self) -> int | None:
        """The credential it asked with; None for a person at this machine."""
        return self.credential.id if self.credential else None


def partner_refs(law: Law, partner: Partner) -> RefKey:
    """What makes and opens this partner's refs."""
    return ref_key(law.brand_id, partner.pk, partner.ref_generation)


def open_ref(caller: Caller, ref: str) -> tuple[bytes, int | None] | None:
    """(order id, parcel number or None) behind a ref of the caller's; None if it is none."""
    law = laws.law_of(caller.brand_id)
    return partner_refs(law, law.partners[caller.partner_id]).open(ref)


def spend(
    caller: Caller, orders: int, now: datetime, what: Spending = Spending.VIEWS
) -> Problem | None:
    """Take `orders` from the caller's daily budget; whoever is at this machine has none."""
    if caller.actor is not None:
        return counted(caller.actor, _spend_own(caller.actor, orders, now, what), now)
    if caller.credential is None:
        return None
    return budgets.spend(caller.credential.id, caller.credential.daily_limit, orders, now)


def counted(actor: Actor | None, problem: Problem | None, now: datetime) -> Problem | None:
    """The same, counted if it refuses a person; what refuses a system is counted at its door."""
    is_one = problem is not None and problem.status in refused.STATUSES
    # A factor that is too old is asked for again: no refusal.
    if actor is not None and problem is not None and is_one and problem is not FACTOR_NEEDED:
        turned_away.count(actor.membership_id, problem.code, now)
        refused.add(actor.brand_id, actor.person, problem.code, now)
        refused.flush()
    return problem


def _spend_own(actor: Actor, orders: int, now: datetime, what: Spending) -> Problem | None:
    """From a person's own purse."""
    return purses.spend(actor, what, orders, now, per_day=per_day(actor, what))


def per_day(actor: Actor, what: Spending) -> int:
    """A person's budget for a UTC day: the membership's number, else the role's."""
    if what in FOR_EVERYBODY:
        return FOR_EVERYBODY[what]
    member = laws.law_of(actor.brand_id).members.get(actor.membership_id)
    terms = actor.terms
    if what == Spending.REVEALS:
        usual, own = terms.reveals_per_day, member.reveals_per_day if member else None
    else:
        usual, own = terms.views_per_day, member.views_per_day if member else None
    return usual if own is None else own


def left(actor: Actor, what: Spending, now: datetime) -> int:
    """What is left of that budget today."""
    return max(0, per_day(actor, what) - purses.spent(actor.membership_id, what, now))


def in_force(law: Law, caller: Caller, now: datetime) -> Problem | None:
    """Whoever was revoked, or whose hours ended, since the request began: out at the next ask."""
    if not _stand_on_floor(law, caller, now):
        return NOT_ENROLLED
    if caller.actor is not None:
        return _works_here(law, caller.actor, now)
    if caller.credential is None:
        return None
    known = law.credentials.get(caller.credential.id)
    is_known = (
        known is not None
        and known.revoked_at is None
        and (known.expires_at is None or now < known.expires_at)
        # Its address was checked against the networks it had when the request began.
        and known.networks == caller.credential.networks
        and (caller.proof is None or is_genuine(known, caller.proof, now))
    )
    return None if is_known else UNAUTHORISED


def _stand_on_floor(law: Law, caller: Caller, now: datetime) -> bool:
    """Do the devices it names stand on its partner's floor: its own, and the person's station?"""
    at = caller.actor.device_id if caller.actor is not None else None
    for number in {caller.device_id, at} - {None}:
        device = law.devices.get(number or 0)
        if device is None or device.partner_id != caller.partner_id or not serves(device, now):
            return False
        if number == at and device.kind != DeviceKind.STATION:
            return False
    return True


def _works_here(law: Law, actor: Actor, now: datetime) -> Problem | None:
    member = law.members.get(actor.membership_id)
    if member is None or (member.role, member.partner_id) != (actor.role, actor.partner_id):
        return ROLE_CHANGED
    return centres.closed(law, actor, now)


def decide_for(
    law: Law, caller: Caller, order_id: bytes, now: datetime, narrow: Narrow | None = None
) -> tuple[Grant, Plan] | Problem:
    """The decision for one order under this Law; the same for all that are enforced alike.

    `narrow` makes of the Grant what is asked of it; whatever it makes, facts are all there is for
    a person of the floor without its device, and on a hop that is not their role's.
    """
    decision = _decide(law, caller, order_id, now)
    if isinstance(decision, Problem):
        return decision
    if narrow is not None:
        decision = narrow(decision[0])
    if isinstance(decision, Problem) or not _shows_facts_only(caller):
        return decision
    grant = facts_only(decision[0])
    return grant, plan_for(grant)


def _decide(
    law: Law, caller: Caller, order_id: bytes, now: datetime
) -> tuple[Grant, Plan] | Problem:
    problem = in_force(law, caller, now)
    if problem is not None:
        return problem
    partner = law.partners.get(caller.partner_id)
    if partner is None:  # a later law may know it
        return UNAUTHORISED
    enforced = enforced_for(law.standing(partner, now.date()), order_id)
    decision = law.decide(partner, caller.hop, enforced=enforced, today=now.date())
    if isinstance(decision, Problem) or caller.actor is None:
        return decision
    grant, plan = decision
    if caller.actor.terms.assigned_only:
        grant = replace(grant, reach=Reach.ASSIGNED)
    return grant, plan


def _shows_facts_only(caller: Caller) -> bool:
    """Does somebody ask on a hop whose buyers they see at a station only, and are at none?

    A printer's number on the disclosure stands for no station: the person must be at one.
    """
    actor = caller.actor
    if actor is None or actor.device_id is not None:
        return False
    return actor.is_off_floor or caller.hop != actor.terms.hop


def asker(law: Law, caller: Caller) -> Asker:
    """The caller as the statement records it."""
    return Asker(law.brand_id, law.rev, caller.partner_id, caller.credential_id, caller.person)


def would(grant: Grant) -> dict[Field, Form] | None:
    """In `observe`: what the policy would have shown instead."""
    return dict(grant.would_withhold) or None


def show(
    law: Law,
    caller: Caller,
    grant: Grant,
    plan: Plan,
    rows: Sequence[Row],
    refs: Sequence[str],
    entry_id: UUID,
    now: datetime,
) -> list[View]:
    """Open and compose what the statement returned."""
    to = Recipient(caller.partner_id, brand_keys(law.brand_id).hashes)
    make = partial(
        View,
        hop=grant.hop,
        purpose=grant.purpose,
        policy=grant.policy,
        disclosure=str(entry_id),
        forms=plan.forms,
        withheld=plan.withheld,
    )
    opened = [open_row(law.brand_id, row, plan.compartments) for row in rows]
    stand_ins = virtual.stand_ins(law.brand_id, caller.partner_id, grant.hop, plan, opened, now)
    views = []
    for one, ref, stand_in in zip(opened, refs, stand_ins, strict=True):
        fields, parcels = compose(plan, one, to, ref, stand_in)
        views.append(make(ref=ref, fields=fields, parcels=parcels))
    return views


ROLE_CHANGED = Problem(
    code="role_changed",
    detail="Your role in this brand has changed.",
    remedy="Reload the page.",
    rule="people: a disclosure is decided under the role that holds now",
    status=403,
)
