"""The second factor: whether a person has one, and when this session last proved it.

Rules kept here:
- recovery codes alone are no factor: they stand in for one that was lost;
- a session's last proof is what allauth noted when a code, a key or a passkey was accepted, or
  when a factor was enrolled with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from orderveil.core.actors import ACT_FRESH_MINUTES
from orderveil.people.models import Person

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(person: Person) -> bool:
    """Has this person a second factor?"""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).exists())


def proved_at(request: HttpRequest) -> datetime | None:
    """When this session last proved a second factor; None if it never did."""
    proofs = _proofs(request, request.user)
    return datetime.fromtimestamp(max(proofs)[0], UTC) if proofs else None


def last_proof(request: HttpRequest, person: Person) -> str:
    """With what this session proved its second factor: a type of allauth's; "" if it never did."""
    proofs = _proofs(request, person)
    return max(proofs)[1] if proofs else ""


def _proofs(request: HttpRequest, person: Person | AnonymousUser) -> list[tuple[float, str]]:
    """When, and with what type of factor, as allauth noted it."""
    return [
        (record["at"], str(record.get("type", "")))
        for record in get_authentication_records(request, person)
        if record.get("method") == "mfa"
    ]


def is_fresh(request: HttpRequest, now: datetime) -> bool:
    """Was it proved in the last ten minutes?"""
    at = proved_at(request)
    return at is not None and now - at < timedelta(minutes=ACT_FRESH_MINUTES)


def note_enrolled(request: HttpRequest, person: Person, authenticator: Authenticator) -> None:
    """Enrolling a factor proves it: the code or the key was just used."""
    if authenticator.type in FACTORS:
        made = {"id": authenticator.pk, "type": str(authenticator.type), "reauthenticated": True}
        record_authentication(request, person, "mfa", **made)


def kinds(person: Person) -> tuple[str, ...]:
    """The kinds of factor a person has, for pages: "totp", "webauthn"."""
    found = Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS)
    return tuple(sorted(set(found.values_list("type", flat=True))))


def kinds_of(people: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The same for many people at once, by the person's number."""
    found: dict[int, set[str]] = {}
    rows = Authenticator.objects.filter(user_id__in=list(people), type__in=FACTORS)
    for person_id, kind in rows.values_list("user_id", "type"):
        found.setdefault(person_id, set()).add(kind)
    return {person_id: tuple(sorted(several)) for person_id, several in found.items()}


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor as its owner sees it."""

    id: int
    kind: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


def listing(person: Person) -> list[Factor]:
    """Every factor of a person, the oldest first."""
    found = Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).order_by("pk")
    return [
        Factor(each.pk, str(each.type), _name(each), each.created_at, each.last_used_at)
        for each in found
    ]


def _name(authenticator: Authenticator) -> str:
    is_key = authenticator.type == Authenticator.Type.WEBAUTHN
    return str(authenticator.wrap().name) if is_key else ""


def codes_left(person: Person) -> int | None:
    """How many recovery codes are unused; None if there never were any."""
    codes = Authenticator.objects.filter(
        user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    return len(codes.wrap().get_unused_codes()) if codes else None


def reset(person: Person) -> int:
    """Take factors, recovery codes and joined identities away, in the caller's transaction.

    How many factors and codes there were.
    """
    SocialAccount.objects.filter(user_id=person.pk).delete()
    return int(Authenticator.objects.filter(user_id=person.pk).delete()[0])
