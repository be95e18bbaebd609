"""Refs: the pseudonym under which one partner, and no other, knows an order."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.refs import GENERATIONS, RefKey

KEY = b"r" * 32
ids = st.binary(min_size=16, max_size=16)
ORDER = bytes(range(16))


def ref_key(brand_id=1, partner_id=1, generation=0, key=KEY):
    """The key with which this partner's refs are made."""
    return RefKey(key, brand_id, partner_id, generation)


@settings(max_examples=60)
@given(ids, st.integers(0, 7), st.none() | st.integers(1, 999))
def test_a_ref_opens_to_what_it_was_made_of(order, generation, parcel_no):
    """Order and parcel number come back, without any table."""
    key = ref_key(generation=generation)
    ref = key.make(order, parcel_no)
    assert key.open(ref) == (order, parcel_no)
    assert key.open(ref.lower()) == (order, parcel_no)


@settings(max_examples=60)
@given(ids)
def test_a_ref_is_26_characters(order):
    """26 of base32's alphabet; a parcel's number follows behind a dash, in clear."""
    assert re.fullmatch("[A-Z2-7]{26}", ref_key().make(order))
    assert ref_key().make(order, 2) == f"{ref_key().make(order)}-2"


@settings(max_examples=30)
@given(st.lists(ids, max_size=5))
def test_many_refs_are_the_same_refs(orders):
    """Made together or one by one, they are equal."""
    assert ref_key().make_many(orders) == [ref_key().make(order) for order in orders]


@settings(max_examples=60)
@given(ids)
def test_a_foreign_ref_opens_to_another_order(order):
    """Another partner, brand or key gives another ref, and opening ours there misses the order."""
    ref = ref_key().make(order)
    for other in (ref_key(partner_id=2), ref_key(brand_id=2), ref_key(key=b"s" * 32)):
        assert other.make(order) != ref
        opened = other.open(ref)
        assert opened is not None
        assert opened[0] != order


def test_another_generation_does_not_open():
    """After a partner's refs are renewed, the old ones are no refs any more."""
    refs = {generation: ref_key(generation=generation).make(ORDER) for generation in range(4)}
    for made, ref in refs.items():
        for tried in range(GENERATIONS):
            opened = ref_key(generation=tried).open(ref)
            assert opened == ((ORDER, None) if tried == made else None)


def test_the_fifth_generation_has_a_key_of_its_own():
    """Two bits name the generation, yet no two generations make the same ref."""
    assert ref_key(generation=4).make(ORDER) != ref_key(generation=0).make(ORDER)
    opened = ref_key(generation=4).open(ref_key(generation=0).make(ORDER))
    assert opened is not None
    assert opened[0] != ORDER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "A" * 25,
        "A" * 27,
        "0" * 26,
        "1" + "A" * 25,
        "8" + "A" * 25,
        " " + "A" * 26,
        "A" * 26 + "\n",
        "A" * 26 + "-",
        "A" * 26 + "-0",
        "A" * 26 + "-01",
        "A" * 26 + "-1000",
        "A" * 26 + "-1-1",
        "A" * 26 + "=",
        "ß" * 13,
        "é" * 26,
    ],
)
def test_what_is_no_ref_opens_to_nothing(text):
    """A wrong alphabet, length or parcel number is None, never an error."""
    assert ref_key().open(text) is None


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_no_text_is_a_crash(text):
    """Anything a caller may send opens to an id or to None."""
    opened = ref_key().open(text)
    assert opened is None or len(opened[0]) == 16
