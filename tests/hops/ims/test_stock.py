"""Stock events: exactly what is reserved, let go and shipped, and nothing of the buyer."""

import json

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook

from doors import own
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.orders import Facts, Item, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.gate import parcels
from orderveil.gate.erase import erase
from orderveil.hops import journey
from orderveil.hops.ims import stock
from orderveil.outbox import events, subscriptions
from orderveil.outbox.egress import Egress
from orderveil.outbox.events import EventKind
from orderveil.outbox.sender import deliver
from scene import ME, PERSON, execute, rows

STOCK = sorted(stock.TOLD)


class Told:
    """The inventory system as it is told, and what it has heard so far."""

    def __init__(self, doors, system):
        self.doors, self.system = doors, system
        self.secret = self.subscribe(Hop.IMS, "ims")

    def subscribe(self, hop, path):
        seat = self.doors.scene.seat(hop)
        made = subscriptions.subscribe(
            self.doors.scene.brand.pk,
            seat.partner.pk,
            hop,
            self.system.url(name="127.0.0.1", path=f"/{path}"),
            STOCK,
            now=self.doors.scene.now,
        )
        return made[1]

    def send(self):
        """Let everything happen that is due."""
        self.doors.settle()
        self.doors.settle()
        egress = Egress(private=True)
        while deliver(journey.compose, utc_now(), 50, egress=egress, workers=1):
            pass

    def heard(self):
        """(kind, sku, quantity, warehouse) of every line since the last time."""
        self.send()
        lines = []
        while self.system.received:
            received = self.system.received.pop(0)
            body = Webhook(self.secret).verify(received.body, received.headers)
            assert set(body) == {"type", "timestamp", "data"}
            for line in body["data"]:
                assert set(line) == {"sku", "quantity", "warehouse", "ref"}
                kind = body["type"].removeprefix("stock.")
                lines.append((kind, line["sku"], line["quantity"], line["warehouse"]))
        return sorted(lines)


@pytest.fixture
def told(own_doors, system):
    """An inventory system that subscribed to all three kinds."""
    return Told(own_doors, system)


def items(**quantities):
    return Facts(items=tuple(Item(f"T {sku}", n, sku=sku) for sku, n in quantities.items()))


def admit(told, *, assign=True, **draft):
    """An order of two A and one B."""
    settings = {"facts": items(A=2, B=1)} | draft
    return told.doors.scene.admit(told.doors.scene.draft("one", **settings), assign=assign)


def edit(told, **quantities):
    """The shop sends the order again."""
    told.doors.scene.deliver(told.doors.scene.draft("one", facts=items(**quantities)))


def test_an_admitted_order_reserves_its_stock_once(told):
    """In the warehouse that packs it; hearing of the order again reserves nothing."""
    order = admit(told)
    assert told.heard() == [("reserve", "A", 2, "wms-one"), ("reserve", "B", 1, "wms-one")]
    for kind in (EventKind.ORDER_ADMITTED, EventKind.ORDER_UPDATED, EventKind.PARCEL_CREATED):
        events.emit(told.doors.scene.brand.pk, kind, now=utc_now(), order_id=order)
    assert told.heard() == []


def test_nothing_of_the_buyer_is_in_a_stock_event_and_each_is_on_record(told):
    """Sku, quantity, warehouse, ref: and the ledger has the disclosure."""
    order = admit(told)
    told.send()
    (received,) = told.system.received
    for value in PERSON.values():
        assert value.encode() not in received.body
    assert b"shop-" not in received.body
    (line, _) = json.loads(received.body)["data"]
    assert line["ref"] == told.doors.ref(told.doors.scene.seat(Hop.IMS), order)
    found = rows(
        "SELECT entry FROM ledger_record WHERE kind = 'disclosure' AND order_id = %s", [order]
    )
    entries = [json.loads(bytes(entry)) for (entry,) in found]
    assert [(each["hop"], each["reason"]) for each in entries] == [("ims", "told:stock.reserve")]
    assert entries[0]["forms"]["items"] == "stock"


def test_an_edit_tells_exactly_the_difference(told):
    """One more of this, none of that, something new."""
    admit(told)
    told.heard()
    edit(told, A=3, C=4)
    assert told.heard() == [
        ("release", "B", 1, "wms-one"),
        ("reserve", "A", 1, "wms-one"),
        ("reserve", "C", 4, "wms-one"),
    ]
    edit(told, A=3, C=4)
    assert told.heard() == []


def test_a_cancellation_lets_go_of_what_is_reserved(told):
    """Once; also where nobody had heard of an edit before."""
    admit(told)
    told.heard()
    edit(told, A=5, B=1)
    told.doors.scene.deliver(told.doors.scene.draft("one", facts=items(A=5, B=1), cancelled=True))
    assert told.heard() == [("release", "A", 2, "wms-one"), ("release", "B", 1, "wms-one")]
    told.doors.scene.deliver(told.doors.scene.draft("one", facts=items(A=9), cancelled=True))
    assert told.heard() == []


def test_an_order_cancelled_parcel_by_parcel_lets_go_too(told):
    """The order system cancels and closes; the closing tells nothing new."""
    order = admit(told)
    told.heard()
    told.doors.scene.move(Hop.OMS, order, ParcelState.CANCELLED)
    told.doors.scene.move(Hop.OMS, order, ParcelState.CLOSED)
    assert told.heard() == [("release", "A", 2, "wms-one"), ("release", "B", 1, "wms-one")]


def test_it_is_shipped_when_the_last_parcel_has_left(told):
    """Not with the first of two; once; and what happens on the road tells nothing."""
    packed = (ParcelDraft("p1", ParcelState.PACKED), ParcelDraft("p2", ParcelState.PACKED))
    order = admit(told, parcels=packed)
    told.doors.scene.assign(Hop.COURIER, order, parcel_no=2)
    told.heard()
    told.doors.scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    assert told.heard() == []
    told.doors.scene.move(Hop.COURIER, order, ParcelState.SHIPPED, 2)
    assert told.heard() == [("ship", "A", 2, "wms-one"), ("ship", "B", 1, "wms-one")]
    told.doors.scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
    told.doors.scene.move(Hop.COURIER, order, ParcelState.DELIVERED, 2)
    edit(told, A=9)
    assert told.heard() == []


def test_a_cancelled_parcel_is_not_waited_for(told):
    """What is left of the order has left."""
    packed = (ParcelDraft("p1", ParcelState.PACKED), ParcelDraft("p2", ParcelState.PLACED))
    order = admit(told, parcels=packed)
    told.heard()
    told.doors.scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    told.doors.scene.move(Hop.OMS, order, ParcelState.CANCELLED, 2)
    assert told.heard() == [("ship", "A", 2, "wms-one"), ("ship", "B", 1, "wms-one")]


def test_events_that_come_late_or_turned_round_come_to_the_same(told):
    """Shipped and delivered before anybody looked, and heard of from the last to the first."""
    order = told.doors.scene.pack(admit(told))
    for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
        told.doors.scene.move(Hop.COURIER, order, state)
    told.doors.scene.move(Hop.OMS, order, ParcelState.CLOSED)
    execute("UPDATE outbox_event SET next_at = next_at - id * interval '1 second'")
    assert told.heard() == [
        ("reserve", "A", 2, "wms-one"),
        ("reserve", "B", 1, "wms-one"),
        ("ship", "A", 2, "wms-one"),
        ("ship", "B", 1, "wms-one"),
    ]


def test_another_warehouse_keeps_what_the_first_lets_go(told):
    """And a parcel that nobody packs is in no warehouse."""
    order = admit(told, assign=False)
    assert told.heard() == [("reserve", "A", 2, None), ("reserve", "B", 1, None)]
    told.doors.scene.assign(Hop.WMS, order)
    assert [line for line in told.heard() if line[1] == "A"] == [
        ("release", "A", 2, None),
        ("reserve", "A", 2, "wms-one"),
    ]
    other = told.doors.scene.new_seat(Hop.WMS, "wms-two")
    told.doors.scene.assign(Hop.WMS, order, other)
    assert [line for line in told.heard() if line[1] == "B"] == [
        ("release", "B", 1, "wms-one"),
        ("reserve", "B", 1, "wms-two"),
    ]


def test_only_the_inventory_hop_hears_of_stock(told):
    """Another hop may subscribe, and is told nothing."""
    told.subscribe(Hop.OMS, "oms")
    admit(told)
    told.send()
    assert [received.path for received in told.system.received] == ["/ims"]


def test_an_erased_order_is_told_of_no_more(told):
    """Also what was on its way."""
    order = admit(told)
    told.doors.settle()
    erase(told.doors.scene.brand.pk, [order], now=utc_now(), who=ME)
    assert told.heard() == []
    assert rows("SELECT DISTINCT state, last_error FROM outbox_delivery") == [
        ("refused", "order_erased")
    ]


def test_who_subscribes_later_hears_of_later_orders(own_doors, system):
    """Stock that was reserved before is known already; without a subscriber nothing is kept."""
    own_doors.post_orders(own("A1", items=[{"title": "x", "quantity": 1, "sku": "A"}]))
    own_doors.settle()
    assert rows("SELECT count(*) FROM ims_reservation") == [(0,)]
    own_doors.scene.now = utc_now()
    told = Told(own_doors, system)
    own_doors.post_orders(own("A1", items=[{"title": "x", "quantity": 2, "sku": "A"}]))
    assert told.heard() == []
    own_doors.post_orders(own("A2", items=[{"title": "x", "quantity": 3, "sku": "A"}]))
    assert told.heard() == [("reserve", "A", 3, None)]


def test_items_without_a_sku_are_nobodys_stock(told):
    """And two lines of one SKU are one."""
    facts = Facts(items=(Item("x", 1), Item("y", 2, sku="A"), Item("z", 3, sku="A")))
    admit(told, facts=facts)
    assert told.heard() == [("reserve", "A", 5, "wms-one")]


def test_a_return_is_no_parcel_of_stock(told):
    """A reverse parcel neither holds back a shipment nor tells of one."""
    order = told.doors.scene.pack(admit(told))
    for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
        told.doors.scene.move(Hop.COURIER, order, state)
    told.heard()
    oms = told.doors.scene.seat(Hop.OMS).caller
    assert parcels.open_reverse(oms, order, None, now=utc_now()).parcel_no == 2
    assert told.heard() == []


def test_what_the_policy_keeps_from_the_hop_is_not_told(told):
    """Without items in its row there is no stock to tell of."""
    view = told.doors.scene.ask(Hop.IMS, admit(told))
    assert "items" in view.fields
    less = {name: value for name, value in view.fields.items() if name != "items"}
    event = events.Event(1, 1, EventKind.STOCK_RESERVE, b"", None, {"movement": 1}, utc_now())
    shown = msgspec.structs.replace(view, fields=less)
    assert stock.body_of(event, shown) is stock.ITEMS_WITHHELD
