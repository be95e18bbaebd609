"""What carriers told, counted at the command line."""


def test_nothing_was_told_yet(shop):
    """A brand without a carrier's account has an empty count, and says so."""
    assert shop.json("courier", "tracking") == []
    assert "No carrier told anything" in shop("courier", "tracking", "--days", "30").output
