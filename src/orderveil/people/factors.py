"""The second factor: whether a person has one, and when this session last proved it.

Rules kept here:
- recovery codes alone are no factor: they stand in for one that was lost;
- a session's last proof is what allauth noted when a code, a key or a passkey was accepted, or
  when a factor was enrolled with it.
"""

from datetime import UTC, datetime

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from orderveil.people.models import Person

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(person: Person) -> bool:
    """Has this person a second factor?"""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).exists())


def proved_at(request: HttpRequest) -> datetime | None:
    """When this session last proved a second factor; None if it never did."""
    proofs = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa"
    ]
    return datetime.fromtimestamp(max(proofs), UTC) if proofs else None


def note_enrolled(request: HttpRequest, person: Person, authenticator: Authenticator) -> None:
    """Enrolling a factor proves it: the code or the key was just used."""
    if authenticator.type in FACTORS:
        record_authentication(request, person, "mfa", id=authenticator.pk, type=authenticator.type)


def kinds(person: Person) -> tuple[str, ...]:
    """The kinds of factor a person has, for pages: "totp", "webauthn"."""
    found = Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS)
    return tuple(sorted(set(found.values_list("type", flat=True))))


def reset(person: Person) -> int:
    """Take every factor and recovery code away, in the caller's transaction; how many."""
    return int(Authenticator.objects.filter(user_id=person.pk).delete()[0])
