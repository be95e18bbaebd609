"""The platform's operator: provisions brands, and can open nothing."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk import ROLES_OF_A_BRAND, Desk
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.core.roles import Permission, Role
from orderveil.gate.brands import provisioning
from orderveil.gate.brands.provisioning import Allowed
from orderveil.gate.provision import provision_installation
from orderveil.keyring import assigning
from orderveil.partners import credentials, registry
from orderveil.partners.models import Brand, Credential
from orderveil.people import invitations, memberships
from orderveil.people.models import Membership, Person
from orderveil.web.pages import PAGES
from partners import sample
from scene import ME, Scene, rows, together

NEW = {"slug": "saree", "name": "Saree House", "owner": "Ila Owner", "email": "ila@saree.example"}


@pytest.fixture
def desk(db):
    """An installation with one brand and an operator."""
    made = Desk.make()
    provision_installation(now=made.scene.now)
    return made


@pytest.fixture
def operator(desk):
    """The operator's membership of the installation."""
    return desk.person(Role.PLATFORM_OPERATOR)


def acts(log, kind):
    """(person, subject) of the acts of a kind on a log."""
    sql = "SELECT person, subject FROM ledger_entry WHERE log_id = %s AND kind = %s"
    return rows(sql, [log, kind])


def filled(page):
    """The page's path with something in each place."""
    return "/" + re.sub(r"<(\w+):\w+>", lambda m: {"int": "1"}.get(m[1], "x"), page.path)


def test_the_operator_opens_nothing_of_a_brand(desk, operator):
    """Every page but their own is refused, whatever it is about, for looking and for changing."""
    desk.scene.admit()
    client = desk.client(operator)
    for page in PAGES:
        if page.permission == Permission.PROVISION_BRANDS:
            continue
        for answer in (client.get(filled(page)), client.post(filled(page))):
            assert answer.status_code in {302, 403, 404}, page.name
            if answer.status_code == 302:
                assert (page.path, answer["Location"]) == ("", "/platform/brands/")


@pytest.mark.parametrize("role", ROLES_OF_A_BRAND)
def test_nobody_of_a_brand_is_an_operator(desk, role):
    """An owner neither."""
    centre = desk.scene.seat(Hop.WMS).partner if role == Role.OUTSOURCED_SUPPORT else None
    client = desk.client(desk.person(role, partner=centre))
    for page in PAGES:
        if page.permission == Permission.PROVISION_BRANDS:
            assert client.get(filled(page)).status_code == 403, page.name
            assert client.post(filled(page)).status_code == 403, page.name


def test_the_list_tells_no_volume_and_no_names(desk, operator):
    """A brand's name, its people's number, its quota and keys; not its orders, not who they are."""
    owner = desk.person(Role.OWNER, "Ulupi Invented")
    desk.scene.admit_many([desk.scene.draft() for _ in range(37)])
    client = desk.client(operator)
    for path in ("/platform/brands/", f"/platform/brands/{desk.scene.brand.pk}/"):
        shown = client.get(path).content.decode()
        assert "kalanjali" in shown
        assert re.search(r">\s*37\s*<", shown) is None
        assert owner.person.name not in shown
    listed = client.get("/platform/brands/").content.decode()
    assert re.search(r'data-label="People">1</td>', listed)


def test_the_list_asks_as_much_for_many_brands_as_for_one(desk, operator):
    """Quotas and keys of all of them at once; each row shows its own."""
    client = desk.client(operator)
    client.get("/platform/brands/")
    with CaptureQueriesContext(connection) as one:
        client.get("/platform/brands/")
    allow(desk, people=7, orders_per_day=501)
    for name in ("saree", "kurta", "shawl"):
        Scene.make(name, now=desk.scene.now)
    with CaptureQueriesContext(connection) as many:
        listed = client.get("/platform/brands/").content.decode()
    assert len(many) == len(one)
    assert listed.count("installation (file)") == 4
    assert listed.count("any number") == 3
    assert listed.count(" / 7<") == listed.count(">501<") == 1


def test_a_brand_begins_with_its_first_owner(desk, operator):
    """The link is shown once, works once, and both logs say who made what."""
    client = desk.client(operator)
    answer = client.post("/platform/brands/add/", NEW)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    token = re.search(r"/account/welcome/([\w-]+)/", answer.content.decode())[1]
    brand = Brand.objects.get(slug="saree")
    owner = Membership.objects.get(brand_id=brand.pk)
    assert (owner.role, owner.person.email) == (Role.OWNER, "ila@saree.example")
    assert invitations.invited(token, now=desk.scene.now).membership == owner
    assert token not in client.get(f"/platform/brands/{brand.pk}/").content.decode()
    assert token not in str(dict(client.session.items()))
    who = f"person:{operator.person_id}"
    subject = f"brand:{brand.pk}"
    assert acts(0, "brand_created") == [(who, subject)]
    assert acts(brand.pk, "brand_created") == [(who, subject)]
    assert acts(brand.pk, "person_added") == [(who, owner.person.tag)]
    assert acts(brand.pk, "person_invited") == [(who, owner.person.tag)]
    stored = sample.everything_stored("ledger_entry") + sample.everything_stored(
        "people_invitation"
    )
    assert token not in stored
    assert "ila@saree.example" not in stored
    assert "storefront" in registry.partner(brand, "saree").hops


def test_an_owner_who_is_here_already_accepts_with_their_account(desk, operator):
    """The link sets no password of a living account, and until it is used nothing is theirs."""
    known = desk.person(Role.OWNER).person
    answer = desk.client(operator).post(
        "/platform/brands/add/", NEW | {"email": known.email.upper()}
    )
    token = re.search(r"/account/welcome/([\w-]+)/", answer.content.decode())[1]
    now = desk.scene.now
    assert invitations.redeem(token, "nine green parrots sing", now=now) is None
    made = Membership.objects.get(brand_id=Brand.objects.get(slug="saree").pk)
    assert (made.person, made.accepted_at) == (known, None)
    assert invitations.accept_as(known, token, now=now) == made


@pytest.mark.parametrize(
    "said",
    [{"slug": "kalanjali"}, {"slug": "Saree"}, {"slug": "-x"}, {"email": "ila"}, {"owner": ""}],
)
def test_a_brand_that_makes_no_sense_is_not_made(desk, operator, said):
    """The form says why, and nothing is left behind."""
    answer = desk.client(operator).post("/platform/brands/add/", NEW | said)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert Brand.objects.count() == 1
    assert not Person.objects.filter(email="ila@saree.example").exists()


def test_provisioning_needs_a_fresh_factor(desk, operator):
    """Each POST but the mere check of it."""
    client = desk.client(operator, factor_minutes=11)
    number = desk.scene.brand.pk
    for path in ("add/", f"{number}/quota/", f"{number}/keys/"):
        answer = client.post(f"/platform/brands/{path}", NEW)
        assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    assert Brand.objects.count() == 1


def test_a_quota_is_set_and_recorded_on_both_logs(desk, operator):
    """And what is left empty is any number."""
    number = desk.scene.brand.pk
    client = desk.client(operator)
    said = {"orders_per_day": "500", "people": "9", "credentials": ""}
    assert client.post(f"/platform/brands/{number}/quota/", said).status_code == 302
    assert provisioning.allowed(number) == Allowed(500, 9, None)
    told = (f"person:{operator.person_id}", f"brand:{number}")
    assert acts(0, "brand_changed") == acts(number, "brand_changed") == [told]
    assert client.post(f"/platform/brands/{number}/quota/", {"people": "0"}).status_code == 422
    assert client.post("/platform/brands/999/quota/", said).status_code == 404
    assert provisioning.allowed(number) == Allowed(500, 9, None)


def allow(desk, **said):
    """Give the scene's brand this quota."""
    actor = desk.actor(desk.person(Role.PLATFORM_OPERATOR))
    provisioning.set_quota(actor, desk.scene.brand.pk, Allowed(**said))


def refused(work):
    """The code of its refusal; None if it went through."""
    try:
        work()
    except RefusedError as error:
        return f"{error.problem.status} {error.problem.code}"
    return None


def test_people_who_join_at_once_never_pass_the_quota(desk):
    """Of six for three places three join; who leaves makes room."""
    brand, now = desk.scene.brand, desk.scene.now
    allow(desk, people=3)

    def joins(n):
        return lambda: refused(
            lambda: memberships.join(
                brand.pk, f"p{n}@people.example", f"P {n}", Role.SUPPORT, now=now, who=ME
            )
        )

    done = together(*[joins(n) for n in range(6)])
    assert (done.count(None), done.count("429 quota_reached")) == (3, 3)
    found = memberships.members(brand.pk)
    assert len(found) == 3
    memberships.leave(found[0], now=now, who=ME)
    assert joins(7)() is None
    other = Scene.make("saree", now=now).brand
    memberships.join(other.pk, "x@people.example", "X", Role.OWNER, now=now, who=ME)


def test_credentials_issued_at_once_never_pass_the_quota(desk):
    """Revoked and expired ones don't count; another brand's neither."""
    scene = desk.scene
    partner, now = scene.seat(Hop.COURIER).partner, scene.now
    there = Credential.objects.filter(brand=scene.brand).count()
    allow(desk, credentials=there + 2)

    def issues():
        return refused(lambda: credentials.issue(partner, Hop.COURIER, now=now))

    done = together(*[issues] * 5)
    assert (done.count(None), done.count("429 quota_reached")) == (2, 3)
    credentials.revoke(scene.seat(Hop.COURIER).credential.pk, now=now)
    assert [issues(), issues()] == [None, "429 quota_reached"]
    assert Scene.make("saree", now=now).seat(Hop.COURIER)


def test_an_integrator_is_told_of_the_quota_on_the_form(desk):
    """With the remedy."""
    allow(desk, credentials=0)
    partner = desk.scene.seat(Hop.COURIER).partner
    client = desk.client(desk.person(Role.INTEGRATOR))
    answer = client.post("/credentials/add/", {"who": f"{partner.pk}/courier"})
    assert answer.status_code == 422
    assert "ask the platform" in answer.content.decode()


def test_a_brands_keys_move_to_a_provider_of_the_settings(desk, operator, tmp_path, monkeypatch):
    """By its name; its address is in no page, and both logs say it."""
    number = desk.scene.brand.pk
    folder = tmp_path / "second"
    monkeypatch.setattr(settings, "KEY_PROVIDERS", {"second": f"file:{folder}"})
    order = desk.scene.admit()
    client = desk.client(operator)
    page = f"/platform/brands/{number}/"
    assert client.post(f"{page}keys/", {"provider": f"file:{folder}"}).status_code == 422
    assert not folder.exists()
    assert client.post(f"{page}keys/", {"provider": "second"}).status_code == 302
    assert assigning.assigned(number).name == "second"
    shown = client.get(page).content.decode()
    assert "second (file)" in shown
    assert str(folder) not in shown
    told = (f"person:{operator.person_id}", f"brand:{number}")
    assert acts(0, "brand_changed") == acts(number, "brand_changed") == [told]
    assert "wraps and opens" in client.post(f"{page}check/", follow=True).content.decode()
    assert desk.scene.ask(Hop.WMS, order).fields


def test_a_provider_that_does_not_work_is_said_on_the_form(desk, operator, tmp_path, monkeypatch):
    """Nothing changes, and nothing is recorded."""
    number = desk.scene.brand.pk
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    monkeypatch.setattr(settings, "KEY_PROVIDERS", {"second": f"file:{blocked}"})
    answer = desk.client(operator).post(f"/platform/brands/{number}/keys/", {"provider": "second"})
    assert answer.status_code == 422
    assert assigning.assigned(number).name == assigning.INSTALLATIONS_OWN
    assert acts(0, "brand_changed") == []
