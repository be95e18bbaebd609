"""Time as a value, and names that stay short."""

from datetime import UTC

from orderveil.core.clocks import short_digest, utc_now


def test_now_is_aware():
    """The edge's clock gives UTC, never a naive moment."""
    assert utc_now().tzinfo is UTC


def test_a_short_digest_is_eight_characters():
    """It is stable and tells texts apart."""
    assert short_digest("a") == "ca978112"
    assert short_digest("a") != short_digest("b")
