"""Booking: queued by events, done once, resumed by anybody."""

import pytest
from django.conf import settings

from hops.courier.bookings import Office, killed_at
from hops.courier.simulators.serving import AFTER, BEFORE, Fault
from hops.courier.simulators.shiprocket import Shiprocket
from orderveil.hops.courier.rows import State
from scene import rows as query
from scene import together

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _own_network(monkeypatch):
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)


@pytest.fixture
def carrier():
    with Shiprocket.serving() as running:
        yield running


@pytest.fixture
def office(carrier):
    return Office.make(carrier)


def test_a_packed_parcel_is_booked_and_bears_its_waybill(office, carrier):
    """Carrier and number stand at the parcel; it is an act, and the journey is told."""
    order = office.packed()
    assert office.work() == 1
    assert office.is_booked_once(order)
    name, awb = office.awb(order)
    assert (name, awb) == ("Amazon Surface", carrier.orders[0].awb)
    acts = query(
        "SELECT count(*) FROM ledger_record WHERE order_id = %s AND kind = 'parcel_booked'", [order]
    )
    told = query("SELECT count(*) FROM outbox_event WHERE kind = 'parcel.booked'")
    assert (acts, told) == ([(1,)], [(1,)])


def test_a_parcel_is_queued_once_however_often_it_is_heard_of(office, carrier):
    """The same events again queue nothing more and send nothing more."""
    order = office.packed()
    office.work()
    query("UPDATE outbox_event SET done_at = NULL RETURNING 1")
    office.pump()
    office.until_quiet()
    assert office.is_booked_once(order)
    assert len(carrier.paths()) == 4


@pytest.mark.parametrize("fault", sorted(BEFORE | AFTER | {Fault.SIGNED_OUT}))
def test_whatever_goes_wrong_with_a_request_it_is_booked_once(office, carrier, fault):
    """Each request in turn: sign-in, order, waybill, pickup."""
    carrier.patience_seconds = 1.0
    for nth in range(1, 5):
        carrier.sign_out()
        query("UPDATE courier_account SET token = NULL RETURNING 1")
        order = office.packed()
        carrier.fail(nth, fault)
        office.until_quiet()
        assert office.is_booked_once(order), (nth, office.row(order))


@pytest.mark.parametrize("after", [False, True])
def test_a_process_that_dies_at_any_commit_books_once(office, after):
    """Before or after each of our own commits: another worker goes on from there."""
    for commit in range(1, 30):
        query("UPDATE courier_account SET token = NULL, signing_until = NULL RETURNING 1")
        order = office.packed()
        with killed_at(commit, after=after) as told:
            office.work()
        office.until_quiet()
        assert office.is_booked_once(order), (commit, office.row(order))
        if not told["killed"]:
            assert commit > 8
            return
    raise AssertionError("there were more commits than expected")


def test_half_a_batch_is_finished_by_another_worker(office, carrier):
    """The first dies in the middle of fifty; the rows it held come back when its lease is over."""
    orders = office.packed(50)
    with killed_at(120, after=True) as told:
        office.work()
    assert told["killed"]
    done = [order for order in orders if office.row(order).state is State.BOOKED]
    assert 0 < len(done) < 50
    office.until_quiet()
    assert all(office.is_booked_once(order) for order in orders)
    assert len(carrier.orders) == 50


def test_several_workers_share_the_work(office, carrier):
    """No parcel is taken by two, and one sign-in serves them all."""
    orders = office.packed(24)
    together(*[lambda: office.work(workers=4)] * 2)
    office.until_quiet(workers=4)
    assert all(office.is_booked_once(order) for order in orders)
    assert len(carrier.orders) == 24
    assert carrier.paths().count("/v1/external/auth/login") == 1
