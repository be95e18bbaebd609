"""The connections' pages role by role, and those of partners and of the brand."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from desk import ROLES_OF_A_BRAND
from doors import stored
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.gate import law
from orderveil.gate.quotas import orders as asked_anew
from orderveil.outbox import subscriptions
from orderveil.partners import quotas
from orderveil.partners.models import Agreement, Brand, Channel, Credential, Partner
from partners import sample
from partners.shown import URL, a_subscription, state
from scene import Scene


def pages(scene):
    """Every page of the connections: path -> the permission it needs."""
    seat = scene.seat(Hop.COURIER)
    one = f"/partners/{seat.partner.pk}/"
    lists = ["partners", "credentials", "channels", "subscriptions"]
    looks = [f"/{name}/" for name in lists]
    looks += [
        one,
        f"/credentials/{seat.credential.pk}/",
        f"/channels/{scene.channel.pk}/",
    ]
    looks += [f"/subscriptions/{a_subscription(scene)}/"]
    keys = [f"/{name}/add/" for name in lists[1:]]
    manages = ["/partners/add/", f"{one}end/", "/brand/"]
    return {
        **dict.fromkeys(looks, Permission.READ_CONNECTIONS),
        **dict.fromkeys(keys, Permission.MANAGE_CREDENTIALS),
        **dict.fromkeys(manages, Permission.MANAGE_PARTNERS),
    }


@pytest.mark.parametrize("role", ROLES_OF_A_BRAND)
def test_a_page_opens_for_whoever_holds_its_permission(desk, role):
    """And for nobody else: the rest is told who holds it."""
    centre = desk.scene.seat(Hop.WMS).partner if role == Role.OUTSOURCED_SUPPORT else None
    client = desk.client(desk.person(role, partner=centre))
    for path, permission in pages(desk.scene).items():
        expected = 200 if permission in ROLES[role].permissions else 403
        assert client.get(path).status_code == expected, path


POSTS = {
    "/partners/add/": Permission.MANAGE_PARTNERS,
    "/partners/{partner}/agree/": Permission.MANAGE_PARTNERS,
    "/partners/{partner}/mode/": Permission.MANAGE_PARTNERS,
    "/partners/{partner}/standing/": Permission.MANAGE_PARTNERS,
    "/partners/{partner}/centre/": Permission.MANAGE_PARTNERS,
    "/partners/{partner}/end/": Permission.MANAGE_PARTNERS,
    "/brand/": Permission.MANAGE_PARTNERS,
    "/credentials/add/": Permission.MANAGE_CREDENTIALS,
    "/credentials/{credential}/rotate/": Permission.MANAGE_CREDENTIALS,
    "/credentials/{credential}/revoke/": Permission.MANAGE_CREDENTIALS,
    "/channels/add/": Permission.MANAGE_CREDENTIALS,
    "/channels/{channel}/rotate/": Permission.MANAGE_CREDENTIALS,
    "/channels/{channel}/revoke/": Permission.MANAGE_CREDENTIALS,
    "/subscriptions/add/": Permission.MANAGE_CREDENTIALS,
    "/subscriptions/{subscription}/rotate/": Permission.MANAGE_CREDENTIALS,
    "/subscriptions/{subscription}/revoke/": Permission.MANAGE_CREDENTIALS,
}


def numbers(scene):
    """What stands in the paths above."""
    seat = scene.seat(Hop.COURIER)
    return {
        "partner": seat.partner.pk,
        "credential": seat.credential.pk,
        "channel": scene.channel.pk,
        "subscription": a_subscription(scene),
    }


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATIONS, Role.SUPPORT, Role.INTEGRATOR])
def test_whoever_may_only_look_changes_nothing(desk, role):
    """Each POST is refused, and everything is as it was; an integrator has its keys."""
    named = numbers(desk.scene)
    client = desk.client(desk.person(role))
    before = state()
    for path, permission in POSTS.items():
        if permission not in ROLES[role].permissions:
            assert client.post(path.format(**named)).status_code == 403, path
    assert state() == before


def test_a_change_needs_a_fresh_factor(desk):
    """With one of eleven minutes ago each POST goes to the proof, and nothing changes."""
    named = numbers(desk.scene)
    client = desk.client(desk.person(Role.OWNER), factor_minutes=11)
    before = state()
    for path in POSTS:
        answer = client.post(path.format(**named))
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    assert state() == before


def test_another_brands_things_are_not_there(desk):
    """404, never 403, for looking and for changing; and nothing of the other brand changes."""
    other = numbers(Scene.make("saree", now=desk.scene.now))
    client = desk.client(desk.person(Role.OWNER))
    before = state()
    for path in POSTS:
        if "{" not in path:
            continue
        assert client.post(path.format(**other)).status_code == 404, path
        look = path.format(**other).rsplit("/", 2)[0] + "/"
        assert client.get(look).status_code == 404, look
    assert client.get(f"/partners/{other['partner']}/end/").status_code == 404
    assert state() == before
    for kind in ("partners", "credentials", "channels", "subscriptions"):
        assert client.get(f"/{kind}/{10**30}/").status_code == 404


def test_lists_show_the_own_brand_only(desk):
    """Nothing of another brand is in any of them."""
    other = Scene.make("saree", now=desk.scene.now)
    Partner.objects.filter(brand=other.brand).update(name="Elsewhere Ltd")
    Channel.objects.filter(brand=other.brand).update(name="elsewhere")
    a_subscription(other)
    client = desk.client(desk.person(Role.OWNER))
    for kind in ("partners", "credentials", "channels", "subscriptions"):
        shown = client.get(f"/{kind}/").content.decode()
        assert "lsewhere" not in shown
    number = other.seat(Hop.COURIER).partner.pk
    assert "saree" not in client.get(f"/credentials/?partner={number}").content.decode()


def test_a_partner_is_added_and_gets_its_agreement(desk):
    """Its standing is told in words, and the acts are the person's."""
    owner = desk.person(Role.OWNER)
    client = desk.client(owner)
    said = {"slug": "swift", "name": "Swift Couriers", "hops": ["courier", "label"]}
    answer = client.post("/partners/add/", said)
    made = Partner.objects.get(slug="swift")
    assert answer["Location"] == f"/partners/{made.pk}/"
    assert "receives nothing" in client.get(answer["Location"]).content.decode()
    assert sample.last_act(desk.scene.brand) == ("partner_added", f"partner:{made.pk}")
    assert sample.last_detail(desk.scene.brand)[0] == f"person:{owner.person_id}"
    agreed = {"starts_on": "2026-01-01", "ends_on": "2099-12-31", "document_digest": "AB" * 32}
    client.post(f"/partners/{made.pk}/agree/", agreed)
    assert Agreement.objects.get(partner=made).document_digest == "ab" * 32
    page = client.get(f"/partners/{made.pk}/").content.decode()
    assert "agreement until 31 Dec 2099" in page
    assert "it does not name:" in page
    assert "the deletion term" in page
    assert "the document&#x27;s digest," not in page


def test_an_agreement_is_recorded_with_its_terms_from_the_document_itself(desk):
    """The digest is taken of what is uploaded, which is not kept; the page tells every term."""
    client = desk.client(desk.person(Role.OWNER))
    partner = desk.scene.new_seat(Hop.COURIER, "swift", agreed=False).partner
    paper = b"%PDF-1.7 an invented agreement"
    said = {
        "starts_on": "2026-01-01",
        "countries": "in, DE",
        "sub_processors": "Invented Riders\nInvented Sorters",
        "deletion_days": "21",
        "breach_hours": "24",
        "contact": "privacy@swift.example",
    }

    def send(**more):
        document = SimpleUploadedFile("paper.pdf", paper, "application/pdf")
        return client.post(f"/partners/{partner.pk}/agree/", said | {"document": document} | more)

    assert send(document_digest="ab" * 32).status_code == 422
    assert send(countries="XX").status_code == 422
    for size, status in ((2_800_000, 422), (3_000_000, 413)):
        large = SimpleUploadedFile("paper.pdf", b"x" * size, "application/pdf")
        assert send(document=large).status_code == status
    assert not Agreement.objects.filter(partner=partner).exists()
    assert send().status_code == 302
    made = Agreement.objects.get(partner=partner)
    assert made.document_digest == hashlib.sha256(paper).hexdigest()
    assert (made.countries, made.deletion_days, made.breach_hours) == (["DE", "IN"], 21, 24)
    page = client.get(f"/partners/{partner.pk}/").content.decode()
    for told in ("DE, IN", "Invented Riders, Invented Sorters", "privacy@swift.example"):
        assert told in page
    assert "it does not name:" not in page
    assert not any(b"invented agreement" in value for _, _, value in stored())


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/partners/add/", {"slug": "house", "name": "x", "hops": ["oms"]}),
        ("/partners/add/", {"slug": "new", "name": "x", "hops": []}),
        ("/partners/{}/agree/", {"starts_on": "2026-02-01", "ends_on": "2026-01-01"}),
        ("/partners/{}/mode/", {"mode": "enforce_share", "percent": "101"}),
        ("/partners/{}/mode/", {"mode": "enforce_share"}),
        ("/partners/{}/centre/", {"zone": "Asia/Nowhere"}),
        ("/partners/{}/centre/", {"zone": "Asia/Kolkata", "opens": "09:00"}),
        ("/partners/{}/centre/", {"zone": "Asia/Kolkata", "networks": "192.0.2.1/24"}),
    ],
)
def test_what_is_nonsense_is_said_on_the_form(desk, path, said):
    """The page comes back with the reason, and nothing has changed."""
    client = desk.client(desk.person(Role.OWNER))
    before = state()
    answer = client.post(path.format(desk.scene.seat(Hop.COURIER).partner.pk), said)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert state() == before


def test_a_partner_is_rolled_out_suspended_and_restored(desk):
    """And the next decision follows."""
    client = desk.client(desk.person(Role.PRIVACY_OFFICER))
    partner = desk.scene.seat(Hop.COURIER).partner
    path = f"/partners/{partner.pk}/"

    def standing():
        found = law.reload(desk.scene.brand.pk)
        return found.standing(found.partners[partner.pk], desk.scene.now.date())

    client.post(f"{path}mode/", {"mode": "enforce_share", "percent": "25"})
    assert (standing().mode, standing().enforce_percent) == ("enforce_share", 25)
    assert "enforce 25 %" in client.get(path).content.decode()
    client.post(f"{path}mode/", {"mode": "enforce"})
    assert (standing().mode, standing().enforce_percent) == ("enforce", 100)
    client.post(f"{path}standing/", {"to": "suspended"})
    assert standing().suspended
    assert "suspended" in client.get(path).content.decode()
    client.post(f"{path}standing/", {"to": "restored"})
    assert not standing().suspended


def test_a_centres_terms_are_set_and_shown(desk):
    """As they were typed, and to whoever may only look."""
    partner = desk.scene.seat(Hop.COURIER).partner
    said = {"networks": "192.0.2.0/24\n\n2001:db8::/32 ", "days": ["1", "5"], "opens": "22:00"}
    said |= {"closes": "06:00", "zone": "Asia/Manila"}
    client = desk.client(desk.person(Role.OWNER))
    assert client.post(f"/partners/{partner.pk}/centre/", said).status_code == 302
    partner.refresh_from_db()
    assert partner.desk_networks == ["192.0.2.0/24", "2001:db8::/32"]
    looks = desk.client(desk.person(Role.AUDITOR))
    shown = looks.get(f"/partners/{partner.pk}/").content.decode()
    assert "22:00\N{EN DASH}06:00 Asia/Manila" in shown


def test_a_partner_is_ended_as_one(desk):
    """GET lists what ends; POST ends it, each act the person's own."""
    scene = desk.scene
    seat, number = scene.seat(Hop.COURIER), a_subscription(scene)
    officer = desk.person(Role.PRIVACY_OFFICER)
    client = desk.client(officer)
    path = f"/partners/{seat.partner.pk}/end/"
    listed = client.get(path).content.decode()
    assert URL in listed
    assert Credential.objects.get(pk=seat.credential.pk).revoked_at is None
    assert client.post(path)["Location"] == f"/partners/{seat.partner.pk}/"
    assert Credential.objects.get(pk=seat.credential.pk).revoked_at is not None
    assert subscriptions.find(scene.brand.pk, number).revoked_at is not None
    acts = sample.acts_of(scene.brand, f"person:{officer.person_id}")
    assert acts[-3:] == ["partner_suspended", "credential_revoked", "subscription_revoked"]


def test_the_brand_says_where_it_is_found(desk):
    """What is saved is what the pictures of scams are made from."""
    client = desk.client(desk.person(Role.OWNER))
    said = {"published_channel": "care.kalanjali.example", "return_address": "Peenya\nBengaluru"}
    client.post("/brand/", said)
    brand = Brand.objects.get(pk=desk.scene.brand.pk)
    assert brand.published_channel == "care.kalanjali.example"
    assert brand.return_address == "Peenya\nBengaluru"
    assert "care.kalanjali.example" in client.get("/brand/").content.decode()
    assert sample.last_act(desk.scene.brand)[0] == "brand_changed"


def test_a_brand_is_told_its_quota(desk):
    """What is allowed, and how much of it is used."""
    client = desk.client(desk.person(Role.OWNER))
    assert "any number" in client.get("/brand/").content.decode()
    quotas.put(desk.scene.brand.pk, orders_per_day=60, credentials=9)
    asked_anew.forget()
    desk.scene.admit()
    shown = client.get("/brand/").content.decode()
    assert "3 / 60" in shown
    assert "3 / 9" in shown
