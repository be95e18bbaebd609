"""What a packing station may hold for a while, sealed: AES-256-GCM under a key that is nowhere.

Rules kept here:
- the key is HMAC-SHA-256 of a salt under the device's token: the station keeps the salt in memory
  only, and the server gives it again to that device only, while the hold lasts. Whoever carries
  the disk away, token and all, opens nothing without asking the server, which can refuse;
- the associated data names the job, its end and the place of the document in it, so that nothing
  can be held longer, or printed as something else;
- each job has a salt of its own, so a nonce of 96 random bits is drawn few times under one key.
"""

import hmac
import secrets
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from orderveil.core.sealing import NONCE_BYTES, SealBrokenError

_LABEL = b"orderveil print hold 1"
_PLACE = struct.Struct(">QQI")


class Hold:
    """The key of one job, ready to seal and open its documents."""

    __slots__ = ("_cipher", "_job_id", "_until_seconds")

    def __init__(self, token: str, salt: bytes, job_id: int, until_seconds: int) -> None:
        """`until_seconds`: the end of the hold, in seconds since 1970."""
        self._cipher = AESGCM(hmac.digest(token.encode(), _LABEL + salt, "sha256"))
        self._job_id = job_id
        self._until_seconds = until_seconds

    def seal(self, number: int, data: bytes) -> bytes:
        """The job's document of this number as nonce || ciphertext || tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, self._place(number))

    def open(self, number: int, sealed: bytes) -> bytes:
        """The document; raises `SealBrokenError`."""
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, text, self._place(number))
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            raise SealBrokenError("A held document") from None

    def _place(self, number: int) -> bytes:
        return _PLACE.pack(self._job_id, self._until_seconds, number)
