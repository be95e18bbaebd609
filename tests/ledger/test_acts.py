"""Acts and entries: what is stored, what is hashed, what changes the law."""

import json
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import sample
from orderveil.core.errors import OrderveilError
from orderveil.core.merkle import leaf_hash, root
from orderveil.ledger import acts, entries, store
from orderveil.ledger.act_kinds import CHANGES_LAW, ActKind
from orderveil.ledger.entries import ActEntry, DisclosureEntry
from orderveil.ledger.rows import make_rows, row_leaf


def revision():
    """The brand's law revision."""
    return store.query("SELECT rev FROM ledger_law WHERE log_id = %s", [sample.BRAND])[0][0]


def test_an_act_is_stored_as_it_was_hashed(log):
    """An act's bytes hash to the pending leaf and say what was told."""
    entry_id = sample.act(3)
    ((raw, leaf),) = store.query(
        "SELECT entry, leaf FROM ledger_entry JOIN ledger_pending USING (entry_id)"
        " WHERE entry_id = %s",
        [entry_id],
    )
    assert leaf_hash(bytes(raw)) == bytes(leaf)
    said = entries.decode(bytes(raw))
    assert isinstance(said, ActEntry)
    assert (said.id, said.log, said.kind) == (entry_id, sample.BRAND, "state_changed")
    assert (said.subject, said.who, said.at) == ("thing:3", sample.ME, sample.NOW)
    assert len(said.salt) == 16


def test_an_act_on_an_order_is_the_orders_record(log):
    """An act that names an order is found under the order, not among the acts."""
    entry_id = sample.act(order_id=sample.order(1))
    rows = store.query("SELECT entry_id, order_id, kind FROM ledger_record")
    assert [(row[0], bytes(row[1]), row[2]) for row in rows] == [
        (entry_id, sample.order(1), "state_changed")
    ]
    assert store.query("SELECT count(*) FROM ledger_entry") == [(0,)]


def test_one_act_on_many_orders(log):
    """A bulk act has one head and one pending row, and its rows give the root it names."""
    orders = [(sample.order(number), 0) for number in range(40)]
    with sample.transaction.atomic():
        entry_id = acts.record_bulk(
            log, ActKind.ORDERS_ADMITTED, orders, now=sample.NOW, who=sample.ME
        )
    ((raw,),) = store.query("SELECT entry FROM ledger_entry WHERE entry_id = %s", [entry_id])
    rows = store.query("SELECT order_id, parcel_no, salt FROM ledger_record ORDER BY position")
    leaves = [row_leaf(bytes(order), parcel, bytes(salt)) for order, parcel, salt in rows]
    assert entries.rows_of(bytes(raw)) == (40, root(leaves))
    assert [bytes(row[0]) for row in rows] == [order for order, _ in orders]
    assert store.query("SELECT count(*) FROM ledger_pending") == [(1,)]


def test_only_acts_that_change_the_law_bump_it(log):
    """The law's revision rises by one with an act that changes what is lawful, else not at all."""
    for kind in ActKind:
        before = revision()
        sample.act(kind=kind)
        assert (kind, revision() - before) == (kind, 1 if kind.changes_law else 0)


def test_what_changes_the_law():
    """Policy, standing, credentials and signatories change what is lawful; orders don't."""
    assert ActKind.POLICY_APPROVED in CHANGES_LAW
    assert ActKind.PARTNER_SUSPENDED in CHANGES_LAW
    assert ActKind.CREDENTIAL_REVOKED in CHANGES_LAW
    assert ActKind.ERASED not in CHANGES_LAW
    assert ActKind.POLICY_DRAFTED not in CHANGES_LAW


def test_a_log_that_does_not_exist_takes_no_act(log):
    """An act into a missing log is a fault, and leaves nothing behind."""
    with pytest.raises(OrderveilError, match="does not exist"):
        sample.act(log_id=99)
    assert store.query("SELECT count(*) FROM ledger_entry") == [(0,)]


def test_an_act_outside_a_transaction_is_whole(log):
    """Without a transaction of the caller's an act has its own: all of it or nothing."""
    acts.record(log, ActKind.ERASED, now=sample.NOW, who=sample.ME)
    with pytest.raises(OrderveilError):
        acts.record(99, ActKind.ERASED, now=sample.NOW, who=sample.ME)
    assert store.query("SELECT count(*) FROM ledger_entry") == [(1,)]
    assert store.query("SELECT count(*) FROM ledger_pending") == [(1,)]


def test_a_log_keeps_its_origin(log):
    """Creating a log again is harmless; with another origin, or a bad one, it is a fault."""
    sample.new_log()
    assert revision() == 1
    for origin in ("ledger.example/another", "has space", "has+plus", ""):
        with pytest.raises(OrderveilError):
            sample.new_log(origin=origin)


def test_an_entry_over_the_limit_is_a_fault():
    """An entry that no bundle could hold is not made."""
    with pytest.raises(OrderveilError, match="over the limit"):
        acts.prepare(
            1, ActKind.ERASED, now=sample.NOW, who=sample.ME, detail={"words": "x" * 66_000}
        )


def test_ids_are_version_7_and_in_order():
    """Entry ids are UUIDs of version 7 that begin with the time."""
    first, second = entries.new_id(sample.NOW), entries.new_id(sample.later(seconds=1))
    assert first.version == second.version == 7
    assert first.variant == second.variant == UUID(int=0x8 << 60).variant
    assert first < second
    assert int.from_bytes(first.bytes[:6], "big") == sample.NOW.timestamp() * 1000


@given(st.dictionaries(st.sampled_from(sorted(sample.FORMS)), st.sampled_from(entries.Form)))
@settings(max_examples=30)
def test_disclosures_read_back(forms):
    """A disclosure's bytes read back as the same disclosure, kind included."""
    entry = DisclosureEntry(
        kind=entries.DisclosureKind.REVEAL,
        id=entries.new_id(sample.NOW),
        log=1,
        at=sample.NOW,
        hop=entries.Hop.SUPPORT,
        person="user:4",
        order=sample.order(1).hex(),
        forms=forms,
        purpose="answer the customer's questions",
        reason="asked for by the customer",
        policy=sample.POLICY,
        law_rev=9,
        salt=entries.new_salt(),
    )
    raw = entries.encode(entry)
    assert entries.decode(raw) == entry
    assert json.loads(raw)["kind"] == "reveal"
    assert entries.rows_of(raw) is None


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"kind":"bulk"}', b'{"kind":1}', b"\xff"])
def test_other_bytes_are_no_entry(raw):
    """Bytes that are no entry are refused, not guessed at."""
    with pytest.raises(ValueError):  # noqa: PT011 - MsgspecError's parents differ by version
        entries.decode(raw)
    assert issubclass(msgspec.DecodeError, Exception)


def test_equal_acts_have_different_leaves():
    """The salt keeps two equal acts apart, so that a leaf can't be guessed from what it may say."""
    made = [acts.prepare(1, ActKind.ERASED, now=sample.NOW, who=sample.ME) for _ in range(2)]
    assert made[0].leaf != made[1].leaf


def test_rows_commit_to_order_parcel_salt_and_place():
    """Changing any part of a row, or the order of rows, changes the root."""
    orders = [(sample.order(1), 1), (sample.order(2), 1)]
    salts = bytes(range(32))
    base = make_rows(orders, salts=salts).root
    assert base == make_rows(orders, salts=salts).root
    assert base != make_rows(orders, salts=salts[::-1]).root
    assert base != make_rows(orders[::-1], salts=salts).root
    assert base != make_rows([(sample.order(1), 2), orders[1]], salts=salts).root
    assert base != make_rows([(sample.order(3), 1), orders[1]], salts=salts).root
    assert base != make_rows(orders).root
