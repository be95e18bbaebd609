"""Correcting an address: sealed like the first one, kept against the shop's, named nowhere."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction

from desk import Desk
from gate.test_secrecy import everything
from orderveil.core.actors import FACTOR_NEEDED
from orderveil.core.attempts import AttemptAnswer
from orderveil.core.fields import COMPARTMENT_OF, Compartment, Field
from orderveil.core.hops import Hop
from orderveil.core.personal import Personal
from orderveil.core.roles import ROLES, Role
from orderveil.core.states import ParcelState
from orderveil.gate import asking
from orderveil.gate.asking import left
from orderveil.gate.compose import View
from orderveil.gate.desk import correcting
from orderveil.gate.desk.attempts import answer_attempt
from orderveil.gate.desk.correcting import CORRECTABLE, correct_address
from orderveil.gate.erase import erase, erase_compartments
from orderveil.gate.resealing import locked, opened
from orderveil.ledger.queries import entries_of
from orderveil.partners.assignments import handled_by
from orderveil.people.budgets import PER_MINUTE, Spending
from scene import ME, PERSON, Scene, rows, together

NEW = {
    Field.LINE1: "Qzhouse 12, Zqtemple View",
    Field.LINE2: "Qzlane behind Zqmarket",
    Field.LANDMARK: "Qzlandmark Zqbanyan",
    Field.CITY: "Qzpune",
    Field.STATE: "Maharashtra",
    Field.PINCODE: "411045",
}
OLD = {name: PERSON[name] for name in NEW}


@pytest.fixture
def order(desk):
    """An order on its way."""
    return desk.scene.pack(desk.scene.admit(desk.scene.draft("a")))


def correct(desk, order, fields=NEW, who=None):
    """What a correction is answered."""
    who = who or desk.actor(desk.person(Role.SUPPORT))
    wrapped = {name: Personal(text) for name, text in fields.items()}
    return correct_address(who, order, wrapped, now=desk.scene.now)


def address(desk, order, hop=Hop.COURIER):
    """The address that a hop's view shows."""
    view = desk.scene.ask(hop, order)
    assert isinstance(view, View), view
    return {name: view.fields[name] for name in NEW}


def test_the_courier_sees_the_new_address(desk, order):
    """Whole, in its next view; the label too, and reports get the new region."""
    assert address(desk, order) == OLD
    assert correct(desk, order) is None
    assert address(desk, order) == NEW
    assert address(desk, order, Hop.LABEL) == NEW
    assert desk.scene.ask(Hop.REPORTS, order).fields["region"] == "Maharashtra 411"
    courier = desk.scene.ask(Hop.COURIER, order).fields
    assert (courier["name"], courier["phone"]) == (PERSON["name"], "+919000000001")


def test_a_field_alone_is_corrected(desk, order):
    """What was not typed stays; what was emptied is gone; a PIN is spelled as it is stored."""
    assert correct(desk, order, {Field.LANDMARK: "Qzgate", Field.PINCODE: "560 034"}) is None
    assert address(desk, order) == OLD | {Field.LANDMARK: "Qzgate", Field.PINCODE: "560034"}
    assert correct(desk, order, {Field.LINE2: "", Field.LANDMARK: " "}) is None
    after = address(desk, order)
    assert (after[Field.LINE2], after[Field.LANDMARK]) == (None, None)
    assert desk.scene.ask(Hop.REPORTS, order).fields["region"] == "Karnataka 560"


def test_the_place_on_the_map_goes(desk, order):
    """Coordinates of the old address would lead a courier there."""
    assert correct(desk, order, {Field.LINE1: "Qzhouse 3"}) is None
    brand = desk.scene.brand.pk
    with transaction.atomic():
        values = opened(brand, order, locked(brand, order))
    assert Field.GEO not in values[Compartment.ADDRESS]
    assert values[Compartment.ADDRESS][Field.COUNTRY] == PERSON[Field.COUNTRY]


def test_it_is_sealed_under_a_new_key(desk, order):
    """The old key's row is gone, and with it the way to the old address."""
    assert rows("SELECT dek_no FROM vault_dek") == [(1,)]
    assert correct(desk, order) is None
    assert rows("SELECT dek_no FROM vault_dek") == [(2,)]
    assert rows("SELECT dek_no, corrected FROM vault_order") == [(2, 4)]


def test_the_act_names_fields_and_no_table_a_value(desk, order):
    """Neither what was typed nor a longer word of it stands anywhere in clear."""
    assert correct(desk, order) is None
    (act,) = [e.entry for e in entries_of(order) if e.entry.kind == "address_corrected"]
    assert dict(act.detail) == {"fields": "line1,line2,landmark,city,state,pincode"}
    assert act.who.person == desk.actor(desk.person(Role.SUPPORT)).person
    dump = everything().lower()
    for name, text in NEW.items():
        for word in text.lower().split() if name != Field.STATE else ():
            if len(word) > 5:
                assert word.encode() not in dump, name
                assert word.encode().hex().encode() not in dump, name


def test_the_shops_older_copy_does_not_come_back(desk, order):
    """Whatever the shop sends later of the address; what else it changes is taken."""
    assert correct(desk, order) is None
    later = desk.scene.now + timedelta(hours=1)
    again = desk.scene.draft("a", person={Field.NAME: "Ira Namuna"}, updated_at=later)
    assert desk.scene.deliver(again)[0].status == "updated"
    assert address(desk, order) == NEW
    assert desk.scene.ask(Hop.COURIER, order).fields["name"] == "Ira Namuna"
    assert desk.scene.ask(Hop.REPORTS, order).fields["region"] == "Maharashtra 411"


def test_the_same_copy_again_is_a_duplicate(desk, order):
    """A shop that repeats the order as it was changes nothing."""
    assert correct(desk, order) is None
    keys = rows("SELECT dek_no FROM vault_dek")
    assert desk.scene.deliver(desk.scene.draft("a"))[0].status == "duplicate"
    assert rows("SELECT dek_no FROM vault_dek") == keys


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({}, "nothing_corrected", ""),
        ({Field.PHONE: "9000000001"}, "not_correctable", "/phone"),
        ({Field.GEO: "1,1"}, "not_correctable", "/geo"),
        ({Field.LINE1: "  "}, "missing", "/line1"),
        ({Field.PINCODE: ""}, "missing", "/pincode"),
        ({Field.PINCODE: "56003"}, "no_such_pin", "/pincode"),
        ({Field.PINCODE: "060034"}, "no_such_pin", "/pincode"),
        ({Field.PINCODE: "५६००३"}, "no_such_pin", "/pincode"),
        ({Field.LINE1: "x" * 201}, "too_long", "/line1"),
        ({Field.LINE2: "card 4111 1111 1111 1111"}, "card_data", "/line2"),
        ({Field.LANDMARK: "CVV 737"}, "card_data", "/landmark"),
    ],
)
def test_what_is_no_address_is_refused(desk, order, fields, code, pointer):
    """With its place, without its value, and nothing is changed, counted or recorded."""
    told = correct(desk, order, fields)
    assert (told.code, told.pointer) == (code, pointer)
    for text in fields.values():
        assert not text.strip() or text not in f"{told.detail}{told.remedy}"
    assert address(desk, order) == OLD
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'address_corrected'") == [(0,)]
    assert rows("SELECT count(*) FROM people_budget WHERE what LIKE 'corrections%%'") == [(0,)]


def test_digits_of_other_scripts_are_a_pin(desk, order):
    """Typed as the customer writes it, stored as the courier reads it."""
    assert correct(desk, order, {Field.PINCODE: "५६००३४"}) is None
    assert address(desk, order)[Field.PINCODE] == "560034"


def test_another_countrys_code_is_taken(desk):
    """Only of India is it known how a code looks."""
    abroad = desk.scene.draft("b", person={Field.COUNTRY: "GB", Field.PINCODE: "SW1A 1AA"})
    order = desk.scene.pack(desk.scene.admit(abroad))
    assert correct(desk, order, {Field.PINCODE: "ec1a 1bb"}) is None
    assert address(desk, order)[Field.PINCODE] == "EC1A 1BB"


def test_a_few_times_a_day(desk, order):
    """The limit is the order's, whoever corrects; the next day begins anew."""
    people = [desk.actor(desk.person(Role.SUPPORT, name)) for name in ("asha", "vimal")]
    for turn in range(correcting.MOST_A_DAY):
        assert correct(desk, order, {Field.LINE1: f"Qzhouse {turn}"}, people[turn % 2]) is None
    told = correct(desk, order, {Field.LINE1: "Qzhouse 99"}, people[0])
    assert (told.code, told.status) == ("too_many_corrections", 429)
    assert address(desk, order)[Field.LINE1] == f"Qzhouse {correcting.MOST_A_DAY - 1}"
    assert correct(desk, desk.scene.admit(), {Field.LINE1: "Qzhouse 99"}) is None
    desk.scene.now += timedelta(days=1)
    later = desk.actor(desk.person(Role.SUPPORT))
    assert correct(desk, order, {Field.LINE1: "Qzhouse 99"}, later) is None


def test_one_person_corrects_so_many_orders_a_day(desk, order, monkeypatch):
    """Their day's number, over all orders; what is refused takes nothing, and others go on."""
    monkeypatch.setitem(asking.FOR_EVERYBODY, Spending.CORRECTIONS, 2)
    asha, vimal = (desk.actor(desk.person(Role.SUPPORT, name)) for name in ("asha", "vimal"))
    others = [desk.scene.pack(desk.scene.admit()) for _ in range(2)]
    assert correct(desk, others[0], who=asha) is None
    monkeypatch.setattr(correcting, "MOST_A_DAY", 1)
    assert correct(desk, others[0], who=asha).code == "too_many_corrections"
    assert left(asha, Spending.CORRECTIONS, desk.scene.now) == 1
    assert correct(desk, others[1], who=asha) is None
    told = correct(desk, order, who=asha)
    assert (told.code, told.status) == ("budget_exhausted", 429)
    assert address(desk, order) == OLD
    assert correct(desk, order, who=vimal) is None


def test_a_script_corrects_no_faster_than_a_person(desk, order, monkeypatch):
    """The minute's number holds, too."""
    monkeypatch.setitem(PER_MINUTE, Spending.CORRECTIONS, 1)
    assert correct(desk, desk.scene.pack(desk.scene.admit())) is None
    assert correct(desk, order).code == "too_fast"
    assert address(desk, order) == OLD


@pytest.mark.parametrize("road", [["delivered"], ["returning", "returned"]])
def test_what_has_ended_is_not_corrected(desk, order, road):
    """There is nothing to deliver any more."""
    for state in ["shipped", *road]:
        assert desk.scene.move(Hop.COURIER, order, ParcelState(state)).changed
    assert correct(desk, order).code == "nothing_on_the_road"


def test_a_cancelled_order_is_not_corrected(desk, order):
    """Nor one that never left."""
    desk.scene.deliver(desk.scene.draft("a", cancelled=True))
    assert correct(desk, order).code == "nothing_on_the_road"


def test_what_was_shredded_is_never_refilled(desk, order):
    """Neither a purged address nor an erased order."""
    brand = desk.scene.brand.pk
    erase_compartments(brand, order, [Compartment.ADDRESS], now=desk.scene.now, who=ME)
    assert correct(desk, order).code == "address_purged"
    assert desk.scene.ask(Hop.COURIER, order).fields["line1"] is None
    erase(brand, [order], now=desk.scene.now, who=ME)
    assert correct(desk, order).code == "order_erased"


@pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATIONS, Role.SUPPORT])
def test_a_factor_as_old_as_at_a_reveal_is_too_old(desk, order, role):
    """The role's own number holds; one minute less is fresh, and nothing is changed before."""
    limit = ROLES[role].reveal_fresh_minutes
    member = desk.person(role)
    assert correct(desk, order, who=desk.actor(member, factor_minutes=limit)) is FACTOR_NEEDED
    assert address(desk, order) == OLD
    assert correct(desk, order, who=desk.actor(member, factor_minutes=limit - 1)) is None


def test_who_may_not_is_told_who_may(desk, order):
    """By role; and another brand's order is unknown."""
    for role in (Role.WAREHOUSE, Role.AUDITOR, Role.MARKETER):
        assert correct(desk, order, who=desk.actor(desk.person(role))).code == "not_yours"
    other = Desk.make(Scene.make("other-brand", now=desk.scene.now))
    told = correct(desk, order, who=other.actor(other.person(Role.SUPPORT)))
    assert (told.code, told.status) == ("unknown_order", 404)
    assert address(desk, order) == OLD
    assert correct(desk, order, who=desk.actor(desk.person(Role.OPERATIONS))) is None


def test_a_centre_corrects_what_is_assigned_to_it(desk, order):
    """The rest of the brand's orders is unknown to it."""
    seat = desk.scene.new_seat(Hop.SUPPORT, "careline")
    kiran = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, "kiran", partner=seat.partner))
    assert correct(desk, order, who=kiran).status == 404
    desk.scene.assign(Hop.SUPPORT, order, seat)
    assert handled_by(order, None, Hop.SUPPORT) == {seat.partner.pk}
    assert correct(desk, order, who=kiran) is None


def test_after_a_correction_the_attempt_is_answered_so(desk, order):
    """What the courier is asked follows what was done."""
    for state in ("shipped", "undelivered"):
        desk.scene.move(Hop.COURIER, order, ParcelState(state))
    assert correct(desk, order) is None
    who, now = desk.actor(desk.person(Role.SUPPORT)), desk.scene.now
    what = AttemptAnswer.ADDRESS_CORRECTED
    assert answer_attempt(who, order, 1, 1, what, now=now) is None
    assert rows("SELECT answer FROM vault_attempt") == [("address_corrected",)]


def test_a_disclosure_meanwhile_shows_one_address(desk, order):
    """The old or the new, never a mixture of both."""
    stop, who = threading.Event(), desk.actor(desk.person(Role.SUPPORT))
    shown = []

    def correcting_():
        try:
            for number in range(4):
                assert correct(desk, order, (NEW, OLD)[number % 2], who) is None
        finally:
            stop.set()

    def asking():
        while not stop.is_set():
            shown.append(desk.scene.ask(Hop.COURIER, order))

    together(correcting_, asking, asking)
    views = [each for each in shown if isinstance(each, View)]
    assert views
    for view in views:
        assert {name: view.fields[name] for name in NEW} in (OLD, NEW)
    assert {each.code for each in shown if not isinstance(each, View)} <= {"changed_meanwhile"}


def test_a_shops_update_meanwhile_takes_nothing_back(desk):
    """Whichever comes first, the correction stands, and what else the shop said as well."""
    who = desk.actor(desk.person(Role.SUPPORT))
    for turn in range(6):
        name = f"race-{turn}"
        order = desk.scene.pack(desk.scene.admit(desk.scene.draft(name)))
        told, _ = together(
            lambda o=order: correct(desk, o, NEW, who),
            lambda n=name: desk.scene.deliver(
                desk.scene.draft(n, person={Field.NAME: "Ira Namuna", Field.CITY: "Mysuru"})
            ),
        )
        assert told is None
        assert address(desk, order) == NEW
        assert desk.scene.ask(Hop.COURIER, order).fields["name"] == "Ira Namuna"
        assert desk.scene.ask(Hop.REPORTS, order).fields["region"] == "Maharashtra 411"


def test_everything_correctable_is_an_address():
    """No other compartment is opened to a correction, and each field has its length."""
    assert {COMPARTMENT_OF[name] for name in CORRECTABLE} == {Compartment.ADDRESS}
    assert all(CORRECTABLE.values())
