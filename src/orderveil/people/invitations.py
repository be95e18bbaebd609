"""One-time links: with one a person sets a password, signs in, and enrols a second factor.

Rules kept here:
- the token is 256 random bits, stored hashed, good once and for a limited time;
- a new link makes the older ones of that person useless;
- whoever hands out a new link to somebody who lost a factor takes the factors away with it: a
  link never stands in for a factor that is still there.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from orderveil.ledger.acts import ActKind, Who
from orderveil.people import factors, sessions
from orderveil.people.models import Invitation, Person
from orderveil.people.records import record_everywhere

LIFE = timedelta(hours=48)


@transaction.atomic
def invite(person: Person, *, now: datetime, who: Who, life: timedelta = LIFE) -> str:
    """The token of a fresh link: the only time anyone sees it."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(person=person, used_at=None).update(used_at=now)
    Invitation.objects.create(
        person=person, token_hash=_hash(token), created_at=now, expires_at=now + life
    )
    record_everywhere(person, ActKind.PERSON_INVITED, now=now, who=who)
    return token


@transaction.atomic
def start_over(person: Person, *, now: datetime, who: Who) -> str:
    """For who lost password or factors: everything is taken away, and a link handed out."""
    factors.reset(person)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    sessions.end_all(person)
    record_everywhere(person, ActKind.FACTORS_RESET, now=now, who=who)
    return invite(person, now=now, who=who)


def invited(token: str, *, now: datetime) -> Person | None:
    """Whose unused link this is."""
    found = _open(now).filter(token_hash=_hash(token)).select_related("person").first()
    return found.person if found and found.person.is_active else None


def waiting(people: Iterable[int], *, now: datetime) -> dict[int, datetime]:
    """Until when the unused links of these people are good, by the person's number."""
    found = _open(now).filter(person_id__in=list(people))
    return dict(found.values_list("person_id", "expires_at"))


@transaction.atomic
def redeem(token: str, password: str, *, now: datetime) -> Person | None:
    """Set the password; None if the link is used or expired. The caller has checked it."""
    found = _open(now).select_for_update().filter(token_hash=_hash(token)).first()
    if found is None or not found.person.is_active:
        return None
    Invitation.objects.filter(pk=found.pk).update(used_at=now)
    person = found.person
    person.set_password(password)
    person.save(update_fields=["password"])
    record_everywhere(person, ActKind.PASSWORD_SET, now=now)
    return person


def _open(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at=None, expires_at__gt=now)


def _hash(token: str) -> bytes:
    # The token is 256 random bits, so a plain hash can't be searched back.
    return hashlib.sha256(token.encode()).digest()
