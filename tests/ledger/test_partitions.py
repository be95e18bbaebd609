"""Monthly partitions: made in time, filled from the default one, dropped as a whole."""

from datetime import UTC, datetime

from ledger import sample
from orderveil.ledger import partitions, proofs, sequencer, store

FAR = datetime(2031, 11, 23, tzinfo=UTC)
"""A time for which no partition has been made yet, whenever the tests run."""


def where(entry_id):
    """The partition that holds an entry's record."""
    return store.query(
        "SELECT tableoid::regclass::text FROM ledger_record WHERE entry_id = %s", [entry_id]
    )[0][0]


def test_this_month_and_the_next_two(log):
    """Three months are made, once, across the end of the year."""
    months = ["2031m11", "2031m12", "2032m01"]
    assert partitions.ensure(FAR) == [f"ledger_record_y{month}" for month in months]
    assert partitions.ensure(FAR) == []


def test_records_of_a_month_without_a_partition_are_moved(log):
    """A record that landed in the default partition moves when its month's is made."""
    first = sample.disclosure(1, now=FAR)
    other = sample.disclosure(2, now=datetime(2031, 12, 1, tzinfo=UTC))
    assert where(first) == where(other) == "ledger_record_default"
    partitions.ensure(FAR, months_ahead=0)
    assert where(first) == "ledger_record_y2031m11"
    assert where(other) == "ledger_record_default"
    assert where(sample.disclosure(3, now=FAR)) == "ledger_record_y2031m11"


def test_expiry_takes_whole_months_and_leaves_the_tree(log):
    """Past its term a month's records and entry bytes go; its leaves are proved as before."""
    partitions.ensure(sample.NOW)
    kept_at = datetime(2026, 12, 1, tzinfo=UTC)
    gone = [sample.act(), sample.disclosure(1), sample.bulk(range(3))]
    stray = sample.disclosure(2, now=datetime(2026, 10, 31, tzinfo=UTC))
    kept = [sample.act(now=kept_at), sample.disclosure(3, now=kept_at)]
    sequencer.drain(sample.NOW)
    assert partitions.expire(datetime(2026, 12, 31, tzinfo=UTC)) == 2
    for entry_id in [*gone, stray]:
        assert proofs.inclusion(entry_id).entry is None
    for entry_id in kept:
        assert proofs.inclusion(entry_id).entry is not None
    rest = store.query("SELECT entry_id FROM ledger_record")
    assert rest == [(kept[1],)]
