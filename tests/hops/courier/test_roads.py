"""What scans come to: whole roads from skipping carriers, and one end whatever their order."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orderveil.core.attempts import AttemptReason
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState as S
from orderveil.core.transitions import ENDED, may_move
from orderveil.gate.following import Move
from orderveil.hops.courier.carriers.speech import Scan
from orderveil.hops.courier.roads import AHEAD, BACK, Unmoved, believed, plan, way

T0 = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WALK = (S.SHIPPED, S.OUT_FOR_DELIVERY, S.UNDELIVERED, S.OUT_FOR_DELIVERY, S.DELIVERED)
HOME = (S.SHIPPED, S.UNDELIVERED, S.RETURNING, S.RETURNING, S.RETURNED)


def scan(state, minutes, reason=""):
    """A scan of that state, so many minutes after the first."""
    return Scan("AWB1", state, T0 + timedelta(minutes=minutes), "CODE", reason)


def heard(state, scans, *, is_reverse=False):
    """(end state, moves) when each scan comes in a webhook of its own."""
    mark, moves = None, []
    for each in scans:
        found = plan(state, [each], mark, is_reverse=is_reverse)
        for move in found.moves:
            assert may_move(Hop.COURIER, state, move.to)
            state = move.to
        mark = found.mark
        moves += found.moves
    return state, moves


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        (S.PACKED, S.OUT_FOR_DELIVERY, (S.SHIPPED, S.OUT_FOR_DELIVERY)),
        (S.PACKED, S.DELIVERED, (S.SHIPPED, S.DELIVERED)),
        (S.PACKED, S.RETURNED, (S.SHIPPED, S.RETURNING, S.RETURNED)),
        (S.UNDELIVERED, S.RETURNED, (S.RETURNING, S.RETURNED)),
        (S.RETURNING, S.DELIVERED, (S.DELIVERED,)),
        (S.UNDELIVERED, S.OUT_FOR_DELIVERY, (S.OUT_FOR_DELIVERY,)),
        (S.SHIPPED, S.SHIPPED, ()),
        (S.OUT_FOR_DELIVERY, S.SHIPPED, None),
        (S.RETURNING, S.OUT_FOR_DELIVERY, None),
        (S.PLACED, S.DELIVERED, None),
        (S.DELIVERED, S.RETURNING, None),
    ],
)
def test_a_skipped_step_is_filled_in(before, after, steps):
    """A parcel goes by each state that it must have been in, and by no attempt nobody reported."""
    assert way(before, after) == steps


@pytest.mark.parametrize(("before", "after"), [*itertools.product(S, S)])
def test_every_way_is_made_of_moves_that_a_courier_may_make(before, after):
    """Whatever the two states; and what ended is left by none."""
    steps = way(before, after)
    if steps:
        assert all(may_move(Hop.COURIER, *pair) for pair in itertools.pairwise((before, *steps)))
        assert before not in ENDED
        assert S.UNDELIVERED not in steps[:-1]


@pytest.mark.parametrize("journey", [WALK, HOME])
@pytest.mark.parametrize("order", [*itertools.permutations(range(5))])
def test_a_journey_ends_alike_in_every_order(journey, order):
    """All 120 orders of five scans, each alone or all at once: one end, and no illegal move."""
    scans = [scan(state, place) for place, state in enumerate(journey)]
    assert heard(S.PACKED, [scans[place] for place in order])[0] == journey[-1]
    at_once = plan(S.PACKED, [scans[place] for place in order], None)
    assert at_once.moves[-1].to == journey[-1]


@given(
    st.lists(
        st.tuples(st.sampled_from([*S]), st.integers(0, 8)), min_size=1, max_size=6, unique=True
    ),
    st.data(),
)
def test_any_scans_end_alike_in_every_order(told, data):
    """Even those that no journey has, at equal moments, and heard twice."""
    states = {state for state, _ in told}
    assume(not {S.DELIVERED, S.RETURNED} <= states)  # of two endings the first that is heard holds
    scans = [scan(state, minutes) for state, minutes in told]
    shuffled = data.draw(st.permutations(scans + data.draw(st.lists(st.sampled_from(scans)))))
    assert heard(S.PACKED, shuffled)[0] == heard(S.PACKED, sorted(scans, key=lambda s: s.at))[0]


@given(st.lists(st.tuples(st.sampled_from([*S]), st.integers(0, 8)), max_size=8), st.booleans())
def test_scans_heard_again_move_nothing(told, is_reverse):
    """A webhook that comes twice is one webhook."""
    scans = [scan(state, minutes) for state, minutes in told]
    once = plan(S.PACKED, scans, None, is_reverse=is_reverse)
    state = once.moves[-1].to if once.moves else S.PACKED
    again = plan(state, scans, once.mark, is_reverse=is_reverse)
    assert (again.moves, again.mark) == ((), once.mark)


def test_a_late_end_counts():
    """Delivered, told after a later scan: the carrier's hub was offline, the parcel is there."""
    scans = [scan(S.UNDELIVERED, 9), scan(S.DELIVERED, 5), scan(S.OUT_FOR_DELIVERY, 10)]
    assert heard(S.PACKED, scans)[0] == S.DELIVERED


def test_an_old_scan_moves_nothing():
    """Out for delivery at nine, told after the attempt at ten."""
    state, moves = heard(S.SHIPPED, [scan(S.UNDELIVERED, 60), scan(S.OUT_FOR_DELIVERY, 0)])
    assert (state, len(moves)) == (S.UNDELIVERED, 1)


def test_in_transit_again_is_no_step_back():
    """A hub's scan between two attempts leaves the parcel undelivered, and hides no attempt."""
    scans = [scan(S.SHIPPED, 3), scan(S.UNDELIVERED, 2), scan(S.SHIPPED, 4)]
    assert heard(S.PACKED, scans)[0] == S.UNDELIVERED
    assert plan(S.PACKED, scans, None).unmoved == ()


def test_a_reason_goes_with_its_attempt():
    """And with no other move on the way there; a reason we don't know is none."""
    found = plan(S.PACKED, [scan(S.UNDELIVERED, 0, "refused")], None)
    assert found.moves == (Move(S.SHIPPED), Move(S.UNDELIVERED, AttemptReason.REFUSED))
    assert plan(S.SHIPPED, [scan(S.UNDELIVERED, 0, "x")], None).moves == (Move(S.UNDELIVERED),)


def test_a_return_goes_to_the_warehouse():
    """Picked up it is returning; what the carrier calls delivered is returned."""
    scans = [scan(None, 0), scan(S.SHIPPED, 1), scan(S.OUT_FOR_DELIVERY, 2), scan(S.DELIVERED, 3)]
    state, moves = heard(S.PACKED, scans, is_reverse=True)
    assert state == S.RETURNED
    assert [move.to for move in moves] == [S.SHIPPED, S.RETURNING, S.RETURNED]


@pytest.mark.parametrize(
    ("state", "told", "is_reverse", "why"),
    [
        (S.PLACED, S.DELIVERED, False, Unmoved.NOT_PACKED),
        (S.CANCELLED, S.SHIPPED, False, Unmoved.CANCELLED_HERE),
        (S.DELIVERED, S.RETURNED, False, Unmoved.ENDED_OTHERWISE),
        (S.RETURNING, S.OUT_FOR_DELIVERY, False, Unmoved.NO_ROAD),
        (S.SHIPPED, S.CANCELLED, False, Unmoved.NO_ROAD),
        (S.PACKED, S.UNDELIVERED, True, Unmoved.PICK_UP_FAILED),
    ],
)
def test_what_somebody_should_look_at_is_said(state, told, is_reverse, why):
    """A scan that names a state which the parcel can't take."""
    assert plan(state, [scan(told, 0)], None, is_reverse=is_reverse).unmoved == (why,)


@pytest.mark.parametrize("state", [S.DELIVERED, S.RETURNED, S.CLOSED])
def test_what_comes_after_the_end_is_no_trouble(state):
    """Late scans of the road behind an ended parcel are usual."""
    ends = {S.DELIVERED, S.RETURNED} if state != S.CLOSED else set()
    for told in set(S) - (ends - {state}):
        assert plan(state, [scan(told, 0)], None).moves == ()
        assert plan(state, [scan(told, 0)], None).unmoved == ()


def test_times_that_cannot_be_are_not_believed():
    """More than an hour ahead, or ninety days back."""
    now = T0
    second = timedelta(seconds=1)
    for at, why in [
        (now + AHEAD, None),
        (now + AHEAD + second, Unmoved.FROM_THE_FUTURE),
        (now - BACK, None),
        (now - BACK - second, Unmoved.TOO_OLD),
    ]:
        assert believed(Scan("A", S.SHIPPED, at, "X"), now) == why
