"""What the ledger answers about an order, a field and a credential."""

from ledger import sample
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.ledger import partitions, queries, sequencer
from orderveil.ledger.entries import ActEntry, BulkEntry, DisclosureEntry


def test_everything_about_an_order(log):
    """An order's entries come oldest first, bulks' through their heads, with their place."""
    act = sample.act(order_id=sample.order(1))
    single = sample.disclosure(1, now=sample.later(minutes=1))
    sample.disclosure(2, now=sample.later(minutes=1))
    sequencer.drain(sample.NOW)
    bulk = sample.bulk(range(3), now=sample.later(minutes=2))
    found = queries.entries_of(sample.order(1))
    assert [row.entry_id for row in found] == [act, single, bulk]
    assert [type(row.entry) for row in found] == [ActEntry, DisclosureEntry, BulkEntry]
    assert [row.place for row in found] == [0, 1, None]
    assert [row.hop for row in found] == [None, Hop.WMS, Hop.MARKETING]
    assert queries.entries_of(sample.order(9)) == []


def test_who_holds_a_field(log):
    """Whoever was shown a field in a telling form holds it; an absent field is held by nobody."""
    single = sample.disclosure(1)
    sample.disclosure(1, forms={Field.PHONE: Form.REFUSED}, now=sample.later(minutes=1))
    bulk = sample.bulk([1], now=sample.later(minutes=2))
    held = queries.who_holds(sample.order(1), Field.PHONE)
    assert [(one.partner, one.hop, one.form, one.entry_id) for one in held] == [
        (5, Hop.WMS, Form.MASKED, single),
        (6, Hop.MARKETING, Form.HASHED, bulk),
    ]
    assert {one.policy for one in held} == {sample.POLICY}
    assert held[0].at == sample.NOW
    assert queries.who_holds(sample.order(1), Field.EMAIL) == []
    assert queries.who_holds(sample.order(1), Field.GEO) == []


def test_what_a_credential_saw(log, monkeypatch):
    """A credential's orders come oldest first over pages and partitions, of the asked time only."""
    monkeypatch.setattr(queries, "PAGE", 3)
    partitions.ensure(sample.NOW)
    sample.act(order_id=sample.order(1))
    for number in range(4):
        sample.disclosure(number, now=sample.later(days=4 * number))
    sample.disclosure(9, credential=22)
    sample.bulk(range(10, 15), now=sample.later(days=1), parcels=(1, 2))
    seen = list(queries.seen_by(21, sample.NOW, sample.later(days=12)))
    wanted = {sample.order(number) for number in (0, 1, 2, *range(10, 15))}
    assert {one.order_id for one in seen} == wanted
    assert len(seen) == 3 + 10
    assert [one.at for one in seen] == sorted(one.at for one in seen)
    assert {one.parcel_no for one in seen if one.hop == Hop.MARKETING} == {1, 2}
    assert seen[0].forms == sample.FORMS
    assert seen[1].forms == {Field.PHONE: Form.HASHED}
    assert list(queries.seen_by(99, sample.NOW, sample.later(days=12))) == []
