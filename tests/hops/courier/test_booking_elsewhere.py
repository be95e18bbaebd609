"""The booking engine with the carriers that know a repetition: each fault, one booking."""

import pytest
from django.conf import settings

from hops.courier.bookings import Office
from hops.courier.simulators.delhivery import Delhivery
from hops.courier.simulators.easypost import EasyPost
from hops.courier.simulators.generic import Generic
from hops.courier.simulators.serving import AFTER, BEFORE
from orderveil.core.states import ParcelState
from orderveil.hops.courier.rows import State

pytestmark = pytest.mark.usefixtures("db")
SIMULATORS = {"delhivery": Delhivery, "easypost": EasyPost, "generic": Generic}


@pytest.fixture(autouse=True)
def _own_network(monkeypatch):
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)


@pytest.fixture(params=sorted(SIMULATORS))
def office(request):
    with SIMULATORS[request.param].serving() as carrier:
        carrier.patience_seconds = 1.0
        yield Office.make(carrier, request.param)


@pytest.mark.parametrize("fault", sorted(BEFORE | AFTER))
def test_whatever_goes_wrong_with_a_request_it_is_booked_once(office, fault):
    """Each request in turn; a courier of the webhook needs one."""
    for nth in (1, 2):
        order = office.packed()
        office.carrier.fail(nth, fault)
        office.until_quiet()
        assert office.is_booked_once(order), (nth, office.row(order))


def test_a_booking_is_cancelled_with_its_parcel(office):
    """And called off at the carrier."""
    order = office.packed()
    office.until_quiet()
    reference = office.reference(order)
    office.move(order, ParcelState.CANCELLED)
    office.until_quiet()
    assert office.carrier.bookings(reference) == 0
    assert office.row(order).state is State.CANCELLED


def test_a_number_that_comes_later_is_asked_for():
    """202, then 200: the parcel bears its number in the end; the view went out once."""
    with Generic.serving(numbers_later=True) as carrier:
        office = Office.make(carrier, "generic")
        order = office.packed()
        office.work()
        assert office.awb(order)[1] is None
        carrier.give_numbers()
        office.until_quiet()
        assert office.is_booked_once(order)
        kinds = [asked.json()["type"] for asked in carrier.received]
        assert kinds.count("booking.requested") == 1
