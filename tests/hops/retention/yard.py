"""What the purges' tests share: parcels that a courier saw and delivered, rounds, links."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate import law as laws
from orderveil.gate.asking import partner_refs
from orderveil.hops import journey
from orderveil.hops.retention import asking, sending
from orderveil.hops.retention.models import Purge, Request
from orderveil.outbox.egress import Egress
from orderveil.outbox.pump import work
from orderveil.outbox.sender import deliver
from orderveil.partners import registry
from orderveil.partners.papers import Terms
from scene import FULL_TERMS, NOW, Scene

CONTACT = "privacy@courier.example"
LINK = re.compile(r"/purge/([A-Za-z0-9_-]+)")


@dataclass
class Yard:
    """A scene whose courier has a contact and a term."""

    scene: Scene

    @classmethod
    def make(cls, slug: str = "kalanjali", *, now: datetime = NOW, **terms: object) -> "Yard":
        """The courier of a brand; its agreement says 20 days, unless told otherwise."""
        yard = cls(Scene.make(slug, now=now))
        yard.agree(**{"contact": CONTACT, "deletion_days": 20} | terms)
        return yard

    @property
    def partner(self):
        """The courier."""
        return self.scene.seat(Hop.COURIER).partner

    def agree(self, **terms: object) -> None:
        """The courier's agreement, from now on."""
        full = {name: getattr(FULL_TERMS, name) for name in Terms.__dataclass_fields__}
        said = Terms(**full | terms)
        registry.agree(self.partner, date(2026, 1, 2), None, now=self.scene.now, terms=said)

    def seen(self) -> bytes:
        """A packed order that the courier was shown."""
        order = self.scene.pack(self.scene.admit())
        assert self.scene.ask(Hop.COURIER, order).fields
        return order

    def end(self, order: bytes, parcel_no: int | None = None) -> bytes:
        """The same, delivered."""
        assert self.scene.move(Hop.COURIER, order, ParcelState.SHIPPED, parcel_no).changed
        return self.end_from_shipped(order, parcel_no)

    def end_from_shipped(self, order: bytes, parcel_no: int | None = None) -> bytes:
        """The same, of a parcel on its way."""
        assert self.scene.move(Hop.COURIER, order, ParcelState.DELIVERED, parcel_no).changed
        return order

    def delivered(self, count: int = 1) -> list[bytes]:
        """Orders that the courier saw and delivered, their events handled."""
        orders = [self.end(self.seen()) for _ in range(count)]
        self.settle()
        return orders

    def settle(self) -> None:
        """Let the journey work until nothing is due."""
        while work(journey.handle, utc_now() + timedelta(days=90), limit=50):
            pass

    def asked(self, count: int = 1) -> Request:
        """A request for so many parcels."""
        self.delivered(count)
        (request,) = asking.ask(self.scene.now)
        return request

    def round(self, now: datetime | None = None) -> int:
        """One round of the schedule: ask, send."""
        moment = now or self.scene.now
        asking.ask(moment)
        return sending.send(moment)

    def hooks(self) -> None:
        """Have the outbox send what is due."""
        self.settle()
        while deliver(journey.compose, utc_now(), 50, egress=Egress(private=True), workers=2):
            pass

    def ref(self, order: bytes, parcel_no: int = 1) -> str:
        """The courier's ref of a parcel."""
        law = laws.reload(self.scene.brand.pk)
        return partner_refs(law, law.partners[self.partner.pk]).make(order, parcel_no)


def purges() -> list[Purge]:
    """Every purge, the oldest first."""
    return list(Purge.objects.order_by("pk"))


def link_in(mail) -> str:
    """The token in a mail's link."""
    text = mail.text.replace("=\r\n", "").replace("=3D", "=")
    found = LINK.search(text)
    assert found, text
    return found[1]
