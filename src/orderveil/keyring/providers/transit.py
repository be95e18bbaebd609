"""Root keys in OpenBao or Vault: the Transit engine.

Rules kept here:
- The key is `derived`: Transit derives the wrapping key from the root key and our context, so
  a blob opens only with the context it was wrapped with. A key that isn't is refused.
- The token comes from BAO_TOKEN or VAULT_TOKEN, the namespace from BAO_NAMESPACE or
  VAULT_NAMESPACE, the CA's file from BAO_CACERT or VAULT_CACERT; never from the URL.
- Transit keeps versions in one line: destroying one destroys every older one with it
  (min_decryption_version, then trim).
"""

import base64
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import hvac
import requests
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest, VaultError

from orderveil.keyring.providers import KeyringError, UnwrapError, Wrapped, active_refused

_TIMEOUT_SECONDS = 10


class TransitRoot:
    """One Transit key, `https://host:8200/mount/key`. Versions are Transit's numbers."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        mount, _, self._name = parts.path.strip("/").rpartition("/")
        if parts.scheme not in {"http", "https"} or not (mount and self._name):
            raise KeyringError(
                "The Transit address is incomplete.",
                remedy="Write it as `transit:https://host:8200/mount/key`.",
            )
        self._mount = mount
        self._client = hvac.Client(
            url=f"{parts.scheme}://{parts.netloc}",
            token=_setting("TOKEN"),
            namespace=_setting("NAMESPACE"),
            verify=_setting("CACERT") or True,
            timeout=_TIMEOUT_SECONDS,
        )

    def wrap(self, plaintext: bytes, context: bytes) -> Wrapped:
        """`plaintext` under the latest version."""
        self._read_or_create()
        answer = self._call("encrypt_data", plaintext=_text(plaintext), context=_text(context))
        ciphertext = answer["data"]["ciphertext"]
        return Wrapped(ciphertext.split(":")[1].removeprefix("v"), ciphertext.encode())

    def unwrap(self, wrapped: Wrapped, context: bytes) -> bytes:
        """The plaintext; UnwrapError when Transit refuses it."""
        ciphertext = wrapped.blob.decode("ascii", errors="replace")
        if not ciphertext.startswith(f"vault:v{wrapped.version}:"):
            raise _refused(wrapped.version)
        try:
            answer = self._call("decrypt_data", ciphertext=ciphertext, context=_text(context))
        except InvalidRequest:
            raise _refused(wrapped.version) from None
        return base64.b64decode(answer["data"]["plaintext"])

    def active(self) -> str:
        """Transit's latest version."""
        return str(self._read_or_create()["latest_version"])

    def rotate(self) -> str:
        """Transit's next version."""
        self._read_or_create()
        self._call("rotate_key")
        return self.active()

    def versions(self) -> list[str]:
        """The versions that are not trimmed away, oldest first."""
        state = self._read()
        if state is None:
            return []
        first = max(state["min_available_version"], 1)
        return [str(number) for number in range(first, state["latest_version"] + 1)]

    def destroy(self, version: str) -> None:
        """Trim `version` and every older one away."""
        if version == self.active():
            raise active_refused(version)
        if version not in self.versions():
            return
        lowest = int(version) + 1
        # One at a time: the client refuses them together when they are equal.
        self._call("update_key_configuration", min_encryption_version=lowest)
        self._call("update_key_configuration", min_decryption_version=lowest)
        self._call("trim_key", min_version=lowest)

    def _read(self) -> dict[str, Any] | None:
        try:
            state: dict[str, Any] = self._call("read_key")["data"]
        except InvalidPath:
            return None
        if not state["derived"]:
            raise KeyringError(
                f"The Transit key {self._name} is not derived, so it can't bind a key's place.",
                remedy="Name a key that doesn't exist yet, or create one with `derived=true`.",
            )
        return state

    def _read_or_create(self) -> dict[str, Any]:
        state = self._read()
        if state is None:
            self._call("create_key", derived=True, key_type="aes256-gcm96")
            state = self._read()
        if state is None:
            raise KeyringError(
                f"The Transit key {self._name} could not be created.",
                remedy="Create it with `derived=true`.",
            )
        return state

    def _call(self, method: str, **arguments: Any) -> Any:
        """Call Transit; what it refuses comes back as its own error, the rest as KeyringError."""
        call: Callable[..., Any] = getattr(self._client.secrets.transit, method)
        try:
            return call(name=self._name, mount_point=self._mount, **arguments)
        except Forbidden:
            raise KeyringError(
                f"The token may not use the Transit key {self._name}.",
                remedy="Set BAO_TOKEN to a token whose policy allows it.",
            ) from None
        except (InvalidRequest, InvalidPath):
            raise
        except (VaultError, requests.RequestException):
            raise KeyringError(
                "The Transit server does not answer as it should.",
                remedy="Check that it is reachable, unsealed, and that its CA is trusted.",
            ) from None


def _refused(version: str) -> UnwrapError:
    return UnwrapError(
        f"Transit does not open a key wrapped under version {version}: it was changed, moved, "
        "or its root key is destroyed.",
        remedy="Restore the keyring tables, or Transit's key, from a backup.",
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _setting(name: str) -> str | None:
    return os.environ.get(f"BAO_{name}") or os.environ.get(f"VAULT_{name}") or None
