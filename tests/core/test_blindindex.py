"""Identifiers by HMAC: equal for equal input under one key, and unrelated otherwise."""

import hashlib
import hmac

from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.blindindex import fingerprint, keyed_hash, order_id, tagger
from orderveil.core.fields import Field

KEY = b"k" * 32
TAG = tagger(KEY)
OTHER = tagger(b"o" * 32)
words = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(max_examples=50)
@given(st.binary(max_size=40), st.binary(min_size=1, max_size=80))
def test_a_tag_is_hmac_sha_256(message, key):
    """It equals the standard library's HMAC, and one key tags many times."""
    tag = tagger(key)
    assert tag(message) == tag(message) == hmac.digest(key, message, hashlib.sha256)


@settings(max_examples=50)
@given(st.integers(1, 10**6), words, st.integers(1, 10**6), words)
def test_an_order_has_one_id(channel, order, other_channel, other_order):
    """The same order delivered twice has the same id; two orders or channels never share one."""
    one, two = order_id(TAG, channel, order), order_id(TAG, other_channel, other_order)
    assert (one == two) == ((channel, order) == (other_channel, other_order))
    assert len(one) == 16


def test_the_parts_of_an_id_do_not_run_together():
    """Channel 1 with order 23 and channel 12 with order 3 are two orders."""
    assert order_id(TAG, 1, "23") != order_id(TAG, 12, "3")


def test_an_id_needs_the_brands_key():
    """Another brand's key gives another id, so ids can't be guessed from order numbers."""
    assert order_id(TAG, 1, "1001") != order_id(OTHER, 1, "1001")


def test_a_fingerprint_is_of_one_field_and_key():
    """Equal values match within a field and a brand, and nowhere else."""
    mark = fingerprint(TAG, Field.PHONE, "+919000000001")
    assert mark == fingerprint(TAG, Field.PHONE, "+919000000001")
    assert len(mark) == 16
    assert mark != fingerprint(TAG, Field.EMAIL, "+919000000001")
    assert mark != fingerprint(OTHER, Field.PHONE, "+919000000001")


def test_two_partners_cannot_join_their_hashes():
    """The machine door's hash of one phone differs by partner, field and key."""
    phone = "+919000000001"
    hashes = {
        keyed_hash(TAG, 1, Field.PHONE, phone),
        keyed_hash(TAG, 2, Field.PHONE, phone),
        keyed_hash(TAG, 1, Field.EMAIL, phone),
        keyed_hash(OTHER, 1, Field.PHONE, phone),
        hashlib.sha256(phone.encode()).hexdigest(),
    }
    assert len(hashes) == 5
    assert {len(text) for text in hashes} == {64}
