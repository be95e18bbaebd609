"""What holds when people are managed, whoever does it and through whichever door.

Rules kept here:
- nobody changes their own role or ends their own membership;
- only an owner makes an owner, or changes one;
- a centre's person belongs to a partner of the same brand that runs the role's hop;
- a brand hands out links that set a password only for people who are its own alone: such a link,
  and with a new start the loss of the factors, is for every brand that the person works for.
"""

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import ROLES, Role
from orderveil.partners.models import Partner
from orderveil.people.models import Membership, Person

MAY_HAVE_CENTRE = frozenset(role for role, terms in ROLES.items() if terms.assigned_only)


def refuse_unless(actor: Actor, member: Membership | None, role: Role | None) -> None:
    """Raise `RefusedError` if the actor may not turn `member` (None: a new one) into `role`."""
    if member is not None and member.person_id == actor.person_id:
        raise RefusedError(_OWN)
    about = {Role(member.role) if member else None, role}
    if Role.OWNER in about and actor.role != Role.OWNER:
        raise RefusedError(_OWNERS)


def centres(brand_id: int, role: Role | None = None) -> list[Partner]:
    """The brand's partners whose people may work at its desk: for this role, or for any."""
    hops = {ROLES[each].hop for each in ([role] if role else MAY_HAVE_CENTRE)}
    found = Partner.objects.filter(brand_id=brand_id, own=False).order_by("name", "pk")
    return [each for each in found if hops & set(each.hops)]


def checked_centre(brand_id: int, role: Role, partner_id: int | None) -> int | None:
    """The partner's number, if a person of that role may belong to it; raises `RefusedError`."""
    if partner_id is None:
        if role == Role.OUTSOURCED_SUPPORT:
            raise RefusedError(_NEEDS_CENTRE)
        return None
    if role not in MAY_HAVE_CENTRE:
        raise RefusedError(_NO_CENTRE)
    if partner_id not in {each.pk for each in centres(brand_id, role)}:
        raise RefusedError(_NOT_A_CENTRE)
    return partner_id


def is_shared(member: Membership) -> bool:
    """Does the person work for another brand, too?"""
    others = Membership.objects.in_force().filter(person_id=member.person_id)
    return others.exclude(brand_id=member.brand_id).exists()


def refuse_shared(member: Membership) -> None:
    """Raise `RefusedError` if the person works for another brand, too.

    In the transaction that makes the link: whoever accepts another brand meanwhile waits, and
    ends it.
    """
    Person.objects.locked(member.person_id)
    if is_shared(member):
        raise RefusedError(_SHARED)


_OWN = Problem(
    code="own_membership",
    detail="This is your own membership.",
    remedy="Ask another owner.",
    rule="people: nobody changes their own role",
    status=403,
)
_OWNERS = Problem(
    code="owners_only",
    detail="Only an owner makes an owner, or changes one.",
    remedy="Ask an owner of the brand.",
    rule="people: owners are made by owners",
    status=403,
)
_NEEDS_CENTRE = Problem(
    code="no_centre",
    detail="Outsourced support works for a partner.",
    remedy="Choose the partner whose centre it is.",
    rule="people: outsourced support belongs to a partner",
)
_NO_CENTRE = Problem(
    code="centre_not_for_role",
    detail="People of this role work for the brand itself.",
    remedy="Leave the centre empty, or choose a role that sees assigned orders only.",
    rule="people: only roles that see assigned orders belong to a partner",
)
_NOT_A_CENTRE = Problem(
    code="no_such_centre",
    detail="The brand has no partner by that number that runs this role's hop.",
    remedy="Add the partner first, with that hop.",
    rule="people: a centre is a partner of the same brand",
    status=404,
)
_SHARED = Problem(
    code="works_elsewhere",
    detail="This person works for another brand, too: a link would open that one as well.",
    remedy="Whoever runs this installation can make one: `orderveil person link`.",
    rule="people: a brand hands out links for its own people only",
    status=409,
)
