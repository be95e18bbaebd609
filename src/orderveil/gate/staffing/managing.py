"""Adding, moving and ending memberships, and the links with which people begin."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from orderveil.core.roles import Role
from orderveil.gate.reasons import checked_reason
from orderveil.gate.staffing import rules
from orderveil.ledger.acts import Who
from orderveil.people import invitations, memberships
from orderveil.people.models import Membership


@dataclass(frozen=True, slots=True)
class Terms:
    """As what somebody belongs to a brand."""

    role: Role
    partner_id: int | None = None
    reveals_per_day: int | None = None
    """None: the role's own number."""
    views_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A new membership, and the token of its one-time link."""

    member: Membership
    token: str | None
    """None: the person has an account already, which opens this brand, too."""


@transaction.atomic
def add(brand_id: int, email: str, name: str, terms: Terms, *, now: datetime, who: Who) -> Added:
    """Somebody in the brand; raises `RefusedError`."""
    member = memberships.join(
        brand_id,
        email,
        name,
        terms.role,
        now=now,
        who=who,
        partner_id=rules.checked_centre(brand_id, terms.role, terms.partner_id),
        reveals_per_day=terms.reveals_per_day,
        views_per_day=terms.views_per_day,
    )
    if rules.is_shared(member):
        return Added(member, None)
    return Added(member, invitations.invite(member.person, now=now, who=who))


@transaction.atomic
def change(member: Membership, terms: Terms, reason: str, *, now: datetime, who: Who) -> None:
    """Another role, centre or budget from the commit on; raises `RefusedError`."""
    memberships.change(
        member,
        terms.role,
        now=now,
        who=who,
        partner_id=rules.checked_centre(member.brand_id, terms.role, terms.partner_id),
        reveals_per_day=terms.reveals_per_day,
        views_per_day=terms.views_per_day,
        reason=checked_reason(reason),
    )


def end(member: Membership, reason: str, *, now: datetime, who: Who) -> None:
    """The person belongs to the brand no longer; raises `RefusedError`."""
    memberships.leave(member, now=now, who=who, reason=checked_reason(reason))


@transaction.atomic
def link(member: Membership, *, now: datetime, who: Who) -> str:
    """The token of a new link for a lost password: a factor that is there stays."""
    rules.refuse_shared(member)
    return invitations.invite(member.person, now=now, who=who)


@transaction.atomic
def start_over(member: Membership, *, now: datetime, who: Who) -> str:
    """The token of a new link for a lost factor: password, factors and sessions are taken away."""
    rules.refuse_shared(member)
    return invitations.start_over(member.person, now=now, who=who)
