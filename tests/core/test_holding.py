"""What a station holds opens with its token, its salt, at its place, and not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderveil.core.holding import Hold
from orderveil.core.sealing import SealBrokenError

TOKEN = "ovd_1_" + "a" * 43
SALT = bytes(range(32))


@given(data=st.binary(max_size=500), number=st.integers(0, 49))
def test_what_was_sealed_opens_at_its_place(data, number):
    """And is never in what is on the disk."""
    hold = Hold(TOKEN, SALT, 7, 1_800_000_000)
    sealed = hold.seal(number, data)
    assert Hold(TOKEN, SALT, 7, 1_800_000_000).open(number, sealed) == data
    assert len(sealed) == len(data) + 28
    assert hold.seal(number, data) != sealed


@pytest.mark.parametrize(
    ("other", "number"),
    [
        (Hold("ovd_1_" + "b" * 43, SALT, 7, 1_800_000_000), 0),
        (Hold(TOKEN, bytes(32), 7, 1_800_000_000), 0),
        (Hold(TOKEN, SALT, 8, 1_800_000_000), 0),
        (Hold(TOKEN, SALT, 7, 1_800_003_600), 0),
        (Hold(TOKEN, SALT, 7, 1_800_000_000), 1),
    ],
    ids=["token", "salt", "job", "end", "place"],
)
def test_nothing_opens_elsewhere(other, number):
    """Another token, salt, job, end or place."""
    sealed = Hold(TOKEN, SALT, 7, 1_800_000_000).seal(0, b"Tarangini")
    with pytest.raises(SealBrokenError):
        other.open(number, sealed)


@pytest.mark.parametrize("cut", [0, 5, 12, 20])
def test_what_was_cut_does_not_open(cut):
    """However short."""
    hold = Hold(TOKEN, SALT, 7, 1_800_000_000)
    with pytest.raises(SealBrokenError):
        hold.open(0, hold.seal(0, b"Tarangini")[:cut])
