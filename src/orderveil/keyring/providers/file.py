"""Root keys in files: the embedded default, which stands beside the data it protects.

Rules kept here:
- One file per version, `root-0001.key`: 64 hexadecimal digits (AES-256), mode 0600, in a folder
  of its own. A file that others may read is refused.
- The version's name carries a fingerprint of the key, so that a wrong file is told apart from
  a damaged row.
- A key file appears complete or not at all (linked into place), and is never written twice.
- Destroying overwrites, syncs and unlinks. Disks that copy on write may keep the old bytes:
  another reason to use a provider elsewhere.
"""

import hashlib
import logging
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from orderveil.keyring.providers import KeyringError, UnwrapError, Wrapped, active_refused

_log = logging.getLogger("orderveil.keyring")
_NAME = re.compile(r"root-(\d{4,})\.key")
_NONCE_BYTES = 12
_warned: set[Path] = set()


class FileRoot:
    """AES-256-GCM under keys in `folder`; the highest number is the active one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if folder not in _warned:
            _warned.add(folder)
            _log.warning(
                "Root keys are files in %s, beside the data they protect: who copies both reads "
                "everything. Set ORDERVEIL_KEYS to a `transit:` or `kms:` provider in production.",
                folder,
            )

    def wrap(self, plaintext: bytes, context: bytes) -> Wrapped:
        """`plaintext` sealed under the newest key file; the version is bound too."""
        version = self.active()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key(version)).encrypt(nonce, plaintext, _bind(version, context))
        return Wrapped(version, nonce + sealed)

    def unwrap(self, wrapped: Wrapped, context: bytes) -> bytes:
        """The plaintext; UnwrapError when the file is missing or wrong, or the blob refused."""
        key = AESGCM(self._key(wrapped.version))
        nonce, sealed = wrapped.blob[:_NONCE_BYTES], wrapped.blob[_NONCE_BYTES:]
        try:
            return key.decrypt(nonce, sealed, _bind(wrapped.version, context))
        except (InvalidTag, ValueError):
            raise UnwrapError(
                "A wrapped key was changed, or moved from another place.",
                remedy="Restore the keyring tables from a backup.",
            ) from None

    def active(self) -> str:
        """The newest version; the first use of an empty folder creates number 1."""
        numbers = self._numbers()
        return self._version(numbers[-1]) if numbers else self._create(1)

    def rotate(self) -> str:
        """A new key file with the next number."""
        return self._create(max(self._numbers(), default=0) + 1)

    def versions(self) -> list[str]:
        """The versions whose files are in the folder, oldest first."""
        return [self._version(number) for number in self._numbers()]

    def destroy(self, version: str) -> None:
        """Overwrite, sync and unlink the file."""
        path = self._path(_number(version))
        if not path.exists():
            return
        if version == self.active():
            raise active_refused(version)
        self._key(version)  # never the wrong file
        with path.open("r+b", buffering=0) as file:
            file.write(b"0" * path.stat().st_size)
            os.fsync(file.fileno())
        path.unlink()
        self._sync_folder()

    def _path(self, number: int) -> Path:
        return self._folder / f"root-{number:04d}.key"

    def _numbers(self) -> list[int]:
        if not self._folder.is_dir():
            return []
        matches = (_NAME.fullmatch(path.name) for path in self._folder.iterdir())
        return sorted(int(match[1]) for match in matches if match)

    def _version(self, number: int) -> str:
        return f"root-{number:04d}.{_fingerprint(self._read(number))}"

    def _key(self, version: str) -> bytes:
        number = _number(version)
        key = self._read(number)
        if self._version(number) != version:
            raise UnwrapError(
                f"{self._path(number)} is not the key that wrapped this ({version}).",
                remedy="Put back the key file that belongs to this database.",
            )
        return key

    def _read(self, number: int) -> bytes:
        path = self._path(number)
        try:
            if path.stat().st_mode & 0o077:
                raise KeyringError(
                    f"Others than its owner may read {path}.", remedy=f"Run `chmod 600 {path}`."
                )
            key = bytes.fromhex(path.read_text().strip())
        except FileNotFoundError:
            raise UnwrapError(
                f"The root key file {path} is missing.",
                remedy="Restore it from where you keep a copy of the keys.",
            ) from None
        except (OSError, ValueError):
            raise KeyringError(
                f"The root key file {path} can't be read as a key.",
                remedy="Restore it: 64 hexadecimal digits, readable by the user of Orderveil.",
            ) from None
        if len(key) != 32:
            raise KeyringError(
                f"The root key file {path} does not hold 32 bytes.",
                remedy="Restore it: 64 hexadecimal digits.",
            )
        return key

    def _create(self, number: int) -> str:
        """A new key file; when another process made this number first, theirs is the key."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".draft-{os.getpid()}-{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            self._path(number).hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        self._sync_folder()
        return self._version(number)

    def _sync_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _number(version: str) -> int:
    match = re.fullmatch(r"root-(\d{4,})\.[0-9a-f]{8}", version)
    if match is None:
        raise UnwrapError(
            f"{version} is not a version of a key file.",
            remedy="Set ORDERVEIL_KEYS to the provider that wrapped it.",
        )
    return int(match[1])


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"orderveil root key fingerprint\x00" + key).hexdigest()[:8]


def _bind(version: str, context: bytes) -> bytes:
    return version.encode() + b"\x00" + context
