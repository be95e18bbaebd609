"""The rows of a bulk entry: which orders it was about, provable one by one.

Rules kept here:
- a row's leaf is SHA-256(0x00 || order_id (16) || parcel_no (1) || salt (16)); parcel 0 is the
  order as such;
- each row has a salt of its own, so that a proof for one order tells nothing of its neighbours;
- the bulk's entry commits to the rows by their number and their Merkle root.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from os import urandom
from typing import NamedTuple

from orderveil.core.merkle import root
from orderveil.ledger.entries import SALT_BYTES


class Row(NamedTuple):
    """One row. Its position is its index in the bulk's tree."""

    order_id: bytes
    parcel_no: int
    salt: bytes


class Rows(NamedTuple):
    """The rows of one bulk and the root its entry names."""

    rows: tuple[Row, ...]
    root: bytes


def row_leaf(order_id: bytes, parcel_no: int, salt: bytes) -> bytes:
    """The leaf of one row, 32 bytes."""
    return sha256(b"\x00" + order_id + parcel_no.to_bytes(1, "big") + salt).digest()


def make_rows(orders: Sequence[tuple[bytes, int]], *, salts: bytes | None = None) -> Rows:
    """Rows for (order_id, parcel_no) pairs in this order, freshly salted unless `salts` is given.

    `salts`: 16 bytes for each, concatenated.
    """
    raw = urandom(SALT_BYTES * len(orders)) if salts is None else salts
    rows = tuple(
        Row(order_id, parcel_no, raw[at * SALT_BYTES : (at + 1) * SALT_BYTES])
        for at, (order_id, parcel_no) in enumerate(orders)
    )
    return Rows(rows, root(leaves(rows)))


def leaves(rows: Iterable[Row]) -> list[bytes]:
    """The rows' leaf hashes."""
    return [row_leaf(*row) for row in rows]
