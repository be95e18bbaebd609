"""Disclosures and acts: a Merkle tree per brand, signed checkpoints, proofs, verification."""
