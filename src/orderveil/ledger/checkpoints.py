"""Checkpoints: the signed sentence "this log has so many entries, with this root hash".

Rules kept here:
- one Ed25519 key signs for the whole installation, under the origin of each log, so that a
  signature for one log says nothing about another;
- a checkpoint is only ever made of a tree head that was read back after its commit.
"""

from datetime import datetime

from orderveil.core.notes import Checkpoint, SignatureType, Signer, sign
from orderveil.keyring import secrets

KEY_NAME = "ledger_signing_key"
INSTALLATION = 0


def signing_seed() -> bytes:
    """The installation's Ed25519 seed, 32 bytes, made when first asked for. A secret."""
    return secrets.ensure(INSTALLATION, KEY_NAME, 32)


def signer(origin: str, seed: bytes) -> Signer:
    """The key that signs for the log of this origin."""
    return Signer(origin, SignatureType.ED25519, seed)


def vkey(origin: str) -> str:
    """The public key of the log of this origin, as auditors and witnesses are given it."""
    return signer(origin, signing_seed()).verifier.vkey


def make(origin: str, size: int, root: bytes, seed: bytes, now: datetime) -> str:
    """The signed checkpoint of a tree head."""
    return sign(Checkpoint(origin, size, root).text(), [signer(origin, seed)], now=now)
