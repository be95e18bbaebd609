"""Sessions in the database: under the hash of their key, sealed, and nobody's way in."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from desk import Desk
from doors import stored
from orderveil.core.roles import Role
from orderveil.people.session_store import SessionStore, stored_name
from people.door import sign_in


def _with_cookie(value: str) -> Client:
    client = Client(headers={"host": "localhost"})
    client.cookies["session"] = value
    return client


def test_no_cookie_is_in_the_database(db):
    """Somebody with a copy of every table can't go on as anybody who is signed in."""
    desk = Desk.make()
    cookie = sign_in(desk.person(Role.SUPPORT)).cookies["session"].value
    assert _with_cookie(cookie).get("/").status_code == 200
    places = [(table, column) for table, column, value in stored() if cookie.encode() in value]
    assert places == []
    names = set(Session.objects.values_list("session_key", flat=True))
    assert names == set(UserSession.objects.values_list("session_key", flat=True))
    for name in names:
        assert _with_cookie(name).get("/").status_code == 302


def test_what_a_session_holds_is_sealed(db):
    """A secret that is kept in a session while a factor is enrolled is readable in no row."""
    session = SessionStore()
    session["mfa.totp.secret"] = "INVENTEDSECRET"
    session.save()
    assert SessionStore(session.session_key)["mfa.totp.secret"] == "INVENTEDSECRET"
    assert [place for *place, value in stored() if b"INVENTEDSECRET" in value] == []


def test_a_row_under_another_name_does_not_open(db):
    """Whoever writes somebody's session under a key of their own has an empty one."""
    session = SessionStore()
    session["who"] = "asha"
    session.save()
    Session.objects.update(session_key=stored_name("mine"))
    assert SessionStore("mine").get("who") is None
    Session.objects.update(session_data="nonsense")
    assert SessionStore("mine").get("who") is None


def test_a_session_ends_by_its_key_and_by_its_name(db):
    """allauth's list knows the name only, and ends and purges by it."""
    desk = Desk.make()
    first, second = (sign_in(desk.person(Role.SUPPORT)) for _ in range(2))
    assert UserSession.objects.count() == 2
    for each in UserSession.objects.purge_and_list(desk.person(Role.SUPPORT).person):
        assert each.exists()
    UserSession.objects.earliest("pk").end()
    assert (first.get("/").status_code, second.get("/").status_code) == (302, 200)
    second.post("/account/logout/")
    assert not Session.objects.exists()


def test_a_cookie_of_any_characters_is_a_stranger(db):
    """A cookie with a NUL, a quote or a lone surrogate is no fault: it is nobody's."""
    for value in ("a\x00bcdefgh", '"quoted"', "~" * 40, "a" * 4000, "\u0905\u0906" * 9):
        client = Client(headers={"host": "localhost"}, HTTP_COOKIE=f"session={_octal(value)}")
        assert client.get("/").status_code == 302


def _octal(value: str) -> str:
    """As a cookie spells any byte (RFC 2109, and Python's cookies after it)."""
    return '"' + "".join(f"\\{byte:03o}" for byte in value.encode()) + '"'
