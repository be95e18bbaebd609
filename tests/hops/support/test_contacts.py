"""The desk's page of an order's virtual contacts."""

import pytest

from desk import Desk
from orderveil.contacts import using
from orderveil.contacts.using import Outcome, Way
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate import ending
from orderveil.gate import law as laws
from orderveil.gate.asking import partner_refs
from orderveil.ledger.queries import entries_of
from reachable import POOL, Reachable, set_up


@pytest.fixture
def desk(db):
    """A brand with people, and virtual contacts."""
    desk = Desk.make()
    set_up(desk.scene, desk.scene.new_seat(Hop.COMMS, "carrier").partner)
    return desk


@pytest.fixture
def order(desk):
    """A parcel whose courier has a contact."""
    order = desk.scene.pack(desk.scene.admit())
    desk.scene.ask(Hop.COURIER, order)
    return order


def page(desk, order, who, status=200):
    """What this person gets of the page."""
    own = next(
        each
        for each in laws.reload(desk.scene.brand.pk).partners.values()
        if each.own and Hop.SUPPORT in each.hops
    )
    ref = partner_refs(laws.law_of(desk.scene.brand.pk), own).make(order)
    answer = desk.at_work(who).get(f"/desk/orders/{ref}/contacts/")
    assert answer.status_code == status
    return answer.content.decode()


def test_it_says_which_number_for_whom_until_when(desk, order):
    """The number, the end of its PIN, the courier and the parcel."""
    contact = Reachable(desk.scene, desk.scene.seat(Hop.COURIER)).contact(order)
    told = page(desk, order, desk.person(Role.SUPPORT))
    assert POOL in told
    assert f"••••{contact.code[-2:]}" in told
    assert contact.code not in told
    assert "courier-one" in told
    assert "at the latest" in told


def test_it_lists_every_use(desk, order):
    """Who, when, allowed or not."""
    contact = Reachable(desk.scene, desk.scene.seat(Hop.COURIER)).contact(order)
    using.note(contact, Way.TO_CUSTOMER, Outcome.CONNECTED, now=desk.scene.now)
    using.note(contact, Way.TO_PARTNER, Outcome.TOO_OFTEN, now=desk.scene.now)
    told = page(desk, order, desk.person(Role.SUPPORT))
    assert "put through" in told
    assert "the customer" in told
    assert "too often" in told


def test_an_ended_contact_stays_on_the_page(desk, order):
    """With the moment at which it ended."""
    desk.scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    desk.scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
    ending.end_closed(desk.scene.brand.pk, order, desk.scene.now)
    assert "ended" in page(desk, order, desk.person(Role.SUPPORT))


def test_opening_it_is_on_record(desk, order):
    """As a look of support's at the order."""
    before = len(entries_of(order))
    page(desk, order, desk.person(Role.SUPPORT))
    assert len(entries_of(order)) == before + 1


def test_the_customer_is_nowhere_on_it(desk, order):
    """Neither number nor name."""
    told = page(desk, order, desk.person(Role.SUPPORT))
    assert "9000000001" not in told
    assert "Tarangini" not in told
