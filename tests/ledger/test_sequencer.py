"""The sequencer: every committed entry gets one index, whatever happens on the way."""

import random
import threading
import time
from contextlib import suppress

import psycopg
import pytest
from django.db import connection

from ledger import sample
from orderveil.core import merkle, notes
from orderveil.core.errors import OrderveilError
from orderveil.core.merkle import root
from orderveil.core.notes import Verifier
from orderveil.ledger import checkpoints, sequencer, store
from orderveil.ledger.acts import ActKind
from orderveil.ledger.connections import SEQUENCER, connect


def leaves_in_order(log_id=sample.BRAND):
    """The log's leaf hashes, recomputed from the entries' bytes, in the order of their indexes."""
    rows = store.query(
        "SELECT index, coalesce(act.entry, record.entry) FROM ledger_leaf AS leaf"
        " LEFT JOIN ledger_entry AS act USING (entry_id)"
        " LEFT JOIN ledger_record AS record ON record.entry_id = leaf.entry_id"
        "   AND record.entry IS NOT NULL"
        " WHERE leaf.log_id = %s ORDER BY index",
        [log_id],
    )
    assert [index for index, _ in rows] == list(range(len(rows)))
    return [merkle.leaf_hash(bytes(entry)) for _, entry in rows]


def opened_checkpoint(log_id=sample.BRAND):
    """The published checkpoint, its signature checked."""
    head = store.published(log_id)
    return notes.open_checkpoint(head.checkpoint, Verifier.parse(checkpoints.vkey(head.origin)))


def test_an_empty_log_has_a_checkpoint(log):
    """A new log is published as empty, so that its growth can be proved from the start."""
    assert sequencer.drain(sample.NOW) == 0
    point = opened_checkpoint()
    assert (point.origin, point.size, point.root) == (sample.ORIGIN, 0, merkle.EMPTY_ROOT)


def test_entries_of_every_sort_are_placed(log):
    """Acts, single disclosures and bulks each become one leaf, and the signed root is theirs."""
    sample.act()
    sample.act(order_id=sample.order(1))
    sample.disclosure(1)
    sample.bulk(range(5))
    assert sequencer.drain(sample.NOW) == 4
    leaves = leaves_in_order()
    point = opened_checkpoint()
    assert (point.size, point.root) == (4, root(leaves))
    assert store.query("SELECT count(*) FROM ledger_pending") == [(0,)]


def test_growth_over_many_batches(log, monkeypatch):
    """Batches that end in the middle of tiles give the tree of all leaves at once."""
    monkeypatch.setattr(sequencer, "BATCH", 700)
    for count in (1, 255, 1, 1500):
        sample.many(count)
        assert sequencer.drain(sample.NOW) == count
    point = opened_checkpoint()
    assert (point.size, point.root) == (1757, root(leaves_in_order()))


def test_logs_are_apart(log):
    """Each log has indexes and a checkpoint of its own."""
    sample.new_log(8, "ledger.example/brand/8")
    sample.many(3)
    sample.many(2, log_id=8)
    assert sequencer.drain(sample.NOW) == 5
    assert [opened_checkpoint(log_id).size for log_id in (sample.BRAND, 8)] == [3, 2]
    assert opened_checkpoint(8).root == root(leaves_in_order(8))


def test_an_uncommitted_entry_is_not_placed_and_comes_later(log):
    """An id drawn before others but committed after them is found when it commits."""
    with connect() as slow:
        slow.autocommit = False
        slow.execute(
            "INSERT INTO ledger_pending (log_id, entry_id, leaf, at)"
            " VALUES (%s, gen_random_uuid(), sha256('slow'), now())",
            [log],
        )
        sample.many(2)
        assert sequencer.drain(sample.NOW) == 2
        slow.commit()
    assert sequencer.drain(sample.NOW) == 1
    assert opened_checkpoint().size == 3


def test_a_crash_between_the_two_transactions_is_made_good(log):
    """A head that was committed but not signed is signed in the next round, without new entries."""
    sample.many(1)
    sequencer.drain(sample.NOW)
    sample.many(4)
    with connect(SEQUENCER) as link:
        assert sequencer.append(link, log) == 4
    assert opened_checkpoint().size == 1
    assert sequencer.drain(sample.NOW) == 0
    point = opened_checkpoint()
    assert (point.size, point.root) == (5, root(leaves_in_order()))


def test_a_crash_inside_the_first_transaction_changes_nothing(log, monkeypatch):
    """If storing the tree fails, the entries are still pending and no index is given."""
    sample.many(3)
    monkeypatch.setattr(sequencer.tiles, "grow", lambda *_: 1 / 0)
    with connect(SEQUENCER) as link, pytest.raises(ZeroDivisionError):
        sequencer.append(link, log)
    monkeypatch.undo()
    assert store.query("SELECT count(*) FROM ledger_leaf") == [(0,)]
    assert sequencer.drain(sample.NOW) == 3


def test_a_log_in_another_nodes_hands_is_left_alone(log):
    """Who does not wait passes over a log whose head another node has locked."""
    sample.many(1)
    sequencer.drain(sample.NOW)
    sample.many(1)
    with connect(SEQUENCER) as other, other.transaction(), connect(SEQUENCER) as link:
        other.execute("SELECT FROM ledger_head WHERE log_id = %s FOR UPDATE", [log])
        assert sequencer.append(link, log, wait=False) is None
    with connect(SEQUENCER) as link:
        assert sequencer.append(link, log, wait=False) == 1


def test_a_frozen_node_loses_its_lock(log):
    """A node that stops inside its transaction is cut off by the server, and another goes on."""
    sample.many(1)
    sequencer.drain(sample.NOW)
    sample.many(1)
    with connect(SEQUENCER) as frozen:
        frozen.execute("SET idle_in_transaction_session_timeout = 100")
        frozen.autocommit = False
        frozen.execute("SELECT FROM ledger_head WHERE log_id = %s FOR UPDATE", [log])
        assert sequencer.drain(sample.NOW) == 1
        with pytest.raises(psycopg.Error):
            frozen.execute("SELECT 1")


def insert_slowly(seed, count, errors):
    """Records `count` acts in transactions that commit after random pauses, some rolled back."""
    dice = random.Random(seed)
    try:
        for number in range(count):
            with (
                suppress(psycopg.errors.DivisionByZero),
                connect() as link,
                link.transaction(),
            ):
                link.execute(
                    "WITH made AS (INSERT INTO ledger_entry (entry_id, log_id, at, kind, entry)"
                    " VALUES (gen_random_uuid(), %s, now(), 'note', convert_to(%s, 'UTF8'))"
                    " RETURNING entry_id, entry)"
                    " INSERT INTO ledger_pending (log_id, entry_id, leaf, at)"
                    " SELECT %s, entry_id, sha256('\\x00'::bytea || entry), now() FROM made",
                    [sample.BRAND, f"{seed}/{number}", sample.BRAND],
                )
                time.sleep(dice.random() * 0.01)
                if dice.random() < 0.1:
                    link.execute("SELECT 1 / 0")
    except Exception as error:  # noqa: BLE001 - told to the test
        errors.append(error)


def test_concurrent_writers_and_sequencers_lose_nothing(log):
    """Eight writers and two sequencers: every committed entry has one index, and the root fits."""
    errors, stop = [], threading.Event()
    writers = [threading.Thread(target=insert_slowly, args=(seed, 25, errors)) for seed in range(8)]
    nodes = [
        threading.Thread(target=sequencer.run, args=(stop,), kwargs={"idle_seconds": 0.01})
        for _ in range(2)
    ]
    for thread in [*writers, *nodes]:
        thread.start()
    for thread in writers:
        thread.join()
    deadline = time.monotonic() + 20
    while store.query("SELECT count(*) FROM ledger_pending") != [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    stop.set()
    for thread in nodes:
        thread.join()
    sequencer.drain(sample.NOW)
    assert errors == []
    leaves = leaves_in_order()
    committed = store.query("SELECT count(*) FROM ledger_entry")[0][0]
    assert 0 < committed == len(leaves) == opened_checkpoint().size
    assert opened_checkpoint().root == root(leaves)


def test_run_survives_a_lost_connection(log, monkeypatch):
    """When the database ends its connections, the loop comes back and goes on."""
    monkeypatch.setattr(sequencer, "RETRY_SECONDS", 0.01)
    stop = threading.Event()
    node = threading.Thread(target=sequencer.run, args=(stop,), kwargs={"idle_seconds": 0.01})
    node.start()
    try:
        for size in (1, 2, 3):
            sample.many(1)
            deadline = time.monotonic() + 20
            while (head := store.published(log)) is None or head.size < size:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            with connect() as owner:
                owner.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    "   AND application_name = %s",
                    [SEQUENCER],
                )
    finally:
        stop.set()
        node.join()
    assert opened_checkpoint().size == 3


def test_run_survives_a_key_provider_that_is_away(log, monkeypatch):
    """When the signing key can't be had for a while, the loop waits and goes on."""
    monkeypatch.setattr(sequencer, "RETRY_SECONDS", 0.01)
    seed, tries, stop = checkpoints.signing_seed(), [], threading.Event()

    def sometimes():
        tries.append(1)
        if len(tries) < 3:
            raise OrderveilError("the provider is away")
        stop.set()
        return seed

    monkeypatch.setattr(checkpoints, "signing_seed", sometimes)
    sequencer.run(stop)
    assert len(tries) == 3


def test_an_act_wakes_nothing_if_rolled_back(log):
    """An act whose transaction fails leaves neither entry nor pending row."""
    with sample.transaction.atomic():
        sample.acts.record(log, ActKind.ERASED, now=sample.NOW, who=sample.ME)
        sample.transaction.set_rollback(True)
    assert sequencer.drain(sample.NOW) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry")
        assert cursor.fetchone() == (0,)
