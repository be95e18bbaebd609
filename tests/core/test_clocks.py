"""Time as a value, and names that stay short."""

from datetime import UTC, datetime, timedelta, timezone

from orderveil.core.clocks import day_of, short_digest, utc_now


def test_now_is_aware():
    """The edge's clock gives UTC, never a naive moment."""
    assert utc_now().tzinfo is UTC


def test_a_day_is_one_of_utc():
    """Half past four in the morning in India is the evening before."""
    india = timezone(timedelta(hours=5, minutes=30))
    assert day_of(datetime(2026, 11, 23, 4, 30, tzinfo=india)) == datetime(2026, 11, 22, tzinfo=UTC)


def test_a_short_digest_is_eight_characters():
    """It is stable and tells texts apart."""
    assert short_digest("a") == "ca978112"
    assert short_digest("a") != short_digest("b")
