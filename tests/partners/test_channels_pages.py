"""The pages of channels, where orders come in, and of subscriptions, where events go out."""

import re

import pytest

from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.hops.storefront.formats import Format
from orderveil.outbox import subscriptions
from orderveil.partners import listing, registry
from orderveil.partners.forms import FORMATS
from orderveil.partners.models import Channel
from partners import sample
from partners.shown import URL, a_subscription, shown_once, state


def test_a_channel_is_added_rotated_and_closed(desk):
    """Our secret is shown once; the shop's own is sealed and never shown."""
    client = desk.client(desk.person(Role.INTEGRATOR))
    secret = shown_once(client, "/channels/add/", {"name": "web", "format": "orderveil"})
    made = Channel.objects.get(name="web")
    assert registry.channel_secret(made).decode() == secret
    page = f"/channels/{made.pk}/"
    new = shown_once(client, f"{page}rotate/", {"overlap": "1"})
    assert registry.channel_secret(made).decode() == new
    answer = client.post(f"{page}rotate/", {"overlap": "1", "secret": "shpss_invented"})
    assert answer["Location"] == page
    assert registry.channel_secret(made) == b"shpss_invented"
    assert "shpss_invented" not in client.get(page).content.decode()
    client.post(f"{page}revoke/")
    assert "revoked" in client.get(page).content.decode()
    assert client.post(f"{page}rotate/", {"overlap": "1"}).status_code == 409


def test_a_taken_channel_name_is_said_on_the_form(desk):
    """Nothing is made."""
    client = desk.client(desk.person(Role.OWNER))
    answer = client.post("/channels/add/", {"name": "shop", "format": "shopify"})
    assert answer.status_code == 422
    assert Channel.objects.count() == 1


def test_a_subscription_is_added_rotated_and_ended(desk):
    """Its secret is shown once each time."""
    scene = desk.scene
    partner = scene.seat(Hop.COURIER).partner
    client = desk.client(desk.person(Role.OWNER))
    said = {"partner": f"{partner.pk}/courier", "url": URL, "kinds": ["parcel.packed"]}
    first = shown_once(client, "/subscriptions/add/", said)
    (made,) = subscriptions.listing(scene.brand.pk)
    page = f"/subscriptions/{made.subscription_id}/"
    assert shown_once(client, f"{page}rotate/", {"overlap": "168"}) != first
    assert "two secrets" in client.get(page).content.decode()
    client.post(f"{page}revoke/")
    assert "revoked" in client.get(page).content.decode()
    assert client.post(f"{page}rotate/", {"overlap": "1"}).status_code == 404
    assert sample.last_act(scene.brand)[0] == "subscription_revoked"


def test_the_list_of_subscriptions_comes_page_by_page(desk, monkeypatch):
    """The next page begins behind the last row, and keeps the partner that was asked for."""
    numbers = [a_subscription(desk.scene) for _ in range(3)]
    monkeypatch.setattr(listing, "PAGE", 2)
    client = desk.client(desk.person(Role.AUDITOR))
    partner = desk.scene.seat(Hop.COURIER).partner.pk
    path, found = f"/subscriptions/?partner={partner}", []
    while path:
        page = client.get(path).content.decode()
        found.append(re.findall(r'href="/subscriptions/(\d+)/"', page))
        following = re.search(r'href="(\?[^"]*after=[^"]+)"', page)
        path = "/subscriptions/" + following[1].replace("&amp;", "&") if following else None
        assert path is None or f"partner={partner}" in path
    assert found == [[str(numbers[2]), str(numbers[1])], [str(numbers[0])]]


@pytest.mark.parametrize("url", ["http://127.0.0.1/in", "ftp://x.example/", "nonsense"])
@pytest.mark.parametrize("role", [Role.OWNER, Role.INTEGRATOR])
def test_a_webhook_goes_to_public_https_only(desk, url, role):
    """The form says so, and nothing is made or asked."""
    partner = desk.scene.seat(Hop.COURIER).partner
    client = desk.client(desk.person(role))
    before = state()
    said = {"partner": f"{partner.pk}/courier", "url": url, "kinds": ["parcel.packed"]}
    assert client.post("/subscriptions/add/", said).status_code == 422
    assert state() == before


def test_the_forms_know_every_format():
    """The storefront's table and the form's choices name the same."""
    assert {name for name, _ in FORMATS} == set(Format)
