"""A channel's secrets: one, or two while the shop changes over; none once it is closed."""

from datetime import timedelta

import pytest

from orderveil.core.errors import RefusedError
from orderveil.partners import channels, registry
from partners import sample
from partners.sample import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def channel(brand):
    """A channel, and the secret it began with."""
    return registry.add_channel(brand, "web", "own", now=NOW)


def good(made, now=NOW):
    """The secrets that are good."""
    made.refresh_from_db()
    return channels.good_secrets(made, now)


def test_a_new_secret_leaves_the_old_one_for_a_while(channel):
    """Both until the overlap has passed, the newest first."""
    made, old = channel
    new = channels.rotate(made, overlap=HOUR, now=NOW)
    assert new != old
    assert good(made) == [new, old]
    assert good(made, NOW + HOUR) == [new]


def test_without_an_overlap_the_old_secret_is_forgotten(channel):
    """It is not even kept sealed; a secret kept by an earlier rotation neither."""
    made, _ = channel
    channels.rotate(made, overlap=HOUR, now=NOW)
    assert sample.everything_stored("keyring_secret").count(":previous") == 1
    new = channels.rotate(made, overlap=timedelta(0), now=NOW)
    assert good(made) == [new]
    assert ":previous" not in sample.everything_stored("keyring_secret")


def test_the_shop_may_have_made_the_secret(channel):
    """Then that one is kept, and it is on record that it was given, not which it is."""
    made, _ = channel
    assert channels.rotate(made, overlap=HOUR, now=NOW, secret=b"shpss_new") == b"shpss_new"
    assert good(made)[0] == b"shpss_new"
    assert sample.last_detail(made.brand)[1] == {"overlap_seconds": 3600, "given": True}
    assert "shpss_new" not in sample.everything_stored("ledger_entry")


def test_a_closed_channel_has_no_secrets(channel):
    """They go with it, and no rotation makes a new one."""
    made, _ = channel
    channels.rotate(made, overlap=HOUR, now=NOW)
    assert registry.revoke_channel(made, now=NOW)
    assert good(made) == []
    assert f"channel:{made.pk}" not in sample.everything_stored("keyring_secret")
    with pytest.raises(RefusedError) as caught:
        channels.rotate(made, overlap=HOUR, now=NOW)
    assert caught.value.problem.code == "channel_closed"


def test_a_channel_is_closed_once(channel):
    """The second time nothing happens, and nothing is recorded."""
    made, _ = channel
    assert registry.revoke_channel(made, now=NOW)
    assert not registry.revoke_channel(made, now=NOW + HOUR)
    made.refresh_from_db()
    assert made.revoked_at == NOW
