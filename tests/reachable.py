"""A scene whose brand has a pool of numbers and a mail domain, and a partner that carries both.

setting = Reachable.make()
order = setting.scene.pack(setting.scene.admit())
view = setting.scene.ask(Hop.COURIER, order)
"""

from dataclasses import dataclass
from datetime import datetime

from orderveil.contacts import using
from orderveil.contacts.models import Contact, ContactKind
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.gate import contacting, reaching
from orderveil.gate.reaching import Reached
from orderveil.partners.models import Partner
from scene import ME, NOW, Scene, Seat

CARE = "+918000000000"
POOL = "+918000000001"
DOMAIN = "mail.kalanjali.example"


@dataclass
class Reachable:
    """The scene, and who carries its calls and mails."""

    scene: Scene
    carrier: Seat

    @classmethod
    def make(
        cls, slug: str = "kalanjali", *, pool: str = POOL, domain: str = DOMAIN
    ) -> "Reachable":
        """With both kinds of contact, so that `virtual` holds wherever the policy says it."""
        scene = Scene.make(slug)
        carrier = scene.new_seat(Hop.COMMS, "carrier")
        set_up(scene, carrier.partner, pool=pool, domain=domain)
        return cls(scene, carrier)

    def contact(self, order: bytes, kind: ContactKind = ContactKind.PHONE) -> Contact:
        """The newest contact of an order of that kind."""
        found = [each for each in using.of_order(self.scene.brand.pk, order) if each.kind == kind]
        return found[0]

    def reach(self, contact: Contact, now: datetime = NOW) -> Reached | Problem:
        """Who stands behind it, for the carrier."""
        return reaching.reach(contact, self.carrier.partner.pk, now=now)


def set_up(scene: Scene, carrier: Partner, *, pool: str = POOL, domain: str = DOMAIN) -> None:
    """Give a scene's brand a care number, one number of a pool and a mail domain."""
    known = {"now": scene.now, "who": ME}
    brand = scene.brand.pk
    contacting.set_calls(brand, care_number=CARE, through=carrier, **known)
    contacting.set_mail(brand, domain=domain, through=carrier, **known)
    if pool:
        contacting.add_number(brand, pool, **known)
