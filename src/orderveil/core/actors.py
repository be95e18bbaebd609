"""A person at the desk, as every page and use case knows them: who, for which brand, as what.

Made anew for each request, so the time is taken once and passed on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import ROLES, Permission, Role, Terms, holders


@dataclass(frozen=True, slots=True)
class Actor:
    """One membership of one person, at one moment."""

    membership_id: int
    person_id: int
    name: str
    """How colleagues know them: shown on pages, never written into the ledger."""
    brand_id: int
    """0: the installation."""
    role: Role
    partner_id: int | None
    """The outsourced centre they work for; None: the brand itself."""
    address: str
    """Where the request came from, as this server saw it."""
    now: datetime
    """Aware, UTC."""
    factor_at: datetime | None = None
    """When they last proved a second factor in this session."""
    device_id: int | None = None
    """The floor's registered device they work on."""

    @property
    def person(self) -> str:
        """Their pseudonym in the ledger."""
        return f"person:{self.person_id}"

    @property
    def terms(self) -> Terms:
        """What their role means."""
        return ROLES[self.role]

    @property
    def is_off_floor(self) -> bool:
        """Are they a person of the floor in a browser that is none of its devices?"""
        return self.terms.needs_device and self.device_id is None

    def may(self, permission: Permission) -> bool:
        """Does their role hold this permission, and may it be used where they are?"""
        held = permission in self.terms.permissions
        return held and (not self.is_off_floor or permission in WITHOUT_DEVICE)


WITHOUT_DEVICE = frozenset({Permission.SEE_HOME, Permission.PICK})
"""What people of the floor may do in a browser of their own: none of it shows a buyer."""

DEVICE_NEEDED = Problem(
    code="device_needed",
    detail="This page is for the floor's registered devices; elsewhere there is the pick list.",
    remedy="Go to a packing station, or ask whoever manages the floor's devices to register this.",
    rule="wms: no personal phones on the floor",
    status=403,
)

ACT_FRESH_MINUTES = 10
"""How old a second factor may be at a sensitive act; for reveals each role has its own term."""

FACTOR_NEEDED = Problem(
    code="factor_needed",
    detail="Your second factor was asked too long ago for this.",
    remedy="Prove it again, then repeat what you did.",
    rule="people: a sensitive act needs a fresh second factor",
    status=403,
)


def stale(actor: Actor, minutes: int = ACT_FRESH_MINUTES) -> Problem | None:
    """Why this actor must prove the second factor again; None if it is younger than `minutes`."""
    at = actor.factor_at
    fresh = at is not None and actor.now - at < timedelta(minutes=minutes)
    return None if fresh else FACTOR_NEEDED


def not_yours(permission: Permission) -> Problem:
    """What is said to an actor whose role does not hold this permission."""
    titles = ", ".join(ROLES[role].title for role in holders(permission))
    return Problem(
        code="not_yours",
        detail="Your role does not include this.",
        remedy=f"Ask somebody who is: {titles}.",
        rule=f"people: this needs the permission {permission}",
        status=403,
    )


def why_not(actor: Actor, permission: Permission) -> Problem | None:
    """Why they may not; None if they may."""
    if actor.may(permission):
        return None
    return DEVICE_NEEDED if permission in actor.terms.permissions else not_yours(permission)


def check_act(actor: Actor, permission: Permission) -> None:
    """May they do this sensitive act, whatever page it is called from? Raises `RefusedError`."""
    problem = why_not(actor, permission) or stale(actor)
    if problem is not None:
        raise RefusedError(problem)
