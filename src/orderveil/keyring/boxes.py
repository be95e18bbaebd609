"""Small things sealed under a named secret: second factors, and what else a row must not tell.

AES-256-GCM; the associated data is the secret's name and the caller's own words for the place,
so a box moved to another row does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from orderveil.core.sealing import NONCE_BYTES, SealBrokenError
from orderveil.keyring import secrets


def seal(brand_id: int, name: str, place: str, plain: bytes) -> bytes:
    """nonce || ciphertext || tag. The secret `name` is made at the first call."""
    nonce = os.urandom(NONCE_BYTES)
    key = AESGCM(secrets.ensure(brand_id, name))
    return nonce + key.encrypt(nonce, plain, f"{name}/{place}".encode())


def open_box(brand_id: int, name: str, place: str, sealed: bytes) -> bytes:
    """What was sealed; raises `SealBrokenError` for another place, key or content."""
    key = AESGCM(secrets.ensure(brand_id, name))
    try:
        return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], f"{name}/{place}".encode())
    except InvalidTag:
        raise SealBrokenError("A box") from None
