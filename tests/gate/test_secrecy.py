"""What a copy of the database tells: ciphertexts, wrapped keys, and no personal value."""

import re

import pytest

from orderveil.core.fields import Compartment, Field
from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.personal import Personal
from orderveil.core.sealing import SealBrokenError, SealedOrder
from orderveil.gate import requests
from orderveil.gate.erase import erase
from orderveil.keyring import epochs
from scene import ME, NOW, PERSON, rows

FACTS_TOO = {Field.COUNTRY, Field.STATE}
"""A country code stands everywhere; the state is told by the region, which is a fact."""


def everything():
    """Every value of every table: as text, and binary ones as the bytes they are."""
    tables = rows(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'public' AND relkind IN ('r', 'p')"
        "   AND has_table_privilege(c.oid, 'SELECT')"
    )
    assert len(tables) > 20
    pieces = []
    for (table,) in tables:
        for row in rows(f"SELECT * FROM {table}"):
            pieces += [
                bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                for cell in row
                if cell is not None
            ]
    return b"\n".join(pieces)


def traces(dump):
    """The fields whose value, or a longer word of it, stands in a dump, however it is coded."""
    low = dump.lower()
    found = set()
    for name, value in PERSON.items():
        words = [value, *re.findall(r"[^\W_]{7,}", value)] if name not in FACTS_TOO else []
        for word in words:
            coded = (word.lower().encode(), word.encode().hex().encode())
            if any(each in low for each in coded):
                found.add(name)
    return found


def test_no_personal_value_stands_in_any_table(scene):
    """After admission, views, a search and a privacy request no table holds a value in clear."""
    parcel = (ParcelDraft("p1", awb="AWB0001"),)
    order = scene.admit(scene.draft("one", parcels=parcel))
    scene.admit_many([scene.draft("two"), scene.draft("three")])
    scene.pack(order)
    for hop in Hop:
        scene.ask(hop, order)
    scene.ask_many(Hop.OMS, [order])
    scene.deliver(scene.draft("one", person={Field.CITY: "Mysuru"}))
    requests.receive(
        scene.brand.pk,
        scene.channel.pk,
        "customers/redact",
        Personal(f"please forget {PERSON[Field.EMAIL]} {PERSON[Field.NAME]}"),
        delivery_id="d-1",
        now=NOW,
    )
    dump = everything()
    assert b"#one" in dump  # the dump does hold what is stored in clear
    assert traces(dump) == set()
    assert b"9000000001" not in dump


def test_a_key_beside_its_ciphertext_is_wrapped(scene):
    """What stands in the key's row opens nothing; unwrapped under its epoch it does."""
    order = scene.admit()
    ((epoch_id, wrapped, identity),) = rows(
        "SELECT epoch_id, wrapped, identity FROM vault_dek JOIN vault_order USING (order_id)"
    )
    epoch = epochs.key_of(epoch_id)
    args = (wrapped, scene.brand.pk, order, 1, epoch_id)
    assert SealedOrder.unwrap(epoch.key, *args).open(Compartment.IDENTITY, identity) == {
        "name": PERSON[Field.NAME]
    }
    dump = everything()
    for at in range(len(wrapped) - 31):
        bare = SealedOrder(wrapped[at : at + 32], scene.brand.pk, order, 1)
        with pytest.raises(SealBrokenError):
            bare.open(Compartment.IDENTITY, identity)
    assert epoch.key not in dump
    assert epoch.key.hex().encode() not in dump


def test_the_same_order_never_has_the_same_ciphertext(scene):
    """Two orders of one person share neither key nor nonce nor ciphertext."""
    scene.admit_many([scene.draft(), scene.draft()])
    for column in ("identity", "contact", "substr(contact, 1, 12)"):
        assert rows(f"SELECT count(DISTINCT {column}) FROM vault_order") == [(2,)]
    assert rows("SELECT count(DISTINCT wrapped) FROM vault_dek") == [(2,)]


def test_erasing_leaves_no_sealed_copy_anywhere(scene):
    """After a shred no table holds a ciphertext of the order, its number, AWB or shop's id."""
    draft = scene.draft("gone", parcels=(ParcelDraft("p1", awb="AWB-OF-GONE"),))
    order = scene.admit(draft)
    sealed = [cell for cell in rows(f"SELECT {', '.join(Compartment)} FROM vault_order")[0] if cell]
    assert len(sealed) == len(Compartment)
    erase(scene.brand.pk, [order], now=NOW, who=ME)
    dump = everything()
    for piece in (*sealed, b"#gone", b"AWB-OF-GONE"):
        assert piece not in dump


def test_a_known_privacy_request_is_taken_once(scene):
    """The same delivery id queues one request, with its term and one sealed text."""
    for expected in (True, False):
        assert expected == requests.receive(
            scene.brand.pk,
            scene.channel.pk,
            "customers/data_request",
            Personal("someone@mail.example"),
            delivery_id="d-1",
            now=NOW,
        )
    ((kind, days),) = rows("SELECT kind, due_at - received_at FROM vault_request")
    assert (kind, days.days) == ("customers/data_request", 30)
