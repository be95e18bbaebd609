"""The demo's people: one of each role, with passwords and factors of this installation's own.

Rules kept here:
- their passwords and authenticator secrets are random, made once, and lie in a file of the data
  folder that only this account reads: whoever has that file has the whole installation anyway;
- they are marked, and sign in only while the installation runs as a demo (`people.adapters`);
- what the file says is what opens: at each start passwords and factors are made so, whatever a lost
  file or an interrupted start left behind. Who left the demo stays away.
"""

import hmac
import os
import secrets
import time
from datetime import datetime
from pathlib import Path

import msgspec
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Role
from orderveil.ledger.acts import machine
from orderveil.partners import registry
from orderveil.partners.models import Brand, Partner
from orderveil.people import memberships
from orderveil.people.models import Person

OWN_PARTNER = "house"
OWN_HOPS = [Hop.SUPPORT, Hop.OMS, Hop.REPORTS]
NAMES = {
    Role.OWNER: ("Oorvi Sample", None),
    Role.PRIVACY_OFFICER: ("Pranav Sample", None),
    Role.OPERATIONS: ("Omkar Sample", None),
    Role.WAREHOUSE: ("Waheeda Sample", "packhouse"),
    Role.SUPPORT: ("Sunanda Sample", None),
    Role.OUTSOURCED_SUPPORT: ("Utkarsh Sample", "careline"),
    Role.MARKETER: ("Malati Sample", None),
    Role.INTEGRATOR: ("Ishaan Sample", None),
    Role.AUDITOR: ("Aditi Sample", None),
    Role.PLATFORM_OPERATOR: ("Param Sample", None),
}
"""Role -> (an invented name, the partner they work for)."""


class Player(msgspec.Struct, frozen=True):
    """How to sign in as one of the demo's people, besides the password they share."""

    role: Role
    email: str
    secret: str
    """The authenticator's, base32."""

    def code(self, at: float | None = None) -> str:
        """The six digits of this half minute (RFC 6238)."""
        counter = int((at or time.time()) // 30)
        return auth.format_hotp_value(auth.hotp_value(self.secret, counter))  # type: ignore[no-any-return]


class Troupe(msgspec.Struct, frozen=True):
    """Everybody of the demo, and their password."""

    password: str
    players: list[Player]
    station: str = ""
    """The link that makes a browser the packing station; "": one is, or there is none."""


def troupe() -> Troupe | None:
    """The demo's people; None if there is no demo here."""
    try:
        return msgspec.json.decode(_path().read_bytes(), type=Troupe)
    except (OSError, msgspec.MsgspecError):
        return None


def invite_everyone(brand: Brand, now: datetime) -> Troupe:
    """A person of each role, made at the first call."""
    found = troupe()
    if found is None:
        found = Troupe(secrets.token_urlsafe(12), [_new_player(role) for role in NAMES])
        _keep(found)
    _own_partner(brand, now)
    for player in found.players:
        _sign_up(brand, player, found.password, now)
    return found


def with_station(found: Troupe, link: str) -> Troupe:
    """The same, with this link kept."""
    if found.station == link:
        return found
    kept = msgspec.structs.replace(found, station=link)
    _keep(kept)
    return kept


def _new_player(role: Role) -> Player:
    return Player(role, f"{role.replace('_', '-')}@demo.example", auth.generate_totp_secret())


def _own_partner(brand: Brand, now: datetime) -> None:
    if not Partner.objects.filter(brand=brand, slug=OWN_PARTNER).exists():
        name = f"{brand.name}: the brand's own desk"
        registry.add_partner(brand, OWN_PARTNER, OWN_HOPS, now=now, name=name, own=True)


@transaction.atomic
def _sign_up(brand: Brand, player: Player, password: str, now: datetime) -> None:
    """Have this player there, with this password and factor. Raises `RefusedError`."""
    found = Person.objects.select_for_update().filter(email__iexact=player.email).first()
    if found is not None and not found.is_demo:
        raise RefusedError(_TAKEN)
    person = found or _join(brand, player, now)
    # An unchanged password keeps the sessions that were begun with it.
    if not person.check_password(password):
        person.set_password(password)
        person.save(update_fields=["password"])
    _have_factor(person, player.secret)


def _join(brand: Brand, player: Player, now: datetime) -> Person:
    name, slug = NAMES[player.role]
    partner = Partner.objects.filter(brand=brand, slug=slug).first() if slug else None
    is_platform = player.role == Role.PLATFORM_OPERATOR
    made = memberships.join(
        memberships.INSTALLATION if is_platform else brand.pk,
        player.email,
        name,
        player.role,
        now=now,
        who=machine(),
        partner_id=partner.pk if partner else None,
        is_demo=True,
    )
    memberships.accept(made, now=now)
    return made.person


def _have_factor(person: Person, secret: str) -> None:
    known = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP)
    if not any(hmac.compare_digest(decrypt(each.data["secret"]), secret) for each in known):
        known.delete()
        auth.TOTP.activate(person, secret)


def _path() -> Path:
    return Path(settings.HOME) / "demo.json"


def _keep(found: Troupe) -> None:
    """Readable by this account only."""
    path = _path()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(found))


def titles() -> dict[Role, str]:
    """The roles as people call them."""
    return {role: terms.title for role, terms in ROLES.items()}


_TAKEN = Problem(
    code="demo_address_taken",
    detail="Somebody who is not of the demo has an address of its people.",
    remedy="Start the demo in a folder of its own: set ORDERVEIL_HOME to an empty one.",
    rule="demo: it gives a way in to its own people's accounts only",
    status=409,
)
