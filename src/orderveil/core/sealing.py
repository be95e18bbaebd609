"""Sealing: one data key per order, AES-256-GCM per compartment.

Rules kept here:
- the associated data names the place: brand, order, compartment, schema version and dek number,
  so a ciphertext moved to another row or column does not open (NIST SP 800-38D, AAD);
- a nonce is 96 random bits; keys are per order, so even a busy order stays far below the bound
  of 2^32 seals under one key (SP 800-38D 8.3);
- a sealed value is nonce || ciphertext || tag, nothing else.
"""

import struct
from collections.abc import Mapping
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from orderveil.core.errors import OrderveilError
from orderveil.core.fields import Compartment

SCHEMA_VERSION = 1
NONCE_BYTES = 12
DEK_BYTES = 32

COMPARTMENT_CODE: Mapping[Compartment, int] = {c: n for n, c in enumerate(Compartment, 1)}
"""Stable: the code is part of the associated data."""

_PLACE = struct.Struct(">I16s")
_PART = struct.Struct(">BBH")
_DEK_PLACE = struct.Struct(">HQ")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


class SealBrokenError(OrderveilError):
    """A ciphertext does not open at the place it was found: moved, altered, or the wrong key."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} does not open at its place.",
            remedy="The row was moved or altered: compare it with a backup.",
        )


def purged_bit(compartment: Compartment) -> int:
    """The compartment's bit in an order's mask of purged compartments."""
    return 1 << (COMPARTMENT_CODE[compartment] - 1)


@lru_cache(maxsize=512)
def _part(compartment: Compartment, dek_no: int) -> bytes:
    return _PART.pack(COMPARTMENT_CODE[compartment], SCHEMA_VERSION, dek_no)


@lru_cache(maxsize=64)
def _cipher(key: bytes) -> AESGCM:
    # Epoch keys are few and used for every order: their key schedule is worth keeping.
    return AESGCM(key)


class SealedOrder:
    """The data key of one order, ready to seal and open that order's compartments."""

    __slots__ = ("_cipher", "_dek", "_dek_no", "_place")

    def __init__(self, dek: bytes, brand_id: int, order_id: bytes, dek_no: int) -> None:
        self._dek = dek
        self._cipher = AESGCM(dek)
        self._place = _PLACE.pack(brand_id, order_id)
        self._dek_no = dek_no

    def seal(self, compartment: Compartment, values: Mapping[str, str], nonce: bytes) -> bytes:
        """`values` by field name as nonce || ciphertext || tag."""
        aad = self._place + _part(compartment, self._dek_no)
        return nonce + self._cipher.encrypt(nonce, _encode(values), aad)

    def open(self, compartment: Compartment, sealed: bytes) -> dict[str, str]:
        """The values by field name; raises `SealBrokenError`."""
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            aad = self._place + _part(compartment, self._dek_no)
            opened = self._cipher.decrypt(nonce, text, aad)
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            raise SealBrokenError(f"The compartment {compartment} of an order") from None
        return _decode(opened)

    def wrap(self, epoch_key: bytes, epoch_id: int, nonce: bytes) -> bytes:
        """The data key under its epoch key, 60 bytes, bound to order, number and epoch."""
        aad = b"dek" + self._place + _DEK_PLACE.pack(self._dek_no, epoch_id)
        return nonce + _cipher(epoch_key).encrypt(nonce, self._dek, aad)

    @classmethod
    def unwrap(
        cls,
        epoch_key: bytes,
        wrapped: bytes,
        brand_id: int,
        order_id: bytes,
        dek_no: int,
        epoch_id: int,
    ) -> "SealedOrder":
        """The order behind a wrapped data key; raises `SealBrokenError`."""
        aad = b"dek" + _PLACE.pack(brand_id, order_id) + _DEK_PLACE.pack(dek_no, epoch_id)
        nonce, text = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            dek = _cipher(epoch_key).decrypt(nonce, text, aad)
        except (InvalidTag, ValueError):
            raise SealBrokenError("An order's data key") from None
        return cls(dek, brand_id, order_id, dek_no)
