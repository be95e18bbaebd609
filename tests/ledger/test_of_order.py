"""One order for a person's eyes: who was shown it, and what happened last."""

from datetime import timedelta

import pytest
from django.db import connection

import database
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.ledger.of_order import latest_of, shown_of
from orderveil.ledger.queries import entries_of
from scene import Scene


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


def test_the_latest_come_first_and_no_more_than_asked(scene):
    """The newest of an order's history, however long it is."""
    order = scene.admit()
    for _ in range(5):
        scene.now += timedelta(minutes=1)
        scene.ask(Hop.OMS, order)
    found = latest_of(order, 3)
    assert [each.at for each in found] == [scene.now - timedelta(minutes=n) for n in range(3)]
    assert found[0] == entries_of(order)[-1]
