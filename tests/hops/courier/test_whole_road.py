"""From a packed parcel to its carrier and home again; and each carrier's webhook at the door."""

import json
import time
from datetime import timedelta

import pytest
from django.conf import settings
from falcon import testing

from doors import Doors, standard
from hops.courier.bookings import OPTIONS, SECRETS, Office
from hops.courier.simulators.shiprocket import Shiprocket
from hops.courier.tracked import DELIVERED, OUT, PICKED, TOKEN, Road, counted, state
from orderveil.api.app import create_app
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState as S
from orderveil.hops.courier import accounts, tracking
from orderveil.hops.courier.carriers.speech import Scan
from orderveil.keyring import secrets
from scene import ME, rows

KEY = b"invented-secret-of-thirty-two-by"


def connected(road, name, secret):
    """Another courier's account at a carrier; its webhook's secret as it is configured."""
    seat = road.scene.new_seat(Hop.COURIER, f"courier-{name}")
    url = "https://courier.example/bookings" if name == "generic" else ""
    account = accounts.connect(
        seat.partner,
        name,
        options=OPTIONS[name],
        secrets=SECRETS[name],
        base_url=url,
        webhook_secret=secret,
        now=road.scene.now,
        who=ME,
    )
    order = road.ship(f"AWB-{name}")
    road.scene.assign(Hop.COURIER, order, seat)
    return account, order


def post(road, account, body, headers):
    """What a webhook of another carrier's is answered."""
    path = f"/v1/tracking/{account.pk}"
    return road.doors.call("POST", path, body=body, headers=headers)


def test_a_delhivery_webhook_moves_its_parcel(db):
    """By the header that it was given."""
    road = Road.make()
    account, order = connected(road, "delhivery", TOKEN)
    status = {"Status": "Dispatched", "StatusType": "UD", "StatusDateTime": utc_now().isoformat()}
    parcel = {"AWB": "AWB-delhivery", "Status": status, "NSLCode": "X-DDD3FD"}
    body = json.dumps({"Shipment": parcel}).encode()
    assert post(road, account, body, {"Authorization": "no"}).status_code == 401
    assert post(road, account, body, {"Authorization": TOKEN.decode()}).json["moves"] == 2
    assert state(order) == "out_for_delivery"


def test_a_generic_webhook_moves_its_parcel(db):
    """Signed as Standard Webhooks are, and fresh; several scans, a bad one among them."""
    road = Road.make()
    account, order = connected(road, "generic", KEY)
    at = utc_now().isoformat()
    scans = [
        {"awb": "AWB-generic", "status": "delivered", "at": at},
        {"awb": {"$gt": ""}, "status": "delivered", "at": at},
        {"awb": "AWB-generic", "status": "delivered", "at": "tomorrow"},
    ]
    body = json.dumps({"type": "tracking.updated", "data": scans}).encode()
    old = standard(KEY, body, "m1", int(time.time()) - 301)
    assert post(road, account, body, old).status_code == 401
    assert (
        post(road, account, body + b" ", standard(KEY, body, "m1", int(time.time()))).status_code
        == 401
    )
    good = standard(KEY, body, "m1", int(time.time()))
    assert post(road, account, body, good).json["moves"] == 2
    assert post(road, account, body, good).json == {"scans": 1}
    assert state(order) == "delivered"


def test_ten_thousand_scans_at_once(db):
    """Of a thousand numbers, one of them ours: what is known moves, and the rest is counted."""
    road = Road.make()
    order = road.ship("N7")
    now = road.scene.now
    scans = [
        Scan(f"N{n % 1000}", S.OUT_FOR_DELIVERY, now - timedelta(seconds=n), "17")
        for n in range(10_000)
    ]
    taken = tracking.take(road.account, scans, now=now, told_by="genuine")
    assert (taken.scans, taken.unknown, taken.moves) == (10_000, 9_990, 2)
    assert state(order) == "out_for_delivery"
    assert counted()["unknown_parcel", "waybill"] == 9_990


def test_a_delivery_that_takes_too_long_is_asked_for_again(db, monkeypatch):
    """503; what was done stays done, and the same webhook again does the rest."""
    road = Road.make()
    orders = [road.ship(f"M{n}") for n in range(3)]
    now = road.scene.now
    scans = [Scan(f"M{n}", S.DELIVERED, now, "7") for n in range(3)]
    monkeypatch.setattr(tracking, "LONGEST_SECONDS", -1.0)
    with pytest.raises(tracking.RefusedError) as refused:
        tracking.take(road.account, scans, now=now, told_by="genuine")
    assert refused.value.problem.status == 503
    monkeypatch.undo()
    assert tracking.take(road.account, scans, now=now, told_by="genuine").moves == 6
    assert {state(order) for order in orders} == {"delivered"}


def test_the_whole_road(db, monkeypatch):
    """Admitted, packed, booked, told of, delivered: closed to its courier, and to be purged."""
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)
    with Shiprocket.serving() as carrier:
        office = Office.make(carrier)
        order = office.packed()
        office.until_quiet()
        assert office.is_booked_once(order)
    secrets.put(office.scene.brand.pk, f"courier:{office.account.pk}:webhook", TOKEN)
    road = Road(Doors(office.scene, testing.TestClient(create_app())), office.account)
    awb = office.awb(order)[1]
    assert road.doors.view(Hop.COURIER, order).status_code == 200
    for code, minutes in ((PICKED, 3), (OUT, 2), (DELIVERED, 1)):
        assert road.told(road.webhook((code, minutes), awb=awb))["moves"] == 1
    assert state(order) == "delivered"
    assert road.doors.view(Hop.COURIER, order).status_code == 403
    office.pump()
    assert rows("SELECT count(*) FROM retention_purge") == [(1,)]
