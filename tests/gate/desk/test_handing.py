"""Handing orders to a centre and taking them back."""

import pytest

from orderveil.core.actors import FACTOR_NEEDED
from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.roles import ROLES, Role
from orderveil.gate.desk.handing import centres, hand_over, handed_to
from orderveil.gate.desk.listing import Wanted, list_orders
from orderveil.gate.erase import erase
from orderveil.ledger.queries import entries_of
from orderveil.outbox.events import EventKind
from orderveil.partners import registry
from scene import ME, Scene, rows


@pytest.fixture
def centre(centre):
    """The centre itself: orders are handed to a partner."""
    return centre.partner


@pytest.fixture
def ops(desk):
    """Somebody of operations."""
    return desk.actor(desk.person(Role.OPERATIONS))


def acts(order, kind):
    """(parcel, partner) of each act of that kind, with the person."""
    found = [each.entry for each in entries_of(order) if each.kind == kind]
    return [(e.detail["parcel"], e.detail["partner"], e.who.person) for e in found]


def test_every_parcel_is_handed_over(desk, centre, ops):
    """The centre has the order from the commit on, as an act of the person for each parcel."""
    parcels = (ParcelDraft("a"), ParcelDraft("b"))
    order = desk.scene.admit(desk.scene.draft(parcels=parcels), assign=False)
    theirs = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre))
    assert list_orders(theirs, Wanted(), None, now=desk.scene.now).answers == []
    assert hand_over(ops, [order], centre.pk, now=desk.scene.now) == 1
    assert handed_to(order) == {centre.pk}
    assert sorted(acts(order, "parcel_assigned")) == [
        (1, centre.pk, ops.person),
        (2, centre.pk, ops.person),
    ]
    (answer,) = list_orders(theirs, Wanted(), None, now=desk.scene.now).answers
    assert len(answer.view.parcels) == 2


def test_handing_over_twice_changes_nothing(desk, centre, ops):
    """What the centre has already is not counted and not recorded again."""
    order = desk.scene.admit(assign=False)
    counts = [hand_over(ops, [order, order], centre.pk, now=desk.scene.now) for _ in range(2)]
    assert counts == [1, 0]
    assert len(acts(order, "parcel_assigned")) == 1


def test_handing_needs_a_factor_as_a_reveal_does(desk, centre):
    """Neither handed over nor taken back by a session whose factor is older than the role's."""
    order = desk.scene.admit()
    minutes = ROLES[Role.OPERATIONS].reveal_fresh_minutes
    old = desk.actor(desk.person(Role.OPERATIONS), factor_minutes=minutes)
    for partner in (centre.pk, None):
        assert hand_over(old, [order], partner, now=desk.scene.now) is FACTOR_NEEDED
    assert handed_to(order) == set()


def test_taken_back_it_is_gone(desk, centre, ops):
    """The centre sees it no more; an act and an event say so; other hops keep the parcel."""
    order = desk.scene.admit()
    hand_over(ops, [order], centre.pk, now=desk.scene.now)
    assert hand_over(ops, [order], None, now=desk.scene.now) == 1
    assert hand_over(ops, [order], None, now=desk.scene.now) == 0
    assert handed_to(order) == set()
    assert acts(order, "parcel_unassigned") == [(1, centre.pk, ops.person)]
    theirs = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre))
    assert list_orders(theirs, Wanted(), None, now=desk.scene.now).answers == []
    events = rows("SELECT detail FROM outbox_event WHERE kind = %s", [EventKind.PARCEL_UNASSIGNED])
    assert len(events) == 1
    assert rows("SELECT count(*) FROM partners_assignment")[0][0] == 3


def test_only_to_a_centre_with_standing(desk, centre, ops):
    """Not to the brand itself, a courier, another brand's centre, one without an agreement."""
    order = desk.scene.admit(assign=False)
    foreign = Scene.make("another").new_seat(Hop.SUPPORT, "theirs").partner
    unsigned = desk.scene.new_seat(Hop.SUPPORT, "unsigned", agreed=False).partner
    registry.set_suspended(centre, suspended=True, now=desk.scene.now)
    refused = [desk.own, desk.scene.seat(Hop.COURIER).partner, foreign, unsigned, centre]
    said = [hand_over(ops, [order], each.pk, now=desk.scene.now).code for each in refused]
    assert said == [*["not_a_centre"] * 3, "no_agreement", "partner_suspended"]
    assert handed_to(order) == set()
    assert [each.slug for each in centres(desk.scene.brand.pk)] == ["centre", "unsigned"]


def test_only_by_whoever_may(desk, centre):
    """Neither support nor the centre itself hands orders out."""
    order = desk.scene.admit(assign=False)
    for actor in (
        desk.actor(desk.person(Role.SUPPORT)),
        desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre)),
    ):
        assert hand_over(actor, [order], centre.pk, now=desk.scene.now).code == "may_not_hand_out"


def test_what_is_not_there_is_left_out(desk, centre, ops):
    """Another brand's order and an erased one are not handed over; the rest is."""
    ours, gone = desk.scene.admit(assign=False), desk.scene.admit(assign=False)
    foreign = Scene.make("another").admit(assign=False)
    erase(desk.scene.brand.pk, [gone], now=desk.scene.now, who=ME)
    assert hand_over(ops, [foreign, gone, ours], centre.pk, now=desk.scene.now) == 1
    assert (handed_to(ours), handed_to(gone), handed_to(foreign)) == ({centre.pk}, set(), set())
