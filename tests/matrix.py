"""What the matrix of URLs and roles needs: one of everything that a path can be about."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from desk import Desk
from orderveil.core.actors import Actor
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate import law as laws
from orderveil.gate import parcels
from orderveil.gate.asking import Caller, partner_refs
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.provision import provision_installation
from orderveil.hops.calls import agents
from orderveil.hops.courier import accounts, queueing, rows
from orderveil.hops.ims import upstreams
from orderveil.hops.printing import batches
from orderveil.hops.printing.kinds import Kind, PrintForm
from orderveil.hops.retention.models import Request
from orderveil.hops.wms import waves
from orderveil.hops.wms.models import Wave
from orderveil.incidents import alerts, canaries
from orderveil.incidents.words import AlertKind, Severity
from orderveil.ledger import sequencer
from orderveil.ledger.acts import ActKind, record
from orderveil.outbox import subscriptions
from orderveil.outbox.events import EventKind
from orderveil.partners import approvals
from orderveil.partners.models import Partner
from orderveil.reviews import campaigns
from orderveil.reviews.models import Item
from scene import ME, Scene


@dataclass
class Things:
    """One brand's desk, and one of everything that a URL can be about."""

    desk: Desk
    centre: Partner
    order: bytes
    """Placed, and handed to the centre."""
    late: bytes
    """Undelivered, and handed to the centre."""
    values: dict[str, Any]

    @classmethod
    def make(cls, slug: str = "kalanjali") -> "Things":
        """A brand with people, an undelivered order of a centre's, connections and a review."""
        provision_installation(now=utc_now())
        desk = Desk.make(Scene.make(slug, now=utc_now()))
        scene = desk.scene
        centre = scene.new_seat(Hop.SUPPORT, "careline").partner
        owner = desk.actor(desk.person(Role.OWNER))
        order = _handed(desk, centre, scene.admit())
        late = _handed(desk, centre, _undelivered(desk))
        campaign = campaigns.open_campaign(scene.brand.pk, now=scene.now, who=ME)
        wms = scene.seat(Hop.WMS)
        told = subscriptions.subscribe(
            scene.brand.pk,
            wms.partner.pk,
            Hop.WMS,
            "https://hooks.partner.example/orders",
            [EventKind.ORDER_ADMITTED],
            now=scene.now,
        )
        assert isinstance(told, tuple), told
        act = record(scene.brand.pk, ActKind.BRAND_CHANGED, now=scene.now, who=ME)
        day = scene.now.date()
        seen = alerts.Finding(AlertKind.MANY_REFUSALS, Severity.LOW, owner.person, day, 1)
        with transaction.atomic():
            alert = alerts.raise_alert(scene.brand.pk, seen, now=scene.now)
        assert alert is not None
        asker = desk.actor(desk.person(Role.INTEGRATOR))
        approval = approvals.ask(asker, approvals.Issue(wms.partner.pk, Hop.WMS))
        canary = canaries.mark(owner, scene.admit())
        sequencer.drain(scene.now)
        values = {
            "entry_id": act,
            "order": order.hex(),
            "tag": owner.person,
            "partner": wms.partner.pk,
            "credential": wms.credential.pk,
            "channel": scene.channel.pk,
            "subscription": told[0].subscription_id,
            "membership": desk.person(Role.SUPPORT).pk,
            "campaign_id": campaign.pk,
            "item_id": Item.objects.filter(campaign=campaign).earliest("pk").pk,
            "partner_id": centre.pk,
            "month": f"{scene.now:%Y-%m}",
            "brand": scene.brand.pk,
            "alert": alert.pk,
            "canary": canary.pk,
            "approval": approval.pk,
            "inventory": _inventory(desk),
            "agent": _agent(desk),
            "device": desk.station()[0].pk,
            "wave": _wave(desk).pk,
            "batch": _batch(desk, order),
            "purge": _purge(desk).pk,
            "reference": _booking(desk),
        }
        return cls(desk, centre, order, late, values)

    def actor(self, role: Role) -> Actor:
        """Somebody of that role, at the centre if it is outsourced."""
        partner = self.centre if role == Role.OUTSOURCED_SUPPORT else None
        return self.desk.actor(self.desk.person(role, partner=partner))

    def ref(self, actor: Actor, order: bytes) -> str:
        """The ref by which this person's partner knows the order."""
        caller = caller_of(actor, "test")
        law = laws.law_of(self.desk.scene.brand.pk)
        number = getattr(caller, "partner_id", self.desk.own.pk)
        return partner_refs(law, law.partners[number]).make(order)


def _booking(desk: Desk) -> str:
    """A booking that waits, by its reference."""
    scene = desk.scene
    accounts.connect(
        scene.seat(Hop.COURIER).partner,
        "delhivery",
        options={"pickup_location": "Marigold Warehouse"},
        secrets={"token": "invented"},
        now=scene.now,
        who=ME,
    )
    order = scene.pack(scene.admit())
    with transaction.atomic():
        queueing.reconcile(scene.brand.pk, order, None, scene.now)
    return rows.of_order(order)[0].reference


def _inventory(desk: Desk) -> int:
    """An inventory system of somebody's, connected."""
    made = upstreams.connect(
        desk.scene.seat(Hop.IMS).partner,
        "https://stock.example",
        prefixes=["/api"],
        methods=["GET"],
        header="",
        secret=None,
        now=desk.scene.now,
        who=ME,
    )
    return made.pk


def _agent(desk: Desk) -> int:
    """A telephone of the brand's own."""
    told = (desk.scene.brand.pk, desk.own.pk, "desk 4", "+91 90000 00044")
    return agents.add(*told, now=desk.scene.now, who=ME).pk


def _handed(desk: Desk, centre: Partner, order: bytes) -> bytes:
    """The order, its support given to the centre and its packing to the brand's own people."""
    scene = desk.scene
    for hop, partner in ((Hop.SUPPORT, centre.pk), (Hop.WMS, desk.own.pk)):
        problem = parcels.assign(None, scene.brand.pk, order, None, hop, partner, now=scene.now)
        assert problem is None
    return order


def _wave(desk: Desk) -> Wave:
    """A wave of the brand's own warehouse."""
    caller = caller_of(desk.actor(desk.person(Role.WAREHOUSE)), "test")
    assert isinstance(caller, Caller), caller
    made = waves.make_wave(caller, 1, now=desk.scene.now)
    assert isinstance(made, Wave), made
    return made


def _batch(desk: Desk, order: bytes) -> int:
    """A batch of the brand's own warehouse."""
    caller = Caller(desk.scene.brand.pk, desk.own.pk, Hop.WMS)
    told = [(order, 1)], Kind.SLIP, PrintForm.PDF
    made = batches.begin(caller, *told, now=desk.scene.now)
    assert isinstance(made, batches.Batch), made
    return made.batch_id


def _purge(desk: Desk) -> Request:
    """A purge request to the courier."""
    scene = desk.scene
    return Request.objects.create(
        name=f"purge_{scene.brand.pk:032x}",
        brand_id=scene.brand.pk,
        partner=scene.seat(Hop.COURIER).partner,
        items=0,
        due_at=scene.now,
        made_at=scene.now,
        link_until=scene.now,
    )


def _undelivered(desk: Desk) -> bytes:
    """An order whose parcel came back from a door that stayed shut."""
    order = desk.scene.pack(desk.scene.admit())
    for state in (ParcelState.SHIPPED, ParcelState.UNDELIVERED):
        assert desk.scene.move(Hop.COURIER, order, state).changed
    return order
