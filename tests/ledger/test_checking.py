"""An entry's proof, checked with the public key alone."""

import pytest

from ledger import sample
from orderveil.ledger import checkpoints, proofs, sequencer
from orderveil.ledger.checking import check


@pytest.fixture
def proof(log):
    """The proof of an entry in the middle of a log of two tiles."""
    sample.many(200)
    entry = sample.disclosure(1)
    sample.many(100)
    sequencer.drain(sample.NOW)
    return proofs.inclusion(entry)


def changed(proof, **fields):
    """The proof with some of it replaced."""
    named = {name: getattr(proof, name) for name in proof.__struct_fields__}
    return type(proof)(**(named | fields))


def key():
    """The log's public key."""
    return checkpoints.vkey(sample.ORIGIN)


def test_a_true_proof_leads_step_by_step_to_the_root(proof):
    """Each step names the entries its sibling stands for; together they are all the others."""
    verdict = check(proof, key())
    assert verdict.is_verified
    assert verdict.steps[-1].node == verdict.root
    covered = {proof.index}
    for step in verdict.steps:
        stood_for = set(range(step.first, step.last + 1))
        assert not covered & stood_for
        assert step.is_left == (step.last < proof.index)
        covered |= stood_for
    assert covered == set(range(proof.size))


def test_each_thing_that_can_be_wrong_is_told_apart(proof):
    """Bytes, path, key: the verdict says which."""
    other = check(changed(proof, entry=proof.entry + b" "), key())
    assert (other.is_signed, other.is_entry, other.is_included) == (True, False, False)
    bent = check(changed(proof, path=(bytes(32), *proof.path[1:])), key())
    assert (bent.is_signed, bent.is_entry, bent.is_included) == (True, True, False)
    short = check(changed(proof, path=proof.path[:-1]), key())
    assert (short.is_included, short.is_verified) == (False, False)
    foreign = check(proof, checkpoints.vkey("another.example/log"))
    assert (foreign.is_signed, foreign.is_entry, foreign.is_verified) == (False, True, False)
    garbled = check(changed(proof, checkpoint="nothing"), key())
    assert not garbled.is_signed


def test_an_entry_past_its_term_is_proved_by_its_hash(proof):
    """Its bytes are gone; its leaf still leads to the root."""
    verdict = check(changed(proof, entry=None), key())
    assert verdict.is_verified
    assert verdict.leaf == proof.leaf.hex()
