"""Lists for people: masked, in the order of a key, only what may be seen, paid for row by row."""

import re
from datetime import timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate.asking import left, per_day
from orderveil.gate.desk import listing
from orderveil.gate.desk.listing import Wanted, list_orders
from orderveil.gate.erase import erase
from orderveil.ledger.entries import BulkEntry
from orderveil.ledger.queries import entries_of
from orderveil.people import memberships
from orderveil.people.budgets import PER_MINUTE, Spending
from scene import ME, PERSON, Scene, execute, rows

ALL = Wanted()


def admit(desk, count, **changes):
    """Orders that arrived a second apart, the oldest first."""
    made = []
    for number in range(count):
        desk.scene.now += timedelta(seconds=1)
        made.append(desk.scene.admit(desk.scene.draft(f"n{number}", **changes), assign=False))
    return made


def ids(listed):
    """The orders of a page."""
    assert not isinstance(listed, Problem), listed
    return [place.order_id for place in listed.places]


def pages(actor, wanted, now):
    """Every page, by following the cursor."""
    found, after = [], None
    while True:
        page = list_orders(actor, wanted, after, now=now)
        found.append(ids(page))
        after = page.next
        if after is None:
            return found


def test_a_list_is_masked_and_on_record(desk):
    """Each row of a list is the masked view of an order, recorded with the person who looked."""
    (order,) = admit(desk, 1)
    actor = desk.actor(desk.person(Role.SUPPORT))
    (answer,) = list_orders(actor, ALL, None, now=desk.scene.now).answers
    assert answer.view.fields["phone"] == "XXXXXX0001"
    assert not [
        value for value in map(str, answer.view.fields.values()) if PERSON["phone"] in value
    ]
    (entry,) = [each.entry for each in entries_of(order) if isinstance(each.entry, BulkEntry)]
    assert (entry.person, entry.reason, entry.rows) == (actor.person, "list", 1)


def test_pages_follow_one_another_without_gap_or_repeat(desk, monkeypatch):
    """The newest first; each order once; ties of time are told apart by the id."""
    monkeypatch.setattr(listing, "PAGE", 3)
    orders = admit(desk, 5)
    same = desk.scene.admit_many([desk.scene.draft(f"tie{n}") for n in range(5)])
    actor = desk.actor(desk.person(Role.SUPPORT))
    found = pages(actor, ALL, desk.scene.now)
    assert [len(page) for page in found] == [3, 3, 3, 1]
    flat = [order for page in found for order in page]
    assert flat[-4:] == orders[3::-1]
    assert set(flat) == {*orders, *same}
    assert len(flat) == 10


def test_an_order_of_several_parcels_is_one_row(desk, monkeypatch):
    """However many parcels are in a state, their order stands there once, also over pages."""
    monkeypatch.setattr(listing, "PAGE", 2)
    parcels = tuple(ParcelDraft(f"p{n}", state=ParcelState.PACKED) for n in range(3))
    orders = [
        desk.scene.admit(desk.scene.draft(f"several{n}", parcels=parcels), assign=False)
        for n in range(3)
    ]
    execute("UPDATE vault_parcel SET changed_at = changed_at + parcel_no * interval '1 second'")
    actor = desk.actor(desk.person(Role.SUPPORT))
    for wanted in (ALL, Wanted(state=ParcelState.PACKED)):
        found = [one for page in pages(actor, wanted, desk.scene.now) for one in page]
        assert sorted(found) == sorted(orders)


def test_filters_by_state_and_time(desk):
    """By a parcel's state, and from a moment to another, the last not included."""
    orders = admit(desk, 4)
    for order in orders[:2]:
        for hop in (Hop.WMS, Hop.COURIER):
            desk.scene.assign(hop, order)
        desk.scene.pack(order)
    actor = desk.actor(desk.person(Role.SUPPORT))
    now = desk.scene.now
    packed = list_orders(actor, Wanted(state=ParcelState.PACKED), None, now=now)
    assert sorted(ids(packed)) == sorted(orders[:2])
    between = Wanted(since=now - timedelta(seconds=2), until=now)
    assert ids(list_orders(actor, between, None, now=now)) == [orders[2], orders[1]]


def test_nothing_of_another_brand_or_erased(desk):
    """Another brand's orders and tombstones are in no list."""
    ours, gone = admit(desk, 2)
    Scene.make("another").admit()
    erase(desk.scene.brand.pk, [gone], now=desk.scene.now, who=ME)
    actor = desk.actor(desk.person(Role.SUPPORT))
    assert ids(list_orders(actor, ALL, None, now=desk.scene.now)) == [ours]


def test_a_centre_lists_what_is_assigned_to_it(desk, centre):
    """The rest of the brand's orders is not there, in whatever state."""
    orders = admit(desk, 3)
    desk.scene.assign(Hop.SUPPORT, orders[1], centre)
    actor = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner))
    for wanted in (ALL, Wanted(state=ParcelState.PLACED)):
        assert ids(list_orders(actor, wanted, None, now=desk.scene.now)) == [orders[1]]
    assert ids(list_orders(actor, Wanted(state=ParcelState.PACKED), None, now=desk.scene.now)) == []


def test_a_centre_with_several_parcels_of_an_order_has_one_row(desk, centre):
    """Two parcels handed to the centre are one order, in every state it is listed by."""
    parcels = tuple(ParcelDraft(f"p{n}") for n in range(2))
    order = desk.scene.admit(desk.scene.draft("two", parcels=parcels), assign=False)
    for number in (1, 2):
        desk.scene.assign(Hop.SUPPORT, order, centre, number)
    actor = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner))
    assert ids(list_orders(actor, ALL, None, now=desk.scene.now)) == [order]


def _centre_of_many(desk, centre):
    """Its agent, and orders of one and of two parcels in several states: most are its to work."""
    for number in range(12):
        desk.scene.now += timedelta(seconds=1)
        states = (ParcelState.PACKED, ParcelState.SHIPPED, ParcelState.DELIVERED)
        parcels = (ParcelDraft("a", states[number % 3]), ParcelDraft("b", states[number % 2]))
        order = desk.scene.admit(desk.scene.draft(parcels=parcels[: 1 + number % 2]), assign=False)
        if number % 4:
            desk.scene.assign(Hop.SUPPORT, order, centre)
        if number % 2:
            desk.scene.now += timedelta(seconds=1)
            desk.scene.assign(Hop.SUPPORT, order, centre, 2)
    return desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner))


def test_both_ways_to_a_centres_list_find_the_same(desk, centre, monkeypatch):
    """Picked out of the brand's few parcels in a state, or out of the history of the centre."""
    monkeypatch.setattr(listing, "PAGE", 2)
    actor, since = _centre_of_many(desk, centre), desk.scene.now - timedelta(seconds=6)
    for state in (ParcelState.PACKED, ParcelState.SHIPPED, ParcelState.DELIVERED):
        for wanted in (Wanted(state), Wanted(state, since=since), Wanted(state, until=since)):
            found = []
            for few in (False, True):
                monkeypatch.setattr(listing, "_are_few", lambda *_, few=few: few)
                found.append(pages(actor, wanted, desk.scene.now))
            assert found[0] == found[1], wanted
            assert any(found[0]), wanted


def test_a_centres_list_is_read_by_keys_without_statistics(desk, centre, monkeypatch):
    """Each row of another table by its whole key; the history in its index's order, unsorted."""
    actor, now = _centre_of_many(desk, centre), desk.scene.now
    keys = {"partners_assignment_pkey", "vault_order_pkey"}
    used = {0: keys | {"partners_assignment_list", "vault_parcel_pkey"}}
    used[1_000] = keys | {"vault_parcel_state"}
    for few, indexes in used.items():
        monkeypatch.setattr(listing, "FEW", few)
        plan = _plan_of(lambda: list_orders(actor, Wanted(ParcelState.SHIPPED), None, now=now))
        assert set(re.findall(r"\b(?:on|using) (\w+_(?:pkey|list|state))\b", plan)) == indexes
        assert ("Sort" in plan) == bool(few)


def _plan_of(do):
    """How the server reads a partner's list when `do` asks for one, tables being large."""
    with CaptureQueriesContext(connection) as asked:
        do()
    ((sql, before),) = [
        (each["sql"], asked[at - 1]["sql"])
        for at, each in enumerate(asked)
        if "partners_assignment s" in each["sql"]
    ]
    with transaction.atomic():
        execute("SET LOCAL enable_seqscan = off")
        if before.startswith("SET LOCAL"):
            execute(before)
        return "\n".join(line for (line,) in rows("EXPLAIN " + sql.replace("%", "%%")))


def test_a_warehouse_lists_its_window_only(desk):
    """A warehouse sees what is assigned to it until it is packed, by a token for a number."""
    orders = admit(desk, 2)
    for order in orders:
        parcel = {"hop": Hop.WMS, "order": order}
        desk.scene.assign(**parcel)
        execute("UPDATE partners_assignment SET partner_id = %s WHERE hop = 'wms'", [desk.own.pk])
    execute("UPDATE vault_parcel SET state = 'shipped' WHERE order_id = %s", [orders[0]])
    actor = desk.actor(desk.person(Role.WAREHOUSE))
    page = list_orders(actor, ALL, None, now=desk.scene.now)
    assert ids(page) == [orders[1]]
    assert page.answers[0].view.fields["order_number"].startswith("T-")


def test_a_script_that_pages_is_stopped_by_the_minute(desk, monkeypatch):
    """No more than a minute's rows leave in a minute, whatever asks, page or not."""
    monkeypatch.setitem(PER_MINUTE, Spending.VIEWS, 7)
    monkeypatch.setattr(listing, "PAGE", 3)
    admit(desk, 12)
    actor = desk.actor(desk.person(Role.SUPPORT))
    now, seen, after = desk.scene.now.replace(second=0), 0, None
    while not isinstance(page := list_orders(actor, ALL, after, now=now), Problem):
        seen, after = seen + len(page.answers), page.next
    assert (seen, page.code, page.status) == (6, "too_fast", 429)
    later = list_orders(actor, ALL, after, now=now + timedelta(minutes=1))
    assert len(later.answers) == 3


def test_a_script_that_pages_is_stopped_by_the_day(desk, monkeypatch):
    """The day's budget is the person's own number, else the role's; tomorrow is another day."""
    monkeypatch.setattr(listing, "PAGE", 3)
    admit(desk, 9)
    member = desk.person(Role.SUPPORT)
    memberships.change(
        member, Role.SUPPORT, now=desk.scene.now, who=ME, views_per_day=8, reveals_per_day=None
    )
    actor, now = desk.actor(member), desk.scene.now
    pages_seen = [list_orders(actor, ALL, None, now=now) for _ in range(4)]
    assert [isinstance(page, Problem) for page in pages_seen] == [False, False, True, True]
    assert pages_seen[-1].code == "budget_exhausted"
    assert (per_day(actor, Spending.VIEWS), left(actor, Spending.VIEWS, now)) == (8, 2)
    tomorrow = now + timedelta(days=1)
    assert len(ids(list_orders(desk.actor(member, now=tomorrow), ALL, None, now=tomorrow))) == 3


def test_a_role_without_orders_lists_none(desk):
    """An auditor reads the ledger and lists nothing."""
    actor = desk.actor(desk.person(Role.AUDITOR))
    assert list_orders(actor, ALL, None, now=desk.scene.now).code == "sees_no_orders"
