"""An empty installation's first account: one link, once, while nobody is here."""

from datetime import timedelta

import pytest
from django.conf import settings

from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.gate.provision import provision_brand, provision_installation
from orderveil.gate.staffing.first import begin
from orderveil.ledger.acts import ActKind, Who
from orderveil.partners.models import Brand, Partner
from orderveil.people import first, memberships
from orderveil.people.models import Membership, Person
from people.door import acts, code, visitor
from scene import rows, together

TYPED = {
    "email": "asha@people.example",
    "name": "Asha",
    "password": "nine green parrots sing",
    "again": "nine green parrots sing",
    "new_brand": "kalanjali",
}
GIVEN = {key: value for key, value in TYPED.items() if key != "again"}


@pytest.fixture
def token(db):
    """What the link of an empty installation ends with."""
    provision_installation(now=utc_now())
    return fresh_token()


def fresh_token():
    """The token of a new link."""
    link = first.first_run_link("http://localhost:8420")
    assert link.startswith("http://localhost:8420/first/")
    return link.split("/")[-2]


def test_the_link_makes_an_owner_with_a_brand_and_a_factor(token):
    """From the link to the desk: account, brand, its own partner, app, codes."""
    client = visitor()
    path = f"/first/{token}/"
    assert "The first account" in client.get(path).content.decode()
    assert client.post(path, TYPED)["Location"] == "/account/enrol/"
    client.get("/account/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    client.post("/account/2fa/totp/activate/", {"code": code(secret)})
    assert client.get("/people/").status_code == 200
    assert client.get("/desk/orders/").status_code == 200
    brand = Brand.objects.get(slug="kalanjali")
    member = Membership.objects.get()
    assert (member.brand_id, member.role) == (brand.pk, "owner")
    assert Partner.objects.get(brand=brand).own
    kinds = (ActKind.BRAND_CREATED, ActKind.PERSON_ADDED, ActKind.PASSWORD_SET)
    assert [len(acts(brand.pk, kind)) for kind in kinds] == [1, 1, 1]


def test_it_serves_once(token):
    """And as soon as anybody is here, no link of the kind is good or made."""
    path = f"/first/{token}/"
    assert visitor().post(path, TYPED).status_code == 302
    assert visitor().get(path).status_code == 410
    assert visitor().post(path, TYPED | {"email": "b@people.example"}).status_code == 410
    assert first.first_run_link("http://localhost:8420") is None
    assert Person.objects.count() == 1


def test_one_of_two_at_once_is_the_first(token):
    """Both press the button in the same moment: one owner, one brand."""
    now = utc_now()
    found = together(
        lambda: begin(token, GIVEN, now=now),
        lambda: begin(token, GIVEN | {"email": "b@people.example", "new_brand": "other"}, now=now),
    )
    assert sorted(each is None for each in found) == [False, True]
    assert (Person.objects.count(), Brand.objects.count()) == (1, 1)


def test_a_newer_link_replaces_it(token):
    """Only what `up` printed last is good."""
    newer = fresh_token()
    assert visitor().get(f"/first/{token}/").status_code == 410
    assert visitor().get(f"/first/{newer}/").status_code == 200


def test_it_runs_out(token):
    """After two days `up` has to print another."""
    now = utc_now()
    assert first.is_good(token, now=now)
    assert not first.is_good(token, now=now + first.LIFE + timedelta(seconds=1))
    assert begin(token, GIVEN, now=now + first.LIFE + timedelta(seconds=1)) is None


def test_a_guess_opens_nothing(token):
    """Nor does it where no link was ever made."""
    assert visitor().get(f"/first/{token[:-1]}/").status_code == 410
    assert visitor().get("/first/x/").status_code == 410
    assert token not in str(rows("SELECT wrapped::text FROM keyring_secret"))


def test_without_any_link_nothing_opens(db):
    """An installation that printed none."""
    assert visitor().get("/first/x/").status_code == 410


def test_a_brand_that_is_there_can_be_owned(token):
    """Made with `init --brand` before: it is chosen, not made again."""
    brand = provision_brand("vastralaya", now=utc_now(), who=Who(person="machine"))
    answer = visitor().post(f"/first/{token}/", TYPED | {"brand": brand.pk, "new_brand": ""})
    assert answer.status_code == 302
    assert Membership.objects.get().brand_id == brand.pk


def test_the_people_of_a_demo_are_nobody(token):
    """They can't sign in outside of a demo: whoever comes after them still gets a way in, once."""
    now, who = utc_now(), Who(person="machine")
    sample = provision_brand("saffron-sample", now=now, who=who, is_sample=True)
    made = memberships.join(
        sample.pk, "owner@demo.example", "Oorvi Sample", Role.OWNER, now=now, who=who, is_demo=True
    )
    memberships.accept(made, now=now)
    assert first.is_good(token, now=now)
    newer = fresh_token()
    page = visitor().get(f"/first/{newer}/").content.decode()
    assert "saffron-sample" not in page
    assert visitor().post(f"/first/{newer}/", TYPED | {"brand": sample.pk}).status_code == 302
    assert Membership.objects.get(person__is_demo=False).brand_id != sample.pk
    assert visitor().get(f"/first/{newer}/").status_code == 410
    assert first.first_run_link("http://localhost:8420") is None


def test_a_demo_begins_no_installation(token, monkeypatch):
    """No link is made in one, and none from before it is good."""
    monkeypatch.setattr(settings, "DEMO", True)
    assert first.first_run_link("http://localhost:8420") is None
    assert visitor().post(f"/first/{token}/", TYPED).status_code == 410
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"new_brand": ""},
        {"new_brand": "no slug!"},
        {"new_brand": "taken"},
        {"email": "no address"},
        {"password": "short", "again": "short"},
        {"again": "another"},
    ],
)
def test_a_bad_form_leaves_the_link_good(token, wrong):
    """Said where it is wrong; nothing is made."""
    provision_brand("taken", now=utc_now(), who=Who(person="machine"))
    answer = visitor().post(f"/first/{token}/", TYPED | wrong)
    assert answer.status_code == 200
    assert 'class="errorlist' in answer.content.decode()
    assert not Person.objects.exists()
    assert first.is_good(token, now=utc_now())
