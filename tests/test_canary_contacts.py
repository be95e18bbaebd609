"""The canary on the courier's road: booked, called, tracked, delivered; then everything searched.

The brand has virtual contacts. Whoever carries a call or a mail is told the customer's own number
or address, once and on record; the courier, its carrier's API and both ends of a call are not.
"""

import json
import logging

import pytest
from django.conf import settings

import database
from doors import Doors, stored
from hops.courier.bookings import FAST, OPTIONS, SECRETS
from hops.courier.simulators.shiprocket import Shiprocket
from marks import MARKS, files, marked_order
from orderveil.core import virtual
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.hops.calls import lines
from orderveil.hops.calls.lines import Terms
from orderveil.hops.calls.speech import Provider
from orderveil.hops.courier import accounts, working
from orderveil.outbox.webhooks import signed_headers
from orderveil.partners.models import Partner
from reachable import POOL, set_up
from scene import ME, rows

AGENT = "+918000000077"
WEBHOOK_TOKEN = b"invented-webhook-token"
BOOKED = {"name", "line1", "line2", "landmark", "city", "pincode", "delivery"}
"""What the carrier is told, whole and word for word; no more than that."""
REAL = "+919000086421"


class Road:
    """The courier's part of the marked order's road, and all that was said on it."""

    def __init__(self, carrier, caplog):
        self.doors, self.carrier = Doors.make(format_="shopify"), carrier
        scene = self.doors.scene
        self.provider = scene.new_seat(Hop.COMMS, "telephony").partner
        set_up(scene, self.provider)
        self.account = accounts.connect(
            scene.seat(Hop.COURIER).partner,
            "shiprocket",
            options=OPTIONS["shiprocket"],
            secrets=SECRETS["shiprocket"],
            base_url=carrier.url,
            webhook_secret=WEBHOOK_TOKEN,
            now=utc_now(),
            who=ME,
        )
        self.said = []
        self._travel()
        self.said += [self.doors.call("GET", "/metrics").text, caplog.text]

    def _travel(self):
        doors = self.doors
        doors.webhook(marked_order())
        self.order = doors.the_order()
        for hop in (Hop.WMS, Hop.LABEL, Hop.COURIER):
            doors.scene.assign(hop, self.order)
        doors.event(Hop.WMS, self.order, state="packed")
        doors.settle()
        assert working.work(utc_now(), egress=FAST) == 1
        self.view = doors.view(Hop.COURIER, self.order).json
        self.label = doors.view(Hop.LABEL, self.order).json
        self._call()
        self._track()
        doors.settle()
        self.said.append(doors.view(Hop.COURIER, self.order).text)

    def _call(self):
        """A courier's agent rings, keys in the PIN; then the customer rings back."""
        _, pin = virtual.read(self.view["fields"]["phone"])
        line, secret = lines.add(
            self.doors.scene.brand.pk, Terms(Provider.JSON), {}, now=utc_now(), who=ME
        )
        self.calls = [
            self._ring(line, secret, number, caller, digits)
            for number, (caller, digits) in enumerate(
                [(AGENT, None), (AGENT, "000000"), (AGENT, pin), (REAL, None)]
            )
        ]

    def _ring(self, line, secret, number, caller, digits):
        told = {"call": f"call-{number}", "from": caller, "to": POOL, "digits": digits}
        body = json.dumps(told).encode()
        headers = dict(signed_headers([secret], f"m-{number}", utc_now(), body))
        return self.doors.call("POST", lines.bridge_path(line), body=body, headers=headers).json

    def _track(self):
        awb = self.view["parcels"][0]["awb"]
        for code in ("42", "17", "7"):
            scan = {
                "awb": awb,
                "shipment_status_id": int(code),
                "current_timestamp": f"{utc_now():%d %m %Y %H:%M:%S}",
                "consignee": MARKS["name"],
            }
            headers = {"x-api-key": WEBHOOK_TOKEN.decode(), "Content-Type": "application/json"}
            path = f"/v1/tracking/{self.account.pk}"
            self.said.append(self.doors.call("POST", path, body=scan, headers=headers).text)


@pytest.fixture
def road(db, monkeypatch, caplog):
    """The road walked once, with every log line kept."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)
    with Shiprocket.serving() as carrier:
        yield Road(carrier, caplog)


def test_the_carrier_is_told_its_payload_and_no_more(road):
    """Of the marks, those of the courier's view that its API has a field for; no phone, no mail."""
    told = " ".join(received.body.decode() for received in road.carrier.received)
    said = {name for name, mark in MARKS.items() if name != "last4" and mark in told}
    assert said <= BOOKED
    assert {"line1", "city", "pincode"} <= said
    assert POOL[-10:] in told
    assert "9000086421" not in told


def test_the_courier_and_the_label_have_a_number_that_stands_for_it(road):
    """The same one, and nothing of the customer's own."""
    assert road.view["fields"]["phone"] == road.label["fields"]["phone"]
    assert "9000086421" not in json.dumps([road.view, road.label])
    assert MARKS["email"] not in json.dumps([road.view, road.label])


def test_neither_side_of_a_call_is_told_the_others_number(road):
    """The provider alone learns whom to dial, and shows both the pool's number."""
    first, wrong, dialled, back = road.calls
    assert "dial" not in first
    assert "dial" not in wrong
    assert (dialled["dial"], dialled["caller_id"]) == (REAL, POOL)
    assert (back["dial"], back["caller_id"]) == (AGENT, POOL)


def test_nothing_of_it_stays_anywhere(road):
    """No table, job, event, log, metric, answer, nor file holds a mark, or an agent's number."""
    marks = {name: mark for name, mark in MARKS.items() if name != "last4"}
    marks["agent"] = AGENT[1:]
    for table, column, value in stored():
        found = [name for name, mark in marks.items() if mark.lower().encode() in value.lower()]
        assert found == [], (table, column)
    for name, mark in marks.items():
        assert not [text for text in road.said if mark in text], name
    written = {}
    for path, content in files():
        for name, mark in marks.items():
            if mark.encode() in content:
                written.setdefault(str(path.relative_to(database.HOME)), []).append(name)
    assert written == {}


def test_delivered_closes_everything(road):
    """The last scan ended the access and the contact, and the purge clock runs."""
    assert "outside_window" in road.said[-3]
    assert rows("SELECT count(*) FROM contacts_contact WHERE ended_at IS NULL") == [(0,)]
    partner = Partner.objects.get(slug="courier-one").pk
    assert rows("SELECT partner_id FROM retention_purge") == [(partner,)]
