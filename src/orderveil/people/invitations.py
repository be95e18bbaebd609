"""One-time links: with one a person accepts a membership, and begins their account if it is new.

Rules kept here:
- the token is 256 random bits, stored hashed, good once and for a limited time;
- a link belongs to one membership: a new one makes the older ones of that membership useless;
- a link sets a password only for an account that has not begun, or if it was made for that
  (`sets_password`) by whoever may: a brand that alone has the person, or the installation;
- whoever hands out a new link to somebody who lost a factor takes the factors away with it: a
  link never stands in for a factor that is still there.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from orderveil.ledger.acts import ActKind, Detail, Who, record
from orderveil.people import enrolled, factors, sessions
from orderveil.people.memberships import accept
from orderveil.people.models import Invitation, Membership, Person
from orderveil.people.records import record_everywhere

LIFE = timedelta(hours=48)


@transaction.atomic
def invite(
    membership: Membership,
    *,
    now: datetime,
    who: Who,
    life: timedelta = LIFE,
    sets_password: bool = False,
) -> str:
    """The token of a fresh link: the only time anyone sees it."""
    # Whoever accepts another membership meanwhile ends links that set passwords: wait for them.
    person = Person.objects.locked(membership.person_id)
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(membership=membership, used_at=None).update(used_at=now)
    Invitation.objects.create(
        membership=membership,
        sets_password=sets_password,
        token_hash=_hash(token),
        created_at=now,
        expires_at=now + life,
    )
    kind, brand_id = ActKind.PERSON_INVITED, membership.brand_id
    detail: Detail = {"sets_password": sets_password}
    record(brand_id, kind, now=now, who=who, subject=person.tag, detail=detail)
    return token


@transaction.atomic
def start_over(membership: Membership, *, now: datetime, who: Who) -> str:
    """For who lost password or factors: everything is taken away, and a link handed out."""
    person = Person.objects.locked(membership.person_id)
    detail: Detail = {"factors": enrolled.told(person)}
    factors.reset(person)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    sessions.end_all(person)
    record_everywhere(person, ActKind.FACTORS_RESET, now=now, who=who, detail=detail)
    return invite(membership, now=now, who=who, sets_password=True)


def invited(token: str, *, now: datetime) -> Invitation | None:
    """The unused link of that token, with its membership and person."""
    found = _open(now).filter(token_hash=_hash(token)).select_related("membership__person").first()
    return found if found and found.membership.person.is_active else None


def waiting(memberships: Iterable[int], *, now: datetime) -> dict[int, datetime]:
    """Until when the unused links to these memberships are good, by the membership's number."""
    found = _open(now).filter(membership_id__in=list(memberships))
    return dict(found.values_list("membership_id", "expires_at"))


def asks_for_password(invitation: Invitation) -> bool:
    """Does this link set a password? If not, whoever has the account signs in and accepts."""
    return invitation.sets_password or not _has_begun(invitation.membership.person)


@transaction.atomic
def redeem(token: str, password: str, *, now: datetime) -> Person | None:
    """Set the password and accept the membership; None if the link can't. The caller checked it."""
    found = _taken(token, now)
    if found is None or not asks_for_password(found):
        return None
    person = found.membership.person
    person.set_password(password)
    person.save(update_fields=["password"])
    accept(found.membership, now=now)
    Invitation.objects.filter(pk=found.pk).update(used_at=now)
    record_everywhere(person, ActKind.PASSWORD_SET, now=now)
    return person


@transaction.atomic
def accept_as(person: Person, token: str, *, now: datetime) -> Membership | None:
    """The membership, accepted by the person who is signed in; None if the link is not theirs."""
    found = _taken(token, now)
    if found is None or found.membership.person_id != person.pk:
        return None
    accept(found.membership, now=now)
    return found.membership


def _taken(token: str, now: datetime) -> Invitation | None:
    """The unused link, its person locked: two who come with it are not both first."""
    found = invited(token, now=now)
    if found is None:
        return None
    Person.objects.locked(found.membership.person_id)
    return invited(token, now=now)


def _has_begun(person: Person) -> bool:
    return (
        person.has_usable_password()
        or factors.has_factor(person)
        or Membership.objects.in_force().filter(person=person).exists()
    )


def _open(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at=None, expires_at__gt=now, membership__ended_at=None)


def _hash(token: str) -> bytes:
    # The token is 256 random bits, so a plain hash can't be searched back.
    return hashlib.sha256(token.encode()).digest()
