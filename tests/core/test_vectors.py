"""Published vectors: what is stored and given out today opens and means the same tomorrow.

Keys, ids and nonces count upwards from nothing; each vector was also worked out from its
definition, with AES, HMAC and the layout of the associated data written down here again.
"""

import base64
import hashlib
import hmac
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from orderveil.core.blindindex import fingerprint, keyed_hash, order_id, tagger
from orderveil.core.fields import Compartment, Field
from orderveil.core.refs import RefKey
from orderveil.core.sealing import SealedOrder

DEK = bytes(range(32))
EPOCH_KEY = bytes(range(32, 64))
ORDER = bytes(range(16))
NONCE = bytes(range(12))
PHONE = "+919000000001"
TAG = tagger(DEK)

SEALED = bytes.fromhex(
    "000102030405060708090a0b3c20a673aa8ba739b763bcb280d0485d"
    "b3e6b704c04b6e5e45c8325cbb39ce3a7b1a8dd19bbc342043"
)
WRAPPED = bytes.fromhex(
    "000102030405060708090a0b5c535fa44e30edebb4f0c3cd2a7e50330361fb77"
    "7e04b0063c14c9a1a79cd5874ea9f66e34cfdddd88aadc5a6c928c08"
)
REFS = [
    "BIPWNMVGMC4AZG5GSPJHKULHPT-2",
    "NZGNENAT3AHLWQJ7YTQSLPFJRV-2",
    "VSCHLRO2CR2WHAI2DFVYBHNBUK-2",
    "4JWCE6GRDPUUODWNYYDWWBJSCZ-2",
]


def test_a_sealed_compartment():
    """Brand 7, this order, contact (2), schema 1, dek number 3: big-endian, in this order."""
    place = struct.pack(">I16sBBH", 7, ORDER, 2, 1, 3)
    text = b'{"phone":"+919000000001"}'
    assert NONCE + AESGCM(DEK).encrypt(NONCE, text, place) == SEALED
    order = SealedOrder(DEK, 7, ORDER, 3)
    assert order.seal(Compartment.CONTACT, {"phone": PHONE}, NONCE) == SEALED
    assert order.open(Compartment.CONTACT, SEALED) == {"phone": PHONE}


def test_a_wrapped_data_key():
    """The word `dek`, brand 7, this order, dek number 3, epoch 9."""
    place = struct.pack(">3sI16sHQ", b"dek", 7, ORDER, 3, 9)
    assert NONCE + AESGCM(EPOCH_KEY).encrypt(NONCE, DEK, place) == WRAPPED
    assert SealedOrder(DEK, 7, ORDER, 3).wrap(EPOCH_KEY, 9, NONCE) == WRAPPED
    opened = SealedOrder.unwrap(EPOCH_KEY, WRAPPED, 7, ORDER, 3, 9)
    assert opened.open(Compartment.CONTACT, SEALED) == {"phone": PHONE}


def framed(first, second):
    """Two texts with their lengths before them."""
    return struct.pack(">II", len(first), len(second)) + first + second


@pytest.mark.parametrize(
    ("made", "parts", "said"),
    [
        (order_id(TAG, 5, "1001").hex(), (b"5", b"1001"), "a7ef9770678385641c763667b385141e"),
        (
            fingerprint(TAG, Field.PHONE, PHONE).hex(),
            (b"phone", PHONE.encode()),
            "2a551222f5676162ed45466bf08d4bcf",
        ),
        (
            keyed_hash(TAG, 4, Field.PHONE, PHONE),
            (b"4.phone", PHONE.encode()),
            "4848a455e623ffb5fed4fc3f343e10db21e181564b0e53b0c56384bd90f4bdef",
        ),
    ],
    ids=["order id", "fingerprint", "keyed hash"],
)
def test_an_identifier(made, parts, said):
    """HMAC-SHA-256 over length-prefixed parts: stored, or known to partners, for years."""
    assert made == said
    assert hmac.digest(DEK, framed(*parts), hashlib.sha256).hex().startswith(said)


@pytest.mark.parametrize("generation", range(4))
def test_a_ref(generation):
    """Two bits of generation and one AES block, under a key for brand 7 and partner 4."""
    key = hmac.digest(DEK, struct.pack(">4sIQI", b"ref1", 7, 4, generation), "sha256")[:16]
    block = Cipher(AES(key), ECB()).encryptor().update(ORDER)
    bits = f"{generation:02b}" + f"{int.from_bytes(block):0128b}" + "0" * 6
    text = base64.b32encode(int(bits, 2).to_bytes(17)).decode()[:26]
    assert f"{text}-2" == REFS[generation]
    ref_key = RefKey(DEK, 7, 4, generation)
    assert ref_key.make(ORDER, 2) == REFS[generation]
    assert ref_key.open(REFS[generation]) == (ORDER, 2)
