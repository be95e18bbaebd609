"""The way in: which accounts exist is not told, tries are limited, every factor counts once."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.core.cache import cache

from desk import ME, PASSWORD, TOTP_SECRET, Desk
from orderveil.core.roles import Role
from orderveil.ledger.acts import ActKind
from orderveil.people import invitations, memberships
from orderveil.people.models import Person
from orderveil.people.session_store import stored_name
from people.door import CODE, LOGIN, acts, code, password, sign_in, visitor
from scene import rows


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


def words(answer):
    """What a page says, without what is made anew for each."""
    text = answer.content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    return [line for line in main.splitlines() if "csrfmiddlewaretoken" not in line]


def test_a_password_and_a_code_open_the_desk(desk):
    """Both are asked for; then the desk opens, and the sign-in is on record."""
    asha = desk.person(Role.SUPPORT)
    client = visitor()
    assert password(client, asha.person.email)["Location"] == CODE
    assert client.get("/desk/orders/").status_code == 302
    assert client.post(CODE, {"code": code()})["Location"] == "/"
    assert client.get("/desk/orders/").status_code == 200
    (act,) = acts(asha.brand_id, ActKind.SIGNED_IN)
    assert act["subject"] == asha.person.tag
    assert asha.person.email not in str(act)


def test_the_address_is_found_however_it_is_written(desk):
    """People write their address as they like."""
    asha = desk.person(Role.SUPPORT)
    assert password(visitor(), asha.person.email.upper())["Location"] == CODE


def test_unknown_inactive_and_wrong_look_the_same(desk):
    """Same status, same words, for an address that is unknown, gone, or has another password."""
    asha, gone = desk.person(Role.SUPPORT), desk.person(Role.SUPPORT, "gone")
    memberships.leave(gone, now=desk.scene.now, who=ME)
    answers = []
    for email in (asha.person.email, gone.person.email, "nobody@people.example"):
        cache.clear()
        answer = password(visitor(), email, "not the password at all")
        shown = [line.replace(email, "EMAIL") for line in words(answer)]
        answers.append((answer.status_code, shown))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 200


def test_an_unknown_account_costs_the_same_work(desk, monkeypatch):
    """Argon2 runs once for every try, known or not: time does not tell."""
    email = desk.person(Role.SUPPORT).person.email
    hashed = []
    kind = type(hashers.get_hasher("default"))
    plain_encode, plain_verify = kind.encode, kind.verify
    monkeypatch.setattr(
        kind, "encode", lambda *given: hashed.append("encode") or plain_encode(*given)
    )
    monkeypatch.setattr(
        kind, "verify", lambda *given: hashed.append("verify") or plain_verify(*given)
    )
    password(visitor(), email, "not the password at all")
    assert hashed == ["verify"]
    password(visitor(), "nobody@people.example", "not the password at all")
    assert hashed == ["verify", "encode"]


def test_passwords_are_hashed_with_argon2(desk):
    """The memory-hard one, with Django's parameters."""
    asha = desk.person(Role.SUPPORT)
    ((stored,),) = rows("SELECT password FROM people_person WHERE id = %s", [asha.person_id])
    assert stored.startswith("argon2$argon2id$")


@pytest.mark.parametrize("known", [True, False])
def test_guessing_is_stopped(desk, known):
    """After five wrong passwords for an address even the right one has to wait, known or not."""
    email = desk.person(Role.SUPPORT).person.email if known else "nobody@people.example"
    client = visitor()
    for _ in range(5):
        assert password(client, email, "not the password at all").status_code == 200
    answer = password(client, email)
    assert answer.status_code == 200
    assert "Too many" in answer.content.decode()
    assert client.get("/")["Location"].startswith(LOGIN)


def test_a_sign_in_says_with_which_factor(desk):
    """A recovery code that is used is told from the app it stands in for."""
    asha = desk.person(Role.SUPPORT)
    codes = RecoveryCodes.activate(asha.person).get_unused_codes()
    sign_in(asha)
    client = visitor()
    password(client, asha.person.email)
    assert client.post(CODE, {"code": codes[0]}).status_code == 302
    told = [act["detail"]["factor"] for act in acts(asha.brand_id, ActKind.SIGNED_IN)]
    assert told == ["totp", "recovery_codes"]


def test_guessing_from_elsewhere_locks_nobody_out(desk):
    """Five wrong passwords from one address: the owner of the account signs in from another."""
    email = desk.person(Role.SUPPORT).person.email
    stranger, asha = (visitor(REMOTE_ADDR=f"192.0.2.{host}") for host in (7, 8))
    for _ in range(6):
        password(stranger, email, "not the password at all")
    assert password(asha, email)["Location"] == CODE


def test_guessing_from_many_addresses_is_stopped(desk):
    """Fifty wrong passwords in an hour, from wherever; sign-ins that succeed don't count."""
    email = desk.person(Role.SUPPORT).person.email
    for host in range(50):
        guess = visitor(REMOTE_ADDR=f"192.0.2.{host}")
        assert "Too many" not in password(guess, email, "not the password").content.decode()
        if host == 48:
            assert password(guess, email)["Location"] == CODE
    answer = password(visitor(REMOTE_ADDR="192.0.2.99"), email)
    assert "Too many" in answer.content.decode()


def test_guessing_from_one_address_is_stopped(desk):
    """Thirty tries in a minute from one place, whatever the accounts: then none is looked at."""
    del desk
    client = visitor()
    answers = [
        password(client, f"p{number}@people.example", "x" * 12).status_code for number in range(31)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_guessing_codes_is_stopped(desk):
    """Five wrong codes for a person: then the right one has to wait as well."""
    client = visitor()
    password(client, desk.person(Role.SUPPORT).person.email)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert client.post(CODE, {"code": code()}).status_code == 200
    assert client.get("/")["Location"].startswith(LOGIN)


def test_a_code_opens_once(desk):
    """Whoever looks over a shoulder has nothing: a used code is refused."""
    asha = desk.person(Role.SUPPORT)
    shown = code()
    first, second = visitor(), visitor()
    password(first, asha.person.email)
    assert first.post(CODE, {"code": shown}).status_code == 302
    password(second, asha.person.email)
    assert second.post(CODE, {"code": shown}).status_code == 200
    assert second.get("/")["Location"].startswith(LOGIN)


def test_a_recovery_code_opens_once(desk):
    """It stands in for a lost factor, a single time."""
    asha = desk.person(Role.SUPPORT)
    spare = RecoveryCodes.activate(asha.person).get_unused_codes()[0]
    first, second = visitor(), visitor()
    password(first, asha.person.email)
    assert first.post(CODE, {"code": spare}).status_code == 302
    password(second, asha.person.email)
    assert second.post(CODE, {"code": spare}).status_code == 200


def test_the_factor_is_sealed_where_it_is_stored(desk):
    """Neither the app's secret nor the seed of the codes can be read out of the database."""
    asha = desk.person(Role.SUPPORT)
    codes = RecoveryCodes.activate(asha.person)
    stored = str(rows("SELECT data::text FROM mfa_authenticator"))
    assert TOTP_SECRET not in stored
    assert not any(one in stored for one in codes.get_unused_codes())
    app = Authenticator.objects.get(type="totp")
    assert app.data["secret"] != TOTP_SECRET
    assert app.wrap().validate_code(code())


def test_the_session_is_a_new_one_after_signing_in(desk):
    """Whoever planted a session id before has nothing: it changes, and the old one is gone."""
    asha = desk.person(Role.SUPPORT)
    client = visitor()
    client.get(LOGIN)
    password(client, asha.person.email)
    planted = client.cookies["session"].value
    client.post(CODE, {"code": code()})
    assert client.cookies["session"].value != planted
    assert not Session.objects.filter(session_key=stored_name(planted)).exists()


def test_the_cookie_is_for_this_browser_session_only(desk):
    """No "remember me": the cookie has no age, scripts can't read it, other sites don't send it."""
    cookie = sign_in(desk.person(Role.SUPPORT)).cookies["session"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "remember" not in visitor().get(LOGIN).content.decode().lower()


@pytest.mark.parametrize(
    "path",
    [
        *(LOGIN, "/account/logout/", "/account/password/", "/account/language/"),
        *("/account/places/", "/account/sessions/end/", "/account/2fa/codes/new/"),
        "/account/2fa/totp/deactivate/",
    ],
)
def test_a_form_of_another_site_changes_nothing(desk, path):
    """Every POST needs the token of a page of ours."""
    client = desk.client(desk.person(Role.SUPPORT), enforce_csrf_checks=True)
    answer = client.post(path, {"login": "x@people.example", "password": PASSWORD})
    assert answer.status_code == 403
    assert "did not come from a page of this session" in answer.content.decode()


def test_people_of_a_demo_stay_in_the_demo(desk, settings_demo):
    """Their passwords, which `orderveil demo` prints, open nothing where no demo runs."""
    ravi = desk.person(Role.SUPPORT, "ravi", is_demo=True)
    client = visitor()
    assert password(client, ravi.person.email)["Location"] == "/account/inactive/"
    assert client.get("/")["Location"].startswith(LOGIN)
    settings_demo(True)
    assert password(visitor(), ravi.person.email)["Location"] == CODE
    inside = desk.client(ravi)
    assert inside.get("/account/").status_code == 200
    settings_demo(False)
    assert inside.get("/account/")["Location"] == LOGIN


@pytest.fixture
def settings_demo(monkeypatch):
    """Switches the demo on or off."""
    return lambda on: monkeypatch.setattr(settings, "DEMO", on)


def test_there_is_no_way_to_sign_up(desk):
    """Accounts begin with a link; allauth's pages for anything else are not there."""
    del desk
    client = visitor()
    shown = client.get(LOGIN).content.decode()
    for path in ("signup/", "password/reset/", "email/", "closed/account_signup/"):
        assert client.get(f"/account/{path}").status_code == 404, path
    assert "/account/closed/" not in shown


def test_a_link_leads_to_a_password_a_factor_and_the_codes(desk):
    """The whole first day: link, password, app, recovery codes shown once, the desk."""
    asha = desk.person(Role.SUPPORT)
    token = invitations.start_over(asha, now=desk.scene.now, who=ME)
    client = visitor()
    assert client.get(f"/account/welcome/{token}/").status_code == 200
    typed = {"password": "nine green parrots sing", "again": "nine green parrots sing"}
    assert client.post(f"/account/welcome/{token}/", typed)["Location"] == "/account/enrol/"
    assert client.get("/")["Location"] == "/account/enrol/"
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert "data:image/svg+xml;base64," in page
    assert " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) in page
    answer = client.post("/account/2fa/totp/activate/", {"code": code(secret)})
    assert answer["Location"] == "/account/2fa/codes/"
    shown = client.get("/account/2fa/codes/").content.decode()
    assert shown.count("<li><code>") == 10
    assert "<li><code>" not in client.get("/account/2fa/codes/").content.decode()
    assert client.get("/desk/orders/").status_code == 200
    kinds = [act["detail"]["factor"] for act in acts(asha.brand_id, ActKind.FACTOR_ADDED)]
    assert sorted(kinds) == ["recovery_codes", "totp"]


def test_a_link_serves_once(desk):
    """Used, it answers that it is over, and sets no password."""
    asha = desk.person(Role.SUPPORT)
    token = invitations.start_over(asha, now=desk.scene.now, who=ME)
    typed = {"password": "nine green parrots sing", "again": "nine green parrots sing"}
    assert visitor().post(f"/account/welcome/{token}/", typed).status_code == 302
    other = {"password": "ten other parrots sing", "again": "ten other parrots sing"}
    answer = visitor().post(f"/account/welcome/{token}/", other)
    assert answer.status_code == 410
    assert Person.objects.get(pk=asha.person_id).check_password("nine green parrots sing")


@pytest.mark.parametrize(
    ("first", "second"),
    [("short", "short"), ("123456789012", "123456789012"), ("a" * 13, "b" * 13)],
)
def test_a_link_takes_only_a_good_password(desk, first, second):
    """Too short, only digits, or not twice the same: asked again, and the link stays good."""
    told = {"now": desk.scene.now, "who": ME, "sets_password": True}
    token = invitations.invite(desk.person(Role.SUPPORT), **told)
    answer = visitor().post(f"/account/welcome/{token}/", {"password": first, "again": second})
    assert answer.status_code == 200
    assert 'class="errorlist' in answer.content.decode()
    assert visitor().get(f"/account/welcome/{token}/").status_code == 200


def test_a_link_does_not_stand_in_for_a_factor(desk):
    """Somebody who has a factor is asked for it after the link as well."""
    asha = desk.person(Role.SUPPORT)
    told = {"now": desk.scene.now, "who": ME, "sets_password": True}
    token = invitations.invite(asha, **told)
    client = visitor()
    typed = {"password": "nine green parrots sing", "again": "nine green parrots sing"}
    assert client.post(f"/account/welcome/{token}/", typed)["Location"] == CODE
    assert client.get("/account/enrol/")["Location"].startswith(LOGIN)


def test_a_code_of_the_same_minute_is_no_second_proof(desk):
    """What proves the factor for a change is a code that was not used before."""
    asha = desk.person(Role.OWNER)
    client = visitor()
    shown = code()
    client.post(LOGIN, {"login": asha.person.email, "password": PASSWORD})
    assert client.post(CODE, {"code": shown}).status_code == 302
    assert client.post("/account/2fa/reauthenticate/", {"code": shown}).status_code == 200
