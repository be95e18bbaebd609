"""The pages of asking, deciding and collecting, as each of the two people sees them."""

import html
import re

import pytest

from orderveil.core.decision import Mode
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate import law
from orderveil.outbox import subscriptions
from orderveil.partners import credentials, registry
from orderveil.partners.models import Approval, Credential
from partners import sample

SECRET = re.compile(r'id="secret">([^<]+)<')
URL = "https://hooks.partner.example/in"


def text_of(answer):
    """What a person reads."""
    told = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return re.sub(r"\s+([.,])", r"\1", " ".join(told.split()))


@pytest.fixture
def integrator(desk):
    """A client of the one who connects systems."""
    return desk.client(desk.person(Role.INTEGRATOR))


@pytest.fixture
def officer(desk):
    """A client of the privacy officer."""
    return desk.client(desk.person(Role.PRIVACY_OFFICER))


def asks(desk, client, path="/credentials/add/", **said):
    """The page of the request that the POST leads to."""
    partner = desk.scene.seat(Hop.COURIER).partner
    forms = {
        "/credentials/add/": {"who": f"{partner.pk}/courier"},
        "/subscriptions/add/": {
            "partner": f"{partner.pk}/courier",
            "url": URL,
            "kinds": ["parcel.packed"],
        },
    }
    answer = client.post(path, forms.get(path, {}) | said)
    page = f"/approvals/{Approval.objects.latest('pk').pk}/"
    assert answer["Location"] == page
    return page


def test_a_credential_goes_from_the_one_to_the_other_and_back(desk, integrator, officer):
    """Asked, named on the officer's home, approved, named on the asker's, collected, used up."""
    before = Credential.objects.count()
    page = asks(desk, integrator, networks="192.0.2.0/24", daily_limit="50")
    assert "requests for keys to decide" in text_of(officer.get("/"))
    assert "keys to decide" not in text_of(integrator.get("/"))
    assert "/use/" not in integrator.get(page).content.decode()
    assert Credential.objects.count() == before
    assert officer.post(f"{page}approve/")["Location"] == page
    assert "keys to decide" not in text_of(officer.get("/"))
    assert "approved requests to collect" in text_of(integrator.get("/"))
    assert f'action="{page}use/"' in integrator.get(page).content.decode()
    assert "/use/" not in officer.get(page).content.decode()
    answer = integrator.post(f"{page}use/")
    assert answer["Cache-Control"] == "no-store, private"
    token = SECRET.search(answer.content.decode())[1]
    assert isinstance(law.authenticate(token, now=desk.scene.now, address="192.0.2.9"), tuple)
    number = credentials.credential_id(token)
    assert f"/credentials/{number}/" in integrator.get(page).content.decode()
    assert integrator.post(f"{page}use/").status_code == 409
    for seen in (page, "/approvals/", f"/credentials/{number}/", "/"):
        assert token not in integrator.get(seen).content.decode()


def test_the_approver_reads_what_it_is(desk, integrator, officer):
    """Partner, hop, networks, limit, end, and what whoever collects it can read."""
    page = asks(desk, integrator, networks="192.0.2.0/24", daily_limit="50")
    shown = text_of(officer.get(page))
    for said in (
        "A new credential for courier-one on the hop courier.",
        "192.0.2.0/24",
        "Orders in a day 50",
        "Ends never",
        "Whoever collects the token can read what the policy shows the hop courier.",
        "courier sees name",
        "Asked by Integrator",
    ):
        assert said in shown
    page = asks(desk, integrator)
    assert "Networks from anywhere" in text_of(officer.get(page))
    assert "Orders in a day no limit" in text_of(officer.get(page))


def test_the_approver_reads_where_a_subscription_goes(desk, integrator, officer):
    """The host by itself, and the whole address."""
    page = asks(desk, integrator, "/subscriptions/add/")
    shown = text_of(officer.get(page))
    assert "view on the hop courier to hooks.partner.example." in shown
    assert URL in shown
    assert "parcel.packed" in shown
    assert subscriptions.listing(desk.scene.brand.pk) == []
    officer.post(f"{page}approve/")
    assert SECRET.search(integrator.post(f"{page}use/").content.decode())
    (made,) = subscriptions.listing(desk.scene.brand.pk)
    assert (made.url, made.kinds) == (URL, ("parcel.packed",))


def test_a_rotation_is_asked_for_and_collected(desk, integrator, officer):
    """The page names the credential as it is, and how long the old secret stays good."""
    number = desk.scene.seat(Hop.COURIER).credential.pk
    assert "Ask to rotate" in text_of(integrator.get(f"/credentials/{number}/"))
    page = asks(desk, integrator, f"/credentials/{number}/rotate/", overlap="24")
    shown = text_of(officer.get(page))
    assert f"A new secret for credential {number} of courier-one" in shown
    assert "stays good for 24 hours" in shown
    officer.post(f"{page}approve/")
    assert SECRET.search(integrator.post(f"{page}use/").content.decode())
    assert sample.acts_of(desk.scene.brand, f"person:{desk.person(Role.INTEGRATOR).person_id}")[
        -2:
    ] == ["credential_rotated", "approval_used"]


def test_an_observed_partner_is_named_as_such(desk, integrator, officer):
    """It gets more than the policy says."""
    partner = desk.scene.seat(Hop.COURIER).partner
    page = asks(desk, integrator)
    assert "today's view" not in text_of(officer.get(page))
    registry.set_mode(partner, Mode.OBSERVE, 100, now=desk.scene.now)
    assert "today's view" in text_of(officer.get(page))


def test_a_request_is_turned_down_with_a_reason(desk, integrator, officer):
    """That names nobody, and that the asker reads."""
    page = asks(desk, integrator)
    for reason in ("", "call +91 90000 00001", "x" * 201):
        assert officer.post(f"{page}turn-down/", {"reason": reason}).status_code == 422
    answer = officer.post(f"{page}turn-down/", {"reason": "give it networks"})
    assert answer["Location"] == page
    assert "give it networks" in text_of(integrator.get(page))
    assert "turned down" in text_of(integrator.get("/approvals/"))
    assert integrator.post(f"{page}use/").status_code == 409


def test_an_owner_needs_nobody(desk):
    """One person's brand works: what they ask for is made at once."""
    client = desk.client(desk.person(Role.OWNER))
    partner = desk.scene.seat(Hop.COURIER).partner
    answer = client.post("/credentials/add/", {"who": f"{partner.pk}/courier"})
    assert SECRET.search(answer.content.decode())
    assert "Issue it" in text_of(client.get("/credentials/add/"))
    assert not Approval.objects.exists()
