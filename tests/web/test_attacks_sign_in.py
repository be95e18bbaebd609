"""Whoever has a password, a cookie or a list of addresses, and nothing else."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIRequest
from django.urls import reverse

from desk import PASSWORD, Desk
from matrix import Things
from orderveil.core.roles import Role
from orderveil.ledger.acts import ActKind
from orderveil.people import invitations, memberships
from orderveil.web.pages import PAGES
from people.door import CODE, LOGIN, acts, code, password, visitor
from scene import ME, rows
from web.test_matrix import MAY, TOLD, values_for

JSON = "application/json"


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


def test_a_stolen_password_opens_nothing(desk):
    """Without the factor there is no session: neither pages nor the account, nor a new factor."""
    asha = desk.person(Role.OWNER)
    client = visitor()
    assert password(client, asha.person.email)["Location"] == CODE
    account = ("", "password/", "2fa/totp/activate/", "2fa/keys/add/", "2fa/codes/", "enrol/")
    for path in ("/", "/desk/orders/", *(f"/account/{each}" for each in account)):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code in {302, 405}, path
            assert LOGIN in answer.get("Location", LOGIN), path
    assert acts(desk.scene.brand.pk, ActKind.SIGNED_IN) == []


def test_guessing_codes_ends_soon(desk):
    """Whoever has the password guesses five codes, from however many browsers, and then none."""
    asha = desk.person(Role.OWNER)
    right = code()
    wrong = f"{(int(right) + 5) % 1_000_000:06}"
    for _ in range(6):
        client = visitor()
        password(client, asha.person.email)
        client.post(CODE, {"code": wrong})
    client = visitor()
    password(client, asha.person.email)
    assert client.post(CODE, {"code": right}).status_code != 302
    assert acts(desk.scene.brand.pk, ActKind.SIGNED_IN) == []


PROVE = "/account/2fa/reauthenticate/"
WHO = (Role.OWNER, Role.PLATFORM_OPERATOR, Role.WAREHOUSE)
"""Between them they reach every page."""
NOT_LASTING = {
    "search": "finds what the role sees masked; counted and on record",
    "ticket": "keeps a ticket's number in the session, for reveals that ask for the factor",
    "verify": "match or no match, three tries for an order in a day; shows and changes nothing",
    "ledger_find": "leads to a page of the ledger",
    "policy_begin": "a draft lives in its author's session; publishing it asks for the factor",
    "policy_draft": "the same draft",
    "policy_draft_text": "the same draft",
    "policy_draft_hop": "the same draft",
    "policy_discard": "the same draft",
    **dict.fromkeys(
        ("wave_add", "wave_picked", "wave_end"),
        "what is fetched from where, and no buyer: many times a day, in gloves",
    ),
    **dict.fromkeys(
        ("packing", "packing_count", "packing_full", "packing_printers", "packing_again"),
        "a station's own work: the cookie of its device is asked for besides",
    ),
    **dict.fromkeys(("print_settle", "print_again", "print_call_off"), "the same, with a reason"),
    "station": "ends this browser being a station, and opens nothing",
}
"""What takes POSTs from a session whose factor is old, and why that changes nothing that lasts."""


def test_a_stolen_cookie_does_not_take_over_the_account(desk):
    """After ten minutes neither password, factors nor codes are changed by it."""
    client = desk.client(desk.person(Role.OWNER), factor_minutes=11)
    closed = ("password/", "2fa/totp/deactivate/", "2fa/keys/add/", "2fa/codes/new/")
    before = Authenticator.objects.count()
    for path in closed:
        answer = client.post(f"/account/{path}", {"password": PASSWORD})
        assert PROVE in answer.get("Location", ""), path
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code in {302, 404}
    assert PROVE in client.post("/people/add/")["Location"]
    assert Authenticator.objects.count() == before


def test_a_stolen_cookie_changes_nothing_that_lasts(db, monkeypatch):
    """After ten minutes every page that takes a POST asks for the factor, but for a named few.

    A page only shows something if it refuses POSTs, or answers one with a page, unread.
    """
    read = []
    spied = property(lambda request: read.append(1) or request._get_post(), WSGIRequest._set_post)
    monkeypatch.setattr(WSGIRequest, "POST", spied)
    things, takes, asks = Things.make(), set(), set()
    for page in PAGES:
        role = next(each for each in WHO if each in MAY[page.name])
        things.actor(role)
        client = things.desk.client(things.desk.people[str(role)], factor_minutes=11)
        if role == Role.WAREHOUSE:
            things.desk.on_device(client)
        url, told = _one_of(things, role, page)
        looked = client.get(url)
        looked.close()
        read.clear()
        answer = client.post(url, told)
        is_only_shown = (looked.status_code, answer.status_code) == (200, 200) and not read
        if answer.status_code != 405 and not is_only_shown:
            takes.add(page.name)
        if PROVE in answer.get("Location", ""):
            asks.add(page.name)
    assert takes - asks == NOT_LASTING.keys()
    of_orders = {"reveal", "call_customer", "correct_address", "answer_attempt"}
    of_orders |= {"hand_one", "hand_many"}
    assert asks == {page.name for page in PAGES if page.fresh} | of_orders


def _one_of(things, role, page):
    """The URL of a thing that the page is about, and what its form says."""
    values = values_for(page, things, role)
    told = TOLD.get(page.name, {})
    if page.name == "answer_attempt":
        values["ref"] += "-1"
    if page.name.startswith("hand_"):
        told = {"centre": things.centre.pk, "ref": things.ref(things.actor(role), things.order)}
    return reverse(page.name, kwargs=values), told


def test_a_cookie_ends_with_the_membership(desk):
    """Whoever leaves, starts over or is dismissed has no session from the commit on."""
    member = desk.person(Role.SUPPORT)
    client = desk.client(member)
    assert client.get("/desk/orders/").status_code == 200
    memberships.leave(member, now=desk.scene.now, who=ME)
    assert client.get("/desk/orders/")["Location"].startswith(LOGIN)


def _told(answer) -> tuple:
    body = answer.content.decode()
    body = body.split("<main")[1].split("</main>")[0] if "<main" in body else body
    return answer.status_code, answer.get("Location"), _plain(body)


def _plain(text: str) -> str:
    return re.sub(r'value="[^"]*"', "", text)


def test_addresses_are_not_told(desk):
    """Known, unknown, left and never begun: the same answer to a wrong password."""
    known = desk.person(Role.SUPPORT).person.email
    left = desk.person(Role.SUPPORT, "left")
    memberships.leave(left, now=desk.scene.now, who=ME)
    begun = memberships.join(
        desk.scene.brand.pk, "new@people.example", "New", Role.SUPPORT, now=desk.scene.now, who=ME
    )
    told = set()
    for email in (known, "nobody@people.example", left.person.email, begun.person.email):
        cache.clear()
        told.add(_told(password(visitor(), email, "wrong wrong wrong")))
    assert len(told) == 1


@pytest.mark.parametrize(
    "sent",
    [
        *(
            "",
            "null",
            "[]",
            "{}",
            "\ud800",
            '"\\ud800"',
            '{"id":"\\u0000"}',
            "1" * 5000,
            "[" * 3000,
        ),
        json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}),
        json.dumps(
            {
                "id": "AAAA",
                "rawId": "AAAA",
                "type": "public-key",
                "response": {
                    "clientDataJSON": "e30",
                    "authenticatorData": "AAAA",
                    "signature": "AA",
                    "userHandle": "MQ",
                },
            }
        ),
    ],
)
def test_no_passkey_is_a_fault_or_tells_who_is_here(desk, sent):
    """Whatever a browser says instead of a passkey: refused, and the same for every name."""
    desk.person(Role.SUPPORT)
    client = visitor()
    offered = client.get("/account/2fa/keys/login/", headers={"accept": JSON})
    assert offered.status_code == 200
    assert (
        b"allowCredentials" not in offered.content or b'"allowCredentials": []' in offered.content
    )
    text = sent.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    answer = client.post("/account/2fa/keys/login/", {"credential": text})
    assert answer.status_code < 500
    assert client.get("/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize("token", ["x", "\u0966" * 20, "a" * 3000, "..%2f..", "'--", "\ufffd"])
def test_a_guessed_link_is_over_like_a_used_one(desk, token):
    """First-run links answer as if there were nothing; one-time links as if they were used."""
    asha = desk.person(Role.SUPPORT)
    used = invitations.invite(asha, now=desk.scene.now, who=ME)
    invitations.invite(asha, now=desk.scene.now, who=ME)
    for name in ("welcome", "first_run"):
        guessed = visitor().get(reverse(name, args=[token]))
        real = visitor().get(reverse(name, args=[used]))
        assert _told(guessed) == _told(real)
        assert guessed.status_code in {404, 410}
        assert visitor().post(reverse(name, args=[token]), {"password": "x"}).status_code in {
            404,
            410,
        }
    assert rows("SELECT count(*) FROM people_invitation WHERE used_at IS NULL") == [(1,)]


@pytest.mark.parametrize(
    "path", ["sso/login/", "sso/login/callback/", "x/login/", "x/login/callback/"]
)
def test_no_provider_is_no_way_in(desk, path):
    """Without single sign-on configured its addresses answer, and let nobody in."""
    client = visitor()
    for method in (client.get, client.post):
        answer = method(
            f"/account/oidc/{path}", {"state": "x\ufffd", "code": "1", "next": "//evil"}
        )
        assert answer.status_code in {302, 400, 403, 404, 405}
    assert client.get("/")["Location"].startswith(LOGIN)
