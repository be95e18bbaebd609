"""The needs of the ten scams, and what lights a hop."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.scam_needs import (
    JOINS,
    NEEDS,
    TITLE_OF,
    WAYS,
    Holder,
    Known,
    Scam,
    joinable,
    known,
    lit,
    lit_together,
    stageable,
    stageable_together,
)
from orderveil.core.states import ParcelState

W = Form.WHOLE
ANY_STATE = frozenset(ParcelState)
cells_of = st.dictionaries(st.sampled_from(Field), st.sampled_from(Form))
few = settings(max_examples=100, deadline=None)


def atoms(cells, *, states=frozenset(), published=True):
    return known(cells, states_seen=states, published_channel=published)


def test_there_are_ten_scams_each_with_a_title_and_a_need():
    """Every scam has a title of its own and at least one set that must be known together."""
    assert len(Scam) == 10
    assert set(NEEDS) == set(TITLE_OF) == set(Scam)
    assert len(set(TITLE_OF.values())) == 10
    assert all(need for needs in NEEDS.values() for need in needs)


@pytest.mark.parametrize(
    ("scam", "together"),
    [
        (Scam.PAYMENT_FAILURE, {Known.ORDER_ID, Known.AMOUNT, Known.PHONE}),
        (Scam.PRIZE, {Known.ORDER_HISTORY, Known.PHONE}),
        (Scam.DELIVERY_FEE, {Known.TRACKING_STATUS, Known.PHONE}),
        (Scam.CUSTOMS, {Known.IN_TRANSIT, Known.PHONE}),
        (Scam.REFUND_OTP_QR, {Known.ORDER_DETAILS, Known.PHONE}),
        (Scam.REMOTE_ACCESS, {Known.ORDER_DETAILS, Known.REFUND_STATE, Known.PHONE}),
        (Scam.FAKE_CARE_NUMBER, {Known.ORDER_DETAILS, Known.NO_PUBLISHED_CHANNEL}),
        (Scam.PHISHING_TRACKING, {Known.AWB, Known.PHONE}),
        (Scam.PHISHING_TRACKING, {Known.AWB, Known.EMAIL}),
        (Scam.ACCOUNT_TAKEOVER, {Known.EMAIL}),
        (Scam.ACCOUNT_TAKEOVER, {Known.PHONE}),
        (Scam.BRUSHING, {Known.NAMES_AND_ADDRESSES}),
    ],
)
def test_a_scam_needs_all_of_its_atoms_together(scam, together):
    """The whole set lights the scam, and the set less any one atom does not."""
    assert scam in lit(frozenset(together))
    for one in together:
        assert scam not in lit(frozenset(together - {one}))


def test_every_need_can_be_met_by_some_policy_row():
    """No atom is needed that no form of any field can give."""
    needed = {atom for needs in NEEDS.values() for need in needs for atom in need}
    assert needed <= {way.atom for way in WAYS} | {Known.NO_PUBLISHED_CHANNEL}
    assert all(way.why for way in WAYS)


@pytest.mark.parametrize("form", sorted(set(Form) - {W}))
@pytest.mark.parametrize("field", [Field.PHONE, Field.EMAIL])
def test_only_a_whole_contact_can_be_reached(field, form):
    """A hashed, virtual, sent, masked or absent phone or email lets nobody call or write."""
    assert not atoms({field: form}) & {Known.PHONE, Known.EMAIL}
    assert atoms({field: W}) & {Known.PHONE, Known.EMAIL}


@pytest.mark.parametrize(
    ("cells", "atom"),
    [
        ({Field.ORDER_NUMBER: W}, Known.ORDER_ID),
        ({Field.AMOUNTS: Form.COARSE}, Known.AMOUNT),
        ({Field.COD_DUE: Form.IF_COD}, Known.AMOUNT),
        ({Field.ITEMS: Form.COARSE, Field.ORDER_NUMBER: W}, Known.ORDER_DETAILS),
        ({Field.ITEMS: Form.COARSE}, Known.ORDER_HISTORY),
        ({Field.AWB: W}, Known.TRACKING_STATUS),
        ({Field.PARCEL_STATE: W, Field.CARRIER: W}, Known.TRACKING_STATUS),
        ({Field.AWB: W}, Known.IN_TRANSIT),
        ({Field.AMOUNTS: W, Field.PAYMENT_METHOD: Form.IF_COD}, Known.REFUND_STATE),
        ({Field.NAME: Form.SHORT, Field.LINE1: W}, Known.NAMES_AND_ADDRESSES),
        ({Field.BILLING_NAME: W, Field.BILLING_ADDRESS: W}, Known.NAMES_AND_ADDRESSES),
    ],
)
def test_what_tells_an_atom_and_that_each_of_its_fields_is_needed(cells, atom):
    """The fields tell the atom; taking any of them away untells it."""
    assert atom in atoms(cells)
    for field in cells:
        assert atom not in atoms(cells | {field: Form.ABSENT})


@pytest.mark.parametrize(
    ("cells", "atom"),
    [
        ({Field.ORDER_NUMBER: Form.TOKEN}, Known.ORDER_ID),
        ({Field.ITEMS: Form.STOCK}, Known.ORDER_HISTORY),
        ({Field.ITEMS: W, Field.ORDER_NUMBER: Form.TOKEN}, Known.ORDER_DETAILS),
        ({Field.PARCEL_STATE: W}, Known.TRACKING_STATUS),
        ({Field.AMOUNTS: Form.COARSE, Field.PAYMENT_METHOD: W}, Known.REFUND_STATE),
        ({Field.NAME: Form.MASKED, Field.LINE1: W}, Known.NAMES_AND_ADDRESSES),
        ({Field.NAME: W, Field.LINE1: Form.MASKED}, Known.NAMES_AND_ADDRESSES),
    ],
)
def test_what_is_too_little_for_an_atom(cells, atom):
    """A weaker form, or half of the fields, does not tell it."""
    assert atom not in atoms(cells)


@pytest.mark.parametrize("state", list(ParcelState))
def test_a_state_tells_of_transit_only_to_a_hop_that_asks_while_the_parcel_moves(state):
    """`parcel_state` gives `in_transit` in `shipped` and `out_for_delivery` and no other state."""
    moving = state in {ParcelState.SHIPPED, ParcelState.OUT_FOR_DELIVERY}
    told = atoms({Field.PARCEL_STATE: W}, states=frozenset({state}))
    assert (Known.IN_TRANSIT in told) is moving


def test_a_published_channel_takes_the_fake_care_number_away():
    """Order details stage a fake care number only while the brand's own can't be found."""
    cells = {Field.ITEMS: W, Field.ORDER_NUMBER: W}
    assert Scam.FAKE_CARE_NUMBER in lit(atoms(cells, published=False))
    assert Scam.FAKE_CARE_NUMBER not in lit(atoms(cells, published=True))


def test_a_hop_with_everything_stages_all_ten_and_a_hop_with_nothing_none():
    """Whole in every field lights all; an empty row lights none, channel or not."""
    everything = dict.fromkeys(Field, W)
    assert lit(atoms(everything, states=ANY_STATE, published=False)) == frozenset(Scam)
    assert lit(atoms({}, states=ANY_STATE, published=False)) == frozenset()


@few
@given(cells=cells_of, field=st.sampled_from(Field), published=st.booleans())
def test_showing_less_never_lights_more(cells, field, published):
    """Withholding a field never adds a scam, and showing it whole never takes one away."""
    before, less, more = (
        lit(atoms(row, states=ANY_STATE, published=published))
        for row in (cells, cells | {field: Form.ABSENT}, cells | {field: W})
    )
    assert less <= before <= more


@pytest.mark.parametrize("join", JOINS)
def test_two_hops_join_over_a_value_both_hold_recognisably(join):
    """Each join needs both sides, and every field of it."""
    cells = dict.fromkeys(join, W)
    assert joinable(cells, cells)
    assert not joinable(cells, {})
    for field in cells:
        assert not joinable(cells, cells | {field: Form.TOKEN})


@pytest.mark.parametrize("form", [Form.TOKEN, Form.HASHED, Form.VIRTUAL, Form.MASKED, Form.SENT])
def test_pseudonyms_join_nothing(form):
    """Tokens, hashes and virtual values differ per partner: equal forms, unequal values."""
    cells = dict.fromkeys(Field, form)
    assert not joinable(cells, cells)


def test_collusion_makes_one_pretext_of_two_halves_only_if_they_join():
    """The phone here and the number and amount there stage a call once both hold the AWB."""
    here = {Field.PHONE: W}
    there = {Field.ORDER_NUMBER: W, Field.AMOUNTS: W}
    apart = lit_together(Holder(here), Holder(there), published_channel=True)
    assert Scam.PAYMENT_FAILURE not in apart
    joined = lit_together(
        Holder(here | {Field.AWB: W}), Holder(there | {Field.AWB: W}), published_channel=True
    )
    assert Scam.PAYMENT_FAILURE in joined


def test_joined_rows_tell_more_than_the_two_lists_of_atoms():
    """Items here and the order's number there are order details, which neither has alone."""
    here = {Field.PHONE: W, Field.ITEMS: W}
    there = {Field.PHONE: W, Field.ORDER_NUMBER: W}
    assert Known.ORDER_DETAILS not in atoms(here) | atoms(there)
    together = lit_together(Holder(here), Holder(there), published_channel=True)
    assert Scam.REFUND_OTP_QR in together


@few
@given(a=cells_of, b=cells_of, published=st.booleans())
def test_collusion_never_loses_what_either_holds(a, b, published):
    """Two hops together stage at least what each stages alone, in either order."""
    one, two = Holder(a, ANY_STATE), Holder(b, ANY_STATE)
    alone = {
        scam for row in (a, b) for scam in lit(atoms(row, states=ANY_STATE, published=published))
    }
    both = lit_together(one, two, published_channel=published)
    assert alone <= both
    assert both == lit_together(two, one, published_channel=published)
    assert joinable(a, b) or both == alone


def test_stageable_counts_each_scam_and_hop_once():
    """One hop with everything is ten pairs; a hop that is missing from the table holds nothing."""
    found = stageable({Hop.OMS: dict.fromkeys(Field, W)}, states_seen={}, published_channel=False)
    assert found == {(scam, Hop.OMS) for scam in Scam}


def test_a_scam_that_one_hop_stages_alone_is_no_collusion():
    """`stageable_together` lists only what takes two, the pair in the road's order."""
    table = {
        Hop.COURIER: {Field.AWB: W, Field.PHONE: W},
        Hop.COMMS: {Field.AWB: W, Field.ORDER_NUMBER: W, Field.AMOUNTS: W},
    }
    found = stageable_together(table, states_seen={}, published_channel=True)
    assert found == {(Scam.PAYMENT_FAILURE, Hop.COURIER, Hop.COMMS)}
