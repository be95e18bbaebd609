"""The people's door beside the machines': its address, its names, its assets, its headers."""

import pytest
from django.test import Client

from desk import Desk
from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.gate.provision import provision_brand
from scene import ME


@pytest.fixture
def client(db):
    """A browser on this machine that is signed in nowhere."""
    return Client(REMOTE_ADDR="127.0.0.1", headers={"host": "127.0.0.1:8420"})


@pytest.mark.parametrize("host", ["evil.example", "orderveil.example", "169.254.169.254"])
def test_another_name_for_this_machine_is_refused(db, host):
    """A name that was made to point here (DNS rebinding), or a proxy's, answers 400."""
    desk = Desk.make()
    client = desk.client(desk.person(Role.OWNER))
    for path in ("/", "/relay/ledger.json", "/account/login/"):
        assert client.get(path, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/static/desk.css", "/static/relay.js", "/nothing"])
def test_the_policy_allows_nothing_inline(client, path):
    """A policy from 'none' up, no unsafe word; nobody frames a page; no referrer to others."""
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    directives = {each.strip() for each in policy.split(";")}
    assert directives >= {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"}
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "name", ["../settings.py", "relay.html", "%2e%2e/page.py", "relay.css.bak"]
)
def test_no_other_file_is_an_asset(client, name):
    """Only what pages need is served, by name."""
    assert client.get(f"/static/{name}").status_code == 404
    assert client.get("/static/desk.css").headers["content-type"].startswith("text/css")


def test_the_doors_share_one_address(client):
    """Machines' paths go to the machine API, the rest to the pages."""
    from orderveil.web.doors import MACHINES, application  # noqa: PLC0415 - sets itself up

    assert "/v1/" in MACHINES
    seen = {}
    for path in ("/healthz", "/v1/nothing", "/account/login/"):
        environ = client._base_environ(PATH_INFO=path, REQUEST_METHOD="GET")
        kinds = []
        list(application(environ, lambda status, headers, *_, at=kinds: at.extend(headers)))
        seen[path] = {name.lower(): value for name, value in kinds}["content-type"]
    assert seen["/healthz"] == "application/json"
    assert seen["/v1/nothing"] == "application/problem+json"
    assert seen["/account/login/"].startswith("text/html")


def test_a_brand_is_no_sample_unless_it_was_made_one(db):
    """A brand made for real orders never shows an order of a walk."""
    made = provision_brand("real", now=utc_now(), who=ME)
    assert made.is_sample is False
