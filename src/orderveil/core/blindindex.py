"""Identifiers made by HMAC: order ids, and the blind index that makes exact search possible.

Equal values have equal index entries within a brand: whoever holds the database can link orders
of one phone, though not read it. docs/threat-model.md says so.
"""

import struct
from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from orderveil.core.fields import Field

ID_BYTES = 16

Tag = Callable[[bytes], bytes]
"""HMAC-SHA-256 under one key, 32 bytes: made once per key, since keying costs more than hashing."""


def tagger(key: bytes) -> Tag:
    """HMAC-SHA-256 (RFC 2104) with the key schedule done once."""
    keyed = HMAC(key, SHA256())

    def tag(message: bytes) -> bytes:
        mac = keyed.copy()
        mac.update(message)
        return mac.finalize()

    return tag


_frame = struct.Struct(">II").pack


def _framed(first: bytes, second: bytes) -> bytes:
    """Length-prefixed, so that ("ab", "c") and ("a", "bc") differ."""
    return _frame(len(first), len(second)) + first + second


def order_id(tag: Tag, channel_id: int, shop_order_id: str) -> bytes:
    """16 bytes: the same for the same order delivered twice, unguessable without the key."""
    return tag(_framed(b"%d" % channel_id, shop_order_id.encode()))[:ID_BYTES]


def fingerprint(tag: Tag, field: Field, search_key: str) -> bytes:
    """The blind index entry of a normalised value (`core.normalise.search_key`): 16 bytes."""
    return tag(_framed(field.encode(), search_key.encode()))[:ID_BYTES]


def keyed_hash(tag: Tag, partner_id: int, field: Field, search_key: str) -> str:
    """The form *hashed* at the machine door: HMAC under the partner's key, 64 hex characters.

    The key never leaves us, so a partner can count and join its own rows but can't guess phones.
    """
    return tag(_framed(b"%d.%s" % (partner_id, field.encode()), search_key.encode())).hex()
