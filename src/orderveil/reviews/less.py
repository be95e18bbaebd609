"""Less for a person: which roles are narrower than theirs, and budgets that only shrink.

A role is narrower if it holds some of the permissions and none beside, and sees the same hop's
column of the policy or no order at all: another hop's column would show other fields.
"""

from datetime import datetime
from typing import NamedTuple

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import ROLES, Role
from orderveil.ledger.acts import Who
from orderveil.people import memberships
from orderveil.people.models import Membership


class Less(NamedTuple):
    """What a membership is narrowed to."""

    role: Role
    reveals_per_day: int
    views_per_day: int


def narrower_roles(role: Role) -> tuple[Role, ...]:
    """The roles that hold less than this one, those with most first."""
    terms = ROLES[role]
    found = [
        each
        for each, other in ROLES.items()
        if other.permissions < terms.permissions
        and other.hop in (None, terms.hop)
        and not other.assigned_only
    ]
    return tuple(sorted(found, key=lambda each: -len(ROLES[each].permissions)))


def held(membership: Membership) -> Less:
    """What the membership has now: its own budgets, else its role's."""
    terms = ROLES[Role(membership.role)]
    reveals, views = membership.reveals_per_day, membership.views_per_day
    return Less(
        Role(membership.role),
        terms.reveals_per_day if reveals is None else reveals,
        terms.views_per_day if views is None else views,
    )


def narrow(membership: Membership, less: Less, *, now: datetime, who: Who, reason: str) -> None:
    """Give the membership less, at once. Raises `RefusedError` if any of it would be more."""
    has = held(membership)
    if less.role != has.role and less.role not in narrower_roles(has.role):
        raise RefusedError(_not_narrower(f"{ROLES[less.role].title} is not less than the role."))
    terms = ROLES[less.role]
    reveals = min(less.reveals_per_day, terms.reveals_per_day)
    views = min(less.views_per_day, terms.views_per_day)
    if less.role == has.role:  # a budget of one's own may be larger than the role's
        reveals, views = less.reveals_per_day, less.views_per_day
    if not 0 <= reveals <= has.reveals_per_day or not 0 <= views <= has.views_per_day:
        raise RefusedError(_not_narrower("A budget would be larger than it is."))
    if Less(less.role, reveals, views) == has:
        raise RefusedError(_not_narrower("Nothing of it is smaller than it was."))
    memberships.change(
        membership,
        less.role,
        now=now,
        who=who,
        partner_id=membership.partner_id,
        reveals_per_day=reveals,
        views_per_day=views,
        reason=reason,
    )


def _not_narrower(detail: str) -> Problem:
    return Problem(
        code="not_narrower",
        detail=detail,
        remedy="Choose a role that holds less, or smaller budgets; or keep it as it is.",
        rule="narrowing never widens",
    )
