"""Is this entry what was signed for? Checked anew each time, with the log's public key alone.

Rules kept here:
- the signature first, then the entry's own bytes, then the path to the signed root;
- what is hashed are the bytes that are stored now: whoever changed them is found out;
- an entry past its term is proved by its hash, and the answer says that its bytes are gone.
"""

from typing import NamedTuple

from orderveil.core.merkle import inclusion_ranges, leaf_hash, node_hash, verify_inclusion
from orderveil.core.notes import NoteError, Verifier, open_checkpoint
from orderveil.ledger.proofs import InclusionProof


class Step(NamedTuple):
    """One step of the path from the leaf to the root."""

    is_left: bool
    """The sibling stands on the left."""
    first: int
    last: int
    """The entries that the sibling's hash stands for, both included."""
    sibling: str
    node: str
    """What both hash to. Hexadecimal, like the sibling."""


class Verdict(NamedTuple):
    """What the check of an inclusion proof found."""

    is_signed: bool
    """The checkpoint is signed by the log's key."""
    is_entry: bool
    """The stored bytes hash to the leaf that is in the tree (or their term is over)."""
    is_included: bool
    """The leaf leads to the signed root."""
    leaf: str
    root: str
    steps: tuple[Step, ...]

    @property
    def is_verified(self) -> bool:
        """True if nothing is wrong."""
        return self.is_signed and self.is_entry and self.is_included


def check(proof: InclusionProof, vkey: str) -> Verdict:
    """Verifies a proof against the log's public key; never raises on a bad one."""
    leaf = proof.leaf if proof.entry is None else leaf_hash(proof.entry)
    try:
        point = open_checkpoint(proof.checkpoint, Verifier.parse(vkey))
    except NoteError:
        return Verdict(
            is_signed=False,
            is_entry=leaf == proof.leaf,
            is_included=False,
            leaf=leaf.hex(),
            root="",
            steps=_steps(leaf, proof),
        )
    return Verdict(
        is_signed=True,
        is_entry=leaf == proof.leaf,
        is_included=verify_inclusion(leaf, proof.index, point.size, proof.path, point.root),
        leaf=leaf.hex(),
        root=point.root.hex(),
        steps=_steps(leaf, proof),
    )


def _steps(leaf: bytes, proof: InclusionProof) -> tuple[Step, ...]:
    steps, node = [], leaf
    ranges = inclusion_ranges(proof.index, proof.size)
    for (start, end), sibling in zip(ranges, proof.path, strict=False):
        is_left = end <= proof.index
        node = node_hash(sibling, node) if is_left else node_hash(node, sibling)
        steps.append(Step(is_left, start, end - 1, sibling.hex(), node.hex()))
    return tuple(steps)
