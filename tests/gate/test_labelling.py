"""Labels: the layout of each parcel's courier, the token, and who can make something of it."""

import pytest

from orderveil.core.hops import Hop
from orderveil.core.layouts import Layout
from orderveil.core.states import ParcelState
from orderveil.gate import tokens
from orderveil.gate.labelling import disclose_labels
from orderveil.policy import versions
from orderveil.policy.toml import profile_text
from scene import NOW, Scene, execute, rows


def _with_labels(scene, lines):
    text = profile_text("balanced") + f"\n[labels]\n{lines}\n"
    versions.publish(scene.brand.pk, text, author="asha", now=NOW)


def _labels(scene, *orders):
    caller = scene.seat(Hop.LABEL).caller
    return disclose_labels(caller, [("ref", order, 1) for order in orders], now=scene.now)


def _packed(scene):
    order = scene.admit()
    scene.move(Hop.WMS, order, ParcelState.PACKED, carrier="Swiftpost", awb="SP000000001")
    return order


def test_a_label_shows_what_the_policy_says(scene):
    """Without a word on layouts it is the standard one: the name whole, the phone masked."""
    (one,) = _labels(scene, _packed(scene))
    assert one.layout == Layout.STANDARD
    assert one.answer.view.fields["name"] == "Tarangini Vallabhdas"
    assert one.answer.view.fields["phone"] == "XXXXXX0001"
    assert one.answer.view.fields["line1"] == "Flat 7-B, Neelkurinji Residency"


def test_a_privacy_waybill_shows_initials_four_digits_and_no_unit(scene):
    """The courier's app resolves the rest; the entry says in which forms it was shown."""
    _with_labels(scene, '[labels.partners]\ncourier-one = "privacy"')
    (one,) = _labels(scene, _packed(scene))
    fields = one.answer.view.fields
    assert one.layout == Layout.PRIVACY
    assert (fields["name"], fields["phone"]) == ("T*** V***", "XXXXXX0001")
    assert fields["line1"] == "Neelkurinji Residency"
    assert b'"line1":"coarse"' in bytes(one.answer.view.forms)


def test_couriers_of_one_batch_get_their_own_layouts(scene):
    """Each parcel has its courier's, in the order they were asked for."""
    _with_labels(scene, 'layout = "privacy"\n[labels.partners]\nplain = "standard"')
    orders = [_packed(scene) for _ in range(3)]
    scene.assign(Hop.COURIER, orders[1], scene.new_seat(Hop.COURIER, "plain"))
    layouts = [each.layout for each in _labels(scene, *orders)]
    assert layouts == [Layout.PRIVACY, Layout.STANDARD, Layout.PRIVACY]


def test_a_layout_never_shows_more_than_the_policy(scene):
    """Where the policy hides a name, the waybill hides it too."""
    text = profile_text("balanced")
    label = text.index("[hops.label.fields]")
    text = text[:label] + text[label:].replace('name = "whole"\n', "", 1)
    versions.publish(
        scene.brand.pk, text + '\n[labels]\nlayout = "privacy"\n', author="asha", now=NOW
    )
    (one,) = _labels(scene, _packed(scene))
    assert "name" not in one.answer.view.fields


def test_one_that_cannot_be_shown_says_why(scene):
    """The rest of the batch is shown."""
    early, packed = scene.admit(), _packed(scene)
    execute("UPDATE vault_parcel SET carrier = 'x', awb = 'x' WHERE order_id = %s", [early])
    first, second, none = _labels(scene, early, packed, b"x" * 16)
    assert first.answer.problem.code == "outside_window"
    assert second.answer.view is not None
    assert none.answer.problem.code == "unknown_order"


def test_a_parcel_without_a_waybill_is_not_even_disclosed(scene):
    """It gets no label, so nobody is shown whose it is."""
    order = scene.pack(scene.admit())
    (one,) = _labels(scene, order)
    assert one.answer.problem.code == "label_without_waybill"
    assert not rows("SELECT 1 FROM ledger_record WHERE order_id = %s AND hop = 'label'", [order])


def test_a_token_opens_for_its_own_brand(scene):
    """It is the order and the parcel; any other text is nothing."""
    order = _packed(scene)
    (token,) = tokens.make_many(scene.brand.pk, [(order, 2)])
    assert tokens.open_token(scene.brand.pk, token) == (order, 2)
    assert tokens.open_token(scene.brand.pk, token.lower()) == (order, 2)
    assert tokens.brand_of(token) == scene.brand
    other = Scene.make("mallika")
    assert tokens.open_token(other.brand.pk, token) is None
    assert tokens.brand_of("99999.AAAAAAAAAAAAAAAAAAAAAAAAAA.1") is None


@pytest.mark.parametrize("text", ["", "x", "1.AAAA.1", "0.AAAAAAAAAAAAAAAAAAAAAAAAAA.1", "1.a.\n"])
def test_nonsense_is_no_token(scene, text):
    """Nothing that is not shaped as a token is looked up."""
    assert tokens.brand_of(text) is None
    assert tokens.open_token(scene.brand.pk, text) is None


def test_a_token_joins_with_no_partners_refs(scene):
    """What partners know the order by has nothing in common with it."""
    order = _packed(scene)
    (token,) = tokens.make_many(scene.brand.pk, [(order, 1)])
    refs = {scene.ask(Hop.LABEL, order).ref, scene.ask(Hop.COURIER, order).ref}
    assert token.split(".")[1] not in refs
