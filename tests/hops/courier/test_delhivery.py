"""Delhivery's mapping, against a server that validates as its documentation says."""

import json
from datetime import UTC, datetime

import pytest

from hops.courier.consigning import AT, NUMBER, REF, Client, shipment
from hops.courier.simulators.delhivery import TOKEN
from hops.courier.simulators.delhivery import Delhivery as Simulator
from hops.courier.simulators.serving import Fault
from orderveil.core.states import ParcelState as S
from orderveil.hops.courier.carriers.delhivery import DELHIVERY
from orderveil.hops.courier.carriers.speech import (
    Done,
    Later,
    NotThere,
    Refused,
    Scan,
    SignedOut,
)

FETCH, MANIFEST = DELHIVERY.booking


@pytest.fixture
def server():
    with Simulator.serving() as running:
        yield running


@pytest.fixture
def client(server):
    options = {"pickup_location": "Marigold Warehouse"}
    made = Client(DELHIVERY, server, {"token": TOKEN}, options)
    assert made.sign_in() is None
    return made


def code(outcome):
    assert isinstance(outcome, Refused)
    return outcome.problem.code


def test_a_parcel_is_booked_under_a_number_fetched_before(server, client):
    """The number is known before anything personal is sent."""
    assert isinstance(client.book(shipment()), Done)
    waybill = server.packages[0].waybill
    assert client.known == {"waybill": waybill, "awb": waybill, "carrier": "Delhivery"}
    assert b"Tarangini" not in server.received[0].body
    assert server.bookings(REF) == 1


def test_the_manifest_says_what_the_view_says(server, client):
    """No e-mail; grams and centimetres; the PIN at the address's end."""
    client.book(shipment())
    asked = server.packages[0].asked
    assert asked == {
        "waybill": server.packages[0].waybill,
        "order": REF,
        "name": "Tarangini Vallabhdas",
        "add": "Flat 7-B, Neelkurinji Residency, Third Jacaranda Street, behind the Old Clocktower,"
        " phone PIN 48-29-13",
        "pin": "560001",
        "city": "Bengaluru",
        "state": "Karnataka",
        "country": "India",
        "phone": NUMBER.removeprefix("+91"),
        "payment_mode": "COD",
        "cod_amount": 1798.0,
        "total_amount": 1798.0,
        "products_desc": "apparel, books",
        "quantity": "3",
        "shipping_mode": "Surface",
        "weight": 640,
        "shipment_length": 25,
        "shipment_width": 18,
        "shipment_height": 6,
    }


def test_special_characters_are_encoded(server, client):
    """Its page forbids them in a raw body."""
    line = "Shop #4 & 5; 100% \\ Arcade"
    assert isinstance(client.book(shipment(line1=line, line2=None)), Done)
    assert server.packages[0].asked["add"].startswith(line)


def test_a_return_is_a_pickup(server, client):
    """Nothing is collected."""
    client.book(shipment(is_reverse=True))
    assert server.packages[0].asked["payment_mode"] == "Pickup"
    assert server.packages[0].asked["cod_amount"] == 0


def test_what_it_doesnt_ask_for_may_lack(server, client):
    """City, state, weight and size aren't mandatory there."""
    lacking = {"city": None, "state": None, "weight": None, "dimensions": None, "email": None}
    assert isinstance(client.book(shipment(**lacking)), Done)
    assert not {"city", "state", "weight"} & server.packages[0].asked.keys()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": None}, "/fields/name"),
        ({"line1": None, "line2": None}, "/fields/line1"),
        ({"pincode": None}, "/fields/pincode"),
        ({"phone": "XXXXXX0017"}, "/fields/phone"),
        ({"items": None}, "/fields/items"),
        ({"country": "BD"}, "/fields/country"),
    ],
)
def test_what_the_view_lacks_is_refused_by_name(server, client, changes, pointer):
    """And no personal value is sent."""
    outcome = client.book(shipment(**changes))
    assert code(outcome).startswith("carrier_")
    assert outcome.problem.pointer == pointer
    assert not server.packages


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda server: server.warehouses.clear(), "pickup_location"),
        (lambda server: setattr(server, "is_poor", True), "balance"),
        (lambda server: server.unserved.add("560001"), "pin"),
    ],
)
def test_a_refusal_comes_with_200_and_is_named(server, client, spoil, named):
    """By what it is about; its words stay there."""
    spoil(server)
    outcome = client.book(shipment())
    assert code(outcome) == "carrier_refused"
    assert named in outcome.problem.detail
    assert "rashing" not in outcome.problem.detail


def test_a_wrong_token_asks_for_another(server, client):
    """401."""
    server.token = "another"
    assert client.book(shipment()) == SignedOut()


def test_sent_twice_is_looked_up(server, client):
    """A duplicate waybill is ours if the parcel under it bears our ref."""
    client.take(FETCH, shipment())
    client.take(MANIFEST, shipment())
    assert client.take(MANIFEST, shipment()) == Later("sent_before")
    assert client.find(MANIFEST.find) == Done(
        {"awb": client.known["waybill"], "carrier": "Delhivery"}
    )
    assert server.bookings(REF) == 1


def test_a_number_that_isnt_usable_yet_is_tried_again(server, client):
    """Its page: right after fetching it may not be."""
    client.take(FETCH, shipment())
    server.are_fresh_numbers_useless = True
    assert client.take(MANIFEST, shipment()) == Later("sent_before")
    assert client.find(MANIFEST.find) == NotThere()
    server.are_fresh_numbers_useless = False
    assert isinstance(client.take(MANIFEST, shipment()), Done)


def test_the_same_ref_under_another_number_is_for_a_person(client):
    """Somebody booked it by hand."""
    client.book(shipment())
    client.known["waybill"] = "57930819999999"
    assert code(client.find(MANIFEST.find)) == "carrier_has_it_otherwise"


def test_a_number_of_anothers_parcel_is_not_adopted(server, client):
    """Only with our ref."""
    client.book(shipment())
    server.packages[0].asked["order"] = "SOMEBODY-ELSES"
    assert client.find(MANIFEST.find) == NotThere()


def test_a_booking_is_cancelled_once_or_twice(server, client):
    """Twice is once."""
    client.book(shipment())
    assert client.cancel() == Done({})
    assert client.cancel() == Done({})
    assert server.bookings(REF) == 0


def test_what_cant_be_cancelled_is_refused(server, client):
    """A number that it doesn't know."""
    client.known = {"waybill": "1"}
    assert code(client.cancel()) == "carrier_refused"
    client.known = {}
    assert code(client.cancel()) == "carrier_never_booked"


def test_too_fast_waits_as_long_as_it_says(server, client):
    """750 in five minutes."""
    server.limit = 0
    assert client.take(FETCH, shipment()) == Later("too_fast", 7, is_sure=True)


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.SIGNED_OUT}))
@pytest.mark.parametrize("nth", [1, 2])
def test_whatever_goes_wrong_there_is_one_booking(server, client, nth, fault):
    """Any fault at any step; a careful sender ends with one parcel."""
    server.patience_seconds = 0.4
    client.deadline_seconds = 0.3
    server.fail(nth, fault)
    assert isinstance(client.book_whatever_comes(shipment()), Done)
    assert server.bookings(REF) == 1
    assert client.known["awb"] == server.packages[0].waybill


def webhook(kind, status, nsl, words=""):
    """Its "Webhook Functionality"."""
    told = {
        "Status": status,
        "StatusDateTime": "2026-11-23T17:10:42.767",
        "StatusType": kind,
        "StatusLocation": "Chandigarh_Raiprkln_C (Chandigarh)",
        "Instructions": words,
    }
    parcel = {"Status": told, "NSLCode": nsl, "Sortcode": "IXC/MDP", "ReferenceNo": REF}
    return {"Shipment": parcel | {"AWB": "57930810000011"}}


@pytest.mark.parametrize(
    ("told", "state", "reason"),
    [
        (webhook("UD", "Manifested", "X-UCI"), None, ""),
        (webhook("UD", "In Transit", "X-PPOM"), S.SHIPPED, ""),
        (webhook("UD", "Pending", "X-IBD3F"), S.SHIPPED, ""),
        (webhook("UD", "Dispatched", "X-DDD3FD"), S.OUT_FOR_DELIVERY, ""),
        (webhook("UD", "Pending", "EOD-11"), S.UNDELIVERED, "customer_unavailable"),
        (webhook("UD", "Pending", "EOD-999", "Premises closed"), S.UNDELIVERED, "premises_closed"),
        (webhook("UD", "Pending", "EOD-999", "?"), S.UNDELIVERED, ""),
        (webhook("DL", "Delivered", "EOD-38"), S.DELIVERED, ""),
        (webhook("RT", "In Transit", "RT-101"), S.RETURNING, ""),
        (webhook("DL", "RTO", "RD-AC"), S.RETURNED, ""),
        (webhook("PP", "Scheduled", "X-ASP"), None, ""),
        (webhook("PU", "In Transit", "EOD-77"), S.SHIPPED, ""),
        (webhook("DL", "DTO", "RD-AC"), S.DELIVERED, ""),
        (webhook("CN", "Canceled", "DTUP-210"), S.CANCELLED, ""),
        (webhook("UD", "LOST", "LT-100"), None, ""),
    ],
)
def test_a_webhook_tells_one_scan(told, state, reason):
    """By status type, status and code."""
    at = datetime(2026, 11, 23, 11, 40, 42, 767000, tzinfo=UTC)
    expected = Scan("57930810000011", state, at, told["Shipment"]["NSLCode"], reason)
    assert DELHIVERY.scans(json.dumps(told).encode()) == [expected]
    assert DELHIVERY.scans(json.dumps([told, told]).encode()) == [expected]


def test_a_webhook_is_genuine_by_its_header():
    """With or without a scheme."""
    for told in ("invented", "Bearer invented", "Token invented"):
        assert DELHIVERY.is_genuine(b"", {"authorization": told}, b"invented", AT)
    assert not DELHIVERY.is_genuine(b"", {"authorization": "invent"}, b"invented", AT)
    assert not DELHIVERY.is_genuine(b"", {}, b"", AT)
