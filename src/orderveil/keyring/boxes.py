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
    return seal_under(secrets.ensure(brand_id, name), f"{name}/{place}", plain)


def open_box(brand_id: int, name: str, place: str, sealed: bytes) -> bytes:
    """What was sealed; raises `SealBrokenError` for another place, key or content."""
    return open_under(secrets.ensure(brand_id, name), f"{name}/{place}", sealed)


def seal_under(key: bytes, place: str, plain: bytes) -> bytes:
    """The same under a key of the caller's, 32 bytes."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def open_under(key: bytes, place: str, sealed: bytes) -> bytes:
    """What was sealed so; raises `SealBrokenError`."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):  # ValueError: too short to be a box
        raise SealBrokenError("A box") from None
