"""People at the desk of a scene, and a client that is signed in as one of them.

    desk = Desk.make()
    asha = desk.person(Role.SUPPORT)
    page = desk.client(asha).get("/desk/orders/")

Needs the fixture `db`. Everything really commits. The client is Django's own test client: it
goes through every middleware, sessions and CSRF included, without a socket.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as RECORDS_OF,
)
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from orderveil.core.actors import Actor
from orderveil.core.devices import DeviceKind
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Role
from orderveil.ledger.acts import Who
from orderveil.partners import devices, registry
from orderveil.partners.models import Device, Partner
from orderveil.people import memberships
from orderveil.people.models import Membership
from scene import Scene

ME = Who(person="machine:test")
PASSWORD = "seven paper lanterns drift"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class Desk:
    """A scene with the brand's own partner for its people, and people of every role."""

    scene: Scene
    own: Partner
    people: dict[str, Membership] = field(default_factory=dict)
    stickers: int = 0
    """How many devices of the floor were made."""

    @classmethod
    def make(cls, scene: Scene | None = None, **settings: Any) -> "Desk":
        """A scene whose brand runs support, oms and wms itself."""
        scene = scene or Scene.make(now=datetime.now(UTC), **settings)
        hops = [Hop.SUPPORT, Hop.OMS, Hop.WMS]
        own = registry.add_partner(scene.brand, "house", hops, now=scene.now, own=True)
        return cls(scene, own)

    def person(
        self, role: Role, name: str | None = None, *, partner: Partner | None = None, **more: Any
    ) -> Membership:
        """Somebody of that role, with a password and TOTP; made at the first call."""
        name = name or str(role)
        if name not in self.people:
            brand_id = 0 if role == Role.PLATFORM_OPERATOR else self.scene.brand.pk
            made = memberships.join(
                brand_id,
                f"{name}.{self.scene.brand.slug}@people.example",
                name.replace("_", " ").title(),
                role,
                now=self.scene.now,
                who=ME,
                partner_id=partner.pk if partner else None,
                **more,
            )
            memberships.accept(made, now=self.scene.now)
            # A fast hash: what these tests are about is behind the sign-in.
            made.person.password = _hashed()
            made.person.save()
            auth.TOTP.activate(made.person, TOTP_SECRET)
            self.people[name] = made
        return self.people[name]

    def actor(self, member: Membership, *, factor_minutes: float = 0, **changes: Any) -> Actor:
        """The Actor that a request of theirs makes now."""
        now = changes.pop("now", self.scene.now)
        settings: dict[str, Any] = {
            "membership_id": member.pk,
            "person_id": member.person_id,
            "name": member.person.name,
            "brand_id": member.brand_id,
            "role": Role(member.role),
            "partner_id": member.partner_id,
            "address": "127.0.0.1",
            "now": now,
            "factor_at": datetime.fromtimestamp(now.timestamp() - 60 * factor_minutes, UTC),
        }
        return Actor(**(settings | changes))

    def client(
        self, member: Membership | None = None, *, factor_minutes: float | None = 0, **extra: Any
    ) -> Client:
        """A client signed in as this person; `factor_minutes` old proof, None: never proved."""
        client = Client(headers={"host": "localhost"}, **extra)
        if member is not None:
            client.force_login(member.person)
            session = client.session
            session[RECORDS_OF] = str(member.person_id)
            proved = [] if factor_minutes is None else [_proof(factor_minutes)]
            session[RECORDS] = [{"method": "password", "at": time.time()}, *proved]
            session.save()
        return client

    def station(
        self, partner: Partner | None = None, *, kind: DeviceKind = DeviceKind.STATION, **more: Any
    ) -> tuple[Device, str]:
        """A device that stands on the partner's floor (the brand's own), and its token."""
        self.stickers += 1
        now = more.pop("now", self.scene.now)
        told = {"name": "Packing station", "asset": f"A-{self.stickers}"} | more
        made, link = devices.register(partner or self.own, kind=kind, now=now, who=ME, **told)
        return devices.enrol(link, DeviceKind(made.kind), now=now)

    def at_work(self, member: Membership) -> Client:
        """A client signed in as this person, where they work: people of the floor at a station."""
        client = self.client(member)
        return self.on_device(client) if ROLES[Role(member.role)].needs_device else client

    def on_device(self, client: Client, partner: Partner | None = None) -> Client:
        """The same client, in the browser of a packing station."""
        _, token = self.station(partner)
        client.cookies[settings.DEVICE_COOKIE_NAME] = token
        return client


def _proof(minutes: float) -> dict[str, Any]:
    return {"method": "mfa", "type": "totp", "at": time.time() - 60 * minutes}


def _hashed(made: list[str] = []) -> str:  # noqa: B006 - made once per process
    if not made:
        made.append(make_password(PASSWORD))
    return made[0]


ROLES_OF_A_BRAND = tuple(role for role in ROLES if role != Role.PLATFORM_OPERATOR)
