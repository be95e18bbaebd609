"""Adding, moving and ending memberships, and the links with which people begin."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
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


class Added(NamedTuple):
    """A new membership, and the token of the one-time link with which it is accepted."""

    member: Membership
    token: str


@transaction.atomic
def add(brand_id: int, email: str, name: str, terms: Terms, *, now: datetime, who: Who) -> Added:
    """Somebody in the brand, once they accept; raises `RefusedError`."""
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
    return Added(member, invitations.invite(member, now=now, who=who))


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
    """The token of a new link: to accept, else for a lost password; factors stay."""
    if member.accepted_at is None:
        return invitations.invite(member, now=now, who=who)
    rules.refuse_shared(member)
    return invitations.invite(member, now=now, who=who, sets_password=True)


@transaction.atomic
def start_over(member: Membership, *, now: datetime, who: Who) -> str:
    """The token of a new link for a lost factor: password, factors and sessions are taken away."""
    if member.accepted_at is None:
        # The account may be another brand's: nothing of it is this brand's to take away.
        raise RefusedError(_NOT_ACCEPTED)
    rules.refuse_shared(member)
    return invitations.start_over(member, now=now, who=who)


_NOT_ACCEPTED = Problem(
    code="not_accepted",
    detail="This person has not accepted yet.",
    remedy="Give them a new link instead.",
    rule="people: a brand takes away what is its own",
    status=409,
)
