"""Exact search within a brand."""

import pytest

from orderveil.core.fields import Field
from orderveil.core.orders import ParcelDraft
from orderveil.core.personal import Personal
from orderveil.gate.erase import erase
from orderveil.gate.search import By, find
from scene import ME, NOW, Scene


def found(scene, by, value):
    """The ids that a search finds."""
    return [each.order_id for each in find(scene.brand.pk, by, Personal(value))]


@pytest.mark.parametrize(
    "spelling",
    [
        "+919000000001",
        "9000000001",
        "09000000001",
        "+91 90000 00001",
        "0091-90000-00001",
        " 90000 00001 ",
        "९००००००००१",
        "\uff19" + "\uff10" * 8 + "\uff11",
    ],
)
def test_a_phone_is_found_in_any_spelling(scene, spelling):
    """However a number is typed, and however it came in, it is the same number."""
    order = scene.admit(scene.draft("a"))
    typed = scene.admit(scene.draft("b", person={Field.PHONE: spelling}))
    scene.admit(scene.draft("c", person={Field.PHONE: "+91 90000 00002"}))
    assert sorted(found(scene, By.PHONE, spelling)) == sorted([order, typed])
    assert len(found(scene, By.PHONE, "9000000001")) == 2


def test_an_email_is_found_in_any_case(scene):
    """Case and spaces around make no other address; a plus tag does."""
    order = scene.admit()
    assert found(scene, By.EMAIL, " TARANGINI.v@MAIL.example ") == [order]
    assert found(scene, By.EMAIL, "tarangini.v+shop@mail.example") == []


def test_numbers_are_found_exactly(scene):
    """The order's number and a parcel's AWB find the order; a part of them does not."""
    parcel = ParcelDraft("p1", carrier="Udaan Invented", awb="AWB0001")
    order = scene.admit(scene.draft("a", parcels=(parcel,)))
    assert found(scene, By.NUMBER, " #a ") == [order]
    assert found(scene, By.AWB, "AWB0001") == [order]
    assert found(scene, By.AWB, "AWB000") == found(scene, By.NUMBER, "#") == []


def test_search_stays_within_a_brand(scene):
    """No search finds another brand's order, whatever they share."""
    parcel = (ParcelDraft("p1", awb="AWB0001"),)
    ours = scene.admit(scene.draft("a", parcels=parcel))
    foreign = Scene.make("another")
    theirs = foreign.admit(foreign.draft("a", parcels=parcel))
    sought = {
        By.PHONE: "9000000001",
        By.EMAIL: "tarangini.v@mail.example",
        By.NUMBER: "#a",
        By.AWB: "AWB0001",
    }
    for by, value in sought.items():
        assert (found(scene, by, value), found(foreign, by, value)) == ([ours], [theirs])


def test_an_erased_order_is_not_found(scene):
    """Nothing finds a shredded order."""
    order = scene.admit(scene.draft("a", parcels=(ParcelDraft("p1", awb="AWB0001"),)))
    erase(scene.brand.pk, [order], now=NOW, who=ME)
    for by, value in {By.PHONE: "9000000001", By.NUMBER: "#a", By.AWB: "AWB0001"}.items():
        assert found(scene, by, value) == []
