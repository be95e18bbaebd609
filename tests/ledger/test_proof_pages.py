"""The pages of one entry, its proof and the checkpoint: what they say of altered bytes."""

import msgspec
import pytest

from ledger.shown import entry_of, text
from orderveil.core.merkle import leaf_hash, verify_inclusion
from orderveil.core.notes import Verifier, open_checkpoint
from orderveil.core.roles import Role
from orderveil.hops.support import asking
from orderveil.ledger import checkpoints, sequencer, store
from orderveil.ledger.acts import ActKind, record
from orderveil.ledger.connections import connect
from orderveil.ledger.proofs import InclusionProof
from scene import ME


def test_an_entry_is_verified_and_its_proof_stands_alone(desk, order):
    """The page says verified; the downloaded proof verifies with the public key alone."""
    client = desk.client(desk.person(Role.AUDITOR))
    entry = entry_of("reveal")
    page = text(client.get(f"/ledger/entries/{entry}/"))
    assert "Verified." in page
    assert "= the signed root" in page
    assert "NOT verified" not in page
    raw = client.get(f"/ledger/entries/{entry}/proof.json").content
    proof = msgspec.json.decode(raw, type=InclusionProof)
    key = checkpoints.vkey(store.origin(desk.scene.brand.pk))
    point = open_checkpoint(proof.checkpoint, Verifier.parse(key))
    leaf = leaf_hash(proof.entry)
    assert leaf.hex() in page
    assert verify_inclusion(leaf, proof.index, point.size, proof.path, point.root)


@pytest.mark.parametrize(
    "bytes_", [b'{"kind":"reveal"}', b"\xff\xfe no entry", None], ids=["other", "spoilt", "one bit"]
)
def test_an_altered_entry_is_shown_as_not_verified(desk, order, bytes_):
    """Whoever changes the stored bytes is found out, and the log can still be read."""
    entry = entry_of("reveal")
    with connect() as owner:
        ((raw,),) = owner.execute(
            "SELECT entry FROM ledger_record WHERE entry_id = %s", [entry]
        ).fetchall()
        wrong = bytes_ or bytes(raw).replace(b"T-4711", b"T-4712")
        owner.execute("UPDATE ledger_record SET entry = %s WHERE entry_id = %s", [wrong, entry])
    client = desk.client(desk.person(Role.AUDITOR))
    page = text(client.get(f"/ledger/entries/{entry}/"))
    assert "NOT verified." in page
    assert "somebody changed them after they were recorded" in page
    assert "is not the signed root" in page
    asha = f"person:{desk.person(Role.SUPPORT).person_id}"
    for url in ("/ledger/", f"/ledger/orders/{order.hex()}/", f"/ledger/people/{asha}/"):
        assert str(entry) in client.get(url).content.decode()


def test_a_spoilt_entry_takes_no_page_away(desk, order):
    """Home, the order's page and its record open, and each says that an entry does not read."""
    entry = entry_of("reveal")
    with connect() as owner:
        owner.execute("UPDATE ledger_record SET entry = '\\xfffe' WHERE entry_id = %s", [entry])
    asha = desk.person(Role.SUPPORT)
    page = f"/desk/orders/{asking.ref_of(desk.actor(asha), order)}/"
    assert text(desk.client(asha).get(page)).count("The stored bytes are no entry") == 2
    client = desk.client(desk.person(Role.OWNER))
    sequencer.drain(desk.scene.now)
    home = text(client.get("/"))
    assert "not readable: the stored bytes are no entry" in home
    assert "could not be proved" in home
    record_ = text(client.get(f"/ledger/orders/{order.hex()}/"))
    assert record_.count("The stored bytes are no entry") >= 1


def test_an_altered_tree_is_shown_as_not_verified(desk, order):
    """A changed hash in the tree, a changed checkpoint, tiles cut short: each is said."""
    client = desk.client(desk.person(Role.AUDITOR))
    url = f"/ledger/entries/{entry_of('reveal')}/"
    sequencer.drain(desk.scene.now)
    for change, words in (
        ("ledger_head SET checkpoint = replace(checkpoint, E'\\n\\n', E'x\\n\\n')", "not signed"),
        ("ledger_tile SET hashes = overlay(hashes PLACING '\\x00' FROM 1)", "signed root"),
        ("ledger_tile SET hashes = '\\x00'", "damaged"),
    ):
        with connect() as owner:
            owner.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM ledger_head")
            owner.execute(
                "UPDATE ledger_head h SET checkpoint = kept.checkpoint FROM kept"
                " WHERE h.log_id = kept.log_id"
            )
            owner.execute(f"UPDATE {change}")
        page = text(client.get(url))
        assert "NOT verified." in page
        assert words in page


def test_a_waiting_entry_says_that_it_waits(desk):
    """It is listed, its page opens, and its proof is refused until it has a place."""
    entry = record(desk.scene.brand.pk, ActKind.BRAND_CHANGED, now=desk.scene.now, who=ME)
    client = desk.client(desk.person(Role.AUDITOR))
    assert "Waiting for its place" in text(client.get(f"/ledger/entries/{entry}/"))
    assert client.get(f"/ledger/entries/{entry}/proof.json").status_code == 404
    sequencer.drain(desk.scene.now)
    assert "Verified." in text(client.get(f"/ledger/entries/{entry}/"))


def test_the_checkpoint_page_says_how_to_check(desk, order):
    """The note, its size, the key, what waits; the note downloads as it was signed."""
    client = desk.client(desk.person(Role.AUDITOR))
    brand = desk.scene.brand.pk
    head = store.published(brand)
    key = checkpoints.vkey(head.origin)
    page = client.get("/ledger/checkpoint/").content.decode()
    assert key.replace("+", "&#x2B;") in page or key in page
    assert "Waiting 3 entries" in text(client.get("/ledger/checkpoint/"))  # added, accepted, came
    assert client.get("/ledger/checkpoint.txt").content.decode() == head.checkpoint
    assert "none on this checkpoint" in page
