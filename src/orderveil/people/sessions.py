"""A person's sessions: listed, ended one by one or all at once.

Rule kept here: a session that a person ends is an act. What ends them with something else (who
leaves, who starts over) is told by that act.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet

from orderveil.ledger.acts import ActKind
from orderveil.people.models import Person
from orderveil.people.records import record_everywhere
from orderveil.people.session_store import stored_name


def of(person: Person) -> list[UserSession]:
    """The sessions that are alive, the newest first."""
    alive = UserSession.objects.purge_and_list(person)
    return sorted(alive, key=lambda each: each.last_seen_at, reverse=True)


@transaction.atomic
def end_one(person: Person, session_id: int, *, now: datetime) -> bool:
    """End one session of this person's; False if they have none by that number."""
    return bool(_end(person, list(_all(person).filter(pk=session_id)), now))


@transaction.atomic
def end_others(person: Person, session_key: str, *, now: datetime) -> int:
    """End every session but this one; how many."""
    return _end(person, list(_all(person).exclude(session_key=stored_name(session_key))), now)


def end_all(person: Person) -> int:
    """End every session of a person, in the caller's transaction; how many."""
    alive = list(_all(person))
    for each in alive:
        each.end()
    return len(alive)


def _all(person: Person) -> QuerySet[Any]:
    found: QuerySet[Any] = UserSession.objects.filter(user_id=person.pk)
    return found


def _end(person: Person, found: Sequence[UserSession], now: datetime) -> int:
    for each in found:
        each.end()
    if found:
        detail = {"sessions": len(found)}
        record_everywhere(person, ActKind.SESSIONS_ENDED, now=now, detail=detail)
    return len(found)
