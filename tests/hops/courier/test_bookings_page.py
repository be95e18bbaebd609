"""The page of bookings: why each waits, and buttons for whoever manages connections."""

import pytest
from django.conf import settings
from django.urls import reverse

from desk import Desk
from hops.courier.bookings import Office
from hops.courier.simulators.shiprocket import Shiprocket
from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.hops.courier import accounts
from scene import ME, PERSON

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def office(monkeypatch):
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)
    with Shiprocket.serving() as carrier:
        carrier.is_poor = True
        yield Office.make(carrier)


@pytest.fixture
def desk(office):
    return Desk.make(office.scene)


def test_what_is_refused_is_listed_with_its_reason_and_no_buyer(office, desk):
    """The reference, what the carrier would not do, and what to do; nothing of the order."""
    order = office.packed()
    office.until_quiet()
    row = office.row(order)
    page = desk.client(desk.person(Role.OPERATIONS)).get(reverse("bookings")).content.decode()
    assert row.reference in page
    assert row.problem.code in page
    assert "Try again" not in page
    assert all(value not in page for value in PERSON.values() if len(value) > 4)


def test_it_is_tried_again_by_whoever_manages_connections(office, desk):
    """The button puts it back in the queue; the next look books it."""
    order = office.packed()
    office.until_quiet()
    office.carrier.is_poor = False
    client = desk.client(desk.person(Role.INTEGRATOR))
    answer = client.post(reverse("booking_again", args=[office.reference(order)]))
    assert answer.status_code == 302
    office.until_quiet()
    assert office.is_booked_once(order)


def test_somebody_says_what_they_saw_at_the_carrier(office, desk):
    """With the number that it bears there; a number that is none is refused."""
    order = office.packed()
    office.until_quiet()
    accounts.disconnect(office.scene.brand.pk, office.account.pk, now=utc_now(), who=ME)
    client = desk.client(desk.person(Role.INTEGRATOR))
    path = reverse("booking_there", args=[office.reference(order)])
    assert client.post(path, {"awb": "no number"}).status_code == 422
    assert client.post(path, {"awb": "SR-4711"}).status_code == 302
    assert office.awb(order)[1] == "SR-4711"


def test_a_stale_factor_settles_nothing(office, desk):
    """The second factor is asked for again first."""
    order = office.packed()
    office.until_quiet()
    before = office.row(order).state
    client = desk.client(desk.person(Role.INTEGRATOR), factor_minutes=30)
    client.post(reverse("booking_not_there", args=[office.reference(order)]))
    assert office.row(order).state is before
