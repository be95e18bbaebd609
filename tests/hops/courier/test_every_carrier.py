"""Never booked twice, whichever carrier it is and whatever goes wrong."""

import pytest
from django.conf import settings

from hops.courier.bookings import SIMULATORS, Office, killed_at
from hops.courier.simulators.serving import AFTER, BEFORE, Fault
from orderveil.core.states import ParcelState
from orderveil.hops.courier.rows import State

pytestmark = pytest.mark.usefixtures("db")

REQUESTS = {"delhivery": 2, "easypost": 2, "generic": 2}
FAULTS = sorted(BEFORE | AFTER | {Fault.SIGNED_OUT})


@pytest.fixture(autouse=True)
def _own_network(monkeypatch):
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)


@pytest.fixture(params=REQUESTS)
def office(request):
    with SIMULATORS[request.param].serving() as carrier:
        carrier.patience_seconds = 1.0
        made = Office.make(carrier, request.param)
        made.requests = REQUESTS[request.param]
        yield made


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_with_a_request_it_is_booked_once(office, fault):
    """Each request in turn."""
    for nth in range(1, office.requests + 1):
        order = office.packed()
        office.carrier.fail(nth, fault)
        office.until_quiet()
        assert office.is_booked_once(order), (nth, office.row(order))


@pytest.mark.parametrize("after", [False, True])
def test_a_process_that_dies_at_any_commit_books_once(office, after):
    """Before or after each of our own commits: another worker goes on from there."""
    for commit in range(1, 30):
        order = office.packed()
        with killed_at(commit, after=after) as told:
            office.work()
        office.until_quiet()
        assert office.is_booked_once(order), (commit, office.row(order))
        if not told["killed"]:
            assert commit > 4
            return
    raise AssertionError("there were more commits than expected")


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.LOST])
def test_a_parcel_cancelled_in_flight_leaves_nothing_behind(office, fault):
    """Whether or not the request arrived, nothing of it stays at the carrier."""
    for nth in range(1, office.requests + 1):
        order = office.packed()
        office.carrier.fail(nth, fault)
        office.work()
        reference = office.reference(order)
        office.move(order, ParcelState.CANCELLED)
        office.until_quiet()
        assert office.at_carrier(reference) == 0, (nth, office.row(order))
        assert office.row(order).state in {State.CALLED_OFF, State.CANCELLED}, office.row(order)
