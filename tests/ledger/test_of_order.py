"""One order for a person's eyes: who was shown it, and what happened last."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

import database
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.ledger import sequencer, store
from orderveil.ledger.acts import ActKind, record_bulk
from orderveil.ledger.counting import shown_between
from orderveil.ledger.export import chunks
from orderveil.ledger.of_order import last_of_kinds, latest_of, page_of, shown_of
from orderveil.ledger.queries import entries_of, latest, seen_by
from scene import ME, NOW, Scene, rows

SPOILT = (
    b"\xff\xfe\x00 no entry",
    b"{",
    b'{"kind":"note","x":"\\u0000"}',
    b'{"forms":{"phone":"shouted"}}',
    b"[" * 60_000,
    b"",
)


def spoil(table, where, wrong):
    """Whoever holds the database overwrites stored bytes."""
    with database.server().connect(connection.settings_dict["NAME"]) as link:
        link.execute(f"UPDATE {table} SET entry = %s WHERE {where}", [wrong])


@pytest.fixture
def scene(db):
    """A brand with partners."""
    return Scene.make()


def test_the_same_forms_are_one_row_however_often(scene):
    """Singles and rows of bulks together, counted, from the first to the last."""
    order, other = scene.admit(), scene.admit()
    for _ in range(3):
        scene.now += timedelta(minutes=1)
        assert not hasattr(scene.ask(Hop.OMS, order), "code")
    first = scene.now - timedelta(minutes=2)
    scene.now += timedelta(minutes=1)
    scene.ask_many(Hop.OMS, [order, other])
    (row,) = shown_of(order)
    assert (row.hop, row.partner, row.person) == (Hop.OMS, scene.seat(Hop.OMS).partner.pk, None)
    assert (row.times, row.first, row.last) == (4, first, scene.now)
    assert row.forms[Field.PHONE] == Form.MASKED
    assert row.entry_id == entries_of(order)[-1].entry_id
    assert (row.is_reveal, row.reason) == (False, None)


def test_another_hop_is_another_row(scene):
    """By when each was last shown something."""
    order = scene.pack(scene.admit())
    for hop in (Hop.COURIER, Hop.OMS):
        scene.now += timedelta(minutes=1)
        scene.ask(hop, order)
    rows = shown_of(order)
    assert [row.hop for row in rows] == [Hop.COURIER, Hop.OMS]
    assert rows[0].forms[Field.LINE1] == Form.WHOLE


def test_acts_are_not_shown(scene):
    """An order that nobody asked for was shown to nobody."""
    assert shown_of(scene.admit()) == []


def test_past_its_term_a_bulk_still_counts(scene):
    """That somebody was shown something stays known; in which forms does not."""
    order = scene.admit()
    scene.ask_many(Hop.OMS, [order])
    with database.server().connect(connection.settings_dict["NAME"]) as link:
        link.execute("UPDATE ledger_entry SET entry = NULL WHERE kind = 'bulk'")
    (row,) = shown_of(order)
    assert (row.hop, row.forms, row.times) == (Hop.OMS, None, 1)
    assert None in [each.entry for each in latest_of(order, 9)]


@pytest.mark.parametrize(
    "wrong", SPOILT, ids=["no text", "no json", "another thing", "odd forms", "deep", "nothing"]
)
def test_a_spoilt_entry_is_told_as_such_and_stops_nothing(scene, wrong):
    """Whatever its bytes are now: it counts, says that it does not read, and the rest is told."""
    order = scene.admit()
    scene.ask(Hop.WMS, order)
    scene.now += timedelta(minutes=1)
    scene.ask(Hop.OMS, order)
    scene.ask_many(Hop.OMS, [order])
    for table, kind in (("ledger_record", "disclosure"), ("ledger_entry", "bulk")):
        spoil(table, f"kind = '{kind}' AND at = '{scene.now}'", wrong)
    sequencer.drain(scene.now)
    first, *spoilt = shown_of(order)
    assert (first.hop, first.is_spoilt, first.forms is None) == (Hop.WMS, False, False)
    assert {(each.hop, each.is_spoilt) for each in spoilt} == {(Hop.OMS, True)}
    assert sum(each.times for each in spoilt) == 2
    assert [each.is_spoilt for each in latest_of(order, 2)] == [True, True]
    assert [each.is_spoilt for each in entries_of(order)[-2:]] == [True, True]
    assert [each.is_spoilt for each in latest(scene.brand.pk, 2)] == [True, True]
    assert {each.kind for each in latest(scene.brand.pk, 2)} == {"disclosure", "bulk"}
    seen = list(seen_by(scene.seat(Hop.OMS).credential.pk, NOW, scene.now + timedelta(1)))
    assert [each.forms for each in seen] == [{}, {}]
    assert sum(each.orders for each in shown_between(scene.brand.pk, 0, 1 << 40)) >= 2
    head = store.published(scene.brand.pk)
    assert b"".join(chunks(head)).count(b"\n") > head.size


def test_of_a_spoilt_entry_the_forms_are_told_that_can_be_read(scene):
    """One changed bit elsewhere takes nobody out of the list of who holds what."""
    order = scene.admit()
    scene.ask(Hop.OMS, order)
    ((raw,),) = rows("SELECT entry FROM ledger_record WHERE kind = 'disclosure'")
    spoil("ledger_record", "kind = 'disclosure'", bytes(raw).replace(b'"law_rev":', b'"law_rev";'))
    (row,) = shown_of(order)
    assert (row.is_spoilt, row.forms[Field.PHONE]) == (True, Form.MASKED)


def test_the_latest_come_first_and_no_more_than_asked(scene):
    """The newest of an order's history, however long it is."""
    order = scene.admit()
    for _ in range(5):
        scene.now += timedelta(minutes=1)
        scene.ask(Hop.OMS, order)
    found = latest_of(order, 3)
    assert [each.at for each in found] == [scene.now - timedelta(minutes=n) for n in range(3)]
    assert found[0] == entries_of(order)[-1]


def test_an_entry_on_several_parcels_is_one_line(scene):
    """And no page is begun in its middle."""
    order = scene.admit()
    scene.now += timedelta(minutes=1)
    who = [(order, parcel) for parcel in (1, 2, 3)]
    entry = record_bulk(scene.brand.pk, ActKind.ERASED, who, now=scene.now, who=ME)
    first = page_of(order, 1)
    assert ([row.entry_id for row in first.rows], first.more) == ([entry], entry)
    rest = page_of(order, 99, before=first.more, log_id=scene.brand.pk)
    assert rest.more is None
    assert [row.entry_id for row in rest.rows] == [row.entry_id for row in latest_of(order, 99)[1:]]
    assert page_of(order, 1, before=UUID(int=7)).rows == first.rows
    assert page_of(order, 1, log_id=0).rows == []
    assert last_of_kinds(order, scene.brand.pk, [ActKind.ERASED]) == (entry, scene.now)
    assert last_of_kinds(order, 0, [ActKind.ERASED]) is None
