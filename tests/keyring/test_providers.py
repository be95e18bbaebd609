"""What every provider of root keys keeps, whichever it is."""

import pytest

from orderveil.keyring.providers import KeyringError, UnwrapError, Wrapped, open_provider

KEY = bytes(range(32))
PLACE = b"orderveil-1:epoch:1:7"


def test_a_wrapped_key_opens_in_its_place(roots):
    """Unwrapping with the context of the wrap gives the key back."""
    wrapped = roots.wrap(KEY, PLACE)
    assert roots.unwrap(wrapped, PLACE) == KEY
    assert wrapped.version == roots.active()
    assert KEY not in wrapped.blob


def test_a_wrapped_key_opens_nowhere_else(roots):
    """Another context is refused."""
    wrapped = roots.wrap(KEY, PLACE)
    with pytest.raises(UnwrapError):
        roots.unwrap(wrapped, b"orderveil-1:epoch:1:8")


def test_a_tampered_blob_is_refused(roots):
    """A blob with a changed, missing or added byte does not open."""
    wrapped = roots.wrap(KEY, PLACE)
    blob = wrapped.blob
    changed = blob[:-12] + bytes([blob[-12] ^ 1]) + blob[-11:]
    for bad in (changed, blob[:-8], blob[:3], b""):
        with pytest.raises(UnwrapError):
            roots.unwrap(Wrapped(wrapped.version, bad), PLACE)


def test_rotation_keeps_older_versions_readable(roots):
    """After a rotation new wraps use the new version and the old ones still open."""
    old = roots.wrap(KEY, PLACE)
    version = roots.rotate()
    new = roots.wrap(KEY, PLACE)
    assert version == roots.active() == new.version != old.version
    assert roots.versions() == [old.version, new.version]
    assert roots.unwrap(old, PLACE) == roots.unwrap(new, PLACE) == KEY


def test_a_blob_is_bound_to_its_version(roots):
    """A blob that claims another version does not open."""
    old = roots.wrap(KEY, PLACE)
    version = roots.rotate()
    with pytest.raises(UnwrapError):
        roots.unwrap(Wrapped(version, old.blob), PLACE)


def test_a_destroyed_version_opens_nothing(roots):
    """What is left under a destroyed version is gone; the active one is untouched."""
    old = roots.wrap(KEY, PLACE)
    roots.rotate()
    new = roots.wrap(KEY, PLACE)
    roots.destroy(old.version)
    roots.destroy(old.version)
    with pytest.raises(UnwrapError) as caught:
        roots.unwrap(old, PLACE)
    assert caught.value.remedy
    assert roots.versions() == [new.version]
    assert roots.unwrap(new, PLACE) == KEY


def test_the_active_version_is_never_destroyed(roots):
    """Destroying what still wraps is refused."""
    wrapped = roots.wrap(KEY, PLACE)
    with pytest.raises(KeyringError, match="active"):
        roots.destroy(wrapped.version)
    assert roots.unwrap(wrapped, PLACE) == KEY


def test_nothing_is_created_by_looking(roots):
    """Asking which versions exist creates no root key."""
    assert roots.versions() == []
    assert roots.versions() == []


def test_another_opening_of_the_same_url_reads_it(roots_url, tmp_path):
    """The root key is the provider's, not the process's."""
    wrapped = open_provider(roots_url, tmp_path).wrap(KEY, PLACE)
    assert open_provider(roots_url, tmp_path).unwrap(wrapped, PLACE) == KEY


def test_no_key_shows_in_a_repr(roots):
    """Neither the key nor the wrapped bytes stand in a repr."""
    wrapped = roots.wrap(KEY, PLACE)
    shown = repr(wrapped) + repr(roots)
    assert "blob" not in shown
    assert KEY.hex() not in shown


@pytest.mark.parametrize(
    "url",
    ["nowhere:x", "", "transit:https://bao.example", "kms:name", "transit:ftp://a.example/b/c"],
)
def test_an_address_that_means_nothing_is_refused(url, tmp_path):
    """A wrong URL names the right spelling."""
    with pytest.raises(KeyringError) as caught:
        open_provider(url, tmp_path)
    assert caught.value.remedy
