"""A brand's own key provider: tried first, then everything moves as one, or nothing does."""

import pytest
from django.conf import settings
from django.db import connection

from orderveil.core.errors import OrderveilError
from orderveil.keyring import assigning, epochs, rotation, secrets, wrapping
from orderveil.keyring.providers import KeyringError

BRAND, OTHER = 1, 2


@pytest.fixture
def keys(db, settings_url):
    """Two brands with two epochs and a secret each, under the installation's provider."""
    for brand in (BRAND, OTHER):
        epochs.current(brand)
        epochs.start(brand)
        secrets.put(brand, "channel:1", b"shop-%d" % brand)
    return settings_url


def providers(brand):
    """Which providers have the brand's keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT provider FROM keyring_epoch WHERE brand_id = %s UNION"
            " SELECT provider FROM keyring_secret WHERE brand_id = %s",
            [brand, brand],
        )
        return {row[0] for row in cursor.fetchall()}


def opened(brand):
    """The brand's keys as they open now, read anew."""
    epochs.forget()
    secrets.forget()
    found = [epochs.current(brand).key, *(epochs.key_of(n).key for n in epochs.retired(brand))]
    return [*found, secrets.get(brand, "channel:1")]


@pytest.fixture
def listed(roots_url, monkeypatch):
    """Another provider, each kind in turn, that the settings name."""
    monkeypatch.setattr(settings, "KEY_PROVIDERS", {"second": roots_url})
    return roots_url


def test_a_brands_keys_move_to_its_provider(keys, listed):
    """All of them, they still open, new ones follow, and another brand's stay."""
    before, others = opened(BRAND), opened(OTHER)
    assert assigning.assign_provider(BRAND, assigning.url_of("second")) == 3
    assert providers(BRAND) == {listed}
    assert opened(BRAND) == before
    secrets.put(BRAND, "channel:2", b"new")
    assert providers(BRAND) == {listed}
    assert (providers(OTHER), opened(OTHER)) == ({keys}, others)
    assert assigning.assigned(BRAND).name == "second"
    assert assigning.assigned(OTHER).name == assigning.INSTALLATIONS_OWN


def test_a_brand_without_keys_begins_under_its_provider(keys, listed):
    """Nothing to move: what is made from then on is wrapped there."""
    assert assigning.assign_provider(7, listed) == 0
    epochs.current(7)
    assert providers(7) == {listed}


@pytest.fixture
def second(keys, tmp_path, monkeypatch):
    """A second folder of key files that the settings name."""
    url = f"file:{tmp_path / 'second'}"
    monkeypatch.setattr(settings, "KEY_PROVIDERS", {"second": url})
    return url


def test_and_back_again(keys, second):
    """The installation's own is one of the choices, and a brand under it follows it."""
    before = opened(BRAND)
    assigning.assign_provider(BRAND, second)
    assert assigning.assign_provider(BRAND, assigning.url_of(assigning.INSTALLATIONS_OWN)) == 3
    assert (providers(BRAND), opened(BRAND)) == ({keys}, before)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM keyring_brand_provider")
        assert cursor.fetchone() == (0,)


def test_the_same_again_moves_nothing(second):
    """And is no fault."""
    assigning.assign_provider(BRAND, second)
    assert assigning.assign_provider(BRAND, second) == 0


def test_a_provider_that_the_settings_do_not_name_is_refused(keys, tmp_path):
    """Nobody can have a brand's keys sent to an address of their choice."""
    foreign = tmp_path / "foreign"
    with pytest.raises(KeyringError):
        assigning.assign_provider(BRAND, f"file:{foreign}")
    assert not foreign.exists()
    with pytest.raises(KeyringError):
        assigning.url_of("foreign")
    assert providers(BRAND) == {keys}


class Broken:
    """Root keys that wrap and then open something else, or nothing."""

    def __init__(self, roots, fault):
        self._roots, self._fault = roots, fault

    def __getattr__(self, name):
        if name != "unwrap":
            return getattr(self._roots, name)
        if self._fault == "other":
            return lambda wrapped, context: b"x" * 32
        raise KeyringError("It does not answer.", remedy="Start it.")


@pytest.mark.parametrize("fault", ["other", "silent"])
def test_a_provider_that_does_not_work_is_given_nothing(keys, second, monkeypatch, fault):
    """The probe fails, and everything is as it was."""
    real = wrapping.provider
    broken = Broken(real(second), fault)
    monkeypatch.setattr(wrapping, "provider", lambda url: broken if url == second else real(url))
    with pytest.raises(KeyringError) as caught:
        assigning.assign_provider(BRAND, second)
    assert caught.value.remedy
    assert providers(BRAND) == {keys}
    assert assigning.assigned(BRAND).name == assigning.INSTALLATIONS_OWN


def test_a_move_that_breaks_off_moves_nothing(keys, second, monkeypatch):
    """Half of the keys under one provider is no state a brand is ever in."""
    before, real, left = opened(BRAND), rotation._rewrap, [2]

    def breaks(cursor, kind, row):
        left[0] -= 1
        if left[0] < 0:
            raise OrderveilError("killed")
        real(cursor, kind, row)

    monkeypatch.setattr(rotation, "_rewrap", breaks)
    with pytest.raises(OrderveilError):
        assigning.assign_provider(BRAND, second)
    assert (providers(BRAND), opened(BRAND)) == ({keys}, before)


def test_trouble_is_told_as_a_sentence(keys, second, tmp_path):
    """None while the provider works."""
    assigning.assign_provider(BRAND, second)
    assert assigning.trouble(BRAND) is None
    for file in (tmp_path / "second").glob("root-*"):
        file.write_text("spoilt")
    wrapping.forget()
    assert "key" in assigning.trouble(BRAND)
    assert assigning.trouble(OTHER) is None


def test_a_rotation_of_the_root_keeps_a_brand_with_its_provider(keys, second):
    """And nothing of the others comes to it."""
    assigning.assign_provider(BRAND, second)
    before = opened(BRAND)
    rotation.rotate_root()
    assert (providers(BRAND), providers(OTHER)) == ({second}, {keys})
    assert opened(BRAND) == before


def test_no_address_is_in_a_repr(second):
    """What is logged by accident names the kind, not the place."""
    assert second not in repr(assigning.choices())
