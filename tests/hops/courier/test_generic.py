"""The courier of the signed webhook: our own contract, held on both sides."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from hops.courier.consigning import ALIAS, AT, FIELDS, NUMBER, PIN, REF, Client, shipment
from hops.courier.simulators.generic import SECRET, tracking
from hops.courier.simulators.generic import Generic as Simulator
from hops.courier.simulators.serving import Fault
from orderveil.core.states import ParcelState as S
from orderveil.hops.courier.carriers.generic import GENERIC
from orderveil.hops.courier.carriers.speech import Done, Later, Refused, Scan, SignedOut

REQUEST, NUMBER_STEP = GENERIC.booking


@pytest.fixture
def server():
    with Simulator.serving() as running:
        yield running


@pytest.fixture
def client(server):
    made = Client(GENERIC, server, {"secret": SECRET}, {})
    assert made.sign_in() is None
    return made


def code(outcome):
    assert isinstance(outcome, Refused)
    return outcome.problem.code


def test_a_parcel_is_booked_with_one_webhook(server, client):
    """An answer with the number needs no second question."""
    assert isinstance(client.book(shipment()), Done)
    assert client.known == {"awb": server.taken[0].awb, "carrier": "Saffron Logistics"}
    assert len(server.received) == 1


def test_the_webhook_says_the_view_and_the_reference(server, client):
    """The fields as the policy shows them, the virtual number in its one line."""
    client.book(shipment())
    told = server.received[0].json()
    assert told["type"] == "booking.requested"
    assert told["timestamp"] == "2026-11-23T20:30:00Z"
    data = told["data"]
    assert data["reference"] == REF
    assert data["idempotency_key"] == f"booking.requested:{REF}"
    assert data["is_return"] is False
    fields = data["view"]["fields"]
    assert fields.keys() == FIELDS.keys()
    assert fields["phone"] == f"{NUMBER}, PIN {PIN}"
    assert fields["email"] == ALIAS
    assert data["view"]["parcels"][0]["ref"] == REF


def test_a_number_may_come_later(server, client):
    """202; it is asked for without the view until it is there."""
    server.numbers_later = True
    assert client.book(shipment()) == Later("number_awaited", is_sure=True)
    assert client.take(NUMBER_STEP, shipment()) == Later("number_awaited", is_sure=True)
    server.give_numbers()
    assert isinstance(client.take(NUMBER_STEP, shipment()), Done)
    assert client.known["awb"] == server.taken[0].awb
    for asked in server.received[1:]:
        assert set(asked.json()["data"]) == {"reference", "idempotency_key"}


def test_the_same_request_twice_is_one_booking(server, client):
    """By its key."""
    client.take(REQUEST, shipment())
    client.take(REQUEST, shipment())
    assert server.bookings(REF) == 1
    keys = [asked.headers["idempotency-key"] for asked in server.received]
    assert keys[0] == keys[1]


def test_a_courier_with_another_secret_takes_nothing(server, client):
    """401."""
    server.secret = "whsec_" + base64.b64encode(b"another").decode()
    assert client.book(shipment()) == SignedOut()
    assert not server.taken


def test_a_secret_that_cant_sign_is_refused(server, client):
    """Before anything is sent."""
    for weak in ("not base64!", "whsec_", "whsec_c2hvcnQ="):
        client.token = weak
        assert code(client.book(shipment())) == "carrier_account_wrong"
    assert not server.received


def test_a_booking_is_cancelled_once_or_twice(server, client):
    """Twice is once; what is on its way can't be."""
    client.book(shipment())
    server.is_on_its_way = True
    assert code(client.cancel()) == "carrier_refused"
    server.is_on_its_way = False
    assert client.cancel() == Done({})
    assert client.cancel() == Done({})
    assert server.bookings(REF) == 0


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.SIGNED_OUT}))
@pytest.mark.parametrize("later", [False, True])
def test_whatever_goes_wrong_there_is_one_booking(server, client, later, fault):
    """Any fault at the first or the second webhook."""
    server.patience_seconds = 0.4
    client.deadline_seconds = 0.3
    server.numbers_later = later
    server.fail(1 + later, fault)
    server.give_numbers()
    outcome = client.take(REQUEST, shipment())
    server.give_numbers()
    assert outcome is None or isinstance(outcome, Done | Later)
    assert isinstance(client.book_whatever_comes(shipment()), Done)
    assert server.bookings(REF) == 1
    assert client.known["awb"] == server.taken[0].awb


SHIPPED = {"awb": "SL700100", "status": "shipped", "at": "2026-11-23T10:00:00+05:30"}


def test_tracking_comes_signed_and_fresh():
    """Standard Webhooks: id, time and body are signed; five minutes."""
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    body, headers = tracking(SECRET, int(now.timestamp()), SHIPPED)
    secret = SECRET.encode()
    raw = base64.b64decode(SECRET.removeprefix("whsec_"))
    assert GENERIC.is_genuine(body, headers, secret, now)
    assert GENERIC.is_genuine(body, headers, raw, now)
    two = headers | {"webhook-signature": "v1,old " + headers["webhook-signature"]}
    assert GENERIC.is_genuine(body, two, secret, now)
    assert not GENERIC.is_genuine(body + b" ", headers, secret, now)
    assert not GENERIC.is_genuine(body, headers, secret, now + timedelta(seconds=301))
    assert not GENERIC.is_genuine(body, headers | {"webhook-id": "evt_2"}, secret, now)
    assert not GENERIC.is_genuine(body, headers | {"webhook-timestamp": "\u0661"}, secret, now)
    assert not GENERIC.is_genuine(body, {}, secret, now)
    assert not GENERIC.is_genuine(body, headers, b"", now)
    assert not GENERIC.is_genuine(body, headers, b"whsec_!", now)


def test_tracking_tells_scans():
    """Our states and reasons; what isn't one of them moves nothing."""
    refused = {"status": "undelivered", "reason": "refused", "code": "R-7"}
    strange = {"status": "eaten", "reason": "a dog", "code": "dog 90000 00017, call"}
    body, _ = tracking(
        *(SECRET, 0, SHIPPED | strange | {"at": "2026-11-23T04:33:00Z"}),
        *(SHIPPED, SHIPPED | refused | {"at": "2026-11-23T04:31:00Z"}),
        SHIPPED | {"status": "undelivered", "reason": "?", "at": "2026-11-23T04:32:00Z"},
    )

    def at(minute):
        return datetime(2026, 11, 23, 4, minute, tzinfo=UTC)

    assert GENERIC.scans(body) == [
        Scan("SL700100", S.SHIPPED, at(30), "shipped"),
        Scan("SL700100", S.UNDELIVERED, at(31), "R-7", "refused"),
        Scan("SL700100", S.UNDELIVERED, at(32), "undelivered"),
        Scan("SL700100", None, at(33), "none"),
    ]


def test_events_of_another_type_tell_nothing():
    """One endpoint may hear them all."""
    assert GENERIC.scans(json.dumps({"type": "invoice.made", "data": {}}).encode()) == []
    assert GENERIC.scans(b"{}").code == "tracking_unreadable"


def test_its_clock_is_the_request(client):
    """The signed time is the moment that the booking engine gives."""
    ask = REQUEST.ask(client.account, shipment(), {})
    assert ask.headers["webhook-timestamp"] == str(int(AT.timestamp()))
