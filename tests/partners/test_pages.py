"""The pages about partners, credentials, channels and subscriptions, role by role."""

import re

import pytest

from desk import ROLES_OF_A_BRAND, Desk
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.gate import law
from orderveil.gate.quotas import orders as asked_anew
from orderveil.hops.storefront.formats import Format
from orderveil.outbox import subscribing, subscriptions
from orderveil.outbox.events import EventKind
from orderveil.partners import credentials, listing, quotas, registry
from orderveil.partners.forms import FORMATS
from orderveil.partners.models import Agreement, Brand, Channel, Credential, Partner
from partners import sample
from scene import ME, Scene

URL = "https://hooks.partner.example/in"
SECRET = re.compile(r'id="secret">([^<]+)<')


@pytest.fixture
def desk(db):
    """A brand with people, and seats on the hops whose parcels are assigned."""
    return Desk.make()


def a_subscription(scene):
    """The number of a subscription of the scene's courier."""
    kinds = [EventKind.PARCEL_PACKED]
    partner = scene.seat(Hop.COURIER).partner
    made, _ = subscribing.add(partner, Hop.COURIER, URL, kinds, now=scene.now, who=ME)
    return made.subscription_id


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


def state():
    """What a POST might have changed."""
    tables = ("partner", "agreement", "credential", "channel", "brand", "approval")
    stored = [sample.everything_stored(f"partners_{table}") for table in tables]
    return [*stored, sample.everything_stored("outbox_subscription")]


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
    assert "agreement until 31 Dec 2099" in client.get(f"/partners/{made.pk}/").content.decode()


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


def shown_once(client, path, said):
    """The secret in the answer to this POST; it is in no page that comes after."""
    answer = client.post(path, said)
    assert answer.status_code == 200, answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert 'data-copy="secret"' in answer.content.decode()
    secret = SECRET.search(answer.content.decode())[1]
    assert secret not in str(dict(client.session.items()))
    for page in ("partners", "credentials", "channels", "subscriptions"):
        assert secret not in client.get(f"/{page}/").content.decode()
    for table in ("ledger_entry", "django_session", "partners_credential", "partners_channel"):
        assert secret not in sample.everything_stored(table)
    return secret


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
    client.post("/brand/", {"published_channel": "care.kalanjali.example"})
    assert Brand.objects.get(pk=desk.scene.brand.pk).published_channel == "care.kalanjali.example"
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


def test_the_forms_know_every_format():
    """The storefront's table and the form's choices name the same."""
    assert {name for name, _ in FORMATS} == set(Format)
