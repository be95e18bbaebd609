"""Who belongs to a brand, as what: joining, changing role, leaving. Each an act that bumps the law.

Rules kept here:
- outsourced support belongs to a partner, the platform operator to the installation;
- a brand keeps an owner: the last one neither leaves nor becomes something else;
- a membership opens nothing before the person accepted it with a link of that brand's: whoever
  began the account at another brand accepts nothing in their place;
- who leaves loses everything in the same transaction: role, sessions, and (with their last
  membership) the account; who comes back begins with a new link, password and factor;
- what a change is decided on is read under the lock, never what a page had read before.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Role
from orderveil.ledger.acts import ActKind, Detail, Who, record
from orderveil.people import enrolled, factors, quotas, sessions
from orderveil.people.models import Invitation, Membership, Person

INSTALLATION = 0


def members(brand_id: int) -> list[Membership]:
    """Everybody who belongs to the brand now, with their person, by name."""
    found = Membership.objects.filter(brand_id=brand_id, ended_at=None)
    return list(found.select_related("person").order_by("person__name", "pk"))


def page(brand_id: int, after: int | None, limit: int) -> list[Membership]:
    """Up to `limit` of them by name, those after the membership of that number."""
    found = Membership.objects.filter(brand_id=brand_id, ended_at=None)
    last = (
        Membership.objects.filter(pk=after or 0, brand_id=brand_id).select_related("person").first()
    )
    if last is not None:
        name = last.person.name
        found = found.filter(Q(person__name__gt=name) | Q(person__name=name, pk__gt=last.pk))
    return list(found.select_related("person").order_by("person__name", "pk")[:limit])


def member(brand_id: int, membership_id: int) -> Membership:
    """One of them; raises `RefusedError`."""
    found = Membership.objects.filter(pk=membership_id, brand_id=brand_id, ended_at=None)
    one = found.select_related("person").first()
    if one is None:
        raise RefusedError(_NOBODY)
    return one


@transaction.atomic
def join(
    brand_id: int,
    email: str,
    name: str,
    role: Role,
    *,
    now: datetime,
    who: Who,
    partner_id: int | None = None,
    reveals_per_day: int | None = None,
    views_per_day: int | None = None,
    is_demo: bool = False,
) -> Membership:
    """A person in a brand, once they accept; a new address gets an account.

    Raises `RefusedError`.
    """
    _check_place(brand_id, role, partner_id)
    email = email.strip().lower()
    person = Person.objects.select_for_update().filter(email__iexact=email).first()
    if person is None:
        person = Person(email=email, name=name.strip() or email, created_at=now, is_demo=is_demo)
        person.set_unusable_password()
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError:  # somebody adds the same address in this moment
            raise RefusedError(_AT_ONCE) from None
    elif Membership.objects.filter(person=person, brand_id=brand_id, ended_at=None).exists():
        raise RefusedError(_HERE_ALREADY)
    elif not person.is_active:
        _come_back(person)
    quotas.check(brand_id)
    made = Membership.objects.create(
        person=person,
        brand_id=brand_id,
        role=role,
        partner_id=partner_id,
        reveals_per_day=reveals_per_day,
        views_per_day=views_per_day,
        created_at=now,
    )
    detail: Detail = {
        "role": str(role),
        "partner": partner_id,
        "reveals_per_day": reveals_per_day,
        "views_per_day": views_per_day,
        "membership": made.pk,
    }
    record(brand_id, ActKind.PERSON_ADDED, now=now, who=who, subject=person.tag, detail=detail)
    return made


@transaction.atomic
def accept(membership: Membership, *, now: datetime) -> None:
    """The person's own act: from here on it lets them work. Raises `RefusedError`.

    Links that other brands made for a lost password end with it: they would open this brand.
    """
    # First the person: who hands out a link or another membership waits here.
    Person.objects.locked(membership.person_id)
    current = _locked(membership)
    if current.accepted_at is not None:
        return
    Membership.objects.filter(pk=membership.pk).update(accepted_at=now)
    membership.accepted_at = now
    of_person = Invitation.objects.filter(membership__person_id=membership.person_id, used_at=None)
    of_person.filter(Q(sets_password=True) | Q(membership=membership)).update(used_at=now)
    tag = f"person:{membership.person_id}"
    detail: Detail = {"membership": membership.pk}
    who = Who(person=tag)
    kind = ActKind.MEMBERSHIP_ACCEPTED
    record(membership.brand_id, kind, now=now, who=who, subject=tag, detail=detail)


@transaction.atomic
def change(
    membership: Membership,
    role: Role,
    *,
    now: datetime,
    who: Who,
    partner_id: int | None = None,
    reveals_per_day: int | None = None,
    views_per_day: int | None = None,
    reason: str = "",
) -> None:
    """Another role, centre or budget. Raises `RefusedError`."""
    _check_place(membership.brand_id, role, partner_id)
    current = _as_decided(membership)
    before = Role(current.role)
    if before == Role.OWNER and role != Role.OWNER:
        _keep_an_owner(current)
    Membership.objects.filter(pk=membership.pk).update(
        role=role,
        partner_id=partner_id,
        reveals_per_day=reveals_per_day,
        views_per_day=views_per_day,
    )
    membership.refresh_from_db()
    detail: Detail = {
        "from": str(before),
        "to": str(role),
        "from_partner": current.partner_id,
        "partner": partner_id,
        "reveals_per_day": reveals_per_day,
        "views_per_day": views_per_day,
        "membership": membership.pk,
        "reason": reason,
    }
    record(
        membership.brand_id,
        ActKind.ROLE_CHANGED,
        now=now,
        who=who,
        subject=membership.person.tag,
        detail=detail,
    )


@transaction.atomic
def leave(membership: Membership, *, now: datetime, who: Who, reason: str = "") -> None:
    """The person no longer belongs to the brand: nothing of it is theirs from the commit on."""
    # First the person, as everywhere: leaving two brands at once, the second sees nothing left.
    person = Person.objects.locked(membership.person_id)
    current = _as_decided(membership)
    if current.role == Role.OWNER:
        _keep_an_owner(current)
    Membership.objects.filter(pk=membership.pk).update(ended_at=now)
    Invitation.objects.filter(membership=membership, used_at=None).update(used_at=now)
    detail: Detail = {
        "membership": membership.pk,
        "reason": reason,
        "factors": enrolled.told(person),
    }
    record(
        membership.brand_id,
        ActKind.MEMBERSHIP_ENDED,
        now=now,
        who=who,
        subject=person.tag,
        detail=detail,
    )
    if current.accepted_at is not None:
        sessions.end_all(person)
    if not Membership.objects.filter(person=person, ended_at=None).exists():
        Person.objects.filter(pk=person.pk).update(is_active=False, left_at=now)


def _as_decided(membership: Membership) -> Membership:
    """Locked, in the role that whoever decides has read: an owner is changed by owners alone."""
    current = _locked(membership)
    if current.role != membership.role:
        raise RefusedError(_MEANWHILE)
    return current


def _locked(membership: Membership) -> Membership:
    """As it is now; changes to a brand's people wait for each other: no two are both the last."""
    alive = Membership.objects.select_for_update().filter(
        brand_id=membership.brand_id, ended_at=None
    )
    found = {each.pk: each for each in alive.order_by("pk")}
    if membership.pk not in found:
        raise RefusedError(_NOBODY)
    return found[membership.pk]


def _come_back(person: Person) -> None:
    """The account of somebody who left: nothing that opened it then opens it now."""
    factors.reset(person)
    person.set_unusable_password()
    person.is_active, person.left_at = True, None
    person.save(update_fields=["password", "is_active", "left_at"])


def _keep_an_owner(leaving: Membership) -> None:
    owners = Membership.objects.in_force().filter(brand_id=leaving.brand_id, role=Role.OWNER)
    # Who never accepted keeps nothing up, neither by staying nor by leaving.
    if leaving.accepted_at is not None and not owners.exclude(pk=leaving.pk).exists():
        raise RefusedError(_LAST_OWNER)


def _check_place(brand_id: int, role: Role, partner_id: int | None) -> None:
    if (role == Role.PLATFORM_OPERATOR) != (brand_id == INSTALLATION):
        raise RefusedError(_WRONG_PLACE)
    if role == Role.OUTSOURCED_SUPPORT and partner_id is None:
        raise RefusedError(_NO_CENTRE)


_NOBODY = Problem(
    code="no_such_person",
    detail="Nobody of that number belongs to this brand.",
    remedy="Look at the list of people.",
    rule="people: a brand sees its own people",
    status=404,
)
_HERE_ALREADY = Problem(
    code="here_already",
    detail="This person belongs to the brand already.",
    remedy="Change their role instead.",
    rule="people: one role per person and brand",
    status=409,
)
_AT_ONCE = Problem(
    code="added_at_once",
    detail="Somebody added this address in the same moment.",
    remedy="Look at the list of people, and try again.",
    rule="people: one account per address",
    status=409,
)
_MEANWHILE = Problem(
    code="changed_meanwhile",
    detail="Somebody changed this person's role in the meantime.",
    remedy="Look at it again, then decide.",
    rule="people: a change is decided on what is there",
    status=409,
)
_LAST_OWNER = Problem(
    code="last_owner",
    detail="This is the brand's last owner.",
    remedy="Make somebody else an owner first.",
    rule="people: a brand keeps an owner",
    status=409,
)
_WRONG_PLACE = Problem(
    code="wrong_place",
    detail="This role does not belong there.",
    remedy="A platform operator belongs to the installation, every other role to a brand.",
    rule="people: roles and their places",
)
_NO_CENTRE = Problem(
    code="no_centre",
    detail="Outsourced support works for a partner.",
    remedy="Name the partner whose centre it is.",
    rule="people: outsourced support belongs to a partner",
)
