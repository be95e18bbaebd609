"""Decisions: who gets what, in which form, and why not."""

import os
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tables import row, table, tables
from orderveil.core.decision import Grant, Mode, Policies, Standing, decide, enforced_for
from orderveil.core.errors import Problem
from orderveil.core.fields import COMPARTMENT_OF, Compartment, Field
from orderveil.core.forms import SHOWS_NOTHING, Form, tells_at_most
from orderveil.core.hops import Hop, Reach
from orderveil.core.papers import Term
from orderveil.core.states import ParcelState
from orderveil.core.table import Profile, Requirement
from orderveil.policy.toml import load, profile_text

TODAY = load(profile_text(Profile.TODAY))
BALANCED = load(profile_text(Profile.BALANCED))
STRICT = load(profile_text(Profile.STRICT), virtual=frozenset({Field.PHONE, Field.EMAIL}))
EVERY_HOP = frozenset(Hop)


def policies(in_force=BALANCED, today=TODAY):
    """This table in force."""
    return Policies(label="a test's@3", version_id=9, table=in_force, today=today)


def standing(**said):
    """A partner that runs everything and has signed, unless it is said otherwise."""
    signed = {"agreement_in_force": True, "named": frozenset(Term)}
    return Standing(**{"partner": "swift", "hops": EVERY_HOP} | signed | said)


def grant(hop=Hop.COURIER, in_force=BALANCED, *, enforced=True, **said):
    """What this hop gets."""
    got = decide(hop, policies(in_force), standing(**said), enforced=enforced)
    assert isinstance(got, Grant)
    return got


def refused(hop=Hop.COURIER, **said):
    """Why this hop gets nothing."""
    got = decide(hop, policies(), standing(**said), enforced=True)
    assert isinstance(got, Problem)
    assert got.rule
    assert got.remedy
    assert got.status == 403
    return got.code


@pytest.mark.parametrize("hop", Hop)
def test_an_enforced_hop_gets_exactly_its_row(hop):
    """What shows something is granted, what shows nothing is withheld, and nothing is left out."""
    got = grant(hop, demands_email=True)
    said = BALANCED.rows[hop]
    assert got.forms | got.withheld == {field: said.form(field) for field in Field}
    assert not set(got.forms) & set(got.withheld)
    assert not SHOWS_NOTHING & set(got.forms.values())
    assert set(got.withheld.values()) <= SHOWS_NOTHING
    assert (got.purpose, got.reach, got.states) == (said.purpose, said.reach, said.states)
    assert (got.policy, got.policy_version) == ("a test's@3", 9)
    assert got.would_withhold == ()


@pytest.mark.parametrize("hop", Hop)
def test_only_the_needed_compartments_are_opened(hop):
    """A compartment of which nothing is shown stays sealed."""
    got = grant(hop)
    assert got.compartments == {COMPARTMENT_OF[f] for f in got.forms if f in COMPARTMENT_OF}
    if hop == Hop.IMS:
        assert got.compartments == frozenset()
    if hop == Hop.COURIER:
        assert Compartment.PAYMENT not in got.compartments


def test_a_suspended_partner_gets_nothing():
    """Suspension beats everything else: agreement, own system, any hop."""
    assert refused(suspended=True, own=True) == "partner_suspended"
    for hop in Hop:
        assert refused(hop, suspended=True) == "partner_suspended"


def test_a_partner_gets_nothing_for_a_hop_it_does_not_run():
    """A courier can't ask as the warehouse."""
    assert refused(Hop.WMS, hops=frozenset({Hop.COURIER})) == "wrong_hop"
    assert refused(Hop.WMS, hops=frozenset()) == "wrong_hop"


def test_a_partner_without_an_agreement_gets_nothing():
    """Where the table needs an agreement, an outsider without one is refused."""
    assert refused(agreement_in_force=False) == "no_agreement"


def test_the_brands_own_system_needs_no_agreement():
    """Nobody signs with oneself."""
    assert grant(agreement_in_force=False, own=True).hop == Hop.COURIER


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        ({}, "agreement in force: none is on record."),
        ({"begins_on": date(2026, 12, 1)}, "the next one begins on 2026-12-01."),
        ({"ended_on": date(2026, 11, 22)}, "the last one ended on 2026-11-22."),
        (
            {"ended_on": date(2026, 11, 22), "begins_on": date(2026, 12, 1)},
            "the last one ended on 2026-11-22, the next one begins on 2026-12-01.",
        ),
    ],
    ids=["none", "not_yet", "over", "between"],
)
def test_the_refusal_says_which_paper_is_missing(paper, said):
    """None recorded, one that is still to begin, one that is over: each in its words and dates."""
    found = decide(
        Hop.COURIER, policies(), standing(agreement_in_force=False, **paper), enforced=True
    )
    assert found.detail.endswith(said)
    assert "partner agree" in found.remedy


@pytest.mark.parametrize("term", Term)
def test_a_courier_whose_agreement_leaves_a_term_out_gets_nothing(term):
    """Each of the five is needed, and the refusal names the one that is missing, and no other."""
    short = standing(named=frozenset(Term) - {term})
    found = decide(Hop.COURIER, policies(), short, enforced=True)
    assert found.code == "agreement_incomplete"
    assert [each for each in Term if each in found.detail] == [term]


def test_an_agreement_that_names_nothing_is_enough_elsewhere():
    """Terms are asked of couriers; a warehouse and the brand's own fleet go without."""
    assert refused(named=frozenset()) == "agreement_incomplete"
    assert grant(Hop.WMS, named=frozenset()).hop == Hop.WMS
    assert grant(named=frozenset(), own=True).hop == Hop.COURIER
    assert grant(in_force=TODAY, named=frozenset()).hop == Hop.COURIER


def test_a_hop_without_needs_asks_for_no_agreement():
    """Stock systems get no personal data, so nothing has to be signed."""
    assert BALANCED.rows[Hop.IMS].needs == frozenset()
    assert grant(Hop.IMS, agreement_in_force=False).compartments == frozenset()


@pytest.mark.parametrize("hop", [hop for hop in Hop if BALANCED.rows[hop].needs])
def test_every_hop_that_sees_people_needs_an_agreement(hop):
    """No personal field leaves for a partner that has signed nothing."""
    terms = {Requirement.TERMS} if hop == Hop.COURIER else set()
    assert BALANCED.rows[hop].needs == {Requirement.AGREEMENT} | terms
    assert refused(hop, agreement_in_force=False) == "no_agreement"


def test_a_refusal_names_the_partner_by_its_slug_only():
    """The reason says who and what to do, and no more of the standing than that."""
    problem = decide(Hop.COURIER, policies(), standing(suspended=True), enforced=True)
    assert "swift" in problem.detail


def test_a_virtual_email_is_made_on_demand_only():
    """Only a partner whose own API demands an email gets even a virtual one."""
    assert grant(in_force=STRICT, demands_email=True).forms[Field.EMAIL] == Form.VIRTUAL
    assert grant(in_force=STRICT).withheld[Field.EMAIL] == Form.ABSENT


def test_observe_gets_todays_view():
    """A partner in `observe` sees what it sees today, and we note what policy would withhold."""
    got = grant(enforced=False)
    today = TODAY.rows[Hop.COURIER]
    assert got.forms == {f: today.form(f) for f in Field if today.form(f) not in SHOWS_NOTHING}
    assert got.states == today.states
    would = dict(got.would_withhold)
    assert would[Field.GEO] == Form.ABSENT
    assert would[Field.ITEMS] == Form.COARSE
    assert would[Field.EMAIL] == Form.ABSENT
    assert Field.NAME not in would


@settings(max_examples=60)
@given(tables, st.sampled_from(Hop), st.booleans(), st.booleans())
def test_observe_notes_exactly_what_differs(in_force, hop, demands, enforced):
    """`would_withhold` lists every field shown in another form than the policy says, once each."""
    got = decide(
        hop, policies(in_force), standing(own=True, demands_email=demands), enforced=enforced
    )
    ideal = decide(
        hop, policies(in_force), standing(own=True, demands_email=demands), enforced=True
    )
    shown, wanted = got.forms | got.withheld, ideal.forms | ideal.withheld
    assert dict(got.would_withhold) == {f: wanted[f] for f in Field if shown[f] != wanted[f]}
    assert len(dict(got.would_withhold)) == len(got.would_withhold)
    assert all(not tells_at_most(shown[f], wanted[f]) for f, _ in got.would_withhold)
    if enforced:
        assert got == ideal


@settings(max_examples=60)
@given(tables, st.sampled_from(Hop))
def test_observe_shows_no_more_than_the_looser_of_the_two(in_force, hop):
    """Every field has either today's form or the policy's."""
    got = decide(hop, policies(in_force), standing(own=True, demands_email=True), enforced=False)
    for field, form in (got.forms | got.withheld).items():
        assert form in {TODAY.rows[hop].form(field), in_force.rows[hop].form(field)}
    assert got.reach == in_force.rows[hop].reach
    assert got.states == in_force.rows[hop].states | TODAY.rows[hop].states


def test_going_to_observe_withholds_nothing():
    """A policy that shows more than today's keeps doing so while it is observed."""
    looser = table(ims=row({Field.REGION: Form.WHOLE}, states=[ParcelState.PLACED]))
    got = grant(Hop.IMS, looser, enforced=False)
    assert got.forms[Field.REGION] == Form.WHOLE
    assert Field.REGION not in dict(got.would_withhold)


def test_a_row_nobody_wrote_shows_nothing():
    """The table's default is silence: no field, no state, the narrowest reach."""
    got = grant(Hop.OMS, table())
    assert got.forms == {}
    assert got.states == frozenset()
    assert got.reach == Reach.ASSIGNED


def test_modes_decide_whom_policy_holds_for():
    """`enforce` is every order, `observe` none."""
    order = os.urandom(16)
    assert enforced_for(standing(mode=Mode.ENFORCE, enforce_percent=0), order)
    assert not enforced_for(standing(mode=Mode.OBSERVE, enforce_percent=100), order)


@pytest.mark.parametrize("percent", [0, 1, 10, 50, 99, 100])
def test_a_share_is_the_share_it_says(percent):
    """Of all ids, about N% are enforced; 0 is none and 100 is all."""
    share = standing(mode=Mode.ENFORCE_SHARE, enforce_percent=percent)
    ids = [number.to_bytes(2) + bytes(14) for number in range(2**16)]
    enforced = sum(enforced_for(share, order) for order in ids)
    assert abs(enforced / len(ids) - percent / 100) < 0.001
    if percent in {0, 100}:
        assert enforced == len(ids) * percent // 100


@settings(max_examples=60)
@given(st.binary(min_size=16, max_size=16), st.integers(0, 100), st.integers(0, 100))
def test_an_order_stays_enforced_as_the_share_grows(order, percent, more):
    """Asking twice gives the same answer, and a larger share never lets an order go again."""
    low, high = sorted([percent, more])
    small = standing(mode=Mode.ENFORCE_SHARE, enforce_percent=low)
    large = standing(mode=Mode.ENFORCE_SHARE, enforce_percent=high)
    assert enforced_for(small, order) == enforced_for(small, order)
    assert enforced_for(large, order) or not enforced_for(small, order)
