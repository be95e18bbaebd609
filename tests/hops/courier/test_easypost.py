"""EasyPost's mapping, against a server that validates as its documentation says."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from hops.courier.consigning import AT, NUMBER, REF, Client, shipment
from hops.courier.simulators.easypost import KEY
from hops.courier.simulators.easypost import EasyPost as Simulator
from hops.courier.simulators.serving import Fault
from orderveil.core.states import ParcelState as S
from orderveil.hops.courier.carriers.easypost import EASYPOST
from orderveil.hops.courier.carriers.speech import (
    Done,
    Later,
    NotThere,
    Refused,
    Scan,
    SignedOut,
)

CREATE, BUY = EASYPOST.booking
HOME = {
    "from_name": "Marigold Trading Invented",
    "from_street1": "44 Marigold Arcade",
    "from_city": "Bengaluru",
    "from_state": "Karnataka",
    "from_zip": "560002",
    "from_country": "IN",
    "from_phone": "+919000000099",
    "currency": "INR",
}


@pytest.fixture
def server():
    with Simulator.serving() as running:
        yield running


@pytest.fixture
def client(server):
    made = Client(EASYPOST, server, {"key": KEY}, HOME)
    assert made.sign_in() is None
    return made


def code(outcome):
    assert isinstance(outcome, Refused)
    return outcome.problem.code


def test_a_parcel_is_rated_then_bought(server, client):
    """At the cheapest rate; what is kept is ids."""
    assert isinstance(client.book(shipment()), Done)
    made = server.shipments[0]
    assert made.bought["service"] == "Ground"
    assert client.known["awb"] == made.tracking_code
    assert client.known["carrier"] == "USPS"
    assert client.known["shipment"] == made.number
    assert server.bookings(REF) == 1


def test_the_shipment_says_what_the_view_says(server, client):
    """Ounces, inches; the PIN is printed beside the address; no e-mail."""
    client.book(shipment())
    asked = server.shipments[0].asked
    assert asked["reference"] == REF
    assert asked["to_address"] == {
        "name": "Tarangini Vallabhdas",
        "street1": "Flat 7-B, Neelkurinji Residency, Third Jacaranda Street",
        "street2": "behind the Old Clocktower",
        "city": "Bengaluru",
        "state": "Karnataka",
        "zip": "560001",
        "country": "IN",
        "phone": NUMBER,
    }
    assert asked["parcel"] == {"length": 9.9, "width": 7.1, "height": 2.4, "weight": 22.6}
    assert asked["options"] == {
        "print_custom_1": "phone PIN 48-29-13",
        "cod_amount": 1798.0,
        "cod_method": "CASH",
    }
    assert asked["is_return"] is False


def test_the_accounts_service_is_bought(server, client):
    """And no other one."""
    client.options = {**HOME, "service": "USPS.Priority"}
    assert isinstance(client.book(shipment()), Done)
    assert server.shipments[0].bought["service"] == "Priority"
    client.options = {**HOME, "service": "USPS.Overnight"}
    assert code(client.book(shipment())) == "carrier_no_rate"


def test_a_return_is_one(server, client):
    """Nothing is collected."""
    client.book(shipment(is_reverse=True))
    assert server.shipments[0].asked["is_return"] is True
    assert "cod_amount" not in server.shipments[0].asked["options"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": None}, "/fields/name"),
        ({"city": None}, "/fields/city"),
        ({"pincode": None}, "/fields/pincode"),
        ({"phone": "XXXXXX0017"}, "/fields/phone"),
        ({"country": "US"}, "/fields/country"),
        ({"weight": 0}, "/fields/weight"),
        ({"cod_due": {"currency": "USD", "amount": "5"}}, "/fields/cod_due"),
    ],
)
def test_what_the_view_lacks_is_refused_by_name(server, client, changes, pointer):
    """Before anything is sent; a border too."""
    outcome = client.book(shipment(**changes))
    assert code(outcome) == "carrier_phone_masked" or code(outcome).startswith("carrier_")
    assert outcome.problem.pointer == pointer
    assert not server.received


def test_an_account_without_an_address_is_refused(client):
    """The option is named."""
    client.options = {name: value for name, value in HOME.items() if name != "from_zip"}
    assert client.book(shipment()).problem.pointer == "/options/from_zip"


def test_its_refusals_name_the_field(client):
    """By its name for it."""
    client.options = {**HOME, "from_country": "India", "country": "India"}
    outcome = client.book(shipment(country="Bharat"))
    assert code(outcome) == "carrier_field_unusable"
    client.options = {**HOME, "from_country": "Neverland"}
    outcome = client.book(shipment(country="Neverland"))
    assert code(outcome) == "carrier_refused"
    assert "country" in outcome.problem.detail


def test_an_unpaid_account_is_refused(server, client):
    """402."""
    server.is_poor = True
    assert code(client.book(shipment())) == "carrier_refused"
    assert server.bookings(REF) == 0


def test_a_wrong_key_asks_for_another(server, client):
    """401."""
    server.key = "another"
    assert client.book(shipment()) == SignedOut()


def test_bought_twice_is_looked_up(server, client):
    """The second attempt bears no number; the shipment does."""
    client.book(shipment())
    assert client.take(BUY, shipment()) == Later("bought_before")
    assert client.find(BUY.find) == Done(
        {"awb": server.shipments[0].tracking_code, "carrier": "USPS"}
    )


def test_finding_tells_whether_it_was_made_and_bought(server, client):
    """By our reference; by its id."""
    assert client.find(CREATE.find) == NotThere()
    client.take(CREATE, shipment())
    rates = dict(client.known)
    client.known.clear()
    assert client.find(CREATE.find) == Done(rates)
    assert client.find(BUY.find) == NotThere()
    server.shipments[0].asked["reference"] = "another"
    assert client.find(CREATE.find) == NotThere()


def test_a_booking_is_given_back_once_or_twice(server, client):
    """Twice is once; a carrier that only bills scans has nothing to give back."""
    client.book(shipment())
    server.refund = "not_applicable"
    assert client.cancel() == Done({})
    assert client.cancel() == Done({})
    assert server.bookings(REF) == 0


def test_a_refund_that_is_rejected_is_for_a_person(server, client):
    """It was scanned."""
    client.book(shipment())
    server.refund = "rejected"
    assert code(client.cancel()) == "carrier_refused"


def test_too_fast_waits_as_long_as_it_says(server, client):
    """429."""
    server.limit = 0
    assert client.take(CREATE, shipment()) == Later("too_fast", 7, is_sure=True)


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.SIGNED_OUT}))
@pytest.mark.parametrize("nth", [1, 2])
def test_whatever_goes_wrong_there_is_one_booking(server, client, nth, fault):
    """Any fault at any step; one purchase, and the address is there once."""
    server.patience_seconds = 0.4
    client.deadline_seconds = 0.3
    server.fail(nth, fault)
    assert isinstance(client.book_whatever_comes(shipment()), Done)
    assert server.bookings(REF) == 1
    assert len(server.shipments) == 1


def event(*details, kind="Tracker"):
    """An Event, its result a Tracker with these (datetime, status, status_detail, message)."""
    names = ("datetime", "status", "status_detail", "message")
    told = [dict(zip(names, detail, strict=True)) for detail in details]
    tracker = {"object": kind, "tracking_code": "EZ1000000001", "tracking_details": told}
    return json.dumps({"description": "tracker.updated", "result": tracker}).encode()


def test_a_webhook_tells_scans_in_their_order():
    """Whatever the order they come in; without a zone they are UTC."""
    body = event(
        ("2026-11-22T10:00:00Z", "failure", "address_correction", "call 90000 00017"),
        ("2026-11-21T10:00:00", "in_transit", "arrived_at_facility", ""),
        ("2026-11-20T10:00:00Z", "pre_transit", "label_created", ""),
        ("2026-11-23T10:00:00+05:30", "failure", "unknown", "Customer refused"),
    )
    awb = "EZ1000000001"

    def at(day, hour=10, minute=0):
        return datetime(2026, 11, day, hour, minute, tzinfo=UTC)

    assert EASYPOST.scans(body) == [
        Scan(awb, None, at(20), "pre_transit.label_created"),
        Scan(awb, S.SHIPPED, at(21), "in_transit.arrived_at_facility"),
        Scan(awb, S.UNDELIVERED, at(22), "failure.address_correction", "address_incomplete"),
        Scan(awb, S.UNDELIVERED, at(23, 4, 30), "failure.unknown", "refused"),
    ]


def test_what_turned_back_is_not_delivered():
    """Its own `delivered` after `return_to_sender` is at the sender's door."""
    body = event(
        ("2026-11-22T10:00:00Z", "return_to_sender", "return", ""),
        ("2026-11-23T10:00:00Z", "in_transit", "in_transit", ""),
        ("2026-11-24T10:00:00Z", "delivered", "unknown", ""),
    )
    states = [scan.state for scan in EASYPOST.scans(body)]
    assert states == [S.RETURNING, S.RETURNING, S.RETURNED]


def test_events_of_other_objects_tell_nothing():
    """One webhook hears them all."""
    assert EASYPOST.scans(event(kind="Batch")) == []
    assert EASYPOST.scans(b"[]").code == "tracking_unreadable"


def test_a_webhook_is_genuine_by_its_signature():
    """Over the raw body, under the secret as Unicode's NFKD."""
    secret = "p\u00e4ssw\u00f6rd \u2460"
    key = "pa\u0308sswo\u0308rd 1".encode()
    body = event()
    signed = "hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest()
    assert EASYPOST.is_genuine(body, {"x-hmac-signature": signed}, secret.encode(), AT)
    assert not EASYPOST.is_genuine(body + b" ", {"x-hmac-signature": signed}, secret.encode(), AT)
    assert not EASYPOST.is_genuine(body, {}, secret.encode(), AT)
    empty = "hmac-sha256-hex=" + hmac.new(b"", body, hashlib.sha256).hexdigest()
    assert not EASYPOST.is_genuine(body, {"x-hmac-signature": empty}, b"", AT)
