"""Proofs: that an entry is in its log, that an order is in an entry, that a log only grew.

Rules kept here:
- a proof stands on a published checkpoint and carries it: who has the log's public key needs
  nothing else;
- a refusal says what to do: an entry that is not placed yet is there within a second or two.
"""

from uuid import UUID

import msgspec

from orderveil.core import merkle
from orderveil.core.errors import Problem
from orderveil.core.tiles import WIDTH, consistency_from_tiles, hashes_in, inclusion_from_tiles
from orderveil.ledger import store
from orderveil.ledger.rows import Row, leaves


class InclusionProof(msgspec.Struct, frozen=True, kw_only=True):
    """That an entry is number `index` of the log whose checkpoint this is."""

    entry_id: UUID
    log_id: int
    index: int
    size: int
    path: tuple[bytes, ...]
    leaf: bytes
    entry: bytes | None
    """The entry's bytes; None when their term is over. Then `leaf` is what is proved."""
    checkpoint: str


class RecordProof(msgspec.Struct, frozen=True, kw_only=True):
    """That an order is in an entry. For a row of a bulk there are two levels: row, then entry."""

    inclusion: InclusionProof
    row: Row | None = None
    """None when the entry is about this order alone."""
    position: int = 0
    rows: int = 0
    row_path: tuple[bytes, ...] = ()


class ConsistencyProof(msgspec.Struct, frozen=True):
    """That the tree of `old_size` is the beginning of the tree of `size`."""

    old_size: int
    size: int
    path: tuple[bytes, ...]


# Besides the leaf, every tile its path can need: on each level the leaf's own and the last one.
# One round trip, and (see `store.TILES`) one look into the index for each tile.
_LEAF = """
SELECT leaf.log_id, leaf.index, head.published_size, head.checkpoint,
       CASE WHEN leaf.order_id IS NULL
            THEN (SELECT entry FROM ledger_entry WHERE entry_id = leaf.entry_id)
            ELSE (SELECT entry FROM ledger_record AS record
                   WHERE record.order_id = leaf.order_id AND record.at = leaf.at
                     AND record.entry_id = leaf.entry_id) END,
       near.levels, near.ns, near.tiles
  FROM ledger_leaf AS leaf JOIN ledger_head AS head ON head.log_id = leaf.log_id
 CROSS JOIN LATERAL (
       SELECT array_agg(step) AS levels, array_agg(n) AS ns, array_agg(hashes) AS tiles
         FROM generate_series(0, 7) AS step
        CROSS JOIN LATERAL (SELECT leaf.index >> 8 * (step + 1) AS n
                             UNION SELECT head.published_size >> 8 * (step + 1)) AS wanted
        CROSS JOIN LATERAL (SELECT hashes FROM ledger_tile AS tile
                             WHERE tile.log_id = leaf.log_id AND tile.level = step::smallint
                               AND tile.n = wanted.n OFFSET 0) AS found
        WHERE head.published_size >> 8 * step > 0) AS near
 WHERE leaf.entry_id = %s AND leaf.index < head.published_size
"""

NOT_PLACED = Problem(
    "not_placed",
    "This entry has no place in a published tree.",
    "If it was just written, ask again in a few seconds; otherwise check its id.",
    rule="an entry is proved against a published checkpoint",
    status=404,
)
NO_SUCH_RECORD = Problem(
    "no_such_record",
    "This entry does not speak of this order.",
    "Take the entry's id from the order's own list of entries.",
    status=404,
)
BAD_SIZES = Problem(
    "bad_sizes",
    "There is no consistency proof between these sizes.",
    "Ask with 0 <= old <= new <= the size of the published checkpoint.",
    rule="RFC 6962 2.1.2",
)


def inclusion(entry_id: UUID) -> InclusionProof | Problem:
    """The proof of an entry against its log's last checkpoint. Check `log_id` is the asker's."""
    rows = store.query(_LEAF, [entry_id])
    if not rows:
        return NOT_PLACED
    log_id, index, size, checkpoint, entry, levels, ns, hashes = rows[0]
    held = dict(zip(zip(levels, ns, strict=True), hashes, strict=True))
    return InclusionProof(
        entry_id=entry_id,
        log_id=log_id,
        index=index,
        size=size,
        path=tuple(inclusion_from_tiles(lambda level, n: held[level, n], index, size)),
        leaf=hashes_in(held[0, index // WIDTH], index % WIDTH, index % WIDTH + 1)[0],
        entry=entry,
        checkpoint=checkpoint,
    )


def record_inclusion(order_id: bytes, entry_id: UUID) -> RecordProof | Problem:
    """The proof that an entry speaks of an order: of its first row, if a bulk has several."""
    found = store.query(
        "SELECT at, position FROM ledger_record WHERE order_id = %s AND entry_id = %s"
        " ORDER BY position LIMIT 1",
        [order_id, entry_id],
    )
    if not found:
        return NO_SUCH_RECORD
    proof = inclusion(entry_id)
    if isinstance(proof, Problem):
        return proof
    at, position = found[0]
    if position is None:
        return RecordProof(inclusion=proof)
    rows = [
        Row(bytes(order), parcel, bytes(salt))
        for order, parcel, salt in store.query(
            "SELECT order_id, parcel_no, salt FROM ledger_record"
            " WHERE entry_id = %s AND at = %s AND entry IS NULL ORDER BY position",
            [entry_id, at],
        )
    ]
    return RecordProof(
        inclusion=proof,
        row=rows[position],
        position=position,
        rows=len(rows),
        row_path=tuple(merkle.inclusion_path(leaves(rows), position)),
    )


def consistency(log_id: int, old_size: int, size: int) -> ConsistencyProof | Problem:
    """The proof that the log's tree of `old_size` grew into that of `size`, both published."""
    head = store.published(log_id)
    if head is None or not 0 <= old_size <= size <= head.size:
        return BAD_SIZES
    read = store.reader(log_id, merkle.consistency_ranges(old_size, size))
    return ConsistencyProof(old_size, size, tuple(consistency_from_tiles(read, old_size, size)))
