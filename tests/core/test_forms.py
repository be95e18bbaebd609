"""Forms: a partial order in which `hashed` ranks just below `whole`."""

import itertools

import pytest

from orderveil.core.forms import SHOWS_NOTHING, Form, tells_at_most


def test_the_order_is_reflexive():
    """Every form tells at most what it tells."""
    assert all(tells_at_most(form, form) for form in Form)


def test_the_order_is_antisymmetric():
    """Two different forms never each tell at most what the other does."""
    for one, other in itertools.permutations(Form, 2):
        assert not (tells_at_most(one, other) and tells_at_most(other, one))


def test_the_order_is_transitive():
    """What is below something low is below what is above it."""
    for low, middle, high in itertools.product(Form, repeat=3):
        if tells_at_most(low, middle) and tells_at_most(middle, high):
            assert tells_at_most(low, high)


def test_whole_tells_the_most():
    """No form tells anything that `whole` does not."""
    assert all(tells_at_most(form, Form.WHOLE) for form in Form)


def test_refused_tells_the_least():
    """`refused` is below every form, and `absent` is just above it."""
    assert all(tells_at_most(Form.REFUSED, form) for form in Form)
    assert all(tells_at_most(Form.ABSENT, form) for form in Form if form != Form.REFUSED)
    assert frozenset({Form.ABSENT, Form.REFUSED}) == SHOWS_NOTHING


def test_hashed_is_just_below_whole():
    """Only `whole` is above `hashed`: a phone number can be guessed by trying them all."""
    assert [form for form in Form if form != Form.HASHED and tells_at_most(Form.HASHED, form)] == [
        Form.WHOLE
    ]
    below = {Form.SHORT, Form.MASKED, Form.COARSE, Form.VIRTUAL, Form.TOKEN}
    assert all(tells_at_most(form, Form.HASHED) for form in below)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Form.MASKED, Form.VIRTUAL),
        (Form.SENT, Form.HASHED),
        (Form.SENT, Form.VIRTUAL),
        (Form.COARSE, Form.STOCK),
        (Form.COARSE, Form.SHORT),
        (Form.IF_COD, Form.SENT),
    ],
)
def test_some_forms_cannot_be_compared(one, other):
    """A change between these is never provably tighter, whichever way it goes."""
    assert not tells_at_most(one, other)
    assert not tells_at_most(other, one)
