"""Who works for a brand: added, moved, let go, through the pages; each of it on record."""

import html
import re

import pytest

from desk import ME, Desk
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.gate.staffing import managing, rules
from orderveil.gate.staffing.managing import Terms
from orderveil.ledger.acts import ActKind
from orderveil.partners import registry
from orderveil.people import invitations, memberships
from orderveil.people.models import Invitation, Membership, Person
from people.door import acts, sign_in, visitor
from scene import Scene, rows

NEW = {"email": "meera@people.example", "name": "Meera", "role": "support"}


@pytest.fixture
def desk(db):
    """A brand with an owner."""
    desk = Desk.make()
    desk.person(Role.OWNER)
    return desk


@pytest.fixture
def owner(desk):
    """The owner's browser."""
    return desk.client(desk.person(Role.OWNER))


@pytest.fixture
def centre(desk):
    """A partner that answers customers for the brand."""
    return desk.scene.new_seat(Hop.SUPPORT, "callcentre").partner


def link_on(answer):
    """The one-time link that a page shows."""
    (found,) = re.findall(r'id="link">([^<]+)<', answer.content.decode())
    return found


def problem(answer):
    """The first sentence of a refusal."""
    text = html.unescape(answer.content.decode())
    return re.search(r'role="alert"><p><b>([^<]+)</b>', text).group(1)


def test_adding_shows_the_link_once_and_stores_its_hash(desk, owner):
    """The link works, nothing in the database is it, and the list says that it waits."""
    answer = owner.post("/people/add/", NEW)
    url = link_on(answer)
    token = url.split("/")[-2]
    assert url == f"http://localhost/account/welcome/{token}/"
    assert visitor().get(f"/account/welcome/{token}/").status_code == 200
    made = Membership.objects.get(person__email=NEW["email"])
    assert (made.brand_id, made.role) == (desk.scene.brand.pk, "support")
    stored = rows("SELECT token_hash FROM people_invitation")
    assert token.encode() not in b"".join(bytes(each) for (each,) in stored)
    listed = owner.get("/people/").content.decode()
    assert "Links that wait" in listed
    assert token not in listed
    (act,) = [
        each
        for each in acts(desk.scene.brand.pk, ActKind.PERSON_ADDED)
        if each["who"]["person"] != ME.person
    ]
    assert act["subject"] == made.person.tag
    assert act["who"]["person"] == desk.person(Role.OWNER).person.tag
    assert NEW["email"] not in str(act)
    assert "Meera" not in str(act)


def test_a_bad_form_adds_nobody_and_says_where(owner):
    """Email, name, role and centre are checked; what was typed stays."""
    answer = owner.post("/people/add/", {"email": "no address", "name": "Meera", "role": "x"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count('class="errorlist"') == 2
    assert 'value="Meera"' in page
    assert not Person.objects.filter(name="Meera").exists()


def test_outsourced_support_needs_a_centre_of_this_brand(desk, owner, centre):
    """None, the brand's own department, a courier, another brand's partner: all refused."""
    told = NEW | {"role": "outsourced_support"}
    assert "works for a partner" in problem(owner.post("/people/add/", told))
    others = registry.add_partner(
        Scene.make("vastralaya").brand, "callcentre", [Hop.SUPPORT], now=desk.scene.now
    )
    courier = desk.scene.seat(Hop.COURIER).partner
    for wrong in (others.pk, courier.pk, desk.own.pk, 999_999):
        assert owner.post("/people/add/", told | {"centre": wrong}).status_code == 200
        with pytest.raises(RefusedError) as refused:
            rules.checked_centre(desk.scene.brand.pk, Role.OUTSOURCED_SUPPORT, wrong)
        assert refused.value.problem.status == 404
    assert not Person.objects.filter(email=NEW["email"]).exists()
    assert link_on(owner.post("/people/add/", told | {"centre": centre.pk}))
    assert Membership.objects.get(person__email=NEW["email"]).partner_id == centre.pk


def test_people_of_the_brand_have_no_centre(desk, owner, centre):
    """An owner or an auditor can't be a partner's."""
    answer = owner.post("/people/add/", NEW | {"role": "auditor", "centre": centre.pk})
    assert "work for the brand itself" in problem(answer)


def test_a_change_holds_at_once_and_is_on_record(desk, owner):
    """Role and budgets change with a reason; the page that the role had is closed."""
    asha = desk.person(Role.SUPPORT)
    theirs = desk.client(asha)
    assert theirs.get("/desk/orders/").status_code == 200
    told = {"role": "auditor", "reveals_per_day": "0", "reason": "moved to audit"}
    answer = owner.post(f"/people/{asha.pk}/change/", told)
    assert answer["Location"] == f"/people/{asha.pk}/"
    assert theirs.get("/desk/orders/").status_code == 403
    (act,) = acts(asha.brand_id, ActKind.ROLE_CHANGED)
    assert act["detail"] == {
        "from": "support",
        "to": "auditor",
        "from_partner": None,
        "partner": None,
        "reveals_per_day": 0,
        "views_per_day": None,
        "membership": asha.pk,
        "reason": "moved to audit",
    }


def test_a_reason_names_nobody(desk, owner):
    """A phone number in a reason is refused before it reaches the ledger."""
    asha = desk.person(Role.SUPPORT)
    told = {"role": "auditor", "reason": "she asked, call +91 90000 00011"}
    assert "phone" in problem(owner.post(f"/people/{asha.pk}/change/", told))
    asha.refresh_from_db()
    assert asha.role == "support"
    assert acts(asha.brand_id, ActKind.ROLE_CHANGED) == []


def test_ending_takes_everything_at_once(desk, owner):
    """Their open session is over with the same commit, and signing in opens nothing."""
    asha = desk.person(Role.SUPPORT)
    theirs = sign_in(asha)
    assert theirs.get("/desk/orders/").status_code == 200
    answer = owner.post(f"/people/{asha.pk}/end/", {"end-reason": "left the company"})
    assert answer["Location"] == "/people/"
    assert theirs.get("/desk/orders/")["Location"].startswith("/account/login/")
    assert not Person.objects.get(pk=asha.person_id).is_active
    (act,) = acts(asha.brand_id, ActKind.MEMBERSHIP_ENDED)
    assert act["detail"]["reason"] == "left the company"
    assert owner.get(f"/people/{asha.pk}/").status_code == 404


def test_nobody_changes_or_ends_their_own(desk, owner):
    """Not even an owner, and not with a new link either."""
    mine = desk.person(Role.OWNER)
    desk.person(Role.OWNER, "second")
    for path, told in (
        ("change", {"role": "support", "reason": "less work"}),
        ("end", {"end-reason": "less work"}),
        ("link", {"start_over": "yes"}),
    ):
        answer = owner.post(f"/people/{mine.pk}/{path}/", told)
        assert answer.status_code == 403, path
        assert "your own membership" in problem(answer)
    mine.refresh_from_db()
    assert (mine.role, mine.ended_at) == ("owner", None)


@pytest.mark.parametrize("by", [role for role in ROLES if role != Role.OWNER])
def test_only_an_owner_makes_or_unmakes_an_owner(desk, by):
    """Whatever else a role may one day manage: owners are the owners' business."""
    target, other = desk.person(Role.OWNER), desk.person(Role.SUPPORT, "other")
    actor = desk.actor(target, role=by, person_id=0)
    for member, role in ((target, Role.SUPPORT), (target, None), (other, Role.OWNER)):
        with pytest.raises(RefusedError) as refused:
            rules.refuse_unless(actor, member, role)
        assert refused.value.problem.code == "owners_only"
    with pytest.raises(RefusedError):
        rules.refuse_unless(actor, None, Role.OWNER)


def test_the_last_owner_stays(desk):
    """A machine's operator, too, can neither end nor change the last one."""
    last = desk.person(Role.OWNER)
    with pytest.raises(RefusedError) as refused:
        managing.end(last, "tidying up", now=desk.scene.now, who=ME)
    assert refused.value.problem.code == "last_owner"
    with pytest.raises(RefusedError):
        managing.change(last, Terms(Role.SUPPORT), "tidying", now=desk.scene.now, who=ME)


def test_a_new_start_takes_factor_password_and_sessions(desk, owner):
    """What was lost opens nothing; the link leads to a new factor."""
    asha = desk.person(Role.SUPPORT)
    theirs = sign_in(asha)
    url = link_on(owner.post(f"/people/{asha.pk}/link/", {"start_over": "yes"}))
    assert theirs.get("/account/")["Location"].startswith("/account/login/")
    client = visitor()
    typed = {"password": "nine green parrots sing", "again": "nine green parrots sing"}
    answer = client.post(url.removeprefix("http://localhost"), typed)
    assert answer["Location"] == "/account/enrol/"
    assert [each["subject"] for each in acts(asha.brand_id, ActKind.FACTORS_RESET)] == [
        asha.person.tag
    ]


def test_a_new_link_makes_the_old_one_useless(desk, owner):
    """Only the last link that was handed out serves."""
    first = link_on(owner.post("/people/add/", NEW))
    made = Membership.objects.get(person__email=NEW["email"])
    second = link_on(owner.post(f"/people/{made.pk}/link/"))
    assert visitor().get(first.removeprefix("http://localhost")).status_code == 410
    assert visitor().get(second.removeprefix("http://localhost")).status_code == 200
    assert Invitation.objects.filter(used_at=None).count() == 1


def test_a_brand_sets_no_password_of_another_s_people(desk, owner):
    """Before they accept its link only lets them accept; afterwards it makes none."""
    elsewhere = Desk.make(Scene.make("vastralaya"))
    ravi = elsewhere.person(Role.SUPPORT)
    first = link_on(owner.post("/people/add/", NEW | {"email": ravi.person.email}))
    here = Membership.objects.get(person=ravi.person, brand_id=desk.scene.brand.pk)
    again = link_on(owner.post(f"/people/{here.pk}/link/"))
    for link in (first, again):
        token = link.split("/")[-2]
        assert invitations.redeem(token, "nine green parrots sing", now=desk.scene.now) is None
    refused = owner.post(f"/people/{here.pk}/link/", {"start_over": "yes"})
    assert refused.status_code == 409
    memberships.accept(here, now=desk.scene.now)
    for told in ({}, {"start_over": "yes"}):
        answer = owner.post(f"/people/{here.pk}/link/", told)
        assert answer.status_code == 409
        assert "another brand" in problem(answer)
    assert not Invitation.objects.filter(used_at=None).exists()
    assert sign_in(ravi).get("/").status_code == 200


def test_a_brand_learns_nothing_of_an_account_by_adding_it(desk, owner):
    """Name and factors of somebody who works elsewhere are shown when they have accepted."""
    ravi = Desk.make(Scene.make("vastralaya")).person(Role.SUPPORT, "ravi_elsewhere")
    known = owner.post("/people/add/", NEW | {"email": ravi.person.email}).content.decode()
    unknown = owner.post("/people/add/", NEW | {"email": "no@people.example"}).content.decode()
    assert known.count("<p") == unknown.count("<p")
    here = Membership.objects.get(person=ravi.person, brand_id=desk.scene.brand.pk)
    page = owner.get(f"/people/{here.pk}/").content.decode()
    listed = owner.get("/people/").content.decode()
    for shown in (known, page, listed):
        assert ravi.person.name not in shown
    assert 'class="badge ok"' not in page
    memberships.accept(here, now=desk.scene.now)
    assert ravi.person.name in owner.get(f"/people/{here.pk}/").content.decode()


def test_who_comes_back_begins_anew(desk, owner):
    """The old password and the old factor of somebody who had left open nothing."""
    asha = desk.person(Role.SUPPORT)
    managing.end(asha, "left the company", now=desk.scene.now, who=ME)
    assert link_on(owner.post("/people/add/", NEW | {"email": asha.person.email}))
    person = Person.objects.get(pk=asha.person_id)
    assert person.is_active
    assert not person.has_usable_password()
    assert rows("SELECT 1 FROM mfa_authenticator WHERE user_id = %s", [person.pk]) == []


def test_another_brands_people_are_not_there(desk, owner):
    """404, never 403, on every page about one of them."""
    theirs = Desk.make(Scene.make("vastralaya")).person(Role.SUPPORT)
    assert owner.get(f"/people/{theirs.pk}/").status_code == 404
    for path, told in (
        ("change", {"role": "support", "reason": "moved"}),
        ("end", {"end-reason": "moved"}),
        ("link", {}),
    ):
        assert owner.post(f"/people/{theirs.pk}/{path}/", told).status_code == 404
    assert theirs.person.name not in owner.get("/people/").content.decode().split("<main")[1]


@pytest.mark.parametrize("path", ["add/", "{}/change/", "{}/end/", "{}/link/"])
def test_managing_needs_a_fresh_factor(desk, path):
    """Eleven minutes after the last proof it is asked for again, and nothing has happened."""
    asha = desk.person(Role.SUPPORT)
    stale = desk.client(desk.person(Role.OWNER), factor_minutes=11)
    answer = stale.post("/people/" + path.format(asha.pk), NEW | {"end-reason": "x"})
    assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    assert not Person.objects.filter(email=NEW["email"]).exists()


@pytest.mark.parametrize("role", [role for role in ROLES if role != Role.PLATFORM_OPERATOR])
def test_who_may_look_and_who_may_manage(desk, role, centre):
    """As the table of roles says, page by page."""
    partner = centre if role == Role.OUTSOURCED_SUPPORT else None
    client = desk.client(desk.person(role, partner=partner))
    asha = desk.person(Role.SUPPORT, "asha")
    may = ROLES[role].permissions
    looks = 200 if Permission.READ_PEOPLE in may else 403
    assert client.get("/people/").status_code == looks
    assert client.get(f"/people/{asha.pk}/").status_code == looks
    manages = 200 if Permission.MANAGE_PEOPLE in may else 403
    assert client.get("/people/add/").status_code == manages
    assert client.get("/roles/").status_code == 200


def test_the_list_goes_on_after_a_page(desk, owner, monkeypatch):
    """By name, page by page, each person once; the link holds a number and no name."""
    monkeypatch.setattr("orderveil.gate.staffing.listing.PAGE", 3)
    for number in range(7):
        memberships.join(
            desk.scene.brand.pk,
            f"p{number}@people.example",
            f"Person {number % 3}",
            Role.SUPPORT,
            now=desk.scene.now,
            who=ME,
        )
    seen, path = [], "/people/"
    while path:
        page = owner.get(path).content.decode()
        seen += re.findall(r'href="/people/(\d+)/">', page.split("<tbody>")[1])
        more = re.search(r'href="(\?after=\d+)"', page)
        path = f"/people/{more.group(1)}" if more else None
    everybody = memberships.members(desk.scene.brand.pk)
    assert seen == [str(each.pk) for each in everybody]
    assert len(seen) == 8


def test_the_roles_page_is_the_table(owner):
    """Every role's sentence and every permission of the code stands there."""
    page = html.unescape(owner.get("/roles/").content.decode())
    for terms in ROLES.values():
        assert terms.sentence in page
    for permission in Permission:
        assert permission.replace("_", " ") in page
