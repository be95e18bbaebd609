"""Which hop moves a parcel where: no hop opens its own window, and nothing that ended begins."""

import itertools

import pytest

from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState as S
from orderveil.core.table import Profile
from orderveil.core.transitions import ENDED, MAY_ASSIGN, MAY_OPEN_REVERSE, may_move, movers
from orderveil.policy.toml import load, profile_text

MOVES = [
    (hop, before, after)
    for hop, before, after in itertools.product(Hop, S, S)
    if may_move(hop, before, after)
]
COURIER = load(profile_text(Profile.BALANCED)).rows[Hop.COURIER].states


def test_a_courier_cannot_open_its_own_window():
    """From no state outside its window can a courier move a parcel into it."""
    outside = set(S) - COURIER
    assert [
        (before, after)
        for before, after in itertools.product(outside, COURIER)
        if may_move(Hop.COURIER, before, after)
    ] == []
    assert outside
    assert COURIER


@pytest.mark.parametrize("hop", Hop)
def test_no_hop_opens_its_own_window(hop):
    """What holds for couriers holds for every hop, under a new installation's table."""
    window = load(profile_text(Profile.BALANCED)).rows[hop].states
    assert [m for m in MOVES if m[0] == hop and m[1] not in window and m[2] in window] == []


def test_a_courier_leaves_no_ended_state():
    """A parcel that is delivered, returned, cancelled or closed is out of the courier's hands."""
    assert [m for m in MOVES if m[0] == Hop.COURIER and m[1] in ENDED] == []
    assert not COURIER & ENDED


def test_what_ended_never_begins_again():
    """No hop at all moves a parcel out of an ended state, but the brand's own filing as closed."""
    assert [m for m in MOVES if m[1] in ENDED] == [
        (Hop.OMS, S.DELIVERED, S.CLOSED),
        (Hop.OMS, S.RETURNED, S.CLOSED),
        (Hop.OMS, S.CANCELLED, S.CLOSED),
    ]


def test_nothing_goes_back():
    """No road leads around to where it began, but for the courier's second attempts."""
    again = {S.UNDELIVERED, S.OUT_FOR_DELIVERY}
    assert [m for m in MOVES if m[1] == m[2]] == []
    steps = {before: {m[2] for m in MOVES if m[1] == before} for before in S}

    def reachable(start):
        seen, todo = set(), list(steps[start])
        while todo:
            state = todo.pop()
            if state not in seen:
                seen.add(state)
                todo += steps[state]
        return seen

    assert {state for state in S if state in reachable(state)} == again


@pytest.mark.parametrize(
    "hop", [Hop.IMS, Hop.LABEL, Hop.COMMS, Hop.SUPPORT, Hop.MARKETING, Hop.REPORTS, Hop.RETENTION]
)
def test_onlookers_move_nothing(hop):
    """A hop that only reads can't change what others may see."""
    assert [m for m in MOVES if m[0] == hop] == []


def test_every_state_is_reached_by_someone():
    """Every state but the first is some hop's doing."""
    assert {after for _, _, after in MOVES} == set(S) - {S.PLACED}


def test_movers_are_named_in_the_order_of_the_road():
    """A refusal names the hops that may make the move, and none that may not."""
    assert movers(S.PLACED, S.PACKED) == (Hop.STOREFRONT, Hop.WMS)
    assert movers(S.RETURNING, S.RETURNED) == (Hop.OMS, Hop.WMS, Hop.COURIER)
    assert movers(S.DELIVERED, S.PACKED) == ()


def test_couriers_assign_nothing():
    """Only the brand's own systems hand parcels out or open a return."""
    assert Hop.COURIER not in MAY_ASSIGN | MAY_OPEN_REVERSE
    assert frozenset({Hop.OMS}) == MAY_ASSIGN
