"""Reaching a customer through a virtual contact."""

from dataclasses import replace
from datetime import timedelta

import pytest

from orderveil.contacts import allocating, using
from orderveil.contacts import setup as setups
from orderveil.contacts.models import ContactKind
from orderveil.contacts.using import Outcome, Way
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate import contacting, ending, parcels, reaching
from orderveil.gate.erase import erase
from orderveil.ledger import queries
from orderveil.partners import registry
from reachable import CARE, POOL, Reachable
from scene import ME, NOW, PERSON


@pytest.fixture
def setting(db):
    """A brand with virtual contacts."""
    return Reachable.make()


@pytest.fixture
def order(setting):
    """A packed parcel whose courier has asked for it, and has a contact."""
    order = setting.scene.pack(setting.scene.admit())
    setting.scene.ask(Hop.COURIER, order)
    return order


def test_a_live_contact_reaches_the_customer(setting, order):
    """The number itself, for our own sending."""
    reached = setting.reach(setting.contact(order))
    assert reached.value == "+919000000001"
    assert "9000000001" not in repr(reached)


def test_reaching_is_a_disclosure_to_whoever_carries_it(setting, order):
    """On hop comms, in the form `sent`, with the contact as its reason."""
    contact = setting.contact(order)
    reached = setting.reach(contact)
    entries = {str(each.entry_id): each for each in queries.entries_of(order)}
    entry = entries[reached.disclosure]
    assert (entry.hop, entry.partner) == (Hop.COMMS, setting.carrier.partner.pk)


@pytest.mark.parametrize("to", [ParcelState.DELIVERED, ParcelState.RETURNING])
def test_out_of_the_window_nobody_is_reached(setting, order, to):
    """At once, whether or not the contact was ended already."""
    contact = setting.contact(order)
    setting.scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    setting.scene.move(Hop.COURIER, order, to)
    assert setting.reach(contact).code == "outside_window"


def test_a_suspended_courier_reaches_nobody(setting, order):
    """Its contact is dead with its standing."""
    registry.set_suspended(setting.scene.seat(Hop.COURIER).partner, suspended=True, now=NOW)
    assert setting.reach(setting.contact(order)).code == "partner_suspended"


def test_a_parcel_in_other_hands_is_not_reached(setting, order):
    """The courier that lost it holds a PIN that leads nowhere."""
    other = setting.scene.new_seat(Hop.COURIER, "courier-two")
    contact = setting.contact(order)
    setting.scene.assign(Hop.COURIER, order, other)
    assert setting.reach(contact).code == "not_assigned"


def test_an_expired_contact_reaches_nobody(setting, order):
    """After its latest end, whatever the parcel does."""
    contact = setting.contact(order)
    late = setting.reach(contact, NOW + allocating.LONGEST)
    assert late is reaching.ENDED


def test_an_erased_order_is_not_reached(setting, order):
    """There is nothing left to reach."""
    contact = setting.contact(order)
    erase(setting.scene.brand.pk, [order], now=NOW, who=ME)
    assert isinstance(setting.reach(contact), Problem)


def test_the_customer_is_known_by_the_blind_index(setting, order):
    """Their own number in any spelling, and nobody else's."""
    contact = setting.contact(order)
    assert reaching.is_customer(contact, "090000 00001")
    assert not reaching.is_customer(contact, "+919000000002")


def test_a_customer_who_calls_back_finds_their_contact(setting, order):
    """On the number that called them; another brand's pool knows nobody."""
    brand = setting.scene.brand.pk
    found = reaching.contact_of_caller(brand, POOL, PERSON[Field.PHONE], NOW)
    assert found.pk == setting.contact(order).pk
    assert reaching.contact_of_caller(brand, CARE, PERSON[Field.PHONE], NOW) is None
    assert reaching.contact_of_caller(brand, POOL, "+919000000002", NOW) is None


def test_somebody_of_support_is_put_through(setting, order):
    """What they asked is on record in their name, and the provider's part too."""
    support = setting.scene.seat(Hop.SUPPORT)
    caller = replace(support.caller, reason="ticket:1")
    reached = reaching.reach_for(
        caller, order, None, Field.PHONE, through=setting.carrier.partner.pk, now=NOW
    )
    assert reached.value == "+919000000001"
    hops = {each.hop for each in queries.entries_of(order)}
    assert {Hop.SUPPORT, Hop.COMMS} <= hops


def test_what_is_over_is_ended_and_frees_nothing_to_guess(setting, order):
    """Ended once, its peer gone; the same PIN is given to nobody for a while."""
    contact = setting.contact(order)
    using.remember_peer(contact, "+918000000099", NOW)
    setting.scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    assert ending.end_closed(setting.scene.brand.pk, order, NOW) == 0
    setting.scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
    assert ending.end_closed(setting.scene.brand.pk, order, NOW) == 1
    assert ending.end_closed(setting.scene.brand.pk, order, NOW) == 0
    assert using.peer_of(contact) is None
    again = using.by_pin(setting.scene.brand.pk, contact.number, contact.code)
    assert not using.is_live(again, NOW)


def test_a_return_has_a_contact_of_its_own(setting, order):
    """The reverse parcel's courier gets another PIN."""
    scene = setting.scene
    first = setting.contact(order)
    scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
    parcels.open_reverse(scene.seat(Hop.SUPPORT).caller, order, 1, now=NOW)
    scene.assign(Hop.COURIER, order, parcel_no=2)
    scene.ask(Hop.COURIER, order, 2)
    assert setting.contact(order).code != first.code


def test_a_use_is_an_act_on_the_order(setting, order):
    """Who, which way, allowed or not; and no more than twenty of one outcome an hour."""
    contact = setting.contact(order)
    for _ in range(30):
        using.note(contact, Way.TO_CUSTOMER, Outcome.ENDED, now=NOW)
    kinds = [each.kind for each in queries.entries_of(order)]
    assert kinds.count("contact_used") == using.MOST_NOTED


def test_a_contact_is_used_so_often_and_no_more(setting, order):
    """Twenty tries an hour, sixty a day, each way on its own; what was refused is a try."""
    contact = setting.contact(order)
    hours = [NOW + timedelta(hours=each) for each in range(4)]
    used = sum(using.spend(contact, Way.TO_CUSTOMER, at) for at in hours for _ in range(25))
    assert used == 20 + 20 + 10
    assert using.spend(contact, Way.TO_PARTNER, NOW)


def test_the_partners_side_is_sealed(setting, order):
    """The row doesn't hold the number of whoever called."""
    contact = setting.contact(order)
    using.remember_peer(contact, "+918000000099", NOW)
    assert using.peer_of(contact) == "+918000000099"
    contact.refresh_from_db()
    assert b"8000000099" not in bytes(contact.peer)


def test_nothing_that_a_policy_needs_is_taken_away(setting):
    """`virtual else whole` was approved with a pool: without one it would show whole phones."""
    with pytest.raises(RefusedError) as refused:
        contacting.retire_number(setting.scene.brand.pk, POOL, now=NOW, who=ME)
    assert refused.value.problem.code == "policy_needs_contact"
    contacting.add_number(setting.scene.brand.pk, "+918000000002", now=NOW, who=ME)
    contacting.retire_number(setting.scene.brand.pk, POOL, now=NOW, who=ME)


def test_an_alias_is_found_in_any_case(setting, order):
    """Mail servers change the letters' case."""
    given = allocating.allocate(
        setting.scene.brand.pk,
        ContactKind.EMAIL,
        [allocating.Place(order, 1, setting.scene.seat(Hop.COURIER).partner.pk, Hop.COURIER)],
        NOW,
    )
    (code,) = (each.code for each in given.values())
    assert using.by_alias(setting.scene.brand.pk, code.upper()).code == code


def test_a_retired_number_reaches_who_stands_behind_it(setting, order):
    """It is given to nobody new, and leads where it led."""
    brand = setting.scene.brand.pk
    contacting.add_number(brand, "+918000000002", now=NOW, who=ME)
    contacting.retire_number(brand, POOL, now=NOW, who=ME)
    assert setups.brand_of_number(POOL) == brand
    assert setting.reach(setting.contact(order)).value == "+919000000001"
    second = setting.scene.pack(setting.scene.admit())
    assert POOL not in setting.scene.ask(Hop.COURIER, second).fields["phone"]


def test_a_customer_answers_only_a_courier_that_has_the_parcel(setting, order):
    """Not one that is suspended, nor one whose window is over, though nothing ended it yet."""
    contact = setting.contact(order)
    assert reaching.may_answer(contact, now=NOW) is None
    courier = setting.scene.seat(Hop.COURIER).partner
    registry.set_suspended(courier, suspended=True, now=NOW)
    assert reaching.may_answer(contact, now=NOW).code == "partner_suspended"
    registry.set_suspended(courier, suspended=False, now=NOW)
    setting.scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    setting.scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
    assert reaching.may_answer(contact, now=NOW).code == "outside_window"


def test_either_way_has_acts_of_its_own(setting, order):
    """Twenty calls to the customer leave room for those back."""
    contact = setting.contact(order)
    for way in Way:
        for _ in range(using.MOST_NOTED):
            using.note(contact, way, Outcome.CONNECTED, now=NOW)
    kinds = [each.kind for each in queries.entries_of(order)]
    assert kinds.count("contact_used") == 2 * using.MOST_NOTED
