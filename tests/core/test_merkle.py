"""The Merkle tree: RFC 6962 vectors, an independent implementation, and altered proofs."""

from hashlib import sha256

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core import merkle

# The inputs and tree hashes that Certificate Transparency's reference tests publish.
DATA = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
LEAVES = [merkle.leaf_hash(data) for data in DATA]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
FIRST_OF_EIGHT = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
SIX_TO_EIGHT = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]

sizes = st.integers(1, 70)


def leaves_of(size):
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(size)]


def test_empty_tree():
    """The tree of no leaves hashes to SHA-256 of nothing."""
    assert merkle.root([]) == sha256(b"").digest() == merkle.Frontier().root()


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size):
    """The reference tree has its published root at every size."""
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_published_paths():
    """The reference tree has its published inclusion and consistency proofs."""
    assert [node.hex() for node in merkle.inclusion_path(LEAVES, 0)] == FIRST_OF_EIGHT
    assert [node.hex() for node in merkle.consistency_path(LEAVES, 6)] == SIX_TO_EIGHT


@given(st.integers(0, 300))
@settings(max_examples=60)
def test_frontier_agrees(size):
    """A tree grown leaf by leaf has the root of the tree built at once."""
    grown = merkle.Frontier()
    for leaf in leaves_of(size):
        grown.append(leaf)
    assert (grown.size, grown.root()) == (size, merkle.root(leaves_of(size)))


@given(sizes, st.data())
@settings(max_examples=60)
def test_independent_implementation_agrees(size, data):
    """Roots and inclusion paths are those of an independent implementation; our old and new
    roots satisfy its own consistency proof (which is cut up differently from RFC 6962's).
    """
    old, index = data.draw(st.integers(1, size)), data.draw(st.integers(0, size - 1))
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    tree.append_entries([number.to_bytes(4, "big") for number in range(size)])
    leaves = leaves_of(size)
    assert tree.get_root() == merkle.root(leaves)
    theirs = tree.prove_inclusion(index + 1, size)
    assert theirs.path[1:] == merkle.inclusion_path(leaves, index)
    pymerkle.verify_consistency(
        merkle.root(leaves[:old]), merkle.root(leaves), tree.prove_consistency(old, size)
    )


@given(sizes, st.data())
@settings(max_examples=100)
def test_every_inclusion_proof_verifies_and_no_altered_one(size, data):
    """An inclusion proof verifies as made, and fails with a bit flipped, cut, or moved."""
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    path, root = merkle.inclusion_path(leaves, index), merkle.root(leaves)
    assert merkle.verify_inclusion(leaves[index], index, size, path, root)
    other = data.draw(st.integers(-1, size).filter(lambda number: number != index))
    assert not merkle.verify_inclusion(leaves[index], other, size, path, root)
    bad = data.draw(st.sampled_from(list(altered([leaves[index], root, *path], data))))
    assert not merkle.verify_inclusion(bad[0], index, size, bad[2:], bad[1])
    assert not merkle.verify_inclusion(leaves[index], index, size, [*path, root], root)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*path[:-1], b"short"], root)
    bigger = data.draw(st.integers(size + 1, size + 40))
    bigger_root = merkle.root(leaves_of(bigger))
    assert not merkle.verify_inclusion(leaves[index], index, bigger, path, bigger_root)


@given(sizes, st.data())
@settings(max_examples=100)
def test_every_consistency_proof_verifies_and_no_altered_one(size, data):
    """A consistency proof verifies as made, and fails with a bit flipped, cut, or resized."""
    old = data.draw(st.integers(0, size))
    leaves = leaves_of(size)
    old_root, root = merkle.root(leaves[:old]), merkle.root(leaves)
    path = merkle.consistency_path(leaves, old)
    assert merkle.verify_consistency(old, old_root, size, root, path)
    assert not merkle.verify_consistency(old, old_root, size, root, [*path, root])
    assert not merkle.verify_consistency(size + 1, old_root, size, root, path)
    if path:
        assert not merkle.verify_consistency(old, old_root, size, root, path[:-1])
        for bad in altered([old_root, root, *path], data):
            assert not merkle.verify_consistency(old, bad[0], size, bad[1], bad[2:])
        forked = merkle.root([*leaves[: old - 1], merkle.leaf_hash(b"another past")])
        assert not merkle.verify_consistency(old, forked, size, root, path)


def altered(hashes, data):
    """Each list in which one hash differs in one bit."""
    for at, value in enumerate(hashes):
        bit = data.draw(st.integers(0, 255))
        flipped = int.from_bytes(value, "big") ^ 1 << bit
        yield [*hashes[:at], flipped.to_bytes(32, "big"), *hashes[at + 1 :]]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 3)])
def test_no_path_for_a_leaf_that_is_not_there(index, size):
    """Asking for the path of a leaf outside the tree is a fault."""
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_ranges(index, size)
    with pytest.raises(ValueError, match="no tree"):
        merkle.consistency_ranges(size + 1, size)
