"""Sealing: one data key per order, AES-256-GCM per compartment.

Rules kept here:
- the associated data names the place: brand, order, compartment, schema version and dek number,
  so a ciphertext moved to another row or column does not open (NIST SP 800-38D, AAD);
- a nonce is 96 random bits and is never reused on purpose: keys are per order, so even a busy
  order stays far below the bound of 2^32 seals under one key (SP 800-38D 8.3);
- a sealed value is nonce || ciphertext || tag, nothing else.
"""

import os
import struct
from collections.abc import Mapping

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from orderveil.core.errors import OrderveilError
from orderveil.core.fields import Compartment, Field

SCHEMA_VERSION = 1
NONCE_BYTES = 12
DEK_BYTES = 32

COMPARTMENT_CODE: Mapping[Compartment, int] = {c: n for n, c in enumerate(Compartment, 1)}
"""Stable: the code is part of the associated data and of the `purged` bit mask (1 << code - 1)."""

_PLACE = struct.Struct(">I16sBBH")
_DEK_PLACE = struct.Struct(">3sI16sHQ")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


class SealBrokenError(OrderveilError):
    """A ciphertext does not open at the place it was found: moved, altered, or the wrong key."""


def place(brand_id: int, order_id: bytes, compartment: Compartment, dek_no: int) -> bytes:
    """The associated data of a compartment: 24 bytes."""
    return _PLACE.pack(brand_id, order_id, COMPARTMENT_CODE[compartment], SCHEMA_VERSION, dek_no)


def seal(dek: AESGCM, values: Mapping[Field, str], aad: bytes, nonce: bytes) -> bytes:
    """`values` of one compartment as nonce || ciphertext || tag."""
    return nonce + dek.encrypt(nonce, _encode(values), aad)


def open_sealed(dek: AESGCM, sealed: bytes, aad: bytes) -> dict[str, str]:
    """The values of one compartment by field name; raises `SealBrokenError`."""
    try:
        return _decode(dek.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad))
    except InvalidTag:
        msg = "A sealed compartment does not open at its place."
        raise SealBrokenError(
            msg, remedy="Compare the row with a backup: it was moved or altered."
        ) from None


def _dek_place(brand_id: int, order_id: bytes, dek_no: int, epoch_id: int) -> bytes:
    return _DEK_PLACE.pack(b"dek", brand_id, order_id, dek_no, epoch_id)


def wrap_dek(
    epoch: AESGCM,
    dek: bytes,
    *,
    brand_id: int,
    order_id: bytes,
    dek_no: int,
    epoch_id: int,
    nonce: bytes | None = None,
) -> bytes:
    """The data key under its epoch key: 60 bytes, bound to its order, number and epoch."""
    nonce = nonce or os.urandom(NONCE_BYTES)
    return nonce + epoch.encrypt(nonce, dek, _dek_place(brand_id, order_id, dek_no, epoch_id))


def unwrap_dek(
    epoch: AESGCM, wrapped: bytes, *, brand_id: int, order_id: bytes, dek_no: int, epoch_id: int
) -> bytes:
    """The data key itself, 32 bytes; raises `SealBrokenError`."""
    aad = _dek_place(brand_id, order_id, dek_no, epoch_id)
    try:
        return epoch.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], aad)
    except InvalidTag:
        msg = "An order's data key does not open under its epoch key."
        raise SealBrokenError(
            msg, remedy="Run `orderveil keys status`; the row was moved or the epoch is wrong."
        ) from None
