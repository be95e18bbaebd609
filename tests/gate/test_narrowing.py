"""Narrowing: whatever is asked of a Grant, no field comes out that tells more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderveil.core.decision import Grant, Policies, Standing, decide
from orderveil.core.fields import COMPARTMENT_OF, FACTS, PERSONAL, Field
from orderveil.core.forms import SHOWS_NOTHING, Form, tells_at_most
from orderveil.core.hops import Hop
from orderveil.core.table import Profile
from orderveil.gate.narrowing import facts_only, only, only_some, tightened
from orderveil.policy.toml import load, profile_text

VIRTUAL = frozenset({Field.PHONE, Field.EMAIL})
TABLES = {each: load(profile_text(each), virtual=VIRTUAL) for each in Profile}
FIELDS = st.sampled_from(list(Field))
FORMS = st.dictionaries(FIELDS, st.sampled_from(list(Form)))


def granted(hop, name, *, enforced):
    """What a partner of that hop gets under a shipped profile."""
    table, today = TABLES[name], TABLES[Profile.TODAY]
    standing = Standing("house", frozenset(Hop), own=True, demands_email=True)
    found = decide(hop, Policies(f"{name}@1", 1, table, today), standing, enforced=enforced)
    assert isinstance(found, Grant)
    return found


GRANTS = st.builds(
    granted, st.sampled_from(list(Hop)), st.sampled_from(list(Profile)), enforced=st.booleans()
)


def tells_no_more(narrowed, grant):
    """No field that was not shown, and none in a form that tells more; no more is opened."""
    return (
        all(
            name in grant.forms and tells_at_most(form, grant.forms[name])
            for name, form in narrowed.forms.items()
        )
        and narrowed.compartments <= grant.compartments
        and narrowed.states == grant.states
        and narrowed.reach == grant.reach
    )


def is_whole(narrowed, grant):
    """It says of each field once whether it is shown, and opens what is shown and no more."""
    shown, hidden = set(narrowed.forms), set(narrowed.withheld)
    return (
        not shown & hidden
        and shown | hidden == set(grant.forms) | set(grant.withheld)
        and not set(narrowed.forms.values()) & SHOWS_NOTHING
        and set(narrowed.withheld.values()) <= SHOWS_NOTHING
        and narrowed.compartments == {COMPARTMENT_OF[name] for name in shown & PERSONAL}
        and {name for name, _ in narrowed.would_withhold} <= shown
    )


@given(GRANTS, FORMS)
def test_tightened_tells_no_more(grant, forms):
    """Whatever forms are asked for: what would tell more, or can't be compared, stays."""
    found = tightened(grant, forms)
    assert tells_no_more(found, grant)
    assert is_whole(found, grant)


@given(GRANTS, st.frozensets(FIELDS))
def test_some_of_a_grant_tell_no_more(grant, fields):
    """Only these fields are left, in the forms that they had."""
    found = only_some(grant, fields)
    assert tells_no_more(found, grant)
    assert is_whole(found, grant)
    assert found.forms == {n: f for n, f in grant.forms.items() if n in fields}


@given(GRANTS, FORMS)
def test_facts_are_no_buyer(grant, forms):
    """No personal field and no compartment, whatever was made of the Grant before."""
    whole = only(grant, dict.fromkeys(forms, Form.WHOLE))[0]
    for each in (grant, tightened(grant, forms), whole):
        found = facts_only(each)
        assert not found.compartments
        assert set(found.forms) <= FACTS
    assert tells_no_more(facts_only(grant), grant)
    assert is_whole(facts_only(grant), grant)


@given(GRANTS, FORMS, FORMS, st.frozensets(FIELDS))
def test_narrowing_twice_tells_no_more(grant, first, second, fields):
    """One after the other, in either order."""
    one = tightened(only_some(tightened(grant, first), fields), second)
    assert tells_no_more(one, grant)
    assert is_whole(one, grant)


@pytest.mark.parametrize("hop", list(Hop))
def test_the_checks_above_can_fail(hop):
    """A Grant with one field whole that was less, or one field more, is found out."""
    grant = granted(hop, Profile.STRICT, enforced=True)
    more = replace(grant, forms={**grant.forms, Field.UPI: Form.WHOLE})
    assert not tells_no_more(more, grant)
    assert not is_whole(replace(grant, forms={Field.NAME: Form.ABSENT}), grant)
