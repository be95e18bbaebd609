"""The pages of floor devices: registered, vouched for, linked anew, revoked, listed."""

import re
from datetime import timedelta

import pytest

from desk import Desk
from orderveil.core.clocks import utc_now
from orderveil.core.devices import ATTESTATION
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.partners import registry
from orderveil.partners.models import Device
from partners import sample
from scene import Scene, execute
from web.test_devices import ORDERS, said, text_of


@pytest.fixture
def packer(desk):
    """Somebody of its floor."""
    return desk.person(Role.WAREHOUSE)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"vouched": ""}, "Look at it where it stands"),
        ({"name": ""}, "This field is required"),
        ({"asset": "x" * 61}, "at most 60"),
        ({"kind": "phone"}, "phone"),
        ({"partner": "0"}, "Select a valid choice"),
    ],
)
def test_a_device_that_makes_no_sense_is_not_registered(desk, wrong, why):
    """The form says why, nothing is lost, nothing is stored."""
    client = desk.client(desk.person(Role.OWNER))
    page = text_of(client.post("/devices/add/", said(desk) | wrong), 422)
    assert why in page
    assert not Device.objects.exists()


def test_the_word_is_said_in_full(desk):
    """Wherever somebody gives it; without it nothing is attested."""
    device, _ = desk.station()
    client = desk.client(desk.person(Role.OWNER))
    page = f"/devices/{device.pk}/"
    for path in ("/devices/add/", page):
        assert ATTESTATION.replace("'", "&#x27;") in text_of(client.get(path))
    text_of(client.post(f"{page}attest/"), 422)
    assert Device.objects.get().attested_until == device.attested_until
    assert client.post(f"{page}attest/", {"vouched": "on"})["Location"] == page
    assert Device.objects.get().attested_until > device.attested_until


def test_the_pages_say_how_long_somebody_vouches(desk):
    """In the list, on its page, and at home for whoever can see to it."""
    device, _ = desk.station()
    owner, auditor = (desk.client(desk.person(each)) for each in (Role.OWNER, Role.AUDITOR))
    assert "vouch for again" not in text_of(owner.get("/"))
    for days, word in ((10, "look at it again"), (-1, "nobody vouches for it")):
        until = utc_now() + timedelta(days=days)
        execute("UPDATE partners_device SET attested_until = %s", [until])
        assert word in text_of(owner.get("/devices/"))
        assert 'class="notice' in text_of(owner.get(f"/devices/{device.pk}/"))
        assert "vouch for again" in text_of(owner.get("/"))
        assert "vouch for again" not in text_of(auditor.get("/"))
    assert text_of(owner.post(f"/devices/{device.pk}/link/"), 409)
    assert "device_revoke" not in text_of(auditor.get(f"/devices/{device.pk}/"))
    assert "/attest/" not in text_of(auditor.get(f"/devices/{device.pk}/"))


def test_a_device_is_revoked(desk, packer):
    """By its page; a second time changes nothing."""
    client = desk.on_device(desk.client(packer))
    owner, page = desk.client(desk.person(Role.OWNER)), f"/devices/{Device.objects.get().pk}/"
    assert owner.post(f"{page}revoke/")["Location"] == page
    assert "revoked" in text_of(owner.get(page))
    before = sample.everything_stored("partners_device")
    owner.post(f"{page}revoke/")
    assert owner.post(f"{page}link/").status_code == 404
    assert owner.post(f"{page}attest/", {"vouched": "on"}).status_code == 404
    assert sample.everything_stored("partners_device") == before
    text_of(client.get(ORDERS), 403)


def test_changes_need_a_fresh_factor(desk):
    """Looking does not."""
    device, _ = desk.station()
    stale = desk.client(desk.person(Role.OWNER), factor_minutes=11)
    text_of(stale.get("/devices/"))
    before = sample.everything_stored("partners_device")
    for path in ("add", *(f"{device.pk}/{what}" for what in ("attest", "link", "revoke"))):
        answer = stale.post(f"/devices/{path}/", said(desk))
        assert "reauthenticate" in answer["Location"]
    assert sample.everything_stored("partners_device") == before


def test_a_partner_without_a_floor_or_standing_is_no_choice(desk):
    """The form offers whose floor a device can stand on, of this brand."""
    Desk.make(Scene.make("banarasi", now=utc_now()))
    registry.set_suspended(desk.scene.seat(Hop.WMS).partner, suspended=True, now=utc_now())
    page = text_of(desk.client(desk.person(Role.OWNER)).get("/devices/add/"))
    select = page.partition('name="partner"')[2].partition("</select>")[0]
    offered = re.findall(r'value="(\d+)"', select)
    label = desk.scene.seat(Hop.LABEL).partner
    assert sorted(map(int, offered)) == sorted([desk.own.pk, label.pk])
