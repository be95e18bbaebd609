"""What the two database roles may do to the ledger, and what they may not."""

import psycopg

from ledger import sample
from orderveil.ledger import partitions
from orderveil.ledger.connections import SEQUENCER, connect

APP = "orderveil_app"
TABLES = ["log", "law", "entry", "record", "pending", "head", "tile", "leaf"]


def allowed(role, statements):
    """Those of the statements that the database does not refuse to the role for want of a right."""
    passed = []
    with connect(role) as link:
        for statement in statements:
            try:
                link.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            passed.append(statement)
    return passed


def test_the_application_deletes_nothing(log):
    """The application's role can delete from, or empty, no table of the ledger."""
    for table in TABLES:
        tries = [f"DELETE FROM ledger_{table}", f"TRUNCATE ledger_{table}"]
        assert allowed(APP, tries) == []


def test_the_application_changes_nothing(log):
    """The application's role can change no entry, record, queue, tree or log."""
    changes = [
        "ledger_entry SET entry = ''",
        "ledger_record SET entry = ''",
        "ledger_record_default SET entry = ''",
        "ledger_pending SET leaf = ''",
        "ledger_head SET size = 0",
        "ledger_tile SET hashes = ''",
        "ledger_leaf SET index = 0",
        "ledger_log SET origin = ''",
        "ledger_law SET log_id = 0",
    ]
    assert allowed(APP, [f"UPDATE {change}" for change in changes]) == []


def test_the_application_writes_no_tree(log):
    """The application's role can insert into no table of the tree."""
    tries = [f"INSERT INTO ledger_{table} DEFAULT VALUES" for table in ("head", "tile", "leaf")]
    assert allowed(APP, tries) == []


def test_the_application_may_bump_the_law(log):
    """Of the law the application's role may change the revision, and the tree it may read."""
    tries = [
        "UPDATE ledger_law SET rev = rev + 1 WHERE log_id = 7",
        "SELECT * FROM ledger_law, ledger_head, ledger_tile, ledger_leaf",
    ]
    assert allowed(APP, tries) == tries


def test_new_partitions_are_closed(log):
    """A month's partition gives no rights of its own to anybody."""
    (made,) = partitions.ensure(sample.later(days=2000), months_ahead=0)
    tries = [f"DELETE FROM {made}", f"UPDATE {made} SET entry = ''", f"SELECT FROM {made}"]
    for role in (APP, SEQUENCER):
        assert allowed(role, tries) == []


def test_the_sequencer_reads_no_entry_and_unwrites_no_leaf(log):
    """The sequencer's role sees no entry, queues nothing, and takes back no leaf or tile."""
    tries = [
        "SELECT * FROM ledger_entry",
        "SELECT * FROM ledger_record",
        "INSERT INTO ledger_pending DEFAULT VALUES",
        "DELETE FROM ledger_leaf",
        "DELETE FROM ledger_tile",
        "UPDATE ledger_leaf SET index = 0",
        "UPDATE ledger_log SET origin = ''",
        "UPDATE ledger_law SET rev = 0",
    ]
    assert allowed(SEQUENCER, tries) == []
