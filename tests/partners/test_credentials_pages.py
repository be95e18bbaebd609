"""The pages of credentials: issued, shown once, rotated, revoked, listed."""

import re

import pytest

from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate import law
from orderveil.partners import credentials, registry
from orderveil.partners.models import Credential
from partners.shown import shown_once, state
from scene import Scene


def test_an_owner_issues_rotates_and_revokes_a_credential(desk):
    """The token is shown in the POST's own answer and nowhere else, and it works."""
    scene = desk.scene
    partner = scene.seat(Hop.COURIER).partner
    client = desk.client(desk.person(Role.OWNER))
    said = {"who": f"{partner.pk}/courier", "networks": "192.0.2.0/24", "daily_limit": "50"}
    said |= {"expires_on": "2099-12-31"}
    token = shown_once(client, "/credentials/add/", said)
    number = credentials.credential_id(token)
    made = Credential.objects.get(pk=number)
    assert (made.networks, made.daily_limit) == (["192.0.2.0/24"], 50)
    assert made.expires_at.isoformat() == "2100-01-01T00:00:00+00:00"

    def lets_in(one):
        return isinstance(law.authenticate(one, now=scene.now, address="192.0.2.9"), tuple)

    assert lets_in(token)
    page = f"/credentials/{number}/"
    new = shown_once(client, f"{page}rotate/", {"overlap": "24"})
    assert "two secrets" in client.get(page).content.decode()
    assert [lets_in(each) for each in (token, new)] == [True, True]
    newest = shown_once(client, f"{page}rotate/", {"overlap": "0"})
    law.forget()
    assert [lets_in(each) for each in (token, new, newest)] == [False, False, True]
    assert client.post(f"{page}revoke/")["Location"] == page
    assert "revoked" in client.get(page).content.decode()
    assert client.post(f"{page}rotate/", {"overlap": "0"}).status_code == 409


@pytest.mark.parametrize(
    "said",
    [
        {"networks": "192.0.2.1/24"},
        {"daily_limit": "0"},
        {"who": "1/ims"},
        {"channel": "1"},
        {"expires_on": "tomorrow"},
    ],
)
@pytest.mark.parametrize("role", [Role.OWNER, Role.INTEGRATOR])
def test_a_credential_that_makes_no_sense_is_not_issued(desk, said, role):
    """The form says why, to whoever does it and to whoever asks."""
    partner = desk.scene.seat(Hop.COURIER).partner
    client = desk.client(desk.person(role))
    before = state()
    whole = {"who": f"{partner.pk}/courier"} | said
    assert client.post("/credentials/add/", whole).status_code == 422
    assert state() == before


def test_a_storefronts_credential_names_its_channel(desk):
    """One of the own brand that is open."""
    scene = desk.scene
    front = registry.add_partner(scene.brand, "shopfront", [Hop.STOREFRONT], now=scene.now)
    other = Scene.make("saree", now=scene.now).channel
    client = desk.client(desk.person(Role.OWNER))
    who = {"who": f"{front.pk}/storefront"}
    assert client.post("/credentials/add/", who).status_code == 422
    assert client.post("/credentials/add/", who | {"channel": other.pk}).status_code == 422
    shown_once(client, "/credentials/add/", who | {"channel": scene.channel.pk})


def test_long_lists_go_on_by_number(desk):
    """A page holds fifty; the next begins after its last, and what is no number begins anew."""
    scene = desk.scene
    partner = scene.seat(Hop.COURIER).partner
    for _ in range(51):
        credentials.issue(partner, Hop.COURIER, now=scene.now)
    client = desk.client(desk.person(Role.OWNER))

    def listed(query):
        shown = client.get(f"/credentials/{query}").content.decode()
        after = re.search(r'href="\?after=(\d+)" rel="next"', shown)
        numbers = [int(each) for each in re.findall(r'href="/credentials/(\d+)/"', shown)]
        return numbers, after[1] if after else None

    first, after = listed("")
    assert len(first) == 50
    rest, end = listed(f"?after={after}")
    assert end is None
    assert first + rest == sorted(Credential.objects.values_list("pk", flat=True), reverse=True)
    assert listed("?after=x")[0] == first
