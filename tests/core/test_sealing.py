"""Sealing: what is sealed at one place opens there with its key, and nowhere else."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.fields import Compartment
from orderveil.core.sealing import (
    COMPARTMENT_CODE,
    DEK_BYTES,
    NONCE_BYTES,
    SealBrokenError,
    SealedOrder,
    purged_bit,
)

DEK = bytes(range(DEK_BYTES))
EPOCH_KEY = bytes(reversed(range(32)))
ORDER = b"an order's own id"[:16]
OTHER = b"another order id"[:16]
NONCE = b"n" * NONCE_BYTES
VALUES = {"name": "Asha Verma"}

values = st.dictionaries(
    st.text(max_size=12), st.text(st.characters(codec="utf-8"), max_size=40), max_size=6
)
places = st.tuples(
    st.integers(0, 2**32 - 1), st.binary(min_size=16, max_size=16), st.integers(0, 2**16 - 1)
)


def sealed_order(brand_id=1, order_id=ORDER, dek_no=1, dek=DEK):
    """The data key of an order at this place."""
    return SealedOrder(dek, brand_id, order_id, dek_no)


@settings(max_examples=60)
@given(values, places, st.sampled_from(Compartment), st.binary(min_size=12, max_size=12))
def test_what_is_sealed_opens_at_its_place(said, place, compartment, nonce):
    """Any text sealed anywhere comes back as it was."""
    brand_id, order_id, dek_no = place
    order = sealed_order(brand_id, order_id, dek_no)
    assert order.open(compartment, order.seal(compartment, said, nonce)) == said


def test_a_sealed_value_is_nonce_ciphertext_and_tag():
    """Nothing else is stored: 12 bytes, the encoded text, 16 bytes; and no plaintext in it."""
    sealed = sealed_order().seal(Compartment.IDENTITY, VALUES, NONCE)
    assert sealed.startswith(NONCE)
    assert len(sealed) == NONCE_BYTES + len('{"name":"Asha Verma"}') + 16
    assert b"Asha" not in sealed


@settings(max_examples=60)
@given(places, places, st.sampled_from(Compartment), st.sampled_from(Compartment))
def test_a_sealed_value_that_moved_does_not_open(here, there, compartment, other):
    """It opens at the brand, order, dek number and compartment it was sealed for only."""
    sealed = sealed_order(*here).seal(compartment, VALUES, NONCE)
    if (here, compartment) == (there, other):
        assert sealed_order(*there).open(other, sealed) == VALUES
        return
    with pytest.raises(SealBrokenError):
        sealed_order(*there).open(other, sealed)


@pytest.mark.parametrize(
    "place", [{"brand_id": 2}, {"order_id": OTHER}, {"dek_no": 2}, {"dek": os.urandom(DEK_BYTES)}]
)
def test_each_part_of_the_place_counts(place):
    """One difference in brand, order, dek number or key is enough."""
    sealed = sealed_order().seal(Compartment.CONTACT, VALUES, NONCE)
    with pytest.raises(SealBrokenError):
        sealed_order(**place).open(Compartment.CONTACT, sealed)


def test_no_flipped_bit_opens():
    """Every single bit of nonce, ciphertext and tag is guarded."""
    order = sealed_order()
    sealed = order.seal(Compartment.ADDRESS, VALUES, NONCE)
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBrokenError):
            order.open(Compartment.ADDRESS, bytes(flipped))


def test_no_shortened_value_opens():
    """A value that lost its end, or everything, is a broken seal and not a crash."""
    order = sealed_order()
    sealed = order.seal(Compartment.ADDRESS, VALUES, NONCE)
    for length in range(len(sealed)):
        with pytest.raises(SealBrokenError):
            order.open(Compartment.ADDRESS, sealed[:length])


def test_a_broken_seal_says_no_value():
    """The error names the compartment and the remedy, and nothing that was sealed."""
    sealed = sealed_order().seal(Compartment.IDENTITY, VALUES, NONCE)
    with pytest.raises(SealBrokenError) as caught:
        sealed_order(brand_id=2).open(Compartment.IDENTITY, sealed)
    said = caught.value.diagnostics()
    assert "identity" in said
    assert "backup" in said
    assert "Asha" not in said
    assert caught.value.__cause__ is None


def test_a_data_key_comes_back_from_its_epoch():
    """A wrapped data key is 60 bytes and opens what it sealed."""
    order = sealed_order()
    wrapped = order.wrap(EPOCH_KEY, 5, NONCE)
    assert len(wrapped) == 60
    assert DEK not in wrapped
    again = SealedOrder.unwrap(EPOCH_KEY, wrapped, 1, ORDER, 1, 5)
    sealed = order.seal(Compartment.NOTES, VALUES, NONCE)
    assert again.open(Compartment.NOTES, sealed) == VALUES


@pytest.mark.parametrize(
    "place",
    [
        (EPOCH_KEY, 2, ORDER, 1, 5),
        (EPOCH_KEY, 1, OTHER, 1, 5),
        (EPOCH_KEY, 1, ORDER, 2, 5),
        (EPOCH_KEY, 1, ORDER, 1, 6),
        (DEK, 1, ORDER, 1, 5),
    ],
    ids=["brand", "order", "dek number", "epoch", "epoch key"],
)
def test_a_wrapped_data_key_that_moved_does_not_open(place):
    """A data key is bound to brand, order, number and epoch."""
    key, *where = place
    wrapped = sealed_order().wrap(EPOCH_KEY, 5, NONCE)
    with pytest.raises(SealBrokenError):
        SealedOrder.unwrap(key, wrapped, *where)


def test_no_flipped_bit_of_a_wrapped_data_key_opens():
    """Every single bit of a wrapped data key is guarded, and so is its length."""
    wrapped = sealed_order().wrap(EPOCH_KEY, 5, NONCE)
    spoilt = [wrapped[:length] for length in range(len(wrapped))]
    for bit in range(len(wrapped) * 8):
        flipped = bytearray(wrapped)
        flipped[bit // 8] ^= 1 << bit % 8
        spoilt.append(bytes(flipped))
    for bad in spoilt:
        with pytest.raises(SealBrokenError):
            SealedOrder.unwrap(EPOCH_KEY, bad, 1, ORDER, 1, 5)


def test_a_wrapped_key_is_no_compartment():
    """A data key's row is not opened as a compartment, even under the same key."""
    wrapped = sealed_order().wrap(DEK, 5, NONCE)
    for compartment in Compartment:
        with pytest.raises(SealBrokenError):
            sealed_order().open(compartment, wrapped)


def test_compartment_codes_are_what_was_sealed_under():
    """The codes are part of every stored ciphertext's place, so they never change."""
    assert {str(c): n for c, n in COMPARTMENT_CODE.items()} == {
        "identity": 1,
        "contact": 2,
        "address": 3,
        "billing": 4,
        "payment": 5,
        "browsing": 6,
        "notes": 7,
    }


def test_purged_bits_are_apart():
    """Each compartment has a bit of its own in the mask of purged ones, within a smallint."""
    bits = [purged_bit(compartment) for compartment in Compartment]
    assert sum(bits) == 2 ** len(bits) - 1 < 2**15
