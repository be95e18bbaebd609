"""Random policy tables: any form in any cell, any reach, states and needs."""

from hypothesis import strategies as st

from orderveil.core.fields import Field
from orderveil.core.forms import Form, tells_at_most
from orderveil.core.hops import Hop, Reach
from orderveil.core.layouts import Labels, Layout
from orderveil.core.states import ParcelState
from orderveil.core.table import HopRow, Profile, Requirement, Table


def row(forms=(), *, purpose="see", reach=Reach.ASSIGNED, states=(), needs=()):
    """A hop's row that says only what a test is about."""
    return HopRow(dict(forms), purpose, reach, frozenset(states), frozenset(needs))


def table(profile=Profile.STRICT, labels=Labels(), **rows):  # noqa: B008 - frozen
    """A table of these rows; every other hop sees nothing."""
    return Table("a test's", profile, {hop: rows.get(hop, row()) for hop in Hop}, labels)


rows = st.builds(
    row,
    st.dictionaries(st.sampled_from(Field), st.sampled_from(Form), max_size=6),
    purpose=st.sampled_from(["see", "see more"]),
    reach=st.sampled_from(Reach),
    states=st.sets(st.sampled_from(ParcelState), max_size=4),
    needs=st.sets(st.sampled_from(Requirement)),
)
labels = st.builds(
    Labels,
    st.sampled_from(Layout),
    st.dictionaries(st.sampled_from(["swiftpost", "riksha-2"]), st.sampled_from(Layout)),
)
tables = st.builds(
    lambda profile, labels, made: table(profile, labels, **made),
    st.sampled_from(Profile),
    labels,
    st.dictionaries(st.sampled_from(Hop), rows, max_size=4),
)


@st.composite
def tightened(draw, start):
    """A table drawn from below `start`: forms below, fewer states, more needs."""

    made = {}
    for hop, old in start.rows.items():
        forms = {
            field: draw(st.sampled_from([f for f in Form if tells_at_most(f, old.form(field))]))
            for field in old.forms
        }
        states = [state for state in old.states if draw(st.booleans())]
        made[hop] = row(
            forms,
            purpose=old.purpose,
            reach=draw(st.sampled_from([old.reach, Reach.ASSIGNED])),
            states=states,
            needs=old.needs | draw(st.sets(st.sampled_from(Requirement))),
        )
    private = dict.fromkeys(draw(st.sets(st.sampled_from(["swiftpost", "kite"]))), Layout.PRIVACY)
    named = Labels(start.labels.layout, {**start.labels.partners, **private})
    profile = draw(st.sampled_from([start.profile, Profile.STRICT]))
    return Table(start.name, profile, made, named)
