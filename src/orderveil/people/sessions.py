"""A person's sessions: listed, ended one by one or all at once."""

from allauth.usersessions.models import UserSession

from orderveil.people.models import Person


def of(person: Person) -> list[UserSession]:
    """The sessions that are alive, the newest first."""
    alive = UserSession.objects.purge_and_list(person)
    return sorted(alive, key=lambda each: each.last_seen_at, reverse=True)


def end_all(person: Person) -> int:
    """End every session of a person, in the caller's transaction; how many."""
    alive = list(UserSession.objects.filter(user_id=person.pk))
    for each in alive:
        each.end()
    return len(alive)
