"""The pages: who reads, who decides, what a stale factor and another brand get."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk import ME, Desk
from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.people import invitations, memberships
from orderveil.people.models import Membership
from orderveil.reviews import views
from orderveil.reviews.models import Campaign, Item
from reviews import sample
from scene import Scene

REASON = {"reason": "looked at"}


@pytest.fixture
def campaign(desk):
    """An open campaign in which Asha of support stands."""
    desk.person(Role.SUPPORT, "asha")
    return sample.opened(desk)


def path(campaign, rest=""):
    """A page of a campaign."""
    return f"/reviews/{campaign.pk}/{rest}"


def item_path(desk, campaign, name):
    """The page on which somebody is decided."""
    return path(campaign, f"items/{sample.item_of(campaign, desk.people[name]).pk}/")


def test_an_auditor_reads_and_decides_nothing(desk, campaign):
    """The list and the items, without a form; what changes something answers 403."""
    client = desk.client(desk.person(Role.AUDITOR))
    for page in ("/reviews/", path(campaign)):
        answer = client.get(page)
        assert answer.status_code == 200
        assert b'method="post" action="/reviews' not in answer.content
    assert client.get(item_path(desk, campaign, "asha")).status_code == 403
    for page in ("/reviews/open/", "/reviews/every/", path(campaign, "keep/")):
        assert client.post(page, REASON).status_code == 403
    assert client.post(path(campaign, "close/")).status_code == 403


def test_support_sees_no_review(desk, campaign):
    """Neither the list nor one of them."""
    client = desk.client(desk.people["asha"])
    for page in ("/reviews/", path(campaign), item_path(desk, campaign, "asha")):
        assert client.get(page).status_code == 403


def test_another_brands_review_is_not_there(desk, campaign):
    """404 for every page of it, also by another brand's owner."""
    other = Desk.make(Scene.make("saree", now=desk.scene.now))
    client = other.client(other.person(Role.OWNER))
    item = item_path(desk, campaign, "asha")
    for page in (path(campaign), item):
        assert client.get(page).status_code == 404
    own = sample.opened(other)
    mixed = item.replace(f"/reviews/{campaign.pk}/", f"/reviews/{own.pk}/")
    for page in (item, mixed, path(campaign, "keep/"), path(campaign, "close/")):
        told = {"outcome": "remove", "reveals_per_day": 1, "views_per_day": 1, **REASON}
        assert client.post(page, told).status_code == 404
    assert Item.objects.exclude(outcome="").count() == 0


def test_a_stale_factor_is_asked_again(desk, campaign):
    """Before anything is changed."""
    client = desk.client(desk.people["owner"], factor_minutes=11)
    told = {"outcome": "remove", "reveals_per_day": 1, "views_per_day": 1, **REASON}
    answer = client.post(item_path(desk, campaign, "asha"), told)
    assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    assert Item.objects.exclude(outcome="").count() == 0


def test_a_decision_on_its_page(desk, campaign):
    """Keep, then the list says who decided and why; removing ends the sessions of the removed."""
    owner, asha = desk.client(desk.people["owner"]), desk.client(desk.people["asha"])
    assert asha.get("/account/").status_code == 200
    told = {"outcome": "remove", "reveals_per_day": 60, "views_per_day": 2000, **REASON}
    answer = owner.post(item_path(desk, campaign, "asha"), told, follow=True)
    assert "looked at" in answer.content.decode()
    assert asha.get("/account/")["Location"].startswith("/account/login/")
    again = owner.post(item_path(desk, campaign, "asha"), told)
    assert again.status_code == 409


def test_what_can_be_mended_is_said_on_the_form(desk, campaign):
    """No narrowing, no reason, a phone in the reason: the form again, with what to do."""
    owner = desk.client(desk.people["owner"])
    page = item_path(desk, campaign, "asha")
    full = {"reveals_per_day": 60, "views_per_day": 2000, "role": "support"}
    for told, said in (
        ({"outcome": "narrow", **REASON}, "Nothing of it is smaller"),
        ({"outcome": "keep"}, "required"),
        ({"outcome": "keep", "reason": "call +91 90000 00001"}, "Refer to a ticket"),
        ({"outcome": "gone", **REASON}, "valid choice"),
    ):
        answer = owner.post(page, full | told)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert Item.objects.exclude(outcome="").count() == 0
    done = owner.post(page, full | {"outcome": "narrow", "reveals_per_day": 5, **REASON})
    assert done.status_code == 302
    assert Membership.objects.get(pk=desk.people["asha"].pk).reveals_per_day == 5


def test_ones_own_item_has_no_form(desk, campaign):
    """It says who decides it; a form sent anyway is refused."""
    owner = desk.client(desk.people["owner"])
    page = item_path(desk, campaign, "owner")
    answer = owner.get(page)
    assert "another reviewer" in answer.content.decode()
    assert b'name="outcome"' not in answer.content
    told = {"outcome": "keep", "reveals_per_day": 1, "views_per_day": 1, **REASON}
    assert owner.post(page, told).status_code == 403


def test_an_owners_item_offers_an_officer_to_keep_it(desk, campaign):
    """Nothing else, and anything else that is sent changes nothing."""
    officer = desk.client(desk.people["privacy_officer"])
    page = item_path(desk, campaign, "owner")
    shown = officer.get(page).content.decode()
    assert "only an owner" in shown
    assert 'value="keep"' in shown
    assert 'value="remove"' not in shown
    told = {"reveals_per_day": 0, "views_per_day": 0, "role": "auditor", **REASON}
    for outcome in ("narrow", "remove"):
        assert officer.post(page, told | {"outcome": outcome}).status_code == 422
    assert officer.post(page, told | {"outcome": "keep"}).status_code == 302
    owner = Membership.objects.get(pk=desk.people["owner"].pk)
    assert (owner.role, owner.ended_at) == ("owner", None)


def test_who_has_not_accepted_is_listed_and_removable(desk):
    """By the address that the brand typed; their name at another brand is told on no page."""
    other = Desk.make(Scene.make("saree", now=desk.scene.now))
    person = other.person(Role.SUPPORT, "Ulupi Invented").person
    now, brand = desk.scene.now, desk.scene.brand.pk
    guest = memberships.join(brand, person.email, "typed", Role.SUPPORT, now=now, who=ME)
    token = invitations.invite(guest, now=now, who=ME)
    campaign = sample.opened(desk)
    owner = desk.client(desk.people["owner"])
    page = path(campaign, f"items/{sample.item_of(campaign, guest).pk}/")
    for shown in (path(campaign), page):
        text = owner.get(shown).content.decode()
        assert person.email in text
        assert "not accepted yet" in text.lower()
        assert person.name not in text
    assert sample.item_of(campaign, guest).proposal == "keep"
    told = {"outcome": "remove", "reveals_per_day": 60, "views_per_day": 2000, **REASON}
    assert owner.post(page, told).status_code == 302
    assert invitations.accept_as(person, token, now=now) is None
    person.refresh_from_db()
    assert person.is_active
    assert "not accepted yet" not in owner.get(path(campaign)).content.decode()


def test_a_whole_review(desk):
    """Opened, kept in one go, decided one by one, closed."""
    desk.person(Role.PRIVACY_OFFICER)
    owner = desk.client(desk.person(Role.OWNER))
    officer = desk.client(desk.people["privacy_officer"])
    assert owner.post("/reviews/open/").status_code == 302
    assert owner.post("/reviews/open/").status_code == 409
    campaign = Campaign.objects.get()
    left = path(campaign) + "?left"
    assert owner.get(left).content.decode().count("Decide<") == 4
    assert owner.post(path(campaign, "close/")).status_code == 409
    used = Item.objects.filter(kind="credential")
    used.update(last_used_at=utc_now())
    assert owner.post(path(campaign, "keep/"), REASON).status_code == 302
    assert used.filter(outcome="keep").count() == used.count() == 3
    full = {"outcome": "keep", "reveals_per_day": 20, "views_per_day": 2000, **REASON}
    assert owner.post(item_path(desk, campaign, "privacy_officer"), full).status_code == 302
    assert officer.post(item_path(desk, campaign, "owner"), full).status_code == 302
    assert "Nothing is left" in owner.get(left).content.decode()
    assert owner.post(path(campaign, "close/")).status_code == 302
    page = owner.get("/reviews/").content.decode()
    assert "closed" in page
    assert b'method="post" action="/reviews' not in owner.get(path(campaign)).content


def test_the_list_counts_all_reviews_at_once(desk, campaign):
    """However many there are and however long they were; each row has its own numbers."""
    owner = desk.client(desk.people["owner"])
    owner.get("/reviews/")
    with CaptureQueriesContext(connection) as one:
        owner.get("/reviews/")
    for _ in range(3):
        Campaign.objects.update(closed_at=utc_now())
        Item.objects.update(outcome="keep")
        sample.opened(desk)
    with CaptureQueriesContext(connection) as many:
        page = owner.get("/reviews/").content.decode()
    assert len(many) == len(one)
    assert not [
        each for each in many if "reviews_item" in each["sql"] and "GROUP" not in each["sql"]
    ]
    kept = re.findall(r'data-label="Kept">(\d+)<', page)
    assert sorted(map(int, kept)) == [0, 6, 6, 6]


def test_an_overdue_review_shouts(desk, campaign):
    """On the list and on the review itself, as an alert."""
    Campaign.objects.update(due_at=utc_now() - timedelta(seconds=1))
    owner = desk.client(desk.people["owner"])
    for page in ("/reviews/", path(campaign)):
        text = owner.get(page).content.decode()
        assert 'class="notice bad" role="alert"' in text
        assert "Overdue." in text


def test_items_come_page_by_page(desk, campaign, monkeypatch):
    """By the last one's number; the filter goes along."""
    monkeypatch.setattr(views, "PAGE", 4)
    owner = desk.client(desk.people["owner"])
    numbers = list(Item.objects.order_by("pk").values_list("pk", flat=True))
    assert len(numbers) > 4
    first = owner.get(path(campaign) + "?left").content.decode()
    assert f"?left&amp;after={numbers[3]}" in first
    rest = owner.get(path(campaign) + f"?left&after={numbers[3]}").content.decode()
    assert f"items/{numbers[4]}/" in rest
    assert f"items/{numbers[3]}/" not in rest
    assert "after=" not in rest
