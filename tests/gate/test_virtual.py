"""What stands for a phone or an email in a view."""

from orderveil.contacts import allocating
from orderveil.core import virtual
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate import law
from orderveil.gate.compose import View
from orderveil.partners.models import Partner
from reachable import CARE, DOMAIN, POOL, Reachable
from scene import PERSON


def test_a_courier_gets_a_number_and_a_pin(db):
    """The view's phone is the pool's number with a PIN of six digits, and says `virtual`."""
    setting = Reachable.make()
    order = setting.scene.pack(setting.scene.admit())
    view = setting.scene.ask(Hop.COURIER, order)
    number, pin = virtual.read(view.fields["phone"])
    assert (number, len(pin)) == (POOL, 6)
    assert b'"phone":"virtual"' in bytes(view.forms)


def test_whoever_asks_again_gets_the_same(db):
    """One contact for a parcel and a partner, alone or in a batch."""
    setting = Reachable.make()
    order = setting.scene.pack(setting.scene.admit())
    first = setting.scene.ask(Hop.COURIER, order).fields["phone"]
    (answer,) = setting.scene.ask_many(Hop.COURIER, [order])
    assert answer.view.fields["phone"] == first


def test_a_label_prints_its_couriers_number(db):
    """The label's partner and the courier show one number and PIN."""
    setting = Reachable.make()
    order = setting.scene.pack(setting.scene.admit())
    label = setting.scene.ask(Hop.LABEL, order).fields["phone"]
    assert label == setting.scene.ask(Hop.COURIER, order).fields["phone"]


def test_parcels_of_a_batch_have_pins_of_their_own(db):
    """Two hundred parcels, two hundred PINs."""
    setting = Reachable.make()
    drafts = [setting.scene.draft() for _ in range(200)]
    orders = setting.scene.admit_many(drafts, assign=True)
    for order in orders:
        setting.scene.pack(order)
    answers = setting.scene.ask_many(Hop.COURIER, orders)
    assert len({answer.view.fields["phone"] for answer in answers}) == 200


def test_an_alias_is_for_whose_api_demands_one(db):
    """A courier that demands an email gets an alias of the brand's domain; another gets none."""
    setting = Reachable.make()
    order = setting.scene.pack(setting.scene.admit())
    assert "email" not in setting.scene.ask(Hop.COURIER, order).fields
    Partner.objects.filter(slug="courier-one").update(demands_email=True)
    law.forget()
    alias = setting.scene.ask(Hop.COURIER, order).fields["email"]
    assert alias.endswith(f"@{DOMAIN}")
    assert len(alias.partition("@")[0]) == 16


def test_an_exhausted_pool_shows_the_care_number(db, monkeypatch):
    """Never the customer's own number: the brand's, without a PIN."""
    setting = Reachable.make()
    monkeypatch.setattr(allocating, "MOST_PER_NUMBER", 1)
    first, second = (setting.scene.pack(setting.scene.admit()) for _ in range(2))
    assert virtual.read(setting.scene.ask(Hop.COURIER, first).fields["phone"])[0] == POOL
    assert setting.scene.ask(Hop.COURIER, second).fields["phone"] == CARE


def test_an_order_without_a_phone_has_none_that_stands_for_it(db):
    """Nothing is given for what isn't there."""
    setting = Reachable.make()
    person = {name: value for name, value in PERSON.items() if name != Field.PHONE}
    order = setting.scene.pack(setting.scene.admit(setting.scene.draft(only=person)))
    view = setting.scene.ask(Hop.COURIER, order)
    assert isinstance(view, View)
    assert view.fields["phone"] is None


def test_the_customers_own_values_are_nowhere_in_the_view(db):
    """Neither the whole phone nor its masked digits."""
    setting = Reachable.make()
    order = setting.scene.pack(setting.scene.admit())
    view = setting.scene.ask(Hop.COURIER, order)
    assert "90000" not in str(view)
    assert "Tarangini.V@" not in str(view)


def test_a_delivered_parcel_gets_no_number(db):
    """The window is closed: nothing is shown, nothing allocated."""
    setting = Reachable.make()
    order = setting.scene.pack(setting.scene.admit())
    setting.scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    setting.scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
    assert setting.scene.ask(Hop.COURIER, order).code == "outside_window"
