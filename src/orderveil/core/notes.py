"""Signed notes, checkpoints and cosignatures.

Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature.

Rules kept here:
- a note's text is never looked at before a signature of a known key over it has verified;
- signatures of unknown keys are ignored; one bad signature of a known key rejects the whole note;
- only Ed25519 is spoken: type 0x01 over the text, type 0x04 (`cosignature/v1`) over a header with
  the time, then the text.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from orderveil.core.errors import OrderveilError
from orderveil.core.merkle import HASH_BYTES

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
_SKEY_PREFIX = "PRIVATE+KEY+"
_SIGNATURE_LINE = re.compile(r"\u2014 (\S+) (\S+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteError(OrderveilError):
    """A note, key or checkpoint that must not be trusted."""


class SignatureType(IntEnum):
    """The identifier byte of a key (c2sp.org/signed-note, signature types)."""

    ED25519 = 1
    COSIGNATURE_V1 = 4


def is_name(name: str) -> bool:
    """True if `name` may name a key: not empty, no spaces, no plus, no control characters."""
    return bool(name) and "+" not in name and name.isprintable() and name.split() == [name]


def key_id(name: str, kind: SignatureType, public: bytes) -> bytes:
    """The four bytes that tell the keys of one name apart."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under a name."""

    name: str
    kind: SignatureType
    public: bytes

    def __post_init__(self) -> None:
        if not is_name(self.name) or len(self.public) != 32:
            msg = "a note's key needs a name without spaces or plus, and 32 bytes"
            raise NoteError(msg)

    @property
    def id(self) -> bytes:
        """The key id, 4 bytes."""
        return key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """The key as text: name+id+base64(type || public key)."""
        body = b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{body}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Reads a vkey. Raises NoteError for anything but its one right spelling."""
        parts = vkey.split("+", 2)
        if len(parts) == 3:
            kind, public = _key_body(parts[2])
            found = cls(parts[0], kind, public)
            if found.vkey == vkey:
                return found
        msg = "this is not a verifier key (name+id+base64)"
        raise NoteError(msg)

    def verify(self, text: str, signature: bytes) -> datetime | None:
        """Raises NoteError unless `signature` (without the key id) is this key's over `text`.

        Returns when it was made, for a cosignature; None for a plain signature.
        """
        moment, message = None, text.encode()
        if self.kind is SignatureType.COSIGNATURE_V1:
            seconds, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = _cosigned(text, seconds)
            moment = _moment(seconds)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            msg = f"the signature of {self.name} is not over this text"
            raise NoteError(msg) from None
        return moment


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under a name. Its seed does not show in its repr."""

    name: str
    kind: SignatureType
    seed: bytes = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(self.name, self.kind, private.public_key().public_bytes_raw())

    def skey(self) -> str:
        """The private key as text. A secret: for files of mode 0600, never for logs."""
        body = b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{_SKEY_PREFIX}{self.name}+{self.verifier.id.hex()}+{body}"

    @classmethod
    def parse(cls, skey: str) -> Self:
        """Reads a signer key. Raises NoteError, which never quotes it."""
        parts = skey.removeprefix(_SKEY_PREFIX).split("+", 2)
        if skey.startswith(_SKEY_PREFIX) and len(parts) == 3:
            found = cls(parts[0], *_key_body(parts[2]))
            if compare_digest(found.skey().encode(), skey.encode()):
                return found
        msg = "this is not a signer key (PRIVATE+KEY+name+id+base64)"
        raise NoteError(msg)

    def line(self, text: str, now: datetime) -> str:
        """The signature line over `text`. `now` is used by a cosignature only (whole seconds)."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.kind is SignatureType.COSIGNATURE_V1:
            seconds = int(now.timestamp())
            signature = seconds.to_bytes(8, "big") + private.sign(_cosigned(text, seconds))
        else:
            signature = private.sign(text.encode())
        return f"\u2014 {self.name} {b64encode(self.verifier.id + signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedBy:
    """One verified signature."""

    verifier: Verifier
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    """A text that at least one known key signed, and who they were."""

    text: str
    signatures: tuple[SignedBy, ...]


def sign(text: str, signers: Iterable[Signer], *, now: datetime) -> str:
    """A signed note over `text`, which ends with a newline and has no other control characters.

    Raises NoteError for a text that no note may have.
    """
    if not text.endswith("\n") or _CONTROL.search(text):
        msg = "a note's text ends with a newline and has no other control characters"
        raise NoteError(msg)
    return text + "\n" + "".join(signer.line(text, now) for signer in signers)


def add_signature(note: str, signer: Signer, *, now: datetime) -> str:
    """The note with one more signature line. Verify the note before signing it."""
    text, _ = _split(note)
    return note + signer.line(text, now)


def signer_names(note: str) -> tuple[str, ...]:
    """Whose signatures a note bears by its own account: nothing here is verified.

    Raises NoteError for what is no note.
    """
    _, lines = _split(note)
    return tuple(name for name, _ in lines)


def open_note(note: str, known: Iterable[Verifier]) -> Note:
    """The text and its verified signatures. Raises NoteError unless a known key signed it."""
    text, lines = _split(note)
    keys = {(key.name, key.id): key for key in known}
    found: dict[tuple[str, bytes], SignedBy] = {}
    for name, signature in lines:
        label = (name, signature[:4])
        key = keys.get(label)
        if key is not None and label not in found:
            found[label] = SignedBy(key, key.verify(text, signature[4:]))
    if not found:
        msg = "none of the known keys signed this note"
        raise NoteError(msg, remedy="Check that the key belongs to this log.")
    return Note(text, tuple(found.values()))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: which log, how many leaves, and their root hash."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text: three lines (c2sp.org/tlog-checkpoint)."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a checkpoint's text, ignoring extension lines. Raises NoteError."""
        lines = text.split("\n")
        if len(lines) >= 4 and lines[-1] == "" and all(lines[:-1]) and _SIZE.fullmatch(lines[1]):
            root = _unbase64(lines[2])
            if root is not None and len(root) == HASH_BYTES:
                return cls(lines[0], int(lines[1]), root)
        msg = "this is not a checkpoint (origin, size, root hash)"
        raise NoteError(msg)


def open_checkpoint(note: str, log: Verifier, *, also: Iterable[Verifier] = ()) -> Checkpoint:
    """The checkpoint in a note that `log` signed, and every key of `also` too.

    The origin must be the log key's name. Raises NoteError.
    """
    required = [log, *also]
    opened = open_note(note, required)
    signed = {found.verifier for found in opened.signatures}
    missing = [key.name for key in required if key not in signed]
    if missing:
        msg = f"the checkpoint lacks the signature of {', '.join(missing)}"
        raise NoteError(msg)
    checkpoint = Checkpoint.parse(opened.text)
    if checkpoint.origin != log.name:
        msg = f"the checkpoint is of another log, not of {log.name}"
        raise NoteError(msg)
    return checkpoint


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """A note's text (final newline included) and its signature lines (name, id || signature)."""
    too_long = len(note) > MAX_NOTE_BYTES
    text, blank, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    if not too_long and blank and lines[-1] == "" and 1 < len(lines) <= MAX_SIGNATURES + 1:
        found = [_signature_line(line) for line in lines[:-1]]
        if not _CONTROL.search(note):
            return text + "\n", found
    msg = "this is not a signed note (text, blank line, signatures)"
    raise NoteError(msg)


def _signature_line(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE_LINE.fullmatch(line)
    signature = _unbase64(match[2]) if match else None
    if match is None or signature is None or not is_name(match[1]) or len(signature) < 5:
        msg = "a signature line is malformed"
        raise NoteError(msg)
    return match[1], signature


def _key_body(body: str) -> tuple[SignatureType, bytes]:
    raw = _unbase64(body)
    if raw is None or len(raw) != 33 or raw[0] not in set(SignatureType):
        msg = "the key is not an Ed25519 key of a known type"
        raise NoteError(msg)
    return SignatureType(raw[0]), raw[1:]


def _unbase64(text: str) -> bytes | None:
    """Strict standard base64; None if it is not the one spelling of its bytes."""
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if b64encode(raw).decode() == text else None


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        msg = "a cosignature's time is out of range"
        raise NoteError(msg) from None
