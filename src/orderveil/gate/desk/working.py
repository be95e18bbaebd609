"""May this person change something about an order? Decided as for a view, under the law of now.

Rules kept here:
- the permission, the role that holds now, the centre's standing, and the policy come first;
- whoever changes something has proved a second factor as lately as their role must at a reveal:
  the honest way stays quick, and a cookie alone redirects no parcel;
- where a person sees only what is assigned, they change only what is assigned;
- what a person may not see is unknown to them: 404, whether or not it is there.
"""

from dataclasses import dataclass
from datetime import datetime

from orderveil.core.actors import Actor, stale, why_not
from orderveil.core.errors import Problem
from orderveil.core.roles import Permission
from orderveil.core.states import ParcelState
from orderveil.gate.asking import Caller
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.desk.listing import scope_of
from orderveil.partners import assignments


@dataclass(frozen=True, slots=True)
class Hand:
    """What a person may put their hand to."""

    caller: Caller
    states: frozenset[ParcelState]
    """Of the parcels that their role's hop may ask for."""
    is_assigned_only: bool

    def reaches(self, order_id: bytes, parcel_no: int) -> bool:
        """Is this parcel theirs to work?"""
        if not self.is_assigned_only:
            return True
        mine = assignments.assignee(order_id, parcel_no, self.caller.hop)
        return mine == self.caller.partner_id


def changing_hand(
    actor: Actor, permission: Permission, reason: str, now: datetime
) -> Hand | Problem:
    """The Hand of whoever may change something now: their second factor is fresh, too."""
    return may_change(actor, permission) or hand_of(actor, permission, reason, now)


def may_change(actor: Actor, permission: Permission) -> Problem | None:
    """The permission, and a second factor that is fresh enough for the role; why not."""
    return why_not(actor, permission) or stale(actor, actor.terms.reveal_fresh_minutes)


def hand_of(actor: Actor, permission: Permission, reason: str, now: datetime) -> Hand | Problem:
    """The Hand of whoever holds the permission; why not, for anybody else."""
    problem = why_not(actor, permission)
    if problem is not None:
        return problem
    caller = caller_of(actor, reason)
    if isinstance(caller, Problem):
        return caller
    scope = scope_of(caller, now)
    return scope if isinstance(scope, Problem) else Hand(caller, scope.states, scope.assigned)
