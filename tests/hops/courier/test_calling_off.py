"""Bookings that are no longer wanted, can't be made, or need a person."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from hops.courier.bookings import Office, connect
from hops.courier.simulators.serving import Fault
from hops.courier.simulators.shiprocket import Shiprocket
from orderveil.core.clocks import utc_now
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate.erase import erase
from orderveil.hops.courier import accounts, rows, settling
from orderveil.hops.courier.rows import State
from orderveil.partners import registry
from scene import ME, PERSON
from scene import rows as query

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _own_network(monkeypatch):
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)


@pytest.fixture
def carrier():
    with Shiprocket.serving() as running:
        running.patience_seconds = 1.0
        yield running


@pytest.fixture
def office(carrier):
    return Office.make(carrier)


def cancel(office, order):
    office.move(order, ParcelState.CANCELLED)


def state(office, order):
    return office.row(order).state


def test_what_was_never_sent_is_called_off_without_a_word(office, carrier):
    """A parcel cancelled before anybody worked: the carrier hears nothing."""
    order = office.packed()
    cancel(office, order)
    office.until_quiet()
    assert state(office, order) is State.CALLED_OFF
    assert carrier.paths() == []


def test_a_booked_parcel_that_is_cancelled_is_cancelled_at_the_carrier(office, carrier):
    """And the parcel no longer bears the waybill."""
    order = office.packed()
    office.until_quiet()
    cancel(office, order)
    office.until_quiet()
    assert state(office, order) is State.CANCELLED
    assert carrier.orders[0].is_cancelled
    assert office.awb(order) == (None, None)
    assert not office.row(order).known


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
@pytest.mark.parametrize("fault", [Fault.RESET, Fault.LOST])
def test_a_parcel_cancelled_in_flight_leaves_nothing_behind(office, carrier, nth, fault):
    """Whether or not the request arrived, nothing of it stays at the carrier."""
    order = office.packed()
    carrier.fail(nth, fault)
    office.work()
    reference = office.reference(order)
    cancel(office, order)
    office.until_quiet()
    assert carrier.bookings(reference) == 0
    assert state(office, order) in {State.CALLED_OFF, State.CANCELLED}
    assert office.awb(order) == (None, None)


@pytest.mark.parametrize("path", ["create/adhoc", "assign/awb", "pickup"])
def test_a_parcel_cancelled_while_its_request_is_on_the_wire(office, carrier, path):
    """What the carrier answers is kept, and then cancelled."""
    order = office.packed()
    usual = carrier.handle_one
    moved = []

    def handle(asked):
        if path in asked.path and not moved:
            moved.append(office.scene.seat(Hop.OMS))
            worker = threading.Thread(target=_cancel_apart, args=(office, order))
            worker.start()
            worker.join()
        return usual(asked)

    carrier.handle_one = handle
    office.work()
    office.until_quiet()
    assert state(office, order) is State.CANCELLED
    assert carrier.bookings(office.reference(order)) == 0
    assert office.awb(order) == (None, None)


def _cancel_apart(office, order):
    try:
        cancel(office, order)
    finally:
        connection.close()


def test_a_shipped_parcel_is_left_with_its_carrier(office):
    """Once it is on its way, what the carrier told is forgotten and nothing is cancelled."""
    order = office.packed()
    office.until_quiet()
    office.move(order, ParcelState.SHIPPED, Hop.COURIER)
    row = office.row(order)
    assert row.state is State.BOOKED
    assert not row.known
    assert office.awb(order)[1]


def test_a_reassigned_parcel_is_cancelled_there_and_booked_here(office, carrier):
    """Two couriers with an account each: in the end one of them has it."""
    order = office.packed()
    office.until_quiet()
    first = office.reference(order)
    with Shiprocket.serving() as other:
        seat = office.scene.new_seat(Hop.COURIER, "courier-two")
        connect(seat, other, "shiprocket")
        office.scene.assign(Hop.COURIER, order, seat)
        office.until_quiet()
        booked = [row for row in rows.of_order(order) if row.state is State.BOOKED]
        assert [row.partner_id for row in booked] == [seat.partner.pk]
        assert (carrier.bookings(first), len(other.orders)) == (0, 1)
        assert office.awb(order)[1] == other.orders[0].awb


def test_a_parcel_given_back_to_the_same_courier_is_booked_anew(office, carrier):
    """Under a new reference: the carrier knows the old one as cancelled."""
    order = office.packed()
    office.until_quiet()
    first = office.reference(order)
    seat = office.scene.new_seat(Hop.COURIER, "courier-two")
    office.scene.assign(Hop.COURIER, order, seat)
    office.until_quiet()
    office.scene.assign(Hop.COURIER, order)
    office.until_quiet()
    assert office.is_booked_once(order)
    assert office.reference(order) == f"{first}R2"
    assert carrier.bookings(first) == 0


def test_an_erased_order_leaves_no_row(office, carrier):
    """What was booked and not shipped is cancelled first; then nothing is left."""
    booked, waiting = office.packed(), office.packed()
    office.work(limit=1)
    reference = next(row.reference for each in (booked, waiting) for row in rows.of_order(each))
    for order in (booked, waiting):
        erase(office.scene.brand.pk, [order], now=utc_now(), who=ME)
    office.until_quiet()
    assert rows.of_order(booked) == rows.of_order(waiting) == []
    assert carrier.bookings(reference) == 0


def test_without_an_agreement_nothing_is_sent_until_there_is_one(carrier):
    """It waits, says which paper is missing, and goes on by itself."""
    office = Office.make(carrier)
    seat = office.scene.new_seat(Hop.COURIER, "paperless", agreed=False)
    connect(seat, carrier, "shiprocket")
    order = office.scene.admit()
    office.scene.assign(Hop.COURIER, order, seat)
    office.scene.pack(order)
    office.pump()
    office.work()
    row = office.row(order)
    assert row.state is State.DUE
    assert row.problem is not None
    assert "agreement" in row.problem.code
    assert row.problem.remedy
    assert "/v1/external/orders/create/adhoc" not in carrier.paths()
    registry.set_suspended(seat.partner, suspended=True, now=utc_now())
    office.wait(3600)
    office.work()
    assert office.row(order).problem.code != row.problem.code


def test_a_courier_that_is_suspended_in_between_gets_nothing_more(office, carrier):
    """Standing is decided anew at each sending; given back, the booking goes on."""
    order = office.packed()
    registry.set_suspended(office.seat.partner, suspended=True, now=utc_now())
    office.work()
    assert state(office, order) is State.DUE
    assert carrier.orders == []
    registry.set_suspended(office.seat.partner, suspended=False, now=utc_now())
    office.until_quiet()
    assert office.is_booked_once(order)


def test_a_token_that_ends_in_the_middle_is_renewed_once(office, carrier):
    """The step that heard of it is sent again with the new one."""
    order = office.packed()
    carrier.fail(3, Fault.SIGNED_OUT)
    carrier.fail(3, Fault.SIGNED_OUT, path="orders")
    office.work()
    assert office.is_booked_once(order)
    assert carrier.paths().count("/v1/external/auth/login") == 2


def test_a_token_is_sealed_and_dies_with_its_account(office, carrier):
    """No table holds it, and disconnecting takes it away."""
    office.packed()
    office.work()
    (token,) = carrier.tokens
    (held,) = query("SELECT token, options::text FROM courier_account")
    assert token.encode() not in bytes(held[0])
    assert "invented-password" not in held[1]
    accounts.disconnect(office.scene.brand.pk, office.account.pk, now=utc_now(), who=ME)
    assert query("SELECT token FROM courier_account") == [(None,)]
    assert query("SELECT 1 FROM keyring_secret WHERE name LIKE 'courier:%%'") == []


def test_a_wrong_password_pauses_the_account_and_blames_no_parcel(office, carrier):
    """One try, then patience; a new account lets what waited go on."""
    accounts.disconnect(office.scene.brand.pk, office.account.pk, now=utc_now(), who=ME)
    wrong = accounts.connect(
        office.seat.partner,
        "shiprocket",
        options={"pickup_location": "Primary"},
        secrets={"email": "api@brand.example", "password": "not-this-one"},
        base_url=carrier.url,
        now=utc_now(),
        who=ME,
    )
    orders = office.packed(5)
    office.work()
    assert len(carrier.paths()) == 1
    assert all(state(office, order) is State.DUE for order in orders)
    accounts.disconnect(office.scene.brand.pk, wrong.pk, now=utc_now(), who=ME)
    connect(office.seat, carrier, "shiprocket")
    office.until_quiet()
    assert all(office.is_booked_once(order) for order in orders)


def test_a_rate_limit_puts_off_the_whole_account(office, carrier):
    """Nothing more is asked before the carrier's own time; then everything is booked."""
    orders = office.packed(6)
    carrier.fail(3, Fault.BUSY)
    office.work()
    assert len(carrier.paths()) == 3
    office.work()
    assert len(carrier.paths()) == 3
    office.until_quiet()
    assert all(office.is_booked_once(order) for order in orders)


def test_an_account_that_ends_in_the_middle_leaves_it_to_a_person(office, carrier):
    """Nobody can ask any more; who looked says that it is there, and with which number."""
    order = office.packed()
    carrier.fail(3, Fault.LOST)
    office.work()
    accounts.disconnect(office.scene.brand.pk, office.account.pk, now=utc_now(), who=ME)
    connect(office.seat, carrier, "shiprocket")
    office.until_quiet()
    row = office.row(order)
    assert (row.state, row.problem.code) == (State.IN_DOUBT, "account_gone")
    settling.it_is_there(
        office.scene.brand.pk, row.reference, awb=carrier.orders[0].awb, now=utc_now(), who=ME
    )
    assert office.is_booked_once(order)


def test_what_is_not_there_is_booked_anew(office, carrier):
    """Somebody looked and saw nothing: it begins again, with the account of today."""
    order = office.packed()
    carrier.fail(2, Fault.RESET)
    office.work()
    accounts.disconnect(office.scene.brand.pk, office.account.pk, now=utc_now(), who=ME)
    connect(office.seat, carrier, "shiprocket")
    office.until_quiet()
    settling.it_is_not_there(office.scene.brand.pk, office.reference(order), now=utc_now(), who=ME)
    office.until_quiet()
    assert office.is_booked_once(order)


def test_a_parcel_without_an_account_waits_for_one(office, carrier):
    """It is refused with the reason; a new account finds it, and those never queued."""
    first = office.packed()
    accounts.disconnect(office.scene.brand.pk, office.account.pk, now=utc_now(), who=ME)
    office.work()
    assert office.row(first).problem.code == "no_account"
    second = office.packed()
    assert rows.of_order(second) == []
    connect(office.seat, carrier, "shiprocket")
    settling.catch_up(office.scene.brand.pk, office.seat.partner.pk, utc_now())
    office.until_quiet()
    assert office.is_booked_once(first)
    assert office.is_booked_once(second)


def test_what_the_carrier_refuses_a_person_tries_again(office, carrier):
    """An empty wallet: the order made before is not made again."""
    order = office.packed()
    carrier.is_poor = True
    office.until_quiet()
    row = office.row(order)
    assert (row.state, row.done) == (State.REFUSED, "create")
    carrier.is_poor = False
    settling.retry(office.scene.brand.pk, row.reference, now=utc_now(), who=ME)
    office.until_quiet()
    assert office.is_booked_once(order)
    assert len(carrier.orders) == 1


def test_another_brand_knows_no_booking_of_this_one(office):
    """404, whatever is asked of it."""
    reference = office.reference(office.packed())
    other = office.scene.brand.pk + 1
    for call in (settling.retry, settling.it_is_not_there):
        with pytest.raises(RefusedError) as refused:
            call(other, reference, now=utc_now(), who=ME)
        assert refused.value.problem.status == 404
    assert settling.listing(other).bookings == []


def test_a_booking_that_waits_for_nobody_is_not_settled(office):
    """What is booked is not booked again by hand."""
    order = office.packed()
    office.until_quiet()
    for call in (settling.retry, settling.it_is_not_there):
        with pytest.raises(RefusedError) as refused:
            call(office.scene.brand.pk, office.reference(order), now=utc_now(), who=ME)
        assert refused.value.problem.code == "booking_not_open"


def test_nothing_of_the_buyer_is_in_the_table(office, caplog):
    """Whatever went wrong: ids, codes and words of ours, in the table and in the logs."""
    orders = office.packed(3)
    office.carrier.fail(2, Fault.DONE_GARBAGE)
    office.carrier.fail(4, Fault.DOWN)
    office.work()
    held = repr(query("SELECT b::text FROM courier_booking b, courier_account"))
    held += repr(query("SELECT a::text FROM courier_account a")) + caplog.text
    assert len(orders) == 3
    for value in PERSON.values():
        if len(value) > 3:
            assert value not in held
    assert "90000" not in held


def test_a_row_is_taken_by_one_worker_at_a_time(office):
    """A second one finds nothing until the first one's lease is over."""
    office.packed()
    now = utc_now() + timedelta(seconds=5)
    first = rows.claim(now)
    assert first is not None
    assert rows.claim(now) is None
    second = rows.claim(now + rows.LEASE + timedelta(seconds=1))
    assert second is not None
    with pytest.raises(rows.LostError):
        rows.change(first, now, sent_at=now)
