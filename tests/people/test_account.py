"""One's own account: factors, sessions, password, language, brands."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache

from desk import ME, PASSWORD, Desk
from orderveil.core.roles import ROLES, Role
from orderveil.gate.provision import provision_installation
from orderveil.ledger.acts import ActKind
from orderveil.people import budgets, memberships
from orderveil.people.budgets import Spending
from orderveil.people.models import Person
from people.door import acts, code, password, sign_in, visitor
from scene import Scene, together

OTHER = "nine green parrots sing"


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


def main(answer):
    """The content of a page, as it is written."""
    return answer.content.decode().split("<main")[1]


def test_the_page_shows_what_is_one_s_own(desk):
    """Factors, this session, the role with what is left of today's budgets."""
    asha = desk.person(Role.SUPPORT)
    budgets.spend(desk.actor(asha), Spending.REVEALS, 4, desk.scene.now, per_day=60)
    page = main(sign_in(asha).get("/account/"))
    assert "Authenticator app" in page
    assert page.count("this one") == 1
    assert ROLES[Role.SUPPORT].sentence in page
    assert "56 of 60" in page
    assert "2000 of 2000" in page


def test_two_removals_at_once_leave_a_factor(desk):
    """One of two keys goes, the other is the last and stays."""
    asha = desk.person(Role.SUPPORT)
    data = {"name": "key", "credential": {}, "passwordless": False}
    keys = [
        Authenticator.objects.create(user=asha.person, type=Authenticator.Type.WEBAUTHN, data=data)
        for _ in range(2)
    ]
    Authenticator.objects.filter(type=Authenticator.Type.TOTP).delete()
    clients = [desk.client(asha), desk.client(asha)]
    together(
        *(
            lambda client=client, key=key: client.post(f"/account/2fa/keys/{key.pk}/remove/")
            for client, key in zip(clients, keys, strict=True)
        )
    )
    assert Authenticator.objects.filter(user=asha.person).count() == 1


def test_a_session_is_ended_from_another(desk):
    """It is over at once, this one goes on, and it is on record."""
    asha = desk.person(Role.SUPPORT)
    here, there = sign_in(asha), sign_in(asha)
    (other,) = re.findall(r'name="session" value="(\d+)"', main(here.get("/account/")))
    assert here.post("/account/sessions/end/", {"session": other})["Location"] == "/account/"
    assert there.get("/account/")["Location"].startswith("/account/login/")
    assert here.get("/account/").status_code == 200
    (act,) = acts(asha.brand_id, ActKind.SESSIONS_ENDED)
    assert act["detail"] == {"sessions": 1}
    assert act["who"]["person"] == asha.person.tag


def test_all_other_sessions_are_ended_together(desk):
    """One act that counts them."""
    asha = desk.person(Role.SUPPORT)
    here, *there = sign_in(asha), sign_in(asha), sign_in(asha)
    here.post("/account/sessions/end/", {"session": "others"})
    assert all(each.get("/account/").status_code == 302 for each in there)
    assert here.get("/account/").status_code == 200
    (act,) = acts(asha.brand_id, ActKind.SESSIONS_ENDED)
    assert act["detail"] == {"sessions": 2}


def test_nobody_ends_the_session_of_another(desk):
    """A number that is somebody else's ends nothing and is no act."""
    asha, ravi = desk.person(Role.SUPPORT), desk.person(Role.AUDITOR)
    theirs = sign_in(ravi)
    number = UserSession.objects.get(user=ravi.person).pk
    sign_in(asha).post("/account/sessions/end/", {"session": str(number)})
    assert theirs.get("/account/").status_code == 200
    assert acts(asha.brand_id, ActKind.SESSIONS_ENDED) == []
    assert sign_in(asha).post("/account/sessions/end/", {"session": "x"}).status_code == 404


def test_a_changed_password_ends_every_other_session(desk):
    """This one goes on, the old password opens nothing, and it is on record."""
    asha = desk.person(Role.SUPPORT)
    here, there = sign_in(asha), sign_in(asha)
    told = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert here.post("/account/password/", told).status_code == 302
    assert there.get("/account/")["Location"].startswith("/account/login/")
    assert "every other session ended" in main(here.get("/account/"))
    assert [each["subject"] for each in acts(asha.brand_id, ActKind.PASSWORD_SET)] == [
        asha.person.tag
    ]
    assert len(acts(asha.brand_id, ActKind.SESSIONS_ENDED)) == 1
    assert password(visitor(), asha.person.email).status_code == 200
    assert password(visitor(), asha.person.email, OTHER).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        *("/account/password/", "/account/2fa/totp/deactivate/", "/account/2fa/keys/add/"),
        *("/account/2fa/codes/new/", "/account/2fa/codes/"),
    ],
)
def test_changing_factors_needs_a_fresh_one(desk, path):
    """Eleven minutes after the last proof, the factor is asked for; a password won't do."""
    stale = desk.client(desk.person(Role.SUPPORT), factor_minutes=11)
    for answer in (stale.get(path), stale.post(path, {"oldpassword": PASSWORD})):
        assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    answer = stale.get("/account/reauthenticate/")
    assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    stale.post("/account/reauthenticate/", {"password": PASSWORD})
    assert stale.get(path)["Location"].startswith("/account/2fa/reauthenticate/")


def test_proving_it_again_leads_back(desk):
    """A code, and the person is where they were; the session then counts as fresh."""
    stale = desk.client(desk.person(Role.SUPPORT), factor_minutes=11)
    asked = stale.get("/account/2fa/codes/new/")["Location"]
    assert "Code from your app" in main(stale.get(asked))
    answer = stale.post(asked, {"code": code(), "next": "/account/2fa/codes/new/"})
    assert answer["Location"] == "/account/2fa/codes/new/"
    assert stale.get("/account/2fa/codes/new/").status_code == 200


def test_proving_it_leads_to_no_other_site(desk):
    """Where to go back to is an address of ours."""
    stale = desk.client(desk.person(Role.SUPPORT), factor_minutes=11)
    told = {"code": code(), "next": "https://evil.example/"}
    answer = stale.post("/account/2fa/reauthenticate/?next=https://evil.example/", told)
    assert answer["Location"] == "/"


def test_a_session_from_before_the_factor_adds_none(desk):
    """Whoever knew the password before the first factor was there can't add their own to it."""
    asha = desk.person(Role.SUPPORT)
    old = desk.client(asha, factor_minutes=None)
    for path in ("/account/2fa/totp/activate/", "/account/2fa/keys/add/", "/account/enrol/"):
        assert old.get(path)["Location"].startswith("/account/2fa/reauthenticate/")


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_the_last_factor_stays(desk, kind):
    """An app or a key: without one a password would be enough to enrol one."""
    asha = desk.person(Role.SUPPORT)
    path = "/account/2fa/totp/deactivate/"
    if kind == "webauthn":
        data = {"name": "key", "credential": {}, "passwordless": False}
        Authenticator.objects.update(type=kind, data=data)
        path = f"/account/2fa/keys/{Authenticator.objects.get().pk}/remove/"
    client = desk.client(asha)
    assert client.post(path)["Location"] == "/account/"
    assert "your last factor" in main(client.get("/account/"))
    assert Authenticator.objects.filter(type=kind).count() == 1


def test_a_factor_is_removed_when_another_is_left(desk):
    """And the removal is an act that names its kind, and since when it was there."""
    asha = desk.person(Role.SUPPORT)
    Authenticator.objects.create(
        user=asha.person, type="webauthn", data={"name": "Key", "credential": {}}
    )
    since = Authenticator.objects.get(type="totp").created_at.isoformat()
    answer = desk.client(asha).post("/account/2fa/totp/deactivate/")
    assert answer.status_code == 302
    (act,) = acts(asha.brand_id, ActKind.FACTOR_REMOVED)
    assert act["detail"] == {"factor": "totp", "since": since}


def test_new_recovery_codes_replace_the_old(desk):
    """They are shown once, and it is on record."""
    asha = desk.person(Role.SUPPORT)
    client = desk.client(asha)
    sets = []
    for _ in range(2):
        cache.clear()
        answer = client.post("/account/2fa/codes/new/")
        assert answer["Location"] == "/account/2fa/codes/"
        page = main(client.get("/account/2fa/codes/"))
        sets.append(set(re.findall(r"<li><code>(\w+)</code>", page)))
    assert [len(each) for each in sets] == [10, 10]
    assert not sets[0] & sets[1]
    kinds = [each["detail"]["factor"] for each in acts(asha.brand_id, ActKind.FACTOR_ADDED)]
    assert kinds == ["recovery_codes", "recovery_codes"]


def test_signing_out_is_on_record(desk):
    """By the button; the session is gone."""
    asha = desk.person(Role.SUPPORT)
    client = sign_in(asha)
    assert client.post("/account/logout/")["Location"] == "/account/login/"
    assert client.get("/account/")["Location"].startswith("/account/login/")
    assert len(acts(asha.brand_id, ActKind.SIGNED_OUT)) == 1


def test_the_language_is_the_person_s(desk):
    """It overrides the browser's, on every page and in every session; empty gives it back."""
    asha = desk.person(Role.SUPPORT)
    client = desk.client(asha)
    assert client.post("/account/language/", {"language": "hi"})["Location"] == "/account/"
    for each in (client, desk.client(asha)):
        answer = each.get("/account/", headers={"accept-language": "en"})
        assert '<html lang="hi">' in answer.content.decode()
        assert '<option value="hi" selected' in answer.content.decode()
    assert client.post("/account/language/", {"language": "xx"}).status_code == 404
    client.post("/account/language/", {"language": ""})
    answer = client.get("/account/", headers={"accept-language": "en"})
    assert '<html lang="en">' in answer.content.decode()


def test_another_brand_is_chosen(desk):
    """One account, two brands: each page belongs to the one that was chosen."""
    asha = desk.person(Role.SUPPORT)
    other = Scene.make("vastralaya").brand
    there = memberships.join(
        other.pk, asha.person.email, "", Role.AUDITOR, now=desk.scene.now, who=ME
    )
    memberships.accept(there, now=desk.scene.now)
    client = desk.client(asha)
    assert client.get("/people/").status_code == 403
    assert "vastralaya" in main(client.get("/account/places/"))
    assert client.post("/account/places/", {"membership": there.pk})["Location"] == "/"
    assert client.get("/people/").status_code == 200
    assert client.get("/desk/orders/").status_code == 403


def test_nobody_chooses_the_place_of_another(desk):
    """Another person's membership is not there."""
    asha, ravi = desk.person(Role.SUPPORT), desk.person(Role.OWNER)
    client = desk.client(asha)
    assert client.post("/account/places/", {"membership": ravi.pk}).status_code == 404
    assert client.post("/account/places/", {"membership": "x"}).status_code == 404
    assert client.get("/people/").status_code == 403


def test_an_account_of_no_brand_reaches_itself_only(desk):
    """Pages of a brand say so; the account's own page opens."""
    provision_installation(now=desk.scene.now)
    person = Person.objects.create(
        email="alone@people.example", name="Alone", created_at=desk.scene.now
    )
    asha = desk.person(Role.SUPPORT)
    asha.person = person
    asha.person_id = person.pk
    Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    client = desk.client(asha)
    assert client.get("/desk/orders/").status_code == 403
    assert "belongs to no brand" in main(client.get("/account/"))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("get", "/account/"), ("get", "/account/places/"), ("get", "/account/enrol/")),
        *(("post", "/account/sessions/end/"), ("post", "/account/language/")),
    ],
)
def test_the_account_needs_a_session(db, method, path):
    """Whoever is not signed in is sent to the sign-in."""
    assert getattr(visitor(), method)(path)["Location"].startswith("/account/login/")
