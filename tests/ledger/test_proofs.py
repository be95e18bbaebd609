"""Proofs from the stored tree verify with the log's public key alone."""

from uuid import uuid4

from ledger import sample
from orderveil.core import merkle, notes
from orderveil.core.notes import Verifier
from orderveil.ledger import checkpoints, proofs, sequencer, store
from orderveil.ledger.connections import SEQUENCER, connect
from orderveil.ledger.entries import rows_of
from orderveil.ledger.rows import row_leaf


def holds(proof):
    """True if an inclusion proof verifies with the log's public key and nothing else."""
    log = Verifier.parse(checkpoints.vkey(sample.ORIGIN))
    point = notes.open_checkpoint(proof.checkpoint, log)
    assert point.size == proof.size
    leaf = proof.leaf if proof.entry is None else merkle.leaf_hash(proof.entry)
    assert leaf == proof.leaf
    return merkle.verify_inclusion(leaf, proof.index, point.size, proof.path, point.root)


def test_every_entry_is_provable(log):
    """Every entry of a log of several tiles has a proof that verifies against its checkpoint."""
    sample.many(600)
    ids = [sample.act(), sample.act(order_id=sample.order(1)), sample.disclosure(2)]
    sequencer.drain(sample.NOW)
    some = store.query("SELECT entry_id FROM ledger_leaf WHERE index %% 37 = 0")
    for entry_id in [*ids, *(found for (found,) in some)]:
        proof = proofs.inclusion(entry_id)
        assert proof.entry is not None
        assert holds(proof)


def test_a_proof_costs_one_query(log, monkeypatch):
    """A proof is one round trip to the database."""
    sample.many(1000)
    entry_id = sample.act()
    sequencer.drain(sample.NOW)
    asked, query = [], store.query
    monkeypatch.setattr(store, "query", lambda *given: asked.append(given) or query(*given))
    assert proofs.inclusion(entry_id).index == 1000
    assert len(asked) == 1


def test_an_entry_without_a_published_place_is_a_refusal(log):
    """An unknown, a pending and a placed but unpublished entry are refused, with what to do."""
    sample.many(1)
    sequencer.drain(sample.NOW)
    pending = sample.act()
    assert proofs.inclusion(uuid4()) == proofs.inclusion(pending) == proofs.NOT_PLACED
    with connect(SEQUENCER) as link:
        sequencer.append(link, log)
    assert proofs.inclusion(pending) == proofs.NOT_PLACED
    sequencer.drain(sample.NOW)
    assert holds(proofs.inclusion(pending))


def test_an_order_in_a_bulk_is_proved_in_two_levels(log):
    """Each order of a bulk is proved by its row in the bulk, and the bulk's entry in the log."""
    sample.many(5)
    entry_id = sample.bulk(range(23))
    sequencer.drain(sample.NOW)
    for number in range(23):
        proof = proofs.record_inclusion(sample.order(number), entry_id)
        assert holds(proof.inclusion)
        assert proof.row.order_id == sample.order(number)
        rows, rows_root = proofs_rows(proof)
        leaf = row_leaf(*proof.row)
        assert merkle.verify_inclusion(leaf, proof.position, rows, proof.row_path, rows_root)


def proofs_rows(proof):
    """How many rows a bulk's entry commits to, and their root, from the proved bytes."""
    found = rows_of(proof.inclusion.entry)
    assert found[0] == proof.rows
    return found


def test_an_order_of_its_own_entry(log):
    """An order with an entry of its own needs one level."""
    entry_id = sample.disclosure(4)
    sequencer.drain(sample.NOW)
    proof = proofs.record_inclusion(sample.order(4), entry_id)
    assert holds(proof.inclusion)
    assert (proof.row, proof.row_path) == (None, ())


def test_an_entry_about_another_order_proves_nothing(log):
    """Asking for an order that the entry does not speak of is refused."""
    entry_id = sample.bulk(range(3))
    sequencer.drain(sample.NOW)
    assert proofs.record_inclusion(sample.order(99), entry_id) == proofs.NO_SUCH_RECORD


def test_consistency_from_the_store(log):
    """The log proves that it only grew, between any two sizes it published."""
    sample.many(300)
    sequencer.drain(sample.NOW)
    leaves = b"".join(bytes(row[0]) for row in tiles_of_level_0())
    hashes = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    for old, size in [(0, 300), (1, 300), (7, 260), (256, 300), (299, 300), (300, 300)]:
        proof = proofs.consistency(log, old, size)
        assert merkle.verify_consistency(
            old, merkle.root(hashes[:old]), size, merkle.root(hashes[:size]), proof.path
        )


def tiles_of_level_0():
    """The stored leaves."""
    return store.query("SELECT hashes FROM ledger_tile WHERE level = 0 ORDER BY n")


def test_sizes_that_were_never_published(log):
    """Between other sizes there is no proof, and the refusal says which are possible."""
    sample.many(2)
    sequencer.drain(sample.NOW)
    for old, size in [(-1, 1), (2, 1), (0, 3)]:
        assert proofs.consistency(log, old, size) == proofs.BAD_SIZES
    assert proofs.consistency(404, 0, 0) == proofs.BAD_SIZES
