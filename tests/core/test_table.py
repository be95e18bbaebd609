"""Comparing two tables: a change is provably tighter everywhere, or it loosens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tables import row, table, tables, tightened
from orderveil.core.fields import Field
from orderveil.core.forms import Form, tells_at_most
from orderveil.core.hops import Hop, Reach
from orderveil.core.layouts import Layout
from orderveil.core.states import ParcelState
from orderveil.core.table import Profile, Requirement, changes, provably_tighter

HOP = Hop.OMS


def one(before, after):
    """The changes between two tables that differ in one row."""
    return changes(table(oms=before), table(oms=after))


@settings(max_examples=50)
@given(tables)
def test_a_table_does_not_differ_from_itself(same):
    """No change, and so nothing that loosens."""
    assert changes(same, same) == []
    assert provably_tighter(same, same)


@settings(max_examples=80)
@given(tables, tables)
def test_every_difference_is_one_change(old, new):
    """A cell is listed exactly if its form changed, with the form before and after."""
    listed = {(c.hop, c.what): (c.before, c.after) for c in changes(old, new)}
    before, after = old.cells(), new.cells()
    cells = {
        (hop, field): (before[hop][field], after[hop][field])
        for hop in Hop
        for field in Field
        if before[hop][field] != after[hop][field]
    }
    assert {key: pair for key, pair in listed.items() if key[1] in set(Field)} == cells


@settings(max_examples=80)
@given(tables, tables)
def test_a_change_is_tighter_in_every_cell_or_loosens(old, new):
    """`provably_tighter` is exactly: every form at most the one before, every term at most it."""
    forms = all(
        tells_at_most(new.rows[hop].form(field), old.rows[hop].form(field))
        for hop in Hop
        for field in Field
    )
    terms = all(
        new.rows[hop].states <= old.rows[hop].states
        and new.rows[hop].needs >= old.rows[hop].needs
        and new.rows[hop].purpose == old.rows[hop].purpose
        and new.rows[hop].reach in {old.rows[hop].reach, Reach.ASSIGNED}
        for hop in Hop
    )
    profile = new.profile in {old.profile, Profile.STRICT}
    couriers = [None, *old.labels.partners, *new.labels.partners]
    layouts = all(
        new.labels.layout_for(one) in {old.labels.layout_for(one), Layout.PRIVACY}
        for one in couriers
    )
    assert provably_tighter(old, new) == (forms and terms and profile and layouts)
    assert provably_tighter(old, new) == (not any(c.loosens for c in changes(old, new)))


@settings(max_examples=50)
@given(tables, st.data())
def test_tighter_is_transitive(first, data):
    """Tightening twice is tightening once."""
    second = data.draw(tightened(first))
    third = data.draw(tightened(second))
    assert provably_tighter(first, second)
    assert provably_tighter(second, third)
    assert provably_tighter(first, third)


@settings(max_examples=60)
@given(tables, st.data())
def test_tighter_is_antisymmetric(old, data):
    """Two tables each tighter than the other say the same: no way back without a second person."""
    new = data.draw(tightened(old))
    if changes(old, new):
        assert not provably_tighter(new, old)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (row(), row(reach=Reach.ALL)),
        (row(), row(states=[ParcelState.PLACED])),
        (row(needs=[Requirement.AGREEMENT]), row()),
        (row(needs=Requirement), row(needs=[Requirement.AGREEMENT])),
        (row(), row(purpose="sell")),
        (row(), row({Field.NAME: Form.MASKED})),
        (row({Field.PHONE: Form.MASKED}), row({Field.PHONE: Form.VIRTUAL})),
        (row({Field.PHONE: Form.VIRTUAL}), row({Field.PHONE: Form.MASKED})),
        (row({Field.NAME: Form.REFUSED}), row()),
    ],
    ids=["reach", "states", "needs", "terms", "purpose", "form", "masked", "virtual", "refused"],
)
def test_what_loosens(before, after):
    """Each of these alone needs a second person, and is one change."""
    (change,) = one(before, after)
    assert change.hop == HOP
    assert change.loosens


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (row(reach=Reach.ALL), row()),
        (row(states=[ParcelState.PLACED]), row()),
        (row(), row(needs=[Requirement.AGREEMENT])),
        (row(needs=[Requirement.AGREEMENT]), row(needs=Requirement)),
        (row({Field.PHONE: Form.WHOLE}), row({Field.PHONE: Form.HASHED})),
        (row({Field.NAME: Form.SHORT}), row()),
        (row(), row({Field.NAME: Form.REFUSED})),
    ],
    ids=["reach", "states", "needs", "terms", "hashed", "form", "refused"],
)
def test_what_tightens(before, after):
    """Each of these is in force when saved."""
    (change,) = one(before, after)
    assert not change.loosens


def test_trading_one_field_for_another_loosens():
    """A table that hides ten cells and opens one is not tighter."""
    much = row({field: Form.WHOLE for field in Field if field != Field.REGION})
    assert not provably_tighter(table(oms=much), table(oms=row({Field.REGION: Form.COARSE})))


@pytest.mark.parametrize("profile", [Profile.TODAY, Profile.BALANCED])
def test_leaving_strict_loosens(profile):
    """The profile decides which floors hold, so it is a term of its own."""
    assert not provably_tighter(table(Profile.STRICT), table(profile))
    assert provably_tighter(table(profile), table(Profile.STRICT))


def test_a_table_that_was_changed_says_where():
    """Before and after are words an auditor can read."""
    before = row(states=[ParcelState.PACKED, ParcelState.PLACED])
    (change,) = one(before, row())
    assert (change.what, change.before, change.after) == ("states", "packed, placed", "none")


def test_cells_lists_the_absent_ones_too():
    """Every hop has every field."""
    cells = table().cells()
    assert {hop: set(row) for hop, row in cells.items()} == {hop: set(Field) for hop in Hop}
    assert {form for row in cells.values() for form in row.values()} == {Form.ABSENT}
