"""What an entry of the ledger says: the bytes that are stored, hashed and never serialised again.

Rules kept here:
- an entry holds no personal data: ids, kinds, forms, numbers; never a value that a field has;
- every entry carries 16 random bytes, so that its leaf hash tells nothing to who lacks the bytes;
- the bytes are UTF-8 JSON, at most 65,535 of them (the entry bundles of c2sp.org/tlog-tiles);
- a reader takes the bytes as they are: a field it does not know is ignored, never dropped.
"""

from datetime import datetime
from enum import StrEnum
from os import urandom
from typing import NamedTuple
from uuid import UUID

import msgspec

from orderveil.core.errors import OrderveilError
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop

SALT_BYTES = 16
MAX_ENTRY_BYTES = 0xFFFF


class DisclosureKind(StrEnum):
    """The entries by which data left the vault. Every other kind is an act."""

    DISCLOSURE = "disclosure"
    REVEAL = "reveal"
    BULK = "bulk"


DISCLOSED = tuple(kind.value for kind in DisclosureKind)
"""Their names, as the tables have them."""

# Factories, because a plain default would be left out of the bytes.
_v1: int = msgspec.field(default_factory=lambda: 1)
_bulk: DisclosureKind = msgspec.field(default_factory=lambda: DisclosureKind.BULK)


class Who(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who did it: a person, a partner's credential, or Orderveil itself. Pseudonymous ids only."""

    person: str | None = None
    partner: int | None = None
    credential: int | None = None
    system: str | None = None
    """The part of Orderveil that acted by itself: "retention", "journey"."""


class PolicyRef(msgspec.Struct, frozen=True):
    """The policy version a disclosure was decided under."""

    version: int
    name: str


class DisclosureEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One order shown to one partner or person."""

    v: int = _v1
    kind: DisclosureKind
    id: UUID
    log: int
    at: datetime
    """Aware, UTC."""
    hop: Hop
    partner: int | None = None
    credential: int | None = None
    person: str | None = None
    device: int | None = None
    """The floor's device it was shown on, or printed by."""
    order: str
    """The order id in hexadecimal."""
    parcels: tuple[int, ...] = ()
    """The parcels that were shown; none: the order as such."""
    forms: dict[Field, Form]
    """What was granted, field by field. What is not here was not shown."""
    would: dict[Field, Form] | None = None
    """In observe mode: what the policy would have granted instead."""
    purpose: str
    reason: str | None = None
    policy: PolicyRef
    law_rev: int
    salt: bytes


class BulkEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Up to 1,000 orders shown to one partner in the same forms. Its rows say which orders."""

    v: int = _v1
    kind: DisclosureKind = _bulk
    id: UUID
    log: int
    at: datetime
    hop: Hop
    partner: int | None = None
    credential: int | None = None
    person: str | None = None
    device: int | None = None
    rows: int
    rows_root: bytes
    """Root of the Merkle tree over the rows' leaves (see `rows.py`), 32 bytes."""
    forms: dict[Field, Form]
    would: dict[Field, Form] | None = None
    purpose: str
    reason: str | None = None
    policy: PolicyRef
    law_rev: int
    salt: bytes


class ActEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Any other thing worth proving later. With `rows`, one act on many orders."""

    v: int = _v1
    kind: str
    id: UUID
    log: int
    at: datetime
    who: Who
    subject: str = ""
    order: str | None = None
    rows: int = 0
    rows_root: bytes | None = None
    detail: dict[str, str | int | bool | None] = {}
    """Ids, counts, digests and words of ours. Never personal data."""
    salt: bytes


Entry = DisclosureEntry | BulkEntry | ActEntry


class _Kind(msgspec.Struct, frozen=True):
    kind: str
    rows: int = 0
    rows_root: bytes | None = None


_encoder = msgspec.json.Encoder()
_kind_decoder = msgspec.json.Decoder(_Kind)
_disclosure_decoder = msgspec.json.Decoder(DisclosureEntry)
_bulk_decoder = msgspec.json.Decoder(BulkEntry)
_act_decoder = msgspec.json.Decoder(ActEntry)


def new_id(now: datetime) -> UUID:
    """A fresh entry id: UUID version 7 (RFC 9562 5.7), so that new ids are neighbours on disk."""
    stamp = int(now.timestamp() * 1000).to_bytes(6, "big")
    raw = bytearray(stamp + urandom(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return UUID(bytes=bytes(raw))


def new_salt() -> bytes:
    """16 random bytes."""
    return urandom(SALT_BYTES)


def encode(entry: Entry) -> bytes:
    """The entry's bytes: store these, hash these. Raises OrderveilError over 65,535 bytes."""
    raw = _encoder.encode(entry)
    if len(raw) > MAX_ENTRY_BYTES:
        msg = f"a ledger entry of {len(raw)} bytes is over the limit of {MAX_ENTRY_BYTES}"
        raise OrderveilError(msg, remedy="Put fewer things into its detail.")
    return raw


def decode(raw: bytes) -> Entry:
    """Reads an entry's bytes. Raises msgspec.MsgspecError (a ValueError) for anything else."""
    kind = _kind_decoder.decode(raw).kind
    if kind == DisclosureKind.BULK:
        return _bulk_decoder.decode(raw)
    if kind in (DisclosureKind.DISCLOSURE, DisclosureKind.REVEAL):
        return _disclosure_decoder.decode(raw)
    return _act_decoder.decode(raw)


class Reading(NamedTuple):
    """What became of reading an entry's stored bytes."""

    entry: Entry | None
    is_spoilt: bool
    """True: there are bytes, and they are no entry."""


def reading(raw: bytes | None) -> Reading:
    """What stored bytes say. Never raises: nobody hides a page by spoiling an entry on it."""
    if raw is None:
        return Reading(None, is_spoilt=False)
    try:
        return Reading(decode(bytes(raw)), is_spoilt=False)
    except (ValueError, RecursionError):
        return Reading(None, is_spoilt=True)


def read(raw: bytes | None) -> Entry | None:
    """The same for whoever does not tell why there is none: over their term, or no entry."""
    return reading(raw).entry


def rows_of(raw: bytes) -> tuple[int, bytes] | None:
    """(how many rows, their root) that an entry commits to; None if it has none.

    Raises msgspec.MsgspecError for bytes that are no entry.
    """
    found = _kind_decoder.decode(raw)
    return (found.rows, found.rows_root or b"") if found.rows else None
