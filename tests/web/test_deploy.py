"""As it is deployed: behind TLS, under a name, with an identity provider. Each in a process."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest

import database

DESK = "https://desk.brand.example"
READ = """
import json, django
django.setup()
from django.test import Client
client = Client(headers={"host": "desk.brand.example"})
plain = client.get("/account/login/")
page = client.get("/account/login/", secure=True)
print(json.dumps({
    "plain": [plain.status_code, plain.get("Location")],
    "status": page.status_code,
    "headers": dict(page.items()),
    "cookies": {name: dict(value) for name, value in page.cookies.items()},
    "session": django.conf.settings.SESSION_COOKIE_NAME,
}))
"""


def run(name, code, *arguments, **environment):
    """A Python process over the database `name`, with settings from this environment."""
    host = quote(str(database.server().socket_folder), safe="")
    told = {
        "DATABASE_URL": f"postgresql://orderveil@/{name}?host={host}",
        "DJANGO_SETTINGS_MODULE": "orderveil.web.settings",
        **environment,
    }
    return subprocess.run(
        [sys.executable, *code, *arguments],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def served(db):
    """What a deployed desk answers for its sign-in page."""

    def ask(**environment):
        done = run(db, ["-c", READ], **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.mark.parametrize(
    "url",
    ["desk.brand.example", "http://desk.brand.example", "https://brand.example/desk", "https://"],
)
def test_an_address_that_protects_nothing_is_refused(db, url):
    """Without TLS or a name, or with a path, the server does not start, and says which setting."""
    done = run(db, ["-c", "import django; django.setup()"], ORDERVEIL_URL=url)
    assert done.returncode != 0
    assert "ORDERVEIL_URL must be https://" in done.stderr


def test_django_s_deployment_check_has_nothing_to_say(db):
    """`check --deploy` passes with no warning at all."""
    done = run(
        db, ["-m", "django"], "check", "--deploy", "--fail-level", "WARNING", ORDERVEIL_URL=DESK
    )
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_cookies_and_headers_are_for_tls_only(served):
    """HSTS for a year, cookies of this host alone, plain http sent on, framed by nobody."""
    told = served(ORDERVEIL_URL=DESK)
    assert told["plain"] == [301, f"{DESK}/account/login/"]
    assert told["status"] == 200
    headers = told["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store, private"
    assert told["session"] == "__Host-session"
    cookie = told["cookies"]["__Host-csrf"]
    # A `__Host-` cookie is kept only if it is secure, has this path and names no domain.
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_the_policy_lets_forms_go_to_the_provider_only(served):
    """`form-action` has the identity provider's origin, and nothing else is looser for it."""
    told = served(ORDERVEIL_URL=DESK, ORDERVEIL_OIDC_ISSUER="https://id.brand.example/realm/x")
    policy = dict(
        line.strip().partition(" ")[::2]
        for line in told["headers"]["Content-Security-Policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'self' https://id.brand.example",
        "frame-ancestors": "'none'",
    }


def test_a_provider_without_tls_is_refused(db):
    """Whoever stands between could say anything about anybody."""
    done = run(db, ["-m", "django"], "check", ORDERVEIL_OIDC_ISSUER="http://id.brand.example")
    assert done.returncode != 0
    assert "ORDERVEIL_OIDC_ISSUER must begin with https://" in done.stderr


def test_another_host_name_is_not_answered(db):
    """A link made for another name would lead people elsewhere."""
    code = (
        READ.split("plain =", maxsplit=1)[0]
        + "print(client.get('/', headers={'host': 'x.example'}))"
    )
    done = run(db, ["-c", code], ORDERVEIL_URL=DESK)
    assert "status_code=400" in done.stdout
