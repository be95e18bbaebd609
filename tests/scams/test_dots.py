"""How much of the customer a hop holds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.fields import PERSONAL, Field
from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.scams.dots import CORE, SHARES, WEIGHTS, Level, level

ALL = frozenset(Field)


def test_everything_whole_is_all_and_nothing_is_none():
    """The two ends of the scale."""
    assert level(dict.fromkeys(Field, Form.WHOLE), of=ALL) is Level.ALL
    assert level({}, of=ALL) is Level.NONE


def test_facts_are_no_part_of_the_customer():
    """A hop that holds every fact whole and no personal field holds none of the customer."""
    facts = dict.fromkeys(ALL - PERSONAL, Form.WHOLE)
    assert level(facts, of=ALL) is Level.NONE


def test_every_personal_field_and_every_form_has_a_weight():
    """Nothing personal is left out of the sum, and what shows nothing is worth nothing."""
    assert set(WEIGHTS) == PERSONAL
    assert set(SHARES) == set(Form)
    assert all(SHARES[form] == 0 for form in SHOWS_NOTHING)


def test_who_and_where_without_how_to_reach_is_much():
    """A name and an address whole, the phone virtual: a courier that has all it needs."""
    forms = dict.fromkeys(CORE, Form.WHOLE) | {
        Field.PHONE: Form.VIRTUAL,
        Field.EMAIL: Form.ABSENT,
    }
    assert level(forms, of=ALL) is Level.MUCH


def test_masks_alone_are_at_most_some():
    """Masking every field leaves some of the customer, not much."""
    assert level(dict.fromkeys(Field, Form.MASKED), of=CORE) is Level.SOME


def test_what_the_order_does_not_have_is_not_held():
    """A row that allows an email holds none of an order without one."""
    assert level({Field.EMAIL: Form.WHOLE}, of={Field.NAME}) is Level.NONE


@settings(max_examples=100, deadline=None)
@given(
    forms=st.dictionaries(st.sampled_from(Field), st.sampled_from(Form)),
    field=st.sampled_from(Field),
    of=st.frozensets(st.sampled_from(Field)),
)
def test_withholding_a_field_never_makes_the_dot_fuller(forms, field, of):
    """The level falls or stays when a field becomes absent."""
    assert level(forms | {field: Form.ABSENT}, of=of) <= level(forms, of=of)
