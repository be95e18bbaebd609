"""Signing in with real browsers: the one-time link, a passkey, an authenticator app."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth

import browser
from desk import ME, PASSWORD, Desk
from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.people import invitations, memberships
from orderveil.people.adapters import FactorAdapter
from orderveil.people.models import Person
from realserver import running_server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (browser.CHROMIUM and browser.DRIVER), reason=browser.MISSING),
]
AT = "return location.pathname === arguments[0]"


def newcomer(desk):
    """Somebody who was just added, and the token of their link."""
    made = memberships.join(
        desk.scene.brand.pk,
        "new.colleague@people.example",
        "New Colleague",
        Role.SUPPORT,
        now=utc_now(),
        who=ME,
    )
    return made.person, invitations.invite(made, now=utc_now(), who=ME)


def set_password(page, site, token):
    """Follow the link as far as the page that enrols a factor."""
    page.open(f"{site.people_url}/account/welcome/{token}/")
    page.fill("#id_password", PASSWORD)
    page.fill("#id_again", PASSWORD)
    page.click("main .primary")
    page.wait_for(AT, "/account/enrol/")


def current_code():
    """The code that the person's app shows now."""
    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    secret = FactorAdapter().decrypt(kept.data["secret"])
    (counter, *_) = auth.yield_hotp_counters_from_time()
    return auth.format_hotp_value(auth.hotp_value(secret, counter + 1))


def test_a_passkey_is_enrolled_and_signs_in(db, tmp_path):
    """From the link to the home page by a passkey, and in again with nothing but the passkey."""
    _, token = newcomer(Desk.make())
    with running_server(db) as site, browser.browser(tmp_path, width=1280, height=900) as page:
        page.add_authenticator()
        set_password(page, site, token)
        page.click('main a[href$="/keys/add/"]')
        page.click("#mfa_webauthn_add")
        page.wait_for("return location.pathname !== '/account/2fa/keys/add/'")
        page.open(f"{site.people_url}/")
        assert page.url == f"{site.people_url}/"
        page.forget_cookies()
        page.open(f"{site.people_url}/account/login/")
        page.click("#passkey_login")
        page.wait_for(AT, "/")
        assert "New Colleague" in page.text(".me")


def test_an_app_is_enrolled_and_signs_in(db, tmp_path):
    """From the link to the home page by six digits, and in again with password and digits."""
    person, token = newcomer(Desk.make())
    with running_server(db) as site, browser.browser(tmp_path, width=1280, height=900) as page:
        set_password(page, site, token)
        page.click('main a[href$="/totp/activate/"]')
        secret = page.text("#secret").replace(" ", "")
        (counter, *_) = auth.yield_hotp_counters_from_time()
        page.fill("#id_code", auth.format_hotp_value(auth.hotp_value(secret, counter)))
        page.click("main .primary")
        page.wait_for("return location.pathname !== '/account/2fa/totp/activate/'")
        page.open(f"{site.people_url}/")
        assert "New Colleague" in page.text(".me")

        page.forget_cookies()
        page.open(f"{site.people_url}/account/login/")
        page.fill("#id_login", person.email)
        page.fill("#id_password", PASSWORD)
        page.click("main .primary")
        page.wait_for(AT, "/account/2fa/authenticate/")
        page.fill("#id_code", current_code())
        page.click("main .primary")
        page.wait_for(AT, "/")
        assert Person.objects.get(pk=person.pk).last_login is not None
