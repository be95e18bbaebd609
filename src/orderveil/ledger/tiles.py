"""A log as static resources: checkpoint, tiles, entry bundles (c2sp.org/tlog-tiles).

Rules kept here:
- nothing beyond the published checkpoint is served, though the tree may have grown already;
- checkpoints and tiles are hashes and may be public; a bundle holds entries, which are for who
  has the brand's auditor credential: `is_entries` tells them apart.
"""

from collections.abc import Iterable

from orderveil.core.errors import Problem
from orderveil.core.merkle import HASH_BYTES
from orderveil.core.tiles import WIDTH, TilePath, parse_path, width_of
from orderveil.ledger import store

CHECKPOINT = "checkpoint"

NO_SUCH_TILE = Problem(
    "no_such_tile",
    "The published tree has no such resource.",
    "Take the size from the checkpoint and derive the paths from it.",
    rule="c2sp.org/tlog-tiles",
    status=404,
)
EXPIRED = Problem(
    "entries_expired",
    "The term of some of these entries is over, so their bytes are gone.",
    "Their hashes are in the tile of level 0 with the same number.",
    status=410,
)

_ENTRIES = """
SELECT coalesce(act.entry, record.entry)
  FROM ledger_leaf AS leaf
  LEFT JOIN ledger_entry AS act ON leaf.order_id IS NULL AND act.entry_id = leaf.entry_id
  LEFT JOIN ledger_record AS record ON record.order_id = leaf.order_id
        AND record.at = leaf.at AND record.entry_id = leaf.entry_id
 WHERE leaf.log_id = %s AND leaf.index >= %s AND leaf.index < %s
 ORDER BY leaf.index
"""


def is_entries(path: str) -> bool:
    """True if the path names a bundle of entries, which is not public."""
    return path.startswith("tile/entries/")


def serve(log_id: int, path: str) -> bytes | Problem:
    """The bytes of `checkpoint`, `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`."""
    head = store.published(log_id)
    if head is None:
        return NO_SUCH_TILE
    if path == CHECKPOINT:
        return head.checkpoint.encode()
    tile = parse_path(path)
    if tile is None or tile.width > width_of(tile.level or 0, tile.n, head.size):
        return NO_SUCH_TILE
    if tile.level is None:
        return _bundle(log_id, tile)
    hashes = store.read_tiles(log_id, [(tile.level, tile.n)])[tile.level, tile.n]
    return hashes[: tile.width * HASH_BYTES]


def entries(log_id: int, start: int, end: int) -> list[bytes | None]:
    """The entry bytes of the indexes `start` to `end` (exclusive); None where the term is over."""
    rows = store.query(_ENTRIES, [log_id, start, end])
    return [None if entry is None else bytes(entry) for (entry,) in rows]


def bundle(found: Iterable[bytes]) -> bytes:
    """Entries, each after its length as a big-endian uint16."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in found)


def _bundle(log_id: int, tile: TilePath) -> bytes | Problem:
    start = tile.n * WIDTH
    found = entries(log_id, start, start + tile.width)
    kept = [entry for entry in found if entry is not None]
    return bundle(kept) if len(kept) == tile.width else EXPIRED
