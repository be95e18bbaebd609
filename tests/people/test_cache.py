"""The cache of the sign-in: its limits can't be flooded away, and a used code stays used."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.cache import cache

from desk import TOTP_SECRET, Desk
from orderveil.core.roles import Role
from scene import rows, together

PERIOD = 30


def test_a_used_code_stays_used_as_long_as_the_clock_takes_it(db):
    """A code that somebody overheard serves nobody in the half minutes after its own either."""
    desk = Desk.make()
    member = desk.person(Role.SUPPORT)
    app = Authenticator.objects.get(user=member.person, type="totp").wrap()
    counter = int(time.time()) // PERIOD + 1
    code = auth.format_hotp_value(auth.hotp_value(TOTP_SECRET, counter))
    assert app.validate_code(code)
    (until,) = rows("SELECT extract(epoch FROM max(expires)) FROM people_cache")[0]
    assert until >= (counter + 2) * PERIOD
    assert not app.validate_code(code)


def test_what_holds_is_never_thrown_out(db):
    """However many keys come after it, a limit that holds is kept."""
    cache.set("the limit", [1.5], 300)
    for number in range(400):
        cache.set(f"flood {number}", [], 300)
    assert cache.get("the limit") == [1.5]


def test_what_is_over_is_swept(db):
    """Rows do not pile up: what no longer holds goes when something new is added."""
    for number in range(20):
        cache.set(f"old {number}", "y", -1)
    assert cache.add("new", "y", 60)
    assert rows("SELECT count(*) FROM people_cache") == [(1,)]
    assert cache.get("old 1") is None


def test_one_of_many_adds(db):
    """Of twelve threads that use one code at once, one is let in."""
    done = together(*[lambda: cache.add("code", "y", 60)] * 12)
    assert sorted(done) == [False] * 11 + [True]
    assert not cache.add("code", "y", 60)


@pytest.mark.parametrize("value", [[1.25, 2.5], True, "y", {"a": None}])
def test_values_come_back_and_keys_are_not_in_clear(db, value):
    """Values are JSON, keys are hashed: an address of somebody is in no row."""
    cache.set("ip:198.51.100.7", value, 60)
    assert cache.get("ip:198.51.100.7") == value
    assert "198.51" not in str(rows("SELECT cache_key FROM people_cache"))
    assert cache.touch("ip:198.51.100.7", 600)
    assert cache.delete("ip:198.51.100.7")
    assert not cache.delete("ip:198.51.100.7")
    cache.set("more", value, None)
    cache.clear()
    assert cache.get("more", "gone") == "gone"
