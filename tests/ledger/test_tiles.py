"""A log as static resources: what is served is what the published checkpoint covers."""

from ledger import sample
from orderveil.core import merkle, notes
from orderveil.core import tiles as tree
from orderveil.core.notes import Verifier
from orderveil.core.tiles import TilePath, path_of
from orderveil.ledger import checkpoints, partitions, sequencer, store, tiles
from orderveil.ledger.connections import SEQUENCER, connect


def entries_in(bundle):
    """The entries of a bundle."""
    found = []
    while bundle:
        end = 2 + int.from_bytes(bundle[:2], "big")
        assert end <= len(bundle)
        found.append(bundle[2:end])
        bundle = bundle[end:]
    return found


def test_a_client_can_rebuild_the_tree(log):
    """Checkpoint, tiles and bundles suffice to recompute the signed root from the entries."""
    sample.many(250)
    sample.disclosure(1)
    sample.bulk(range(3))
    sample.many(48)
    sequencer.drain(sample.NOW)
    key = Verifier.parse(checkpoints.vkey(sample.ORIGIN))
    point = notes.open_checkpoint(tiles.serve(log, "checkpoint").decode(), key)
    assert point.size == 300
    leaves, hashes = [], []
    for n, width in ((0, 256), (1, 44)):
        leaves += entries_in(tiles.serve(log, path_of(TilePath(None, n, width))))
        hashes += tree.hashes_in(tiles.serve(log, path_of(TilePath(0, n, width))))
    assert [merkle.leaf_hash(entry) for entry in leaves] == hashes
    assert merkle.root(hashes) == point.root
    assert tiles.serve(log, "tile/1/000.p/1") == merkle.root(hashes[:256])


def test_older_partial_tiles_are_served_from_later_ones(log):
    """A partial tile of an older checkpoint is the beginning of the tile that grew out of it."""
    sample.many(300)
    sequencer.drain(sample.NOW)
    full = tiles.serve(log, "tile/0/000")
    assert len(full) == 256 * 32
    assert tiles.serve(log, "tile/0/000.p/17") == full[: 17 * 32]
    assert len(entries_in(tiles.serve(log, "tile/entries/000.p/17"))) == 17


def test_nothing_beyond_the_checkpoint(log):
    """What no published checkpoint covers is not there, even if it is stored already."""
    sample.many(3)
    sequencer.drain(sample.NOW)
    sample.many(3)
    with connect(SEQUENCER) as link:
        sequencer.append(link, log)
    assert len(tiles.serve(log, "tile/0/000.p/3")) == 96
    beyond = ["tile/0/000.p/4", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1", "tile/63/000.p/1"]
    for path in [*beyond, "tile/entries/000.p/4", "tile/0/0", "../checkpoint", ""]:
        assert (path, tiles.serve(log, path)) == (path, tiles.NO_SUCH_TILE)
    assert tiles.serve(404, "checkpoint") == tiles.NO_SUCH_TILE


def test_a_bundle_with_an_expired_entry_is_gone(log):
    """Where an entry's term is over its bundle is refused, and its hash is still served."""
    sample.act()
    sequencer.drain(sample.NOW)
    partitions.expire(sample.later(days=40))
    assert tiles.serve(log, "tile/entries/000.p/1") == tiles.EXPIRED
    assert len(tiles.serve(log, "tile/0/000.p/1")) == 32
    assert store.query("SELECT entry FROM ledger_entry") == [(None,)]


def test_only_bundles_hold_entries():
    """Bundles are told apart from hashes by their path."""
    assert tiles.is_entries("tile/entries/000")
    assert not tiles.is_entries("tile/0/000")
    assert not tiles.is_entries("checkpoint")
