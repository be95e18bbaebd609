"""An identity provider vouches for people who are here already, and for nothing else."""

import pytest
from django.test import override_settings

from desk import ME, Desk
from orderveil.core.roles import Role
from orderveil.ledger.acts import ActKind
from orderveil.people import invitations, memberships
from orderveil.people.models import Person
from people.door import CODE, acts, code, visitor
from people.identityprovider import CLIENT, SECRET, identity_provider

START = "/account/oidc/sso/login/?process=login"
INACTIVE = "/account/inactive/"


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


@pytest.fixture
def provider(db):
    """A provider that listens, configured as the settings would from the environment."""
    with identity_provider() as made:
        app = {
            "provider_id": "sso",
            "name": "Brand ID",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": made.issuer},
        }
        told = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        with override_settings(SOCIALACCOUNT_PROVIDERS=told):
            yield made


def arrive(provider, client=None, **says):
    """A browser that went to the provider and back: (browser, the answer it got here)."""
    client = client or visitor()
    provider.says = {"sub": "7", "email_verified": True} | says
    left = client.post(START)
    assert left.status_code == 302
    back = provider.consent(left["Location"])
    assert back.startswith("http://localhost/account/oidc/sso/login/callback/")
    return client, client.get(back.removeprefix("http://localhost"))


def is_outside(client):
    """Nothing of the desk opens."""
    return client.get("/desk/orders/")["Location"].startswith("/account/login/")


def test_the_sign_in_page_offers_it(provider):
    """By the name that was configured, as a form of ours."""
    page = visitor().get("/account/login/").content.decode()
    assert f'action="{START}"' in page
    assert "Sign in with Brand ID" in page
    assert provider.asked == []


def test_without_a_provider_nothing_is_offered(db):
    """And its address is not there."""
    assert "/account/oidc/" not in visitor().get("/account/login/").content.decode()
    assert visitor().post(START).status_code == 404


def test_a_verified_address_signs_in_with_the_second_factor(desk, provider):
    """The provider stands in for the password, never for the factor."""
    asha = desk.person(Role.SUPPORT)
    client, answer = arrive(provider, email=asha.person.email.upper())
    assert answer["Location"] == CODE
    assert is_outside(client)
    assert client.post(CODE, {"code": code()}).status_code == 302
    assert client.get("/desk/orders/").status_code == 200
    assert [act["subject"] for act in acts(asha.brand_id, ActKind.SIGNED_IN)] == [asha.person.tag]
    assert provider.asked[-2:] == ["/token", "/userinfo"]
    joined = acts(asha.brand_id, ActKind.IDENTITY_JOINED)
    assert [act["subject"] for act in joined] == [asha.person.tag]


def test_who_came_once_is_known_by_the_provider_s_number(desk, provider):
    """Their address at the provider may change afterwards."""
    asha = desk.person(Role.SUPPORT)
    arrive(provider, email=asha.person.email)
    _, answer = arrive(provider, email="new@people.example")
    assert answer["Location"] == CODE
    assert Person.objects.get(pk=asha.person_id).email == asha.person.email


@pytest.mark.parametrize("verified", [False, "false", "False", None, 0, ""])
def test_an_unverified_address_opens_nothing(desk, provider, verified):
    """However the provider spells it: anybody could have typed it there."""
    asha = desk.person(Role.SUPPORT)
    client, answer = arrive(provider, email=asha.person.email, email_verified=verified)
    assert answer["Location"] == INACTIVE
    assert is_outside(client)


def test_an_unknown_address_opens_nothing_and_makes_nobody(desk, provider):
    """Accounts begin with a link."""
    desk.person(Role.SUPPORT)
    before = Person.objects.count()
    client, answer = arrive(provider, email="nobody@people.example")
    assert answer["Location"] == INACTIVE
    assert is_outside(client)
    assert Person.objects.count() == before


@pytest.mark.parametrize("came_before", [False, True])
def test_who_starts_over_begins_with_the_link(desk, provider, came_before):
    """The provider's word alone enrols no new factor: password, factors and identity are gone."""
    asha = desk.person(Role.SUPPORT)
    if came_before:
        arrive(provider, email=asha.person.email)
    token = invitations.start_over(asha, now=desk.scene.now, who=ME)
    client, answer = arrive(provider, email=asha.person.email)
    assert answer["Location"] == INACTIVE
    assert client.get("/account/enrol/")["Location"].startswith("/account/login/")
    assert invitations.redeem(token, "nine green parrots sing", now=desk.scene.now)
    client, answer = arrive(provider, email=asha.person.email)
    assert client.get("/desk/orders/")["Location"] == "/account/enrol/"


@pytest.mark.parametrize("came_before", [True, False])
def test_a_leaver_opens_nothing(desk, provider, came_before):
    """Whether the provider's identity was joined to the account before they left or not."""
    asha = desk.person(Role.SUPPORT)
    if came_before:
        arrive(provider, email=asha.person.email)
    memberships.leave(asha, now=desk.scene.now, who=ME)
    client, answer = arrive(provider, email=asha.person.email)
    assert answer["Location"] == INACTIVE
    assert is_outside(client)


def test_all_who_are_refused_read_the_same(desk, provider):
    """Unknown, unverified and gone: the page does not tell which."""
    asha = desk.person(Role.SUPPORT)
    pages = set()
    for says in (
        {"email": "nobody@people.example"},
        {"email": asha.person.email, "email_verified": False},
    ):
        client, answer = arrive(provider, **says)
        pages.add(client.get(answer["Location"]).content.split(b"<main")[1])
    assert len(pages) == 1


def test_an_answer_to_another_browser_opens_nothing(desk, provider):
    """The state belongs to the session that asked: a planted answer is refused."""
    asha = desk.person(Role.SUPPORT)
    provider.says = {"sub": "7", "email": asha.person.email, "email_verified": True}
    back = provider.consent(visitor().post(START)["Location"])
    victim = visitor()
    answer = victim.get(back.removeprefix("http://localhost"))
    assert answer.status_code == 401
    assert is_outside(victim)


def test_it_begins_with_a_form_of_ours(desk, provider):
    """Another site can't start it: the token of a page of ours is needed."""
    del desk, provider
    assert visitor(enforce_csrf_checks=True).post(START).status_code == 403
