"""Reading a policy: whatever loads keeps the floors, and every mistake is named with its place."""

import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.fields import PERSONAL, Field
from orderveil.core.floors import FLOORS, crossings
from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.core.hops import PURPOSE_OF, Hop, Reach
from orderveil.core.table import Profile
from orderveil.policy.toml import PolicyError, load, profile_text

BOTH = frozenset({Field.PHONE, Field.EMAIL})
HEAD = 'name = "ours"\nprofile = "balanced"\n'
OMS = HEAD + "[hops.oms]\n"

words = st.sampled_from([*Form, "virtual else masked", "virtual else whole"])
cells = st.dictionaries(st.sampled_from([*Field, "personal"]), words, max_size=5)
policies = st.builds(
    lambda profile, hops: (
        f'name = "drawn"\nprofile = "{profile}"\n'
        + "".join(
            f"[hops.{hop}.fields]\n" + "".join(f'{f} = "{w}"\n' for f, w in row.items())
            for hop, row in hops.items()
        )
    ),
    st.sampled_from(Profile),
    st.dictionaries(st.sampled_from(Hop), cells, min_size=1, max_size=3),
)
configured = st.sets(st.sampled_from(sorted(BOTH))).map(frozenset)


def mistakes(text, **said):
    """The problems of a policy that does not load."""
    with pytest.raises(PolicyError) as caught:
        load(text, **said)
    assert all(p.remedy and p.rule for p in caught.value.problems)
    return {p.pointer: p.detail for p in caught.value.problems}


@settings(max_examples=100)
@given(policies, configured)
def test_no_table_that_loads_crosses_a_floor(text, virtual):
    """Random forms in random cells: they load and keep every floor, or they do not load."""
    try:
        table = load(text, virtual=virtual)
    except PolicyError:
        return
    assert crossings(table) == []


@settings(max_examples=100)
@given(
    st.sampled_from([Profile.TODAY, Profile.BALANCED]),
    st.lists(st.tuples(st.integers(0, 400), words), min_size=1, max_size=6),
)
def test_no_edit_of_a_profile_crosses_a_floor(profile, edits):
    """Whatever forms an editor writes into a profile, what loads keeps every floor."""
    lines = profile_text(profile).splitlines()
    spots = [n for n, line in enumerate(lines) if re.match(r'\w+ = "', line) and n > 5]
    for at, word in edits:
        spot = spots[at % len(spots)]
        if lines[spot].split(" ")[0] in {*Field, "personal"}:
            lines[spot] = f'{lines[spot].split(" ")[0]} = "{word}"'
    try:
        table = load("\n".join(lines), virtual=BOTH)
    except PolicyError:
        return
    assert crossings(table) == []


@settings(max_examples=100)
@given(st.data())
def test_no_spoilt_profile_is_a_crash(data):
    """A profile with lines lost, doubled or garbled loads, or is refused with reasons."""
    lines = profile_text(Profile.BALANCED).splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at : at + data.draw(st.integers(0, 3))] = [data.draw(st.text(max_size=30))]
    try:
        table = load("\n".join(lines))
    except PolicyError:
        return
    assert crossings(table) == []


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: f"{floor.hop}: {floor.rule}")
def test_a_policy_that_crosses_a_floor_does_not_load(floor):
    """For each floor there is a policy that crosses it; its error cites the floor's sentence."""
    for field in sorted(floor.fields):
        text = f'name = "x"\nprofile = "strict"\n[hops.{floor.hop}.fields]\n{field} = "whole"\n'
        with pytest.raises(PolicyError) as caught:
            load(text)
        assert f"floor: {floor.rule}" in [p.rule for p in caught.value.problems]


def test_calling_a_policy_strict_keeps_stricts_floors():
    """A whole phone for couriers under the word `strict` does not load, but for `balanced`."""
    text = '[hops.courier.fields]\nphone = "whole"\n'
    assert load(HEAD + text).rows[Hop.COURIER].form(Field.PHONE) == Form.WHOLE
    assert "/hops/courier/fields/phone" in mistakes('name = "x"\nprofile = "strict"\n' + text)


def test_missing_means_absent():
    """A hop nobody wrote sees nothing, may never ask, and only for what is assigned to it."""
    table = load(HEAD + "[hops]\n")
    for hop in Hop:
        row = table.rows[hop]
        assert {row.form(field) for field in Field} == {Form.ABSENT}
        assert (row.states, row.reach, row.purpose) == (set(), Reach.ASSIGNED, PURPOSE_OF[hop])


def test_one_word_stands_for_all_personal_fields():
    """`personal` says them all, and a field's own line overrides it."""
    text = OMS + '[hops.oms.fields]\nname = "short"\npersonal = "masked"\n'
    row = load(text).rows[Hop.OMS]
    assert row.form(Field.NAME) == Form.SHORT
    assert {row.form(field) for field in PERSONAL - {Field.NAME}} == {Form.MASKED}
    assert row.form(Field.ITEMS) == Form.ABSENT


def test_virtual_or_else():
    """Which of the two holds is settled by what is configured when the policy is loaded."""
    text = OMS + '[hops.oms.fields]\nphone = "virtual else masked"\n'
    assert load(text).rows[Hop.OMS].form(Field.PHONE) == Form.MASKED
    assert load(text, virtual=BOTH).rows[Hop.OMS].form(Field.PHONE) == Form.VIRTUAL


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('phone = "whole else masked"', "has an `else` that nothing needs."),
        ('phone = "virtual else"', "is no known word."),
        ('phone = "virtual else "', "is no known word."),
        ('phone = "virtual else bogus"', "is no known word."),
        ('phone = "virtual else short"', "`short` has no meaning for phone."),
        ('phone = "virtual else virtual"', "has an `else` that nothing needs."),
        ('phone = "Whole"', "is no known word."),
        ("phone = 3", "is no known word."),
        ('phone = ["whole"]', "is no known word."),
        ('phone = "stock"', "`stock` has no meaning for phone."),
        ('phone = "coarse"', "`coarse` has no meaning for phone."),
    ],
)
def test_a_cell_that_cannot_be_meant(cell, said):
    """It is refused with its place, whether or not a virtual number is configured."""
    text = OMS + f"[hops.oms.fields]\n{cell}\n"
    assert mistakes(text)["/hops/oms/fields/phone"] == said
    assert mistakes(text, virtual=BOTH)["/hops/oms/fields/phone"] == said


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ("", {"/name", "/profile", "/hops"}),
        ('name = "x"\nprofile = "mine"\n[hops]', {"/profile"}),
        ('name = ""\nprofile = "today"\n[hops]', {"/name"}),
        ('name = 1\nprofile = "today"\nhops = 2', {"/name", "/hops"}),
        (HEAD + "colour = 1\n[hops]", {"/colour"}),
        (HEAD + "[hops.shipping]", {"/hops/shipping"}),
        (HEAD + "[hops]\noms = 1", {"/hops/oms"}),
        (OMS + 'reech = "all"', {"/hops/oms/reech"}),
        (OMS + 'reach = "world"', {"/hops/oms/reach"}),
        (OMS + 'states = "placed"', {"/hops/oms/states"}),
        (OMS + 'states = ["placed", "lost", 3]', {"/hops/oms/states/1", "/hops/oms/states/2"}),
        (OMS + 'needs = ["trust"]', {"/hops/oms/needs/0"}),
        (OMS + "fields = 1", {"/hops/oms/fields"}),
        (OMS + "purpose = 7", {"/hops/oms/purpose"}),
        (OMS + 'purpose = " "', {"/hops/oms/purpose"}),
        (OMS + '[hops.oms.fields]\nshoe = "whole"', {"/hops/oms/fields/shoe"}),
        (
            OMS + 'reach = "x"\n[hops.oms.fields]\nname = "x"\nphone = "x"',
            {"/hops/oms/reach", "/hops/oms/fields/name", "/hops/oms/fields/phone"},
        ),
        ("name = ", {""}),
    ],
)
def test_every_mistake_is_named_with_its_place(text, pointers):
    """All of them at once, each with a pointer, a rule and a remedy."""
    assert set(mistakes(text)) == pointers


def test_a_policy_that_does_not_load_says_all_of_it():
    """The fault's one line names every place, so that a log of it is enough to mend it."""
    with pytest.raises(PolicyError) as caught:
        load(OMS + 'reach = "x"\nstates = "y"')
    said = caught.value.diagnostics()
    assert "/hops/oms/reach" in said
    assert "/hops/oms/states" in said


@pytest.mark.parametrize("profile", Profile)
def test_profiles_are_written_out(profile):
    """A profile writes no cell that missing would say, so that a reader sees only what is shown."""
    hops = tomllib.loads(profile_text(profile))["hops"]
    assert list(hops) == list(Hop)
    said = {form for hop in hops.values() for form in hop["fields"].values()}
    assert str(Form.ABSENT) not in said
    assert SHOWS_NOTHING & said == {Form.REFUSED}
