"""Shiprocket's mapping, against a server that validates as its documentation says."""

import json
from datetime import UTC, datetime

import pytest

from hops.courier.consigning import ALIAS, AT, NUMBER, REF, Client, shipment
from hops.courier.simulators.serving import Fault
from hops.courier.simulators.shiprocket import EMAIL, PASSWORD
from hops.courier.simulators.shiprocket import Shiprocket as Simulator
from orderveil.core.states import ParcelState
from orderveil.hops.courier.carriers.shiprocket import SHIPROCKET
from orderveil.hops.courier.carriers.speech import (
    Done,
    Heard,
    Later,
    NotThere,
    Refused,
    Scan,
    SignedOut,
)

CREATE, ASSIGN, PICKUP = SHIPROCKET.booking
RETURNS = {
    "return_customer_name": "Marigold Returns",
    "return_address": "Shop 44, Marigold Arcade",
    "return_city": "Bengaluru",
    "return_state": "Karnataka",
    "return_pincode": "560002",
    "return_phone": "9000000099",
}


@pytest.fixture
def server():
    with Simulator.serving() as running:
        yield running


@pytest.fixture
def client(server):
    options = {"pickup_location": "Primary"}
    made = Client(SHIPROCKET, server, {"email": EMAIL, "password": PASSWORD}, options)
    assert made.sign_in() is None
    return made


def code(outcome):
    assert isinstance(outcome, Refused)
    return outcome.problem.code


def test_a_parcel_is_booked_in_three_steps(server, client):
    """Order, waybill, pickup; what is kept is four ids."""
    assert isinstance(client.book(shipment()), Done)
    order = server.orders[0]
    assert client.known == {
        "order": str(order.number),
        "shipment": str(order.shipment),
        "awb": order.awb,
        "carrier": "Amazon Surface",
    }
    assert order.has_pickup
    assert server.bookings(REF) == 1


def test_the_order_says_what_the_view_says(server, client):
    """The PIN stands in the second line, the number without +91, no SKU of the shop's."""
    client.book(shipment())
    asked = server.orders[0].asked
    assert asked["billing_phone"] == NUMBER.removeprefix("+91")
    assert asked["billing_address_2"] == "behind the Old Clocktower, phone PIN 48-29-13"
    assert asked["billing_email"] == ALIAS
    assert asked["order_date"] == "2026-11-24"
    assert asked["payment_method"] == "COD"
    assert asked["sub_total"] == 1798
    assert (asked["length"], asked["breadth"], asked["height"]) == (25, 18, 6)
    assert asked["weight"] == 0.64
    assert asked["order_items"] == [
        {"name": "apparel", "sku": "apparel", "units": 2, "selling_price": 599.33},
        {"name": "books", "sku": "books", "units": 1, "selling_price": 599.33},
    ]
    assert "delivery_note" not in asked


def test_a_paid_parcel_is_prepaid(server, client):
    """Without cash due nothing is collected."""
    client.book(shipment(cod_due=None, payment_method=None))
    assert server.orders[0].asked["payment_method"] == "Prepaid"


def test_a_return_is_fetched_from_the_customer(server, client):
    """And brought to the address of the account's options; nothing is collected."""
    client.options = {**client.options, **RETURNS}
    assert isinstance(client.book(shipment(is_reverse=True)), Done)
    asked = server.orders[0].asked
    assert asked["pickup_phone"] == NUMBER.removeprefix("+91")
    assert asked["shipping_address"] == "Shop 44, Marigold Arcade"
    assert asked["payment_method"] == "Prepaid"


def test_a_return_without_an_address_to_go_to_is_refused(client):
    """The option is named."""
    outcome = client.book(shipment(is_reverse=True))
    assert code(outcome) == "carrier_option_missing"
    assert outcome.problem.pointer.startswith("/options/return_")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": None}, "/fields/name"),
        ({"line1": None, "line2": None}, "/fields/line1"),
        ({"city": ...}, "/fields/city"),
        ({"state": ""}, "/fields/state"),
        ({"pincode": "560XXX"}, "/fields/pincode"),
        ({"country": None}, "/fields/country"),
        ({"country": "FR"}, "/fields/country"),
        ({"email": None}, "/fields/email"),
        ({"email": "t***@m***.example"}, "/fields/email"),
        ({"phone": None}, "/fields/phone"),
        ({"phone": "XXXXXX0017"}, "/fields/phone"),
        ({"phone": "+33612345678"}, "/fields/phone"),
        ({"weight": None}, "/fields/weight"),
        ({"dimensions": None}, "/fields/dimensions"),
        ({"items": []}, "/fields/items"),
        ({"amounts": None}, "/fields/amounts"),
        ({"amounts": {"currency": "EUR", "declared_value": "5"}}, "/fields/amounts"),
        ({"cod_due": {"currency": "INR", "amount": "-5"}}, "/fields/cod_due"),
    ],
)
def test_what_the_view_lacks_is_refused_by_name(server, client, changes, pointer):
    """Before anything is sent."""
    sent = len(server.received)
    outcome = client.book(shipment(**changes))
    assert code(outcome).startswith("carrier_")
    assert outcome.problem.pointer == pointer
    assert len(server.received) == sent


def test_a_masked_phone_says_what_to_do(client):
    """It names the field, the rule and the remedy, and not the phone."""
    problem = client.book(shipment(phone="XXXXXX0017")).problem
    assert problem.code == "carrier_phone_masked"
    assert "pool of virtual numbers" in problem.remedy
    assert problem.rule == "Shiprocket's API"
    assert "0017" not in repr(problem)


def test_options_stand_in_for_facts(server, client):
    """Weight, size, country and an e-mail address may come from the account."""
    client.options = {
        **client.options,
        "weight_g": "500",
        "size_mm": "200x150x100",
        "country": "IN",
        "email": "parcels@brand.example",
        "courier_id": "142",
    }
    changes = {"weight": None, "dimensions": None, "country": None, "email": None}
    assert isinstance(client.book(shipment(**changes)), Done)
    asked = server.orders[0].asked
    assert (asked["weight"], asked["length"]) == (0.5, 20)
    assert asked["billing_email"] == "parcels@brand.example"
    assert server.received[-2].json()["courier_id"] == 142


def test_a_whole_phone_is_taken_where_the_policy_shows_it(server, client):
    """Ten digits, and no PIN; an extension stands where a PIN would."""
    client.book(shipment(phone="+919000000017;ext=12", landmark=None))
    asked = server.orders[0].asked
    assert (asked["billing_phone"], asked["billing_address_2"]) == ("9000000017", "phone ext 12")


def test_a_missing_field_is_named_as_the_carrier_names_it(client):
    """Its 422 is a refusal, with the names of its fields that we know; never with its words."""
    outcome = client.book(shipment(city="B" * 31))
    assert code(outcome) == "carrier_refused"
    assert "billing_city" in outcome.problem.detail
    assert "greater" not in outcome.problem.detail


def test_a_refusal_that_comes_with_200_is_one(server, client):
    """An unknown pickup location."""
    client.options = {"pickup_location": "Nowhere"}
    assert code(client.book(shipment())) == "carrier_refused"
    assert not server.orders


def test_an_empty_wallet_is_a_refusal(server, client):
    """The order is there, without a waybill."""
    server.is_poor = True
    assert code(client.book(shipment())) == "carrier_refused"
    assert "awb" not in client.known


def test_a_token_that_ran_out_asks_to_sign_in(server, client):
    """Then the same step goes through."""
    server.sign_out()
    assert client.take(CREATE, shipment()) == SignedOut()
    assert client.sign_in() is None
    assert isinstance(client.take(CREATE, shipment()), Done)


def test_a_wrong_password_is_refused(server):
    """And a locked account, without repeating either."""
    client = Client(SHIPROCKET, server, {"email": EMAIL, "password": "wrong"}, {})
    assert code(client.sign_in()) == "carrier_sign_in_refused"
    server.is_locked = True
    assert code(client.sign_in()) == "carrier_sign_in_refused"


@pytest.mark.parametrize("retry_after", ["7", None, "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_too_fast_waits_as_long_as_it_says(server, client, retry_after):
    """429 did nothing, surely."""
    server.retry_after = retry_after
    server.limit = 0
    outcome = client.take(CREATE, shipment())
    assert outcome == Later("too_fast", 7 if retry_after == "7" else None, is_sure=True)
    assert not server.orders


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.GARBAGE, Fault.DONE_DOWN, Fault.DONE_GARBAGE])
def test_an_answer_that_says_nothing_is_not_sure(server, client, fault):
    """It may have been done."""
    server.fail(1, fault)
    outcome = client.take(CREATE, shipment())
    assert isinstance(outcome, Later)
    assert not outcome.is_sure


def test_finding_tells_whether_it_arrived(server, client):
    """An order that isn't there; one that is; its waybill."""
    assert client.find(CREATE.find) == NotThere()
    server.fail(1, Fault.LOST)
    assert client.take(CREATE, shipment()) is None
    found = client.find(CREATE.find)
    assert isinstance(found, Done)
    assert set(found.known) == {"order", "shipment"}
    assert client.find(ASSIGN.find) == NotThere()
    server.fail(1, Fault.LOST)
    assert client.take(ASSIGN, shipment()) is None
    assert client.find(ASSIGN.find) == Done(
        {"awb": server.orders[0].awb, "carrier": "Amazon Surface"}
    )


def test_a_waybill_asked_for_twice_is_looked_up(client):
    """The second answer bears none, and isn't sure."""
    client.book(shipment())
    assert client.take(ASSIGN, shipment()) == Later("assigned_before")


def test_a_pickup_asked_for_twice_is_done(client):
    """It is in the queue."""
    client.book(shipment())
    assert client.take(PICKUP, shipment()) == Done({})


def test_two_orders_of_one_ref_are_for_a_person(server, client):
    """We never choose between them."""
    client.take(CREATE, shipment())
    client.take(CREATE, shipment())
    assert server.bookings(REF) == 2
    assert code(client.find(CREATE.find)) == "carrier_has_it_twice"
    client.cancel()
    assert isinstance(client.find(CREATE.find), Done)


def test_a_dead_order_that_is_given_back_is_no_booking(server, client):
    """Some accounts answer with the first order of a ref, though it is cancelled."""
    server.known = "returned"
    client.book(shipment())
    client.cancel()
    assert code(client.take(CREATE, shipment())) == "carrier_called_it_off"


def test_a_part_of_another_ref_is_not_ours(server, client):
    """The search finds parts; the reference is compared whole."""
    client.take(CREATE, shipment())
    server.orders[0].reference = REF + "2"
    assert client.find(CREATE.find) == NotThere()


def test_a_booking_is_cancelled_once_or_twice(server, client):
    """Twice is once; and then its ref is taken there for good."""
    client.book(shipment())
    assert client.cancel() == Done({})
    assert client.cancel() == Done({})
    assert server.bookings(REF) == 0
    assert code(client.find(CREATE.find)) == "carrier_called_it_off"


def test_nothing_is_cancelled_that_was_never_booked(client):
    """There is no order to name."""
    assert code(client.cancel()) == "carrier_never_booked"


@pytest.mark.parametrize("fault", sorted(set(Fault)))
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_whatever_goes_wrong_there_is_one_booking(server, client, nth, fault):
    """Any fault at any step; a careful sender ends with one order and its waybill."""
    server.patience_seconds = 0.4
    client.deadline_seconds = 0.3
    server.fail(nth, fault)
    assert isinstance(client.book_whatever_comes(shipment()), Done)
    assert server.bookings(REF) == 1
    assert client.known["awb"] == server.orders[0].awb


WEBHOOK = {
    "awb": "19041424751540",
    "courier_name": "Delhivery Surface",
    "current_status": "UNDELIVERED",
    "current_status_id": 21,
    "shipment_status": "UNDELIVERED",
    "shipment_status_id": 21,
    "current_timestamp": "23 11 2026 11:43:52",
    "order_id": REF,
    "sr_order_id": 348456385,
    "etd": "2026-11-23 15:40:19",
    "scans": [
        {
            "date": "2026-11-21 11:59:16",
            "status": "X-UCI",
            "activity": "Manifested - Manifest uploaded",
            "location": "Chomu_SamodRd_D (Rajasthan)",
            "sr-status": "5",
            "sr-status-label": "MANIFEST GENERATED",
        },
        {
            "date": "2026-11-23 11:40:17",
            "status": "EOD-6",
            "activity": "Consignee refused, call 90000 00017",
            "location": "Bengaluru",
            "sr-status": "21",
            "sr-status-label": "UNDELIVERED",
        },
        {"date": "2026-11-22 15:32:17", "status": "X-PPOM", "sr-status": "42"},
        {"date": "2026-11-22 15:32:17", "status": "DRC", "sr-status": "NA"},
    ],
    "is_return": 0,
}


def test_a_webhook_tells_scans_in_their_order():
    """Indian times become UTC, codes become states, an attempt has its reason; no words."""
    assert SHIPROCKET.scans(json.dumps(WEBHOOK).encode()) == [
        Scan("19041424751540", None, datetime(2026, 11, 21, 6, 29, 16, tzinfo=UTC), "5"),
        Scan(
            *("19041424751540", ParcelState.SHIPPED),
            *(datetime(2026, 11, 22, 10, 2, 17, tzinfo=UTC), "42"),
        ),
        Scan(
            *("19041424751540", ParcelState.UNDELIVERED),
            *(datetime(2026, 11, 23, 6, 10, 17, tzinfo=UTC), "21", "refused"),
        ),
        Scan(
            *("19041424751540", ParcelState.UNDELIVERED),
            *(datetime(2026, 11, 23, 6, 13, 52, tzinfo=UTC), "21"),
        ),
    ]


def test_a_webhook_is_genuine_by_its_token():
    """The whole token, and one that isn't empty."""
    assert SHIPROCKET.is_genuine(b"", {"x-api-key": "invented"}, b"invented", AT)
    assert not SHIPROCKET.is_genuine(b"", {"x-api-key": "invente"}, b"invented", AT)
    assert not SHIPROCKET.is_genuine(b"", {}, b"", AT)
    assert not SHIPROCKET.is_genuine(b"", {"x-api-key": "\udcff\u20b9"}, b"invented", AT)


def test_a_webhook_without_a_waybill_is_refused():
    """The panel's own test, for one."""
    assert SHIPROCKET.scans(b"{}").code == "tracking_unreadable"


def test_a_token_that_could_break_a_header_is_none():
    """A line break in it."""
    heard = Heard(200, json.dumps({"token": "a\r\nX-Evil: 1"}).encode())
    assert isinstance(SHIPROCKET.read_token(heard), Later)
