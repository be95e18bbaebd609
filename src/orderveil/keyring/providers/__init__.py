"""Root keys: what wraps every other key, and where it lives.

Rules kept here:
- A provider is asked once per epoch and process, never once per order.
- A wrapped key is bound to its place by `context` (brand, purpose, id): moved to another row it
  does not open.
- `destroy` is final for everything still wrapped under that version; who calls it has rewrapped
  what must live.
- The root key belongs to this installation alone: rotation destroys its older versions.
- No key material in a repr, a log line or an error.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from orderveil.core.errors import OrderveilError


class KeyringError(OrderveilError):
    """A key can't be wrapped, opened or found; the remedy says what to do next."""


class UnwrapError(KeyringError):
    """The provider refused the wrapped key: tampered with, moved, or its root key is gone."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key under a root key: the root key's version, and bytes only its provider can open."""

    version: str
    blob: bytes = field(repr=False)


class RootKeys(Protocol):
    """The root keys of one provider."""

    def wrap(self, plaintext: bytes, context: bytes) -> Wrapped:
        """`plaintext` under the active version; creates the root key if there is none yet."""

    def unwrap(self, wrapped: Wrapped, context: bytes) -> bytes:
        """The plaintext; UnwrapError unless blob, version and context are those of the wrap."""

    def active(self) -> str:
        """The version that wraps now; creates the root key if there is none yet."""

    def rotate(self) -> str:
        """A new version, active from now on; older ones still unwrap."""

    def versions(self) -> list[str]:
        """The versions not destroyed yet, oldest first; [] before the first wrap."""

    def destroy(self, version: str) -> None:
        """Make `version` unusable for ever; KeyringError if it is the active one.

        Destroying what is destroyed already does nothing.
        """


def open_provider(url: str, home: Path) -> RootKeys:
    """The root keys behind `url`; `home` is where `file:` keeps its folder.

    `file:` or `file:/folder`; `transit:https://host:8200/mount/key`;
    `kms:alias/name?region=ap-south-1`.
    """
    scheme, _, rest = url.partition(":")
    # A provider's client is imported only where it is used: boto3 alone costs a third of a second.
    match scheme:
        case "file":
            from orderveil.keyring.providers.file import FileRoot  # noqa: PLC0415

            return FileRoot(Path(rest) if rest else home / "keys")
        case "transit":
            from orderveil.keyring.providers.transit import TransitRoot  # noqa: PLC0415

            return TransitRoot(rest)
        case "kms":
            from orderveil.keyring.providers.kms import KmsRoot  # noqa: PLC0415

            return KmsRoot(rest)
    raise KeyringError(
        "There is no such key provider.",
        remedy="ORDERVEIL_KEYS starts with `file:`, `transit:` or `kms:`.",
    )


def active_refused(version: str) -> KeyringError:
    """The error of `destroy` for the version that still wraps."""
    return KeyringError(f"Root key {version} is the active one.", remedy="Rotate first.")
