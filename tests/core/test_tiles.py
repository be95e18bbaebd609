"""Tiles: paths, growth in any steps, and proofs read from them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core import merkle, tiles
from orderveil.core.tiles import TilePath

LEAVES = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(66_000)]


class Store(dict):
    """Tiles as they would be stored, grown in given steps."""

    def __init__(self, *steps):
        size = 0
        for step in steps:
            fresh = b"".join(LEAVES[size : size + step])
            partial = {(level, n): self[level, n] for level, n, _ in tiles.edge(size)}
            self.update(tiles.grow(partial, size, fresh))
            size += step
        self.size = size

    def read(self, level, n):
        return self[level, n]


BIG = Store(1, 254, 2, 65_000, 743)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (TilePath(0, 1234067, 256), "tile/0/x001/x234/067"),
        (TilePath(0, 0, 256), "tile/0/000"),
        (TilePath(2, 1000, 1), "tile/2/x001/000.p/1"),
        (TilePath(None, 7, 255), "tile/entries/007.p/255"),
        (TilePath(63, 999, 256), "tile/63/999"),
    ],
)
def test_paths(tile, path):
    """A tile's name and its path are each other's reverse."""
    assert tiles.path_of(tile) == path
    assert tiles.parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x1234/067",
        "tile/0/../000",
        "tile/-1/000",
        "tile/0/000\n",
        "checkpoint",
    ],
)
def test_other_spellings_name_nothing(path):
    """Each tile has one path; every other spelling is refused."""
    assert tiles.parse_path(path) is None


def test_edge_of_the_specification():
    """A tree of 70,000 has the partial tiles that the specification counts out."""
    assert tiles.edge(70_000) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert tiles.edge(256) == [(1, 0, 1)]
    assert tiles.edge(0) == []


@given(st.lists(st.integers(1, 700), max_size=6))
@settings(max_examples=40, deadline=None)
def test_growth_in_steps_is_growth_at_once(steps):
    """Tiles don't depend on the batches in which leaves came."""
    assert Store(*steps) == Store(*([sum(steps)] if steps else []))


@given(st.integers(0, 66_000))
@settings(max_examples=15, deadline=None)
def test_tiles_of_a_later_tree_give_older_roots(size):
    """The root at any older size is read from the tiles of a later tree."""
    assert tiles.hash_from_tiles(BIG.read, 0, size) == merkle.root(LEAVES[:size])


@given(st.integers(1, 66_000), st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_from_tiles_verify(size, data):
    """Inclusion and consistency proofs read from tiles verify, and read only the tiles named."""
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    ranges = merkle.inclusion_ranges(index, size)
    few = {name: BIG[name] for name in tiles.names_for(ranges)}
    assert len(few) <= 6
    path = tiles.inclusion_from_tiles(lambda level, n: few[level, n], index, size)
    root = tiles.hash_from_tiles(BIG.read, 0, size)
    assert merkle.verify_inclusion(LEAVES[index], index, size, path, root)
    proof = tiles.consistency_from_tiles(BIG.read, old, size)
    old_root = tiles.hash_from_tiles(BIG.read, 0, old)
    assert merkle.verify_consistency(old, old_root, size, root, proof)


def test_a_short_tile_is_a_fault():
    """A tile without the hashes that a proof needs raises instead of proving something else."""
    with pytest.raises(ValueError, match="too short"):
        tiles.hash_from_tiles(lambda level, n: b"\x00" * 32, 0, 4)
