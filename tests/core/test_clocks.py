"""Time as values, in one spelling."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from orderveil.core.clocks import iso, short_digest, utc_now

EPOCH = datetime(1970, 1, 3, tzinfo=UTC)
zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.builds(
    lambda micros, zone: (EPOCH + timedelta(microseconds=micros)).astimezone(zone),
    st.integers(0, 200_000_000_000_000_000),
    zones,
)


@given(moments)
def test_one_moment_has_one_spelling(moment):
    """Whatever the zone, the text is UTC with microseconds and reads back as the same moment."""
    text = iso(moment)
    assert text == iso(moment.astimezone(UTC))
    assert text.endswith("Z")
    assert len(text) == len("2026-11-23T06:00:00.000000Z")
    assert datetime.fromisoformat(text) == moment


@given(moments, moments)
def test_spellings_sort_as_moments_do(one, other):
    """The earlier moment's text is the smaller one."""
    assert (iso(one) < iso(other)) == (one < other)


def test_now_is_aware():
    """The edge's clock gives UTC, never a naive moment."""
    assert utc_now().tzinfo is UTC


def test_a_short_digest_is_eight_characters():
    """It is stable and tells texts apart."""
    assert short_digest("a") == "ca978112"
    assert short_digest("a") != short_digest("b")
