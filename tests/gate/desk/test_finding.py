"""Searching at the desk: what was meant, what is found, who finds it, what it costs."""

import pytest

from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.personal import Personal
from orderveil.core.roles import Role
from orderveil.gate.asking import left
from orderveil.gate.desk.finding import kinds_of, order_named, search_orders
from orderveil.gate.search import By
from orderveil.ledger.entries import decode
from orderveil.people.budgets import PER_MINUTE, Spending
from scene import Scene, rows


def numbers(hits):
    """The order numbers of what was found."""
    assert not isinstance(hits, Problem), hits
    return sorted(answer.view.fields["order_number"] for answer in hits.answers)


def search(desk, actor, text, *by):
    """What a search finds."""
    return search_orders(actor, by or kinds_of(text), Personal(text), now=desk.scene.now)


def searches():
    """(detail, person) of each search on record, in their order."""
    found = rows(
        "SELECT entry FROM ledger_entry JOIN ledger_pending USING (entry_id)"
        " WHERE kind = 'orders_searched' ORDER BY ledger_pending.id"
    )
    return [(e.detail, e.who.person) for e in (decode(bytes(raw)) for (raw,) in found)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("asha@mail.example", [By.EMAIL]),
        ("9000000001", [By.PHONE, By.NUMBER, By.AWB]),
        ("90000 00001", [By.PHONE, By.NUMBER, By.AWB]),
        ("९०००००००००१"[1:], [By.PHONE, By.NUMBER, By.AWB]),
        ("+91 90000 00001", [By.PHONE]),
        ("919000000001", [By.NUMBER, By.AWB, By.PHONE]),
        ("#1001", [By.NUMBER, By.AWB]),
        ("1001", [By.NUMBER, By.AWB]),
        ("UD0000000123", [By.NUMBER, By.AWB]),
        ("", [By.NUMBER, By.AWB]),
    ],
)
def test_what_somebody_may_have_meant(text, kinds):
    """The likeliest first; what can be no phone is not tried as one."""
    assert list(kinds_of(text)) == kinds


def test_each_kind_finds_masked_orders(desk):
    """By phone, email, number with or without its #, tracking number; the views are masked."""
    parcel = ParcelDraft("p1", carrier="Udaan Invented", awb="UD0000000123")
    desk.scene.admit(desk.scene.draft("1001", parcels=(parcel,)), assign=False)
    actor = desk.actor(desk.person(Role.SUPPORT))
    for text in ("9000000001", "tarangini.V@mail.example", "#1001", "1001", "UD0000000123"):
        hits = search(desk, actor, text)
        assert numbers(hits) == ["#1001"], text
        assert hits.answers[0].view.fields["phone"] == "XXXXXX0001"
    assert search(desk, actor, "9000000009").answers == []
    assert search(desk, actor, "9000000001", By.NUMBER).answers == []


def test_several_kinds_are_one_search(desk):
    """One of the budget, one act, which names the kinds that were tried and never the value."""
    actor = desk.actor(desk.person(Role.SUPPORT))
    before = left(actor, Spending.SEARCHES, desk.scene.now)
    hits = search(desk, actor, "9111111119")
    assert hits.tried == (By.PHONE, By.NUMBER, By.AWB)
    assert left(actor, Spending.SEARCHES, desk.scene.now) == before - 1
    assert searches() == [({"by": "phone,number,awb", "found": 0}, actor.person)]


def test_what_was_found_is_on_record_though_nothing_is_shown(desk):
    """Whose views are used up is told nothing of an order, and still that there is one."""
    desk.scene.admit()
    actor = desk.actor(desk.person(Role.SUPPORT, views_per_day=1))
    assert len(search(desk, actor, "9000000001").answers) == 1
    assert search(desk, actor, "9000000001").code == "budget_exhausted"
    assert search(desk, actor, "9000000009").answers == []
    assert [detail["found"] for detail, _ in searches()] == [1, 1, 0]


def test_naming_an_order_is_a_search_on_record(desk):
    """Whether or not it is there; the act does not say by which number."""
    desk.scene.admit(desk.scene.draft("1001"))
    actor = desk.actor(desk.person(Role.SUPPORT))
    for name in ("#1001", "#9"):
        order_named(actor, name, now=desk.scene.now)
    assert searches() == [({"by": "number", "found": n}, actor.person) for n in (1, 0)]


def test_a_script_that_searches_is_stopped(desk, monkeypatch):
    """The minute's limit holds in the gate."""
    monkeypatch.setitem(PER_MINUTE, Spending.SEARCHES, 2)
    actor = desk.actor(desk.person(Role.SUPPORT))
    done = [search(desk, actor, "#1") for _ in range(3)]
    assert [isinstance(each, Problem) for each in done] == [False, False, True]
    assert done[-1].code == "too_fast"


def test_a_centre_finds_and_pays_for_its_orders_only(desk, centre):
    """The customer's other orders are neither found, nor counted, nor told by the budget."""
    orders = [desk.scene.admit(desk.scene.draft(f"n{n}"), assign=False) for n in range(3)]
    desk.scene.assign(Hop.SUPPORT, orders[1], centre)
    actor = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner))
    before = left(actor, Spending.VIEWS, desk.scene.now)
    assert numbers(search(desk, actor, "9000000001")) == ["#n1"]
    assert search(desk, actor, "#n0").answers == []
    assert left(actor, Spending.VIEWS, desk.scene.now) == before - 1


def test_another_brands_orders_are_not_found(desk):
    """Whatever they share."""
    Scene.make("another").admit()
    actor = desk.actor(desk.person(Role.SUPPORT))
    assert search(desk, actor, "9000000001").answers == []


def test_an_order_is_named_by_number_shop_id_or_ref(desk):
    """The helpdesk's link may name it as the shop does, or as the person's partner does."""
    order = desk.scene.admit(desk.scene.draft("1001", order_number="#KL-1001"), assign=False)
    actor = desk.actor(desk.person(Role.SUPPORT))
    ref = search(desk, actor, "#KL-1001").answers[0].ref
    for name in ("#KL-1001", "KL-1001", "1001", ref):
        assert order_named(actor, name, now=desk.scene.now) == order, name
    assert order_named(actor, "#KL-9", now=desk.scene.now).status == 404


def test_what_may_not_be_seen_is_not_named(desk, centre):
    """Another brand's order and one that a centre was not handed answer as if there were none."""
    foreign = Scene.make("another")
    foreign.admit(foreign.draft("1002"))
    order = desk.scene.admit(desk.scene.draft("1001"), assign=False)
    actor = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner))
    answers = [order_named(actor, name, now=desk.scene.now) for name in ("#1001", "#1002", "#9")]
    assert len(set(map(repr, answers))) == 1
    assert answers[0].status == 404
    desk.scene.assign(Hop.SUPPORT, order, centre)
    assert order_named(actor, "#1001", now=desk.scene.now) == order


def test_one_number_in_two_shops(desk, centre):
    """Several orders of a number: search and choose; a centre that has one of them gets that."""
    person = {Field.PHONE: "+91 90000 00002"}
    orders = [
        desk.scene.admit(desk.scene.draft(name, person=person, order_number="#7"), assign=False)
        for name in ("a", "b")
    ]
    desk.scene.assign(Hop.SUPPORT, orders[0], centre)
    theirs = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner))
    ours = desk.actor(desk.person(Role.SUPPORT))
    assert order_named(ours, "#7", now=desk.scene.now).code == "several_orders"
    assert order_named(theirs, "#7", now=desk.scene.now) == orders[0]
