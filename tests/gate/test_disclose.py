"""Disclosing one order or many: windows, refusals, the record, budgets."""

from datetime import timedelta

import msgspec
import psycopg
import pytest
from django.db import DatabaseError, transaction

from orderveil.core.decision import Mode, enforced_for
from orderveil.core.fields import Compartment, Field
from orderveil.core.hops import Hop
from orderveil.core.merkle import leaf_hash, root
from orderveil.core.sealing import SealBrokenError
from orderveil.core.states import ParcelState
from orderveil.gate import asking, law
from orderveil.gate.asking import Caller, open_ref
from orderveil.gate.compose import View
from orderveil.gate.disclose import disclose
from orderveil.gate.erase import erase, erase_compartments
from orderveil.gate.parcels import open_reverse
from orderveil.ledger.connections import connect
from orderveil.ledger.entries import BulkEntry, decode
from orderveil.ledger.queries import entries_of, seen_by, who_holds
from orderveil.ledger.rows import row_leaf
from orderveil.partners import registry
from scene import ME, NOW, Scene, execute, rows

ROAD = (
    (Hop.COURIER, ParcelState.SHIPPED),
    (Hop.COURIER, ParcelState.OUT_FOR_DELIVERY),
    (Hop.COURIER, ParcelState.UNDELIVERED),
)


def test_the_couriers_window_is_packed_until_delivered(scene):
    """Shown from `packed` on until `delivered`; refused before and after, with the window."""
    order = scene.admit()
    early = scene.ask(Hop.COURIER, order)
    assert (early.code, early.status) == ("outside_window", 403)
    assert early.detail == (
        "The parcel is placed; courier may ask while it is"
        " packed, shipped, out_for_delivery, undelivered."
    )
    scene.pack(order)
    assert isinstance(scene.ask(Hop.COURIER, order), View)
    for hop, state in ROAD:
        scene.move(hop, order, state)
        assert scene.ask(Hop.COURIER, order).parcels[0].state == state
    scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
    late = scene.ask(Hop.COURIER, order)
    assert late.code == "outside_window"
    assert late.detail.startswith("The parcel is delivered;")


def test_a_courier_opens_no_window_of_its_own(scene):
    """The courier moves no parcel to packed, and none out of an end."""
    order = scene.admit()
    assert scene.move(Hop.COURIER, order, ParcelState.PACKED).code == "transition_refused"
    scene.pack(order)
    for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
        assert scene.move(Hop.COURIER, order, state).changed
    for state in (ParcelState.SHIPPED, ParcelState.PACKED, ParcelState.RETURNING):
        assert scene.move(Hop.COURIER, order, state).code == "transition_refused"
    assert scene.ask(Hop.COURIER, order).code == "outside_window"


def test_a_return_has_a_window_of_its_own(scene):
    """After delivery the reverse parcel is shown to its courier, and the delivered one is not."""
    order = scene.pack(scene.admit())
    for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
        scene.move(Hop.COURIER, order, state)
    assert open_reverse(scene.seat(Hop.OMS).caller, order, 1, now=NOW).parcel_no == 2
    assert scene.ask(Hop.COURIER, order, 2).code == "not_assigned"
    scene.assign(Hop.COURIER, order, parcel_no=2)
    (parcel,) = scene.ask(Hop.COURIER, order).parcels
    assert (parcel.is_reverse, parcel.state) == (True, "packed")
    assert scene.ask(Hop.COURIER, order, 1).code == "outside_window"


def test_another_partner_is_not_assigned(scene):
    """A partner whose parcel it is not is refused, and moves nothing."""
    order, other = scene.pack(scene.admit()), scene.new_seat(Hop.COURIER, "other")
    problem = scene.ask(Hop.COURIER, order, seat=other)
    assert (problem.code, problem.status) == ("not_assigned", 403)
    scene.assign(Hop.COURIER, order, other)
    assert isinstance(scene.ask(Hop.COURIER, order, seat=other), View)
    assert scene.ask(Hop.COURIER, order).code == "not_assigned"


def test_an_order_of_another_brand_is_as_unknown_as_none(scene):
    """A foreign order, a foreign partner's ref and an invented id get one and the same answer."""
    foreign = Scene.make("another")
    theirs = foreign.admit()
    unknown = scene.ask(Hop.OMS, bytes(16))
    assert unknown.status == 404
    assert scene.ask(Hop.OMS, theirs) == unknown
    order, other = scene.admit(), scene.new_seat(Hop.OMS, "other")
    ref = scene.ask(Hop.OMS, order).ref
    assert open_ref(scene.seat(Hop.OMS).caller, ref) == (order, None)
    opened = open_ref(other.caller, ref)
    assert scene.ask(Hop.OMS, opened[0] if opened else bytes(16), seat=other) == unknown
    assert scene.ask(Hop.OMS, order, 9) == unknown


def test_standing_is_asked_every_time(scene):
    """No agreement, a suspension, another hop: refused; and shown again once it is lifted."""
    order = scene.admit()
    loose = scene.new_seat(Hop.OMS, "loose", agreed=False)
    assert scene.ask(Hop.OMS, order, seat=loose).code == "no_agreement"
    seat = scene.seat(Hop.OMS)
    registry.set_suspended(seat.partner, suspended=True, now=NOW)
    assert scene.ask(Hop.OMS, order).code == "partner_suspended"
    registry.set_suspended(seat.partner, suspended=False, now=NOW)
    assert isinstance(scene.ask(Hop.OMS, order), View)
    registry.agree(loose.partner, NOW.date(), None, now=NOW)
    assert isinstance(scene.ask(Hop.OMS, order, seat=loose), View)
    strayed = Caller(scene.brand.pk, seat.partner.pk, Hop.SUPPORT, seat.credential)
    assert disclose(strayed, order, None, now=NOW).code == "wrong_hop"


def test_a_view_is_recorded_with_the_forms_it_has(scene):
    """The entry names hop, partner, credential, policy and exactly the forms of the view."""
    order = scene.pack(scene.admit())
    view = scene.ask(Hop.COURIER, order)
    entry = next(e for e in entries_of(order) if str(e.entry_id) == view.disclosure)
    seat = scene.seat(Hop.COURIER)
    assert (entry.hop, entry.partner, entry.credential) == (
        Hop.COURIER,
        seat.partner.pk,
        seat.credential.pk,
    )
    shown = {str(name): str(form) for name, form in entry.entry.forms.items()}
    assert shown == msgspec.json.decode(view.forms)
    assert set(view.fields) | {"parcel_state", "carrier", "awb"} == set(shown)
    assert entry.entry.policy.name == view.policy
    leaf = rows("SELECT leaf FROM ledger_pending WHERE entry_id = %s", [entry.entry_id])
    raw = rows("SELECT entry FROM ledger_record WHERE entry_id = %s", [entry.entry_id])
    assert leaf == [(leaf_hash(raw[0][0]),)]
    assert [holding.partner for holding in who_holds(order, Field.PHONE)] == [seat.partner.pk]
    (seen,) = seen_by(seat.credential.pk, NOW - timedelta(1), NOW + timedelta(1))
    assert seen.order_id == order


@pytest.mark.parametrize("table", ["ledger_record", "ledger_pending"])
def test_without_a_record_nothing_is_opened(scene, monkeypatch, table):
    """If the ledger can't be written, the question fails and no compartment is opened."""
    orders = [scene.admit(), scene.admit()]
    scene.seat(Hop.OMS)
    opened = []
    monkeypatch.setattr(asking, "open_row", lambda *args: opened.append(args))
    with connect() as owner:
        owner.execute(f"REVOKE INSERT ON {table} FROM orderveil_app")
    before = rows("SELECT count(*) FROM ledger_record")
    with pytest.raises((DatabaseError, psycopg.Error)):
        scene.ask(Hop.OMS, orders[0])
    with pytest.raises((DatabaseError, psycopg.Error)):
        scene.ask_many(Hop.OMS, orders)
    assert opened == []
    assert rows("SELECT count(*) FROM ledger_record") == before


def test_the_record_outlives_the_callers_transaction(scene):
    """A disclosure made inside a transaction that is rolled back stays on record."""
    order = scene.admit()
    scene.ask(Hop.OMS, order)
    with transaction.atomic():
        view = scene.ask(Hop.OMS, order)
        transaction.set_rollback(True)
    assert view.disclosure in {str(entry.entry_id) for entry in entries_of(order)}


def test_what_fails_after_the_record_is_over_reported(scene):
    """A ciphertext that does not open shows nothing, and the attempt is on record."""
    order = scene.admit()
    execute("UPDATE vault_order SET identity = substr(identity, 2) WHERE order_id = %s", [order])
    with pytest.raises(SealBrokenError):
        scene.ask(Hop.OMS, order)
    assert [e.kind for e in entries_of(order)].count("disclosure") == 1


@pytest.mark.parametrize("what", ["row", "column", "key"])
def test_a_moved_ciphertext_does_not_open(scene, what):
    """Exchanged between orders or compartments, a ciphertext fails loudly and shows nothing."""
    order, other = scene.admit(), scene.admit()
    both = {"order": order, "other": other}
    if what == "row":
        execute(
            "UPDATE vault_order a SET identity = b.identity FROM vault_order b"
            " WHERE a.order_id = %(order)s AND b.order_id = %(other)s",
            both,
        )
    elif what == "column":
        execute("UPDATE vault_order SET identity = contact WHERE order_id = %(order)s", both)
    else:
        execute(
            "UPDATE vault_dek a SET wrapped = b.wrapped FROM vault_dek b"
            " WHERE a.order_id = %(order)s AND b.order_id = %(other)s",
            both,
        )
    with pytest.raises(SealBrokenError) as broken:
        scene.ask(Hop.OMS, order)
    assert "Tarangini" not in broken.value.diagnostics()
    with pytest.raises(SealBrokenError):
        scene.ask_many(Hop.OMS, [order, other])


def test_a_thousand_orders_are_one_leaf(scene):
    """A bulk is one entry that commits to a row per order, in the order that was asked."""
    orders = scene.admit_many([scene.draft(only={Field.CITY: "Pune"}) for _ in range(1_000)])
    scene.seat(Hop.OMS)
    before = rows("SELECT count(*) FROM ledger_pending")[0][0]
    answers = scene.ask_many(Hop.OMS, orders)
    assert rows("SELECT count(*) FROM ledger_pending") == [(before + 1,)]
    assert all(answer.view.fields["city"] == "Pune" for answer in answers)
    assert [answer.ref for answer in answers] == [order.hex() for order in orders]
    number = answers[0].view.disclosure
    ((raw,),) = rows("SELECT entry FROM ledger_entry WHERE entry_id = %s", [number])
    stored = rows(
        "SELECT order_id, parcel_no, salt FROM ledger_record WHERE entry_id = %s ORDER BY position",
        [number],
    )
    entry = decode(raw)
    assert isinstance(entry, BulkEntry)
    assert [row[0] for row in stored] == orders
    assert entry.rows_root == root([row_leaf(*row) for row in stored])
    assert entry.rows == 1_000
    assert len({row[2] for row in stored}) == 1_000


def test_more_than_a_thousand_are_refused(scene):
    """1,001 orders are too many, and nothing is recorded."""
    problem = scene.ask_many(Hop.OMS, [bytes(16)] * 1_001)
    assert problem.code == "too_many_orders"


def test_a_bulk_answers_each_order_alone(scene):
    """What can't be shown says why; the rest is shown and only that is recorded."""
    good, gone, foreign = scene.admit(), scene.admit(), Scene.make("another").admit()
    erase(scene.brand.pk, [gone], now=NOW, who=ME)
    answers = scene.ask_many(Hop.OMS, [bytes(16), good, gone, foreign])
    codes = [answer.problem.code if answer.problem else "view" for answer in answers]
    assert codes == ["unknown_order", "view", "order_erased", "unknown_order"]
    recorded = rows("SELECT order_id FROM ledger_record WHERE kind = 'bulk'")
    assert recorded == [(good,)]


def test_an_enforced_share_splits_a_bulk(scene):
    """Under `enforce N%` the same orders get the policy's view one by one and in bulk."""
    seat = scene.new_seat(Hop.OMS, "half", mode=Mode.ENFORCE_SHARE, enforce_percent=50)
    orders = scene.admit_many([scene.draft() for _ in range(30)])
    standing = law.reload(scene.brand.pk).standing(seat.partner, NOW.date())
    expected = [enforced_for(standing, order) for order in orders]
    assert len(set(expected)) == 2
    bulk = scene.ask_many(Hop.OMS, orders, seat=seat)
    masked = [answer.view.fields["name"] == "T*** V***" for answer in bulk]
    alone = [scene.ask(Hop.OMS, o, seat=seat).fields["name"] == "T*** V***" for o in orders]
    assert masked == alone == expected
    assert len({answer.view.disclosure for answer in bulk}) == 2


def test_observe_records_what_would_have_been_withheld(scene):
    """In `observe` the view is today's, and the entry says what the policy would have shown."""
    seat = scene.new_seat(Hop.OMS, "watched", mode=Mode.OBSERVE)
    order = scene.admit()
    view = scene.ask(Hop.OMS, order, seat=seat)
    assert view.fields["phone"] == "+919000000001"
    entry = next(e.entry for e in entries_of(order) if str(e.entry_id) == view.disclosure)
    assert entry.would[Field.PHONE] == "masked"


def test_the_volume_budget_holds(scene):
    """A credential sees its orders of a day, alone or in bulk, and no more until the next."""
    seat = scene.new_seat(Hop.OMS, "small", daily_limit=5)
    orders = scene.admit_many([scene.draft() for _ in range(6)])
    assert len(scene.ask_many(Hop.OMS, orders[:4], seat=seat)) == 4
    assert scene.ask_many(Hop.OMS, orders[:2], seat=seat).code == "budget_exhausted"
    assert isinstance(scene.ask(Hop.OMS, orders[5], seat=seat), View)
    refused = scene.ask(Hop.OMS, orders[0], seat=seat)
    assert (refused.code, refused.status) == ("budget_exhausted", 429)
    tomorrow = NOW + timedelta(days=1)
    assert isinstance(disclose(seat.caller, orders[0], None, now=tomorrow), View)


def test_a_purged_compartment_shows_nothing(scene):
    """A field whose compartment is gone has its key in the view, and no value."""
    order = scene.pack(scene.admit())
    erased = erase_compartments(scene.brand.pk, order, [Compartment.NOTES], now=NOW, who=ME)
    assert erased.recipients == {}
    view = scene.ask(Hop.COURIER, order)
    assert view.fields["delivery_note"] is None
    assert view.fields["line1"] == "Flat 7-B, Neelkurinji Residency"
