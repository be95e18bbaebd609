"""Admitting orders."""

import itertools
from datetime import timedelta

import pytest

from orderveil.core.fields import Compartment, Field
from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.personal import Personal
from orderveil.core.states import ParcelState
from orderveil.gate.admit import Status, admit
from orderveil.gate.erase import erase, erase_compartments
from orderveil.gate.search import By, find
from orderveil.partners import registry
from scene import ME, NOW, Scene, execute, rows, together


def statuses(admissions):
    """What became of each."""
    return [each.status for each in admissions]


def test_an_order_is_stored_with_everything_that_belongs_to_it(scene):
    """An admission writes order, key, index, parcel, record, leaf and event, once each."""
    order = scene.admit(assign=False)
    for table in ("vault_order", "vault_dek", "vault_index", "vault_parcel", "ledger_record"):
        assert rows(f"SELECT count(*) FROM {table} WHERE order_id = %s", [order]) == [(1,)]
    assert rows("SELECT kind FROM outbox_event") == [("order.admitted",)]
    assert rows("SELECT count(*) FROM ledger_pending WHERE order_id = %s", [order]) == [(1,)]


def test_a_batch_writes_what_single_admissions_write(scene):
    """By COPY or one by one, the same rows stand in the vault."""
    drafts = [
        scene.draft("full"),
        scene.draft("bare", only={}, order_number=None, placed_at=None),
        scene.draft("gone", cancelled=True),
        scene.draft(
            "split",
            parcels=(
                ParcelDraft("p1", ParcelState.SHIPPED, "Udaan Invented", "AWB0001"),
                ParcelDraft("p2"),
            ),
        ),
    ]
    looks = [
        """SELECT shop_order_id, order_number, placed_at, facts, cancelled_at, dek_no, purged,
                  identity IS NULL, contact IS NULL, notes IS NULL FROM vault_order ORDER BY 1""",
        """SELECT o.shop_order_id, p.parcel_no, p.state, p.shop_parcel_id, p.carrier, p.awb,
                  p.is_reverse
             FROM vault_parcel p JOIN vault_order o USING (order_id) ORDER BY 1, 2""",
        """SELECT o.shop_order_id, i.phone, i.email
             FROM vault_index i JOIN vault_order o USING (order_id) ORDER BY 1""",
        "SELECT kind, detail FROM outbox_event ORDER BY 1",
    ]
    for draft in drafts:
        scene.deliver(draft)
    single = [rows(look) for look in looks]
    for table in ("vault_order", "vault_dek", "vault_index", "vault_parcel", "outbox_event"):
        execute(f"DELETE FROM {table}")
    scene.deliver(*drafts)
    assert [rows(look) for look in looks] == single


@pytest.mark.parametrize(("left", "right"), [(1, 1), (3, 3), (3, 1)])
def test_the_same_order_on_two_connections_is_one_order(scene, left, right):
    """Delivered at once, alone or in batches, an order is admitted once and found there after."""
    for number in range(20):
        drafts = [scene.draft(f"race-{number}-{each}") for each in range(3)]
        # The other side's batch comes in reverse, so that neither can wait in a circle.
        ours, theirs = drafts[:left], drafts[::-1][-right:] if right == 1 else drafts[::-1]
        answers = together(lambda d=ours: scene.deliver(*d), lambda d=theirs: scene.deliver(*d))
        told = [each for answer in answers for each in answer]
        for order in {each.order_id for each in told}:
            seen = sorted(each.status for each in told if each.order_id == order)
            assert seen in ([Status.ADMITTED], [Status.ADMITTED, Status.DUPLICATE])
    count = rows("SELECT count(*), count(DISTINCT shop_order_id) FROM vault_order")
    assert count == [(20 * max(left, right),) * 2]
    assert rows("SELECT count(*) FROM vault_dek") == [(20 * max(left, right),)]


def test_the_same_order_twice_in_a_batch_is_one_order(scene):
    """The first of two like drafts is admitted, the second is a duplicate."""
    draft = scene.draft("twice")
    assert statuses(scene.deliver(draft, draft)) == [Status.ADMITTED, Status.DUPLICATE]
    assert statuses(scene.deliver(draft, scene.draft("new"), draft)) == [
        Status.DUPLICATE,
        Status.ADMITTED,
        Status.DUPLICATE,
    ]


def test_a_known_delivery_is_a_duplicate(scene):
    """A delivery id that was seen answers duplicate, whatever it carries now."""
    scene.deliver(scene.draft("a"), delivery_id="d-1")
    changed = scene.draft("a", order_number="#changed")
    assert statuses(scene.deliver(changed, delivery_id="d-1")) == [Status.DUPLICATE]
    assert rows("SELECT order_number FROM vault_order") == [("#a",)]
    assert statuses(scene.deliver(changed, delivery_id="d-2")) == [Status.UPDATED]


def test_a_delivery_is_known_only_if_its_orders_are_stored(scene):
    """When the admitting transaction fails, the delivery id goes with it, and a retry admits."""

    def fail(_admissions):
        msg = "the acts could not be written"
        raise RuntimeError(msg)

    draft = scene.draft("a")
    with pytest.raises(RuntimeError):
        admit(
            scene.brand.pk,
            scene.channel.pk,
            [draft],
            now=NOW,
            who=ME,
            delivery_id="d-1",
            also=fail,
        )
    assert rows("SELECT count(*) FROM vault_delivery") == [(0,)]
    assert statuses(scene.deliver(draft, delivery_id="d-1")) == [Status.ADMITTED]


def test_the_same_delivery_on_two_connections_is_handled_once(scene):
    """Two deliveries with one id at once: one admits, the other is a duplicate."""
    for number in range(10):
        draft = scene.draft(f"r-{number}")
        answers = together(
            *[lambda d=draft, n=number: scene.deliver(d, delivery_id=f"same-{n}")] * 2
        )
        assert sorted(each.status for (each,) in answers) == [Status.ADMITTED, Status.DUPLICATE]


def test_an_update_before_the_creation_is_an_admission(scene):
    """What comes first admits, and the older creation that follows changes nothing."""
    later, earlier = scene.now, scene.now - timedelta(minutes=5)
    update = scene.draft("a", updated_at=later, person={Field.CITY: "Mysuru"})
    creation = scene.draft("a", updated_at=earlier, person={Field.CITY: "Hubballi"})
    assert statuses(scene.deliver(update)) == [Status.ADMITTED]
    assert statuses(scene.deliver(creation)) == [Status.DUPLICATE]
    order = scene.deliver(update)[0].order_id
    assert scene.ask(Hop.OMS, order).fields["city"] == "Mysuru"


def test_the_same_shop_id_on_two_channels_or_brands_is_two_orders(scene):
    """An order's id depends on brand and channel."""
    other, _ = registry.add_channel(scene.brand, "other", "own", now=NOW)
    foreign = Scene.make("another")
    draft = scene.draft("same")
    ids = {
        scene.deliver(draft)[0].order_id,
        foreign.deliver(draft)[0].order_id,
        admit(scene.brand.pk, other.pk, [draft], now=NOW, who=ME)[0].order_id,
    }
    assert len(ids) == 3


def test_many_batches_that_overlap_are_all_answered(scene):
    """Batches that share orders in every sequence, at once, end with each order stored once."""
    drafts = [scene.draft(f"o-{number}") for number in range(6)]
    shuffles = list(itertools.permutations(drafts))[::180]
    for _ in range(5):
        answers = together(*[lambda d=each: scene.deliver(*d) for each in shuffles])
        assert all(len(answer) == 6 for answer in answers)
    assert rows("SELECT count(*) FROM vault_order") == [(6,)]
    assert rows("SELECT count(*) FROM vault_dek") == [(6,)]


def test_an_erased_order_is_never_stored_again(scene):
    """A later delivery of an erased order answers ERASED and brings nothing back, batch or not."""
    order = scene.admit(scene.draft("gone"))
    erase(scene.brand.pk, [order], now=NOW, who=ME)
    draft = scene.draft("gone", updated_at=NOW + timedelta(days=1))
    assert statuses(scene.deliver(draft)) == [Status.ERASED]
    assert statuses(scene.deliver(scene.draft("new"), draft)) == [Status.ADMITTED, Status.ERASED]
    sealed = ", ".join(Compartment)
    ((number, shop_id, *rest),) = rows(
        f"SELECT order_number, shop_order_id, {sealed} FROM vault_order WHERE order_id = %s",
        [order],
    )
    assert (number, shop_id, set(rest)) == (None, None, {None})
    assert rows("SELECT 1 FROM vault_dek WHERE order_id = %s", [order]) == []
    assert rows("SELECT 1 FROM vault_index WHERE order_id = %s", [order]) == []


def test_a_purged_compartment_is_never_refilled(scene):
    """What was shredded by name stays away when the shop sends it again, the index too."""
    draft = scene.draft("a")
    order = scene.admit(draft)
    erase_compartments(scene.brand.pk, order, [Compartment.CONTACT], now=NOW, who=ME)
    again = scene.draft("a", person={Field.NAME: "Mandakini Devadutt"})
    assert statuses(scene.deliver(again)) == [Status.UPDATED]
    scene.pack(order)
    view = scene.ask(Hop.COURIER, order)
    assert view.fields["phone"] is None
    assert view.fields["name"] == "Mandakini Devadutt"
    assert find(scene.brand.pk, By.PHONE, Personal("+919000000001")) == []
