"""Floors: what no policy may say, whatever it is called and whoever approved it."""

import itertools

import pytest

from core.floor_law import must_not
from core.tables import row, table
from orderveil.core.fields import Field
from orderveil.core.floors import FLOORS, crossings
from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.core.hops import Hop
from orderveil.core.table import Profile


def crossed(profile, field, form):
    """The hops that may not have this cell, if every hop's row says it."""
    everywhere = table(profile, **dict.fromkeys(Hop, row({field: form})))
    return {problem.pointer.split("/")[2] for problem in crossings(everywhere)}


@pytest.mark.parametrize("profile", Profile)
def test_every_cell_is_judged_as_the_law_says(profile):
    """Every hop, field and form: refused exactly where the law says so."""
    for field, form in itertools.product(Field, Form):
        wanted = {hop for hop in Hop if must_not(profile, hop, field, form)}
        assert crossed(profile, field, form) == wanted, (field, form)


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: f"{floor.hop}: {floor.rule}")
def test_each_floor_is_crossed_by_some_policy(floor):
    """Every field of every floor shown whole crosses it, and the error cites its sentence."""
    for field in floor.fields:
        problems = crossings(table(Profile.STRICT, **{floor.hop: row({field: Form.WHOLE})}))
        assert f"floor: {floor.rule}" in [problem.rule for problem in problems]


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: f"{floor.hop}: {floor.rule}")
def test_nothing_shown_crosses_no_floor(floor):
    """A floor never forces anything to be shown."""
    for form, profile in itertools.product(SHOWS_NOTHING, Profile):
        assert floor.allowed(form, profile)


def test_a_crossing_is_named_with_its_place_and_remedy():
    """The problem points into the policy and says what would do."""
    (problem,) = crossings(table(ims=row({Field.NAME: Form.MASKED})))
    assert problem.code == "floor_crossed"
    assert problem.pointer == "/hops/ims/fields/name"
    assert "ims.name" in problem.detail
    assert problem.remedy


def test_every_crossing_is_reported():
    """Two crossings are two problems."""
    both = table(
        ims=row({Field.NAME: Form.WHOLE}),
        wms=row({Field.PHONE: Form.WHOLE, Field.NAME: Form.WHOLE}),
    )
    assert [p.pointer for p in crossings(both)] == [
        "/hops/ims/fields/name",
        "/hops/wms/fields/phone",
    ]
