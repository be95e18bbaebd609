"""The Merkle tree of RFC 6962 section 2.1 (the same tree in RFC 9162 section 2.1).

Rules kept here:
- a leaf is SHA-256(0x00 || data), a node SHA-256(0x01 || left || right), so that no node can be
  passed off as a leaf (RFC 6962 2.1);
- a tree of n > 1 leaves splits at the largest power of two below n;
- verification never raises on a bad proof and never reads more than the proof: it answers False;
- a root alone does not say how many leaves it has: verify against (size, root) of one checkpoint.

Leaves are leaf *hashes* (32 bytes) everywhere but in `leaf_hash`. A range is (start, end), end
exclusive, of leaf indexes counted from 0.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_BYTES = 32
_PAIR = 2 * HASH_BYTES
EMPTY_ROOT = sha256(b"").digest()

Range = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data), 32 bytes (RFC 6962 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), 32 bytes (RFC 6962 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree hash MTH of `leaves`; of none, SHA-256 of nothing (RFC 6962 2.1)."""
    return packed_root(b"".join(leaves))


def packed_root(leaves: bytes) -> bytes:
    """As `root`, of concatenated leaf hashes."""
    if not leaves:
        return EMPTY_ROOT
    level, digest = leaves, sha256
    while len(level) > HASH_BYTES:
        # A last node without a neighbour rises as it is: the same tree as splitting from the top.
        end = len(level) & -_PAIR
        level = (
            b"".join(
                [digest(b"\x01" + level[at : at + _PAIR]).digest() for at in range(0, end, _PAIR)]
            )
            + level[end:]
        )
    return level


def split(width: int) -> int:
    """The largest power of two below `width` (> 1): where a tree of that many leaves splits."""
    return 1 << (width - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose hashes are the inclusion path of leaf `index`, nearest first.

    RFC 6962 2.1.1. Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        msg = f"no leaf {index} in a tree of {size}"
        raise ValueError(msg)
    start, end = 0, size
    ranges = []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old_size: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that the tree of `old_size` grew into that of `size`.

    RFC 6962 2.1.2. Empty when the sizes are equal or `old_size` is 0.
    Raises ValueError unless 0 <= old_size <= size.
    """
    if not 0 <= old_size <= size:
        msg = f"no tree of {old_size} leaves inside one of {size}"
        raise ValueError(msg)
    if old_size in {0, size}:
        return []
    start, end = 0, size
    ranges = []
    while end != old_size:
        middle = start + split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    # Where the old tree is a whole left subtree, its hash is the old root: the verifier has it.
    if start > 0:
        ranges.append((start, end))
    return ranges[::-1]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The inclusion path of leaf `index` in the tree of all `leaves`."""
    return [root(leaves[start:end]) for start, end in inclusion_ranges(index, len(leaves))]


def consistency_path(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """The proof that the tree of all `leaves` grew out of that of the first `old_size`."""
    return [root(leaves[start:end]) for start, end in consistency_ranges(old_size, len(leaves))]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes
) -> bool:
    """True if `path` proves that `leaf` is number `index` of the tree (size, root).

    RFC 9162 2.1.3.2. `size` and `root_hash` must come from one signed checkpoint.
    """
    if not 0 <= index < size or not _are_hashes([leaf, root_hash, *path]):
        return False
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root_hash


def verify_consistency(
    old_size: int, old_root: bytes, size: int, root_hash: bytes, path: Sequence[bytes]
) -> bool:
    """True if `path` proves that the tree (old_size, old_root) is the beginning of (size, root).

    RFC 9162 2.1.4.2. The empty tree is the beginning of every tree, with an empty path.
    """
    if not 0 <= old_size <= size or not _are_hashes([old_root, root_hash, *path]):
        return False
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT and (size > 0 or root_hash == EMPTY_ROOT)
    if old_size == size:
        return not path and old_root == root_hash
    whole = old_size & (old_size - 1) == 0
    hashes = [old_root, *path] if whole else list(path)
    return bool(hashes) and _roots_of(hashes, old_size - 1, size - 1) == (old_root, root_hash)


def _roots_of(hashes: Sequence[bytes], node: int, last: int) -> tuple[bytes, bytes] | None:
    """(old root, new root) that a consistency proof leads to; None if it has a wrong length."""
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def pieces(start: int, end: int) -> list[Range]:
    """Cuts a range of a proof into perfect subtrees (start, height), left to right, shrinking."""
    cut = []
    while start < end:
        height = (end - start).bit_length() - 1
        cut.append((start, height))
        start += 1 << height
    return cut


def range_hash(start: int, end: int, perfect: Callable[[int, int], bytes]) -> bytes:
    """The hash of a range of a proof (or of a whole tree: start 0).

    `perfect(start, height)` returns the hash of the perfect subtree over 2**height leaves.
    """
    if start == end:
        return EMPTY_ROOT
    *lefts, found = [perfect(*piece) for piece in pieces(start, end)]
    for left in reversed(lefts):
        found = node_hash(left, found)
    return found


class Frontier:
    """A tree that only grows: keeps one hash per level, so any number of leaves fits in memory."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Adds the next leaf hash."""
        carried, size = leaf, self.size
        while size & 1:
            carried = node_hash(self._peaks.pop(), carried)
            size >>= 1
        self._peaks.append(carried)
        self.size += 1

    def append_perfect(self, node: bytes, height: int) -> None:
        """Adds the next 2**height leaves by the hash of their perfect subtree.

        Raises ValueError unless the size so far is a multiple of 2**height.
        """
        if self.size & (1 << height) - 1:
            msg = f"no perfect subtree of height {height} begins at {self.size}"
            raise ValueError(msg)
        carried, peaks = node, self.size >> height
        while peaks & 1:
            carried = node_hash(self._peaks.pop(), carried)
            peaks >>= 1
        self._peaks.append(carried)
        self.size += 1 << height

    def root(self) -> bytes:
        """The tree hash of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        *lefts, found = self._peaks
        for left in reversed(lefts):
            found = node_hash(left, found)
        return found
