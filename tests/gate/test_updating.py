"""What later deliveries of a known order may change."""

from datetime import timedelta

from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.orders import Facts, ParcelDraft
from orderveil.core.personal import Personal
from orderveil.core.states import ParcelState
from orderveil.gate.admit import Status
from orderveil.gate.search import By, find
from scene import FACTS, NOW, rows


def seals(order):
    """The order's key number and everything sealed."""
    return rows(
        "SELECT dek_no, identity, contact, address FROM vault_order WHERE order_id = %s", [order]
    )


def parcel_states(order):
    """Number, shop's id and state of each parcel."""
    return rows(
        "SELECT parcel_no, shop_parcel_id, state FROM vault_parcel WHERE order_id = %s ORDER BY 1",
        [order],
    )


def test_an_older_delivery_changes_nothing(scene):
    """What the source says it wrote earlier is not taken, whenever it comes."""
    order = scene.admit(scene.draft("a", updated_at=NOW))
    before = seals(order)
    old = scene.draft(
        "a",
        updated_at=NOW - timedelta(seconds=1),
        person={Field.NAME: "Someone Else"},
        order_number="#old",
        parcels=(ParcelDraft("p1", ParcelState.SHIPPED),),
        cancelled=True,
    )
    assert scene.deliver(old)[0].status == Status.DUPLICATE
    assert seals(order) == before
    assert rows("SELECT order_number, cancelled_at FROM vault_order") == [("#a", None)]
    assert parcel_states(order) == [(1, None, "placed")]


def test_absence_never_overwrites(scene):
    """A later delivery without a value leaves the value that is there."""
    order = scene.admit(scene.draft("a"))
    before = seals(order)
    bare = scene.draft("a", only={}, order_number=None, placed_at=None, facts=Facts())
    assert scene.deliver(bare)[0].status == Status.DUPLICATE
    assert seals(order) == before
    view = scene.ask(Hop.OMS, order)
    assert view.fields["order_number"] == "#a"
    assert view.fields["items"] == FACTS.items
    assert view.fields["city"] == "Bengaluru"


def test_an_update_seals_anew_and_moves_the_index(scene):
    """A changed value is under a new key, the old key is gone, and search follows."""
    order = scene.admit(scene.draft("a"))
    changed = scene.draft("a", person={Field.PHONE: "090000 00002"})
    assert scene.deliver(changed)[0].status == Status.UPDATED
    assert rows("SELECT dek_no FROM vault_dek WHERE order_id = %s", [order]) == [(2,)]
    assert find(scene.brand.pk, By.PHONE, Personal("9000000001")) == []
    (found,) = find(scene.brand.pk, By.PHONE, Personal("9000000002"))
    assert found.order_id == order
    scene.pack(order)
    view = scene.ask(Hop.COURIER, order)
    assert (view.fields["phone"], view.fields["line1"]) == (
        "+919000000002",
        "Flat 7-B, Neelkurinji Residency",
    )


def test_the_same_order_again_changes_no_key(scene):
    """A delivery that says nothing new is a duplicate, and writes neither act nor event."""
    order = scene.admit(scene.draft("a"))
    before = seals(order), rows("SELECT count(*) FROM ledger_pending")
    assert scene.deliver(scene.draft("a"))[0].status == Status.DUPLICATE
    assert (seals(order), rows("SELECT count(*) FROM ledger_pending")) == before


def test_a_cancellation_never_reverts(scene):
    """Once cancelled, an order stays so, whatever is delivered later."""
    order = scene.admit(scene.draft("a"))
    assert scene.deliver(scene.draft("a", cancelled=True))[0].status == Status.UPDATED
    assert parcel_states(order) == [(1, None, "cancelled")]
    later = scene.draft("a", updated_at=NOW + timedelta(days=1), order_number="#b")
    assert scene.deliver(later)[0].status == Status.UPDATED
    assert parcel_states(order) == [(1, None, "cancelled")]
    assert rows("SELECT cancelled_at IS NOT NULL FROM vault_order") == [(True,)]


def test_a_new_parcel_of_a_cancelled_order_is_cancelled(scene):
    """A fulfilment without a state of its own opens no window of a cancelled order."""
    order = scene.admit(scene.draft("a", cancelled=True))
    told = (ParcelDraft("p1"), ParcelDraft("p2"))
    scene.deliver(scene.draft("a", parcels=told))
    assert [state for _, _, state in parcel_states(order)] == ["cancelled", "cancelled"]


def test_the_first_fulfilment_claims_the_whole_order(scene):
    """The first parcel a shop tells of is the one that was there; the next is a new one."""
    order = scene.admit(scene.draft("a"))
    one = ParcelDraft("p1", ParcelState.SHIPPED, "Udaan Invented", "AWB1")
    scene.deliver(scene.draft("a", parcels=(one,)))
    assert parcel_states(order) == [(1, "p1", "shipped")]
    scene.deliver(scene.draft("a", parcels=(one, ParcelDraft("p2"))))
    assert parcel_states(order) == [(1, "p1", "shipped"), (2, "p2", "placed")]


def test_a_shop_never_takes_a_parcel_back(scene):
    """A state that the storefront may not move to is not taken from a payload."""
    order = scene.admit(scene.draft("a", parcels=(ParcelDraft("p1", ParcelState.DELIVERED),)))
    scene.deliver(scene.draft("a", parcels=(ParcelDraft("p1", ParcelState.SHIPPED),)))
    assert parcel_states(order) == [(1, "p1", "delivered")]
