"""Reading a policy: whatever loads keeps the floors, and every mistake is named with its place."""

import itertools
import tomllib
from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from core.floor_law import crossed_cells, must_not
from core.tables import tables
from orderveil.core.fields import PERSONAL, Field
from orderveil.core.floors import FLOORS, lets_through
from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.core.hops import PURPOSE_OF, Hop, Reach
from orderveil.core.table import Profile, Table
from orderveil.policy import toml
from orderveil.policy.toml import PolicyError, divided, dump, load, profile_text

BOTH = frozenset({Field.PHONE, Field.EMAIL})
HEAD = 'name = "ours"\nprofile = "balanced"\n'
OMS = HEAD + "[hops.oms]\n"

WORDS = [*Form, "virtual else masked", "virtual else whole"]


def words_for(field):
    """The words that have a meaning for this field, so that floors alone refuse them."""
    reachable = field in BOTH
    return [
        word
        for word in WORDS
        if (" else " in word and reachable)
        or (" else " not in word and field in toml._MEANINGFUL.get(word, frozenset(Field)))
    ]


meant = st.sampled_from(Field).flatmap(
    lambda field: st.tuples(st.just(field), st.sampled_from(words_for(field)))
)
policies = st.builds(
    lambda profile, hops: (
        f'name = "drawn"\nprofile = "{profile}"\n'
        + "".join(
            f"[hops.{hop}.fields]\n" + "".join(f'{f} = "{w}"\n' for f, w in dict(row).items())
            for hop, row in hops.items()
        )
    ),
    st.sampled_from(Profile),
    st.dictionaries(
        st.sampled_from(Hop), st.lists(meant, min_size=1, max_size=4), min_size=1, max_size=2
    ),
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
    """Random meaningful forms in random cells: they load exactly if no cell is below a floor."""
    try:
        table = load(text, virtual=virtual)
    except PolicyError as error:
        codes = {problem.code for problem in error.problems}
        wanting = any("none is configured" in problem.detail for problem in error.problems)
        event(f"refused: {', '.join(codes)}")
        assert codes == ({"policy_invalid"} if wanting else {"floor_crossed"})
        return
    event("loaded")
    assert crossed_cells(table) == []


@settings(max_examples=100)
@given(
    st.sampled_from([Profile.TODAY, Profile.BALANCED]),
    st.sampled_from(Hop),
    meant,
)
def test_no_edit_of_a_profile_crosses_a_floor(profile, hop, cell):
    """One cell of a profile said otherwise: it does not load exactly if that crosses a floor."""
    field, word = cell
    head, mark, tail = profile_text(profile).partition(f"[hops.{hop}.fields]\n")
    own, blank, rest = tail.partition("\n[")
    kept = [line for line in own.splitlines() if not line.startswith(f"{field} =")]
    text = head + mark + "\n".join([f'{field} = "{word}"', *kept]) + "\n" + blank + rest
    form = Form.VIRTUAL if word.startswith("virtual") else Form(word)
    if must_not(profile, hop, field, form):
        assert mistakes(text, virtual=BOTH).keys() == {f"/hops/{hop}/fields/{field}"}
    else:
        table = load(text, virtual=BOTH)
        assert table.rows[hop].form(field) == form
        assert crossed_cells(table) == []


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
    assert crossed_cells(table) == []


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


def clipped(drawn, name):
    """A drawn table with every cell that no policy may say left out."""
    rows = {}
    for hop, one in drawn.rows.items():
        forms = {
            field: form
            for field, form in one.forms.items()
            if form in toml.words_for(field) and not must_not(drawn.profile, hop, field, form)
        }
        rows[hop] = replace(one, forms=forms)
    return Table(name, drawn.profile, rows)


@settings(max_examples=150)
@given(tables, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_what_is_written_loads_to_the_same_table(drawn, name):
    """Every cell and term of a table, and its name, survive the way to TOML and back."""
    table = clipped(drawn, name)
    again = load(dump(table), virtual=BOTH)
    assert again.cells() == table.cells()
    assert (again.name, again.profile) == (table.name, table.profile)
    for hop in Hop:
        old, new = table.rows[hop], again.rows[hop]
        assert (new.purpose, new.reach, new.states, new.needs) == (
            old.purpose,
            old.reach,
            old.states,
            old.needs,
        )


@pytest.mark.parametrize("profile", Profile)
def test_a_profile_survives_being_written_with_its_else(profile):
    """Cells that say `virtual else ...` keep saying it: both readings are the same as before."""
    text = profile_text(profile)
    table = load(text, virtual=BOTH)
    written = dump(table, divided(text))
    assert load(written, virtual=BOTH) == table
    assert divided(written) == divided(text)
    if profile != Profile.STRICT:
        assert load(written) == load(text)


@pytest.mark.parametrize("profile", Profile)
def test_the_words_of_a_cell_are_those_that_load(profile):
    """A word that `words_for` offers and no floor forbids loads, and any other does not."""
    for hop, field in itertools.product([Hop.COURIER, Hop.COMMS, Hop.WMS], Field):
        for word in Form:
            text = f'name = "x"\nprofile = "{profile}"\n[hops.{hop}.fields]\n{field} = "{word}"\n'
            offered = word in toml.words_for(field) and lets_through(hop, field, word, profile)
            try:
                load(text, virtual=BOTH)
            except PolicyError:
                assert not offered
            else:
                assert offered


@pytest.mark.parametrize(
    ("lines", "pointer"),
    [
        ('[labels]\nlayout = "tiny"', "/labels/layout"),
        ('[labels.partners]\nswiftpost = "tiny"', "/labels/partners/swiftpost"),
        ('[labels.partners]\n"+91 90000 00001" = "privacy"', "/labels/partners"),
        ('[labels]\nsize = "A4"', "/labels/size"),
    ],
)
def test_a_labels_mistake_is_named_with_its_place(lines, pointer):
    """A layout is one of two words, and a courier is named by its slug."""
    with pytest.raises(PolicyError) as refused:
        load(profile_text(Profile.BALANCED) + "\n" + lines)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]
