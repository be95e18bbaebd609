"""What every ask goes through: who asks, with which budget, under which decision, and the view."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from orderveil.core.decision import Grant, enforced_for
from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.refs import RefKey
from orderveil.gate import law as laws
from orderveil.gate.compose import Plan, Recipient, View, compose
from orderveil.gate.keys import brand_keys, ref_key
from orderveil.gate.law import Law
from orderveil.gate.opening import open_row
from orderveil.gate.statement import Asker
from orderveil.gate.wire import Row
from orderveil.partners.budgets import Budgets
from orderveil.partners.credentials import UNAUTHORISED
from orderveil.partners.models import Credential, Partner

budgets = Budgets()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which hop, and why. Made anew for each request."""

    brand_id: int
    partner_id: int
    hop: Hop
    credential: Credential | None = None
    person: str | None = None
    reason: str | None = None

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


def spend(caller: Caller, orders: int, now: datetime) -> Problem | None:
    """Take `orders` from the caller's daily budget; a person at this machine has none."""
    if caller.credential is None:
        return None
    return budgets.spend(caller.credential.id, caller.credential.daily_limit, orders, now)


def in_force(law: Law, caller: Caller, now: datetime) -> bool:
    """A credential revoked since the request began is out at the next decision."""
    if caller.credential is None:
        return True
    known = law.credentials.get(caller.credential.id)
    return (
        known is not None
        and known.revoked_at is None
        and (known.expires_at is None or now < known.expires_at)
    )


def decide_for(
    law: Law, caller: Caller, order_id: bytes, now: datetime
) -> tuple[Grant, Plan] | Problem:
    """The decision for one order under this Law; the same for all that are enforced alike."""
    if not in_force(law, caller, now):
        return UNAUTHORISED
    partner = law.partners.get(caller.partner_id)
    if partner is None:  # a later law may know it
        return UNAUTHORISED
    enforced = enforced_for(law.standing(partner, now.date()), order_id)
    return law.decide(partner, caller.hop, enforced=enforced, today=now.date())


def asker(law: Law, caller: Caller) -> Asker:
    """The caller as the statement records it."""
    return Asker(law.brand_id, law.rev, caller.partner_id, caller.credential_id)


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
    views = []
    for row, ref in zip(rows, refs, strict=True):
        fields, parcels = compose(plan, open_row(law.brand_id, row, plan.compartments), to, ref)
        views.append(make(ref=ref, fields=fields, parcels=parcels))
    return views
