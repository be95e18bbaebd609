"""Refs: the pseudonym under which ONE partner knows an order or parcel.

A ref is two bits of key generation and one AES-128 block over the 16-byte order id, in 26 base32
characters. It is reversible without a table; two partners can't join their data; a ref made
for another partner opens to an id that does not exist, which answers 404. A parcel's ref carries
its number in clear behind a dash: `K7Q2...-2`.
"""

import hmac
import re
import struct
import threading

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

BLOCK_BYTES = 16
GENERATIONS = 4
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_AS_NUMBER = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_REF = re.compile(r"([A-Z2-7]{26})(?:-([1-9][0-9]{0,2}))?")


class _Contexts(threading.local):
    """Each thread's cipher contexts: making one costs more than a block, and none may be shared."""

    def __init__(self, cipher: Cipher[ECB]) -> None:
        self.encrypt = cipher.encryptor().update
        self.decrypt = cipher.decryptor().update


class RefKey:
    """The key of one (brand, partner, generation); makes and opens that partner's refs."""

    def __init__(self, ref_key: bytes, brand_id: int, partner_id: int, generation: int = 0) -> None:
        message = struct.pack(">4sIQI", b"ref1", brand_id, partner_id, generation)
        # One block of a uniformly random-looking id: ECB on a single block is the plain AES
        # permutation, which is all a reversible pseudonym needs.
        cipher = Cipher(AES(hmac.digest(ref_key, message, "sha256")[:16]), ECB())  # noqa: S305
        self._contexts = _Contexts(cipher)
        self._generation = generation % GENERATIONS

    def make(self, order_id: bytes, parcel_no: int | None = None) -> str:
        """The partner's ref of an order (26 characters), or of one of its parcels."""
        ref = self.make_many([order_id])[0]
        return ref if parcel_no is None else f"{ref}-{parcel_no}"

    def make_many(self, order_ids: list[bytes]) -> list[str]:
        """Refs of many orders with one call of the cipher. Raises ValueError for half a block."""
        plain = b"".join(order_ids)
        if len(plain) != BLOCK_BYTES * len(order_ids):  # it would stay in the context
            msg = "an order id has 16 bytes"
            raise ValueError(msg)
        blocks = self._contexts.encrypt(plain)
        head = self._generation << 128
        return [
            _text(head | int.from_bytes(blocks[at : at + 16])) for at in range(0, len(blocks), 16)
        ]

    def open(self, ref: str) -> tuple[bytes, int | None] | None:
        """(order id, parcel number or None); None if the text is no ref of this generation."""
        match = _REF.fullmatch(ref.upper())
        if match is None:
            return None
        value = int(match[1].translate(_AS_NUMBER), 32)
        if value >> 128 != self._generation:
            return None
        block = (value & ((1 << 128) - 1)).to_bytes(16)
        order_id = self._contexts.decrypt(block)
        return order_id, int(match[2]) if match[2] else None


def _text(value: int) -> str:
    """130 bits as 26 base32 characters (RFC 4648), two at a time."""
    return "".join([_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10)])
