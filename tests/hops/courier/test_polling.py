"""Asking carriers for silent parcels: over real HTTP, seldom, and only for what was asked."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from hops.courier.bookings import FAST
from hops.courier.simulators.serving import Fault, said
from hops.courier.simulators.shiprocket import EMAIL, PASSWORD
from hops.courier.simulators.shiprocket import Shiprocket as Simulator
from hops.courier.tracked import AWB, DELIVERED, OUT, Road, counted, state
from orderveil.core.states import ParcelState as S
from orderveil.hops.courier import accounts, polling
from orderveil.hops.courier.carriers.polls import POLLS
from orderveil.hops.courier.carriers.speech import Account, Heard, Later, Scan, SignedOut
from scene import ME, rows

AT = datetime(2026, 11, 23, 11, 40, 42, tzinfo=UTC)
TRACKED = "/v1/external/courier/track/awb/"


class Shiprocket(Simulator):
    """With "Get Tracking through AWB"."""

    def __init__(self):
        super().__init__()
        self.activities = {}

    def handle_one(self, asked):
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if not asked.path.startswith(TRACKED):
            return super().handle_one(asked)
        if token not in self.tokens:
            return self.signed_out()
        awb = asked.path.removeprefix(TRACKED)
        track = [{"awb_code": awb, "consignee_name": "Qzname Zqperson", "destination": "Pune"}]
        return said(
            200,
            {
                "tracking_data": {
                    "track_status": 1,
                    "shipment_status": 7,
                    "shipment_track": track,
                    "shipment_track_activities": self.activities.get(awb, []),
                }
            },
        )


@pytest.fixture
def carrier():
    """A carrier that sends no webhooks."""
    with Shiprocket.serving() as running:
        yield running


@pytest.fixture
def road(db, carrier):
    """A brand whose account is at it."""
    made = Road.make()
    keys = {"email": EMAIL, "password": PASSWORD}
    courier, now = made.account.partner, made.scene.now
    accounts.disconnect(made.scene.brand.pk, made.account.pk, now=now, who=ME)
    made.account = accounts.connect(
        courier,
        "shiprocket",
        options={"pickup_location": "Primary"},
        secrets=keys,
        now=now,
        who=ME,
    )
    made.account.base_url = carrier.url
    made.account.save()
    return made


def activity(road, code, minutes):
    """One entry of a parcel's history."""
    return road.webhook((code, minutes), (OUT, 0))["scans"][0]


def polled(road, hours):
    """How many parcels a round asks for, so many hours from now."""
    return polling.poll(road.scene.now + timedelta(hours=hours), egress=FAST)


def test_a_silent_parcel_is_asked_for(road, carrier):
    """Once it was silent for long; what the carrier tells moves it, and then it has ended."""
    order = road.ship()
    carrier.activities[AWB] = [activity(road, OUT, 50), activity(road, DELIVERED, 20)]
    assert polled(road, 1) == 0
    assert polled(road, 13) == 1
    assert state(order) == "delivered"
    assert counted()["webhook", "poll"] == 1
    assert polled(road, 40) == 0
    assert not [code for _, code in counted() if "Qz" in code]


def test_a_parcel_is_asked_for_seldom(road, carrier):
    """A carrier that knows nothing new isn't asked again for hours."""
    road.ship()
    assert [polled(road, hours) for hours in (13, 13.5, 18, 26)] == [1, 0, 0, 1]


def test_what_was_not_asked_for_moves_nothing(road, carrier):
    """An answer about another parcel of ours, which isn't silent."""
    order = road.ship()
    poll = POLLS["shiprocket"]
    told = {
        "shipment_track": [{"awb_code": "OTHER1"}],
        "shipment_track_activities": [activity(road, DELIVERED, 5)],
    }
    heard = Heard(200, json.dumps({"tracking_data": told}).encode())
    assert [scan.awb for scan in poll.read(heard)] == ["OTHER1"]
    carrier.handle_one_usual = carrier.handle_one
    carrier.handle_one = lambda asked: (
        said(200, {"tracking_data": told})
        if asked.path.startswith(TRACKED)
        else carrier.handle_one_usual(asked)
    )
    road.ship("OTHER1")
    assert polled(road, 13) == 2
    assert state(order) == "packed"


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.DOWN, Fault.GARBAGE, Fault.LOST, Fault.DEAF])
def test_a_carrier_in_trouble_is_left_alone(road, carrier, fault):
    """The round ends; the parcel is asked for again hours later, and then it moves."""
    order = road.ship()
    carrier.activities[AWB] = [activity(road, OUT, 50)]
    carrier.fail(1, fault, path=TRACKED)
    assert polled(road, 13) == 0
    assert polled(road, 20) == 1
    assert state(order) == "out_for_delivery"


def test_patience_is_had_for_the_whole_account(road, carrier):
    """429 with Retry-After."""
    road.ship()
    carrier.fail(1, Fault.BUSY, path=TRACKED)
    assert polled(road, 13) == 0
    ((until,),) = rows("SELECT paused_until FROM courier_account WHERE revoked_at IS NULL")
    assert until == road.scene.now + timedelta(hours=13, seconds=7)


def test_a_token_that_is_no_longer_good_is_renewed(road, carrier):
    """Once; then the answer counts."""
    road.ship()
    carrier.fail(1, Fault.SIGNED_OUT, path=TRACKED)
    assert polled(road, 13) == 1
    assert carrier.paths().count("/v1/external/auth/login") == 2


def test_delhivery_is_asked_for_many_at_once():
    """Up to fifty numbers; each parcel's status and history are read by the webhook's table."""
    poll, account = POLLS["delhivery"], Account({}, "invented")
    asked = poll.ask(account, ["57930810000011", "57930810000022"])
    assert asked.path == "/api/v1/packages/json/?waybill=57930810000011,57930810000022"
    assert asked.headers["Authorization"] == "Token invented"
    status = {
        "Status": "Delivered",
        "StatusType": "DL",
        "StatusCode": "EOD-38",
        "StatusDateTime": "2026-11-23T17:10:42",
        "Instructions": "to Qzname",
    }
    scan = {
        "Scan": "Dispatched",
        "ScanType": "UD",
        "StatusCode": "X-DDD3FD",
        "ScanDateTime": "2026-11-23T09:10:42",
        "Instructions": "Out for delivery",
    }
    parcel = {"AWB": "57930810000011", "Status": status, "Scans": [{"ScanDetail": scan}]}
    heard = Heard(200, json.dumps({"ShipmentData": [{"Shipment": parcel}]}).encode())
    assert sorted(poll.read(heard), key=lambda each: each.at) == [
        Scan("57930810000011", S.OUT_FOR_DELIVERY, AT - timedelta(hours=8), "X-DDD3FD"),
        Scan("57930810000011", S.DELIVERED, AT, "EOD-38"),
    ]


def test_easypost_is_asked_by_its_number():
    """Trackers of that number, each read like an event's."""
    poll = POLLS["easypost"]
    asked = poll.ask(Account({}, "EZKEY"), ["EZ1000"])
    assert asked.path == "/v2/trackers?tracking_code=EZ1000&page_size=5"
    tracker = {
        "object": "Tracker",
        "tracking_code": "EZ1000",
        "tracking_details": [
            {"datetime": "2026-11-23T11:40:42Z", "status": "delivered", "message": "Qz"}
        ],
    }
    heard = Heard(200, json.dumps({"trackers": [tracker]}).encode())
    assert [(one.awb, one.state, one.at) for one in poll.read(heard)] == [
        ("EZ1000", S.DELIVERED, AT)
    ]


@pytest.mark.parametrize("name", sorted(POLLS))
def test_any_answer_can_be_read(name):
    """Whatever comes back: scans, or that it is no time for it."""
    poll = POLLS[name]
    assert isinstance(poll.read(Heard(401, b"")), SignedOut)
    for status, body in [(429, b""), (500, b"{}"), (200, b"\xff"), (200, b"<html>")]:
        assert isinstance(poll.read(Heard(status, body)), Later)
    for body in (
        b"{}",
        b"[]",
        b"7",
        b'{"tracking_data": [], "ShipmentData": {}, "trackers": 1}',
        b'{"ShipmentData": [7, {"Shipment": []}], "trackers": [null]}',
    ):
        assert poll.read(Heard(200, body)) == []
