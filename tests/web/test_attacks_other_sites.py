"""Other sites against somebody who is signed in: frames, forms, links, redirects, caches."""

import pytest
from django.test import Client
from django.urls import reverse

from desk import PASSWORD, Desk
from matrix import Things
from orderveil.core.roles import Role
from orderveil.ledger.acts import ActKind
from orderveil.people.models import Membership
from people.door import CODE, acts, code, password, visitor
from scene import rows
from web.test_matrix import urls_of

ELSEWHERE = (
    *("https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example"),
    *("\\\\evil.example", "http:evil.example", "javascript:alert(1)", "data:text/html,x"),
    *("/\t/evil.example", " //evil.example", "https:///evil.example", "//evil.example\\@localhost"),
)
"""Where nobody is led, however it is written."""


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


def _leads_elsewhere(location: str) -> bool:
    return "evil" in location.partition("?")[0] or not location.startswith(("/", "?"))


@pytest.mark.parametrize("there", ELSEWHERE)
def test_no_sign_in_leads_elsewhere(desk, there):
    """`next` is a path of ours, or it is not followed: after a sign-in, a proof, a sign-out."""
    asha = desk.person(Role.SUPPORT)
    client = visitor()
    told = {"login": asha.person.email, "password": PASSWORD, "next": there}
    assert client.post("/account/login/?next=" + there, told)["Location"].startswith(CODE)
    assert client.post(CODE, {"code": code(), "next": there})["Location"] == "/"
    stale = desk.client(asha, factor_minutes=600)
    answers = [
        stale.get("/account/2fa/reauthenticate/", {"next": there}),
        stale.get("/account/reauthenticate/", {"next": there}),
        stale.get("/account/login/", {"next": there}),
        stale.post("/account/logout/", {"next": there}),
    ]
    assert [
        each["Location"] for each in answers if _leads_elsewhere(each.get("Location", "/"))
    ] == []


@pytest.mark.parametrize("there", ["https://evil.example/x", "http://localhost//evil.example/x"])
def test_no_header_leads_elsewhere(desk, there):
    """Whatever a browser says it came from: who proves the factor comes back to a page of ours."""
    client = desk.client(desk.person(Role.OWNER), factor_minutes=600)
    for headers in ({"referer": there}, {"hx-request": "true", "hx-current-url": there}):
        answer = client.post("/people/add/", headers=headers)
        assert answer.status_code in {204, 302}
        way = answer.get("Location") or answer["HX-Redirect"]
        assert way.startswith("/account/2fa/reauthenticate/")
        page = client.get(way).content.decode()
        assert 'value="https://evil' not in page
        assert 'value="//evil' not in page


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:80:80", "a@b"]
)
def test_another_host_is_no_host(desk, host):
    """A request for another name is answered with nothing: no link is ever built on it."""
    answer = desk.client(desk.person(Role.OWNER)).get("/people/", headers={"host": host})
    assert answer.status_code == 400
    forwarded = {"x-forwarded-host": host, "host": "localhost"}
    assert host not in desk.client().get("/desk/orders/", headers=forwarded)["Location"]


def test_nothing_changes_without_a_form_of_ours(desk):
    """A POST without the session's own token, or from another origin, is refused on every page."""
    things = Things.make("banarasi")
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.cookies["session"] = (
        things.desk.client(things.desk.person(Role.OWNER)).cookies["session"].value
    )
    before = rows("SELECT count(*) FROM ledger_entry WHERE kind NOT IN ('bulk', 'disclosure')")
    account = ("logout", "places", "language", "password", "sessions/end", "2fa/totp/deactivate")
    own = {name: f"/account/{name}/" for name in account}
    wrong = {}
    for name, url in (urls_of(things, Role.OWNER) | own).items():
        plain = client.post(url, {"ok": 1}).status_code
        cookie = client.cookies.get("csrf")
        token = {"csrfmiddlewaretoken": cookie.value if cookie else "x" * 32}
        there = {"origin": "https://evil.example"}
        other = client.post(url, token, headers=there).status_code
        if (plain, other) != (403, 403):
            wrong[name] = (plain, other)
    assert wrong == {}
    after = rows("SELECT count(*) FROM ledger_entry WHERE kind NOT IN ('bulk', 'disclosure')")
    assert before == after


def test_no_link_changes_anything(db):
    """A GET of any page, a prefetched link or a picture's address leaves no act and no setting."""
    things = Things.make()
    client = things.desk.client(things.desk.person(Role.OWNER))
    urls = urls_of(things, Role.OWNER)
    for name in ("ledger_export",):
        urls.pop(name)
    acts_of = (
        "SELECT count(*) FROM ledger_entry"
        " WHERE kind NOT IN ('bulk', 'disclosure', 'orders_searched')"
    )
    before = rows(acts_of)
    for path in (*urls.values(), "/account/logout/", "/account/places/", "/account/language/"):
        answer = client.get(path)
        answer.close()
        assert answer.status_code < 500, path
    assert rows(acts_of) == before
    assert client.get("/").status_code == 200


def test_no_page_is_framed_kept_or_named_to_others(db):
    """Every answer, refusals too: no frame, no store, no referrer for others, no foreign script."""
    things = Things.make()
    client = things.desk.client(things.desk.person(Role.OWNER))
    odd = ("/nothing/", "/desk/orders/none/", "/account/login/", "/account/", "/static/none")
    for path in (*urls_of(things, Role.OWNER).values(), *odd):
        answer = client.get(path)
        answer.close()
        assert answer["X-Frame-Options"] == "DENY", path
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert answer["Referrer-Policy"] == "same-origin", path
        assert answer["X-Content-Type-Options"] == "nosniff", path
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", path
        if not path.startswith("/static/"):
            assert answer["Cache-Control"] == "no-store, private", path


def test_after_signing_out_the_cookie_is_nobodys(desk):
    """The back button and a kept cookie reach the sign-in and nothing else."""
    asha = desk.person(Role.SUPPORT)
    client = visitor()
    password(client, asha.person.email)
    client.post(CODE, {"code": code()})
    kept = client.cookies["session"].value
    client.post("/account/logout/")
    client.cookies["session"] = kept
    assert client.get("/desk/orders/")["Location"].startswith("/account/login/")
    assert len(acts(desk.scene.brand.pk, ActKind.SIGNED_OUT)) == 1
    assert Membership.objects.get(pk=asha.pk).ended_at is None


def test_a_ticket_by_another_sites_link_is_the_links_own(desk):
    """A link looks nothing up; its button opens one order, shows no value, leads nowhere else."""
    scene = desk.scene
    order = scene.admit()
    client = desk.client(desk.person(Role.SUPPORT))
    number = rows("SELECT order_number FROM vault_order WHERE order_id = %s", [order])[0][0]
    url = reverse("ticket", args=["T-1"])
    told = {"order": number, "reason": "call_back", "next": "https://evil.example"}
    same = [client.get(url, told | {"order": name}) for name in (number, "#none")]
    assert [answer.status_code for answer in same] == [200, 200]
    assert "tickets" not in client.session
    answer = client.post(url, told)
    assert answer["Location"].startswith("/desk/orders/")
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'reveal'") == [(0,)]
    assert client.post(url, {"order": "#none"}).status_code == 404
