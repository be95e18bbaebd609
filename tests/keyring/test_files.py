"""Root keys in files: what can be wrong with a file, and what is said then."""

import logging
import threading

import pytest

from orderveil.keyring.providers import KeyringError, UnwrapError
from orderveil.keyring.providers.file import FileRoot

KEY = bytes(range(32))
PLACE = b"place"


@pytest.fixture
def roots(tmp_path):
    return FileRoot(tmp_path / "keys")


def test_the_folder_and_the_file_are_closed_to_others(roots, tmp_path):
    """Only their owner may read the key files."""
    roots.active()
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["root-0001.key"]
    assert (tmp_path / "keys" / "root-0001.key").stat().st_mode & 0o777 == 0o600


def test_it_warns_once_that_it_stands_beside_the_data(tmp_path, caplog):
    """The key file says loudly, once per process, what it does not protect from."""
    with caplog.at_level(logging.WARNING, "orderveil.keyring"):
        FileRoot(tmp_path / "keys")
        FileRoot(tmp_path / "keys")
    assert len(caplog.records) == 1
    assert "beside the data" in caplog.text


def test_a_missing_file_names_itself_and_the_remedy(roots, tmp_path):
    """Without its file a key does not open, and the error says which file to restore."""
    wrapped = roots.wrap(KEY, PLACE)
    (tmp_path / "keys" / "root-0001.key").unlink()
    with pytest.raises(UnwrapError, match=r"root-0001\.key is missing") as caught:
        roots.unwrap(wrapped, PLACE)
    assert "Restore" in caught.value.remedy


def test_a_wrong_file_is_told_apart_from_a_damaged_row(roots, tmp_path):
    """Another key under the same name is called another key, and isn't destroyed for it."""
    wrapped = roots.wrap(KEY, PLACE)
    file = tmp_path / "keys" / "root-0001.key"
    file.write_text("ab" * 32)
    with pytest.raises(UnwrapError, match="is not the key that wrapped this"):
        roots.unwrap(wrapped, PLACE)
    roots.rotate()
    with pytest.raises(UnwrapError):
        roots.destroy(wrapped.version)
    assert file.exists()


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31, "ab" * 33])
def test_a_file_that_is_no_key_is_refused(roots, tmp_path, text):
    """The error names the file and shows nothing of what is in it."""
    roots.active()
    (tmp_path / "keys" / "root-0001.key").write_text(text)
    with pytest.raises(KeyringError, match=r"root-0001\.key") as caught:
        roots.wrap(KEY, PLACE)
    assert not text or text not in caught.value.diagnostics()


def test_a_file_that_others_may_read_is_refused(roots, tmp_path):
    """A key file with wider permissions is not used until they are closed."""
    roots.active()
    (tmp_path / "keys" / "root-0001.key").chmod(0o640)
    with pytest.raises(KeyringError) as caught:
        roots.wrap(KEY, PLACE)
    assert "chmod 600" in caught.value.remedy


def test_a_destroyed_file_is_overwritten_before_it_goes(roots, tmp_path):
    """Another name of the same file holds zeros after the destruction."""
    old = roots.active()
    roots.rotate()
    (tmp_path / "second-name").hardlink_to(tmp_path / "keys" / "root-0001.key")
    roots.destroy(old)
    assert not (tmp_path / "keys" / "root-0001.key").exists()
    assert set((tmp_path / "second-name").read_text()) == {"0"}


def test_many_at_once_make_one_first_key(tmp_path):
    """Threads that all find an empty folder agree on one key."""
    found = []
    gate = threading.Barrier(8)

    def look():
        gate.wait()
        found.append(FileRoot(tmp_path / "keys").active())

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
