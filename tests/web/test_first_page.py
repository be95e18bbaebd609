"""The first page: who may see it, under which policy, with and without a walk."""

import json
import shutil

import pytest
from django.conf import settings
from django.test import Client

from doors import Doors
from orderveil.core.clocks import utc_now
from orderveil.gate.provision import provision_brand
from orderveil.scams.kept import Kept, keep
from scams.sample_views import picture
from scene import ME, rows


@pytest.fixture
def client(db):
    """A browser on this machine, before any walk."""
    shutil.rmtree(settings.HOME / "walk", ignore_errors=True)
    yield Client(REMOTE_ADDR="127.0.0.1", headers={"host": "127.0.0.1:8420"})
    shutil.rmtree(settings.HOME / "walk", ignore_errors=True)


def kept_sample(*, is_sample=True):
    """A kept picture whose brand is in this database, and its order."""
    doors = Doors.make(format_="orderveil")
    order = doors.scene.admit()
    brand = doors.scene.brand
    type(brand).objects.filter(pk=brand.pk).update(is_sample=is_sample)
    keep(Kept(picture(), order, brand.pk))
    doors.settle()
    return doors, order


@pytest.mark.parametrize("path", ["/", "/relay/ledger.json"])
@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "2001:db8::1", ""])
def test_the_page_is_for_this_machine_only(client, path, address):
    """403 for whoever asks from elsewhere, with or without a walk."""
    kept_sample()
    answer = client.get(path, REMOTE_ADDR=address)
    assert answer.status_code == 403
    assert b"Asha" not in answer.content


@pytest.mark.parametrize("host", ["evil.example", "orderveil.example", "169.254.169.254"])
def test_another_name_for_this_machine_is_refused(client, host):
    """A name that was made to point here (DNS rebinding), or a proxy's, answers 400."""
    kept_sample()
    for path in ("/", "/relay/ledger.json"):
        answer = client.get(path, headers={"host": host})
        assert answer.status_code == 400
        assert b"Asha" not in answer.content


def test_before_the_first_walk_it_says_how_to_walk(client):
    """The page is there, and names the command."""
    answer = client.get("/")
    assert answer.status_code == 200
    assert b"orderveil walk" in answer.content
    assert client.get("/relay/ledger.json").status_code == 404


@pytest.mark.parametrize("path", ["/", "/static/relay.css", "/static/relay.js", "/nothing"])
def test_the_policy_allows_nothing_inline(client, path):
    """Content-Security-Policy from 'none' up, no unsafe word, nobody frames it, no referrer."""
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    directives = {each.strip() for each in policy.split(";")}
    assert directives >= {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"}
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_kept_picture_is_the_page(client):
    """After a walk the page is its picture, without inline script or style, and uncached."""
    kept_sample()
    answer = client.get("/")
    text = answer.content.decode()
    assert "One order, eleven systems" in text
    assert "<style" not in text
    assert " style=" not in text
    assert "onclick" not in text
    assert text.count("<script") == 1
    assert 'src="/static/relay.js"' in text
    assert "no-store" in answer.headers["cache-control"]


def test_only_a_sample_brands_picture_is_shown(client):
    """A picture that names a brand of real orders is not served, and neither is its ledger."""
    kept_sample(is_sample=False)
    assert b"orderveil walk" in client.get("/").content
    assert client.get("/relay/ledger.json").status_code == 404


def test_the_ledger_answers_what_is_new(client):
    """Entries past `after`, proved; none past the last; 404 for what is no number."""
    _, order = kept_sample()
    all_of_it = json.loads(client.get("/relay/ledger.json").content)
    assert all_of_it["verified"] is True
    indexes = [entry["index"] for entry in all_of_it["entries"]]
    assert (
        len(indexes)
        == rows("SELECT count(DISTINCT entry_id) FROM ledger_record WHERE order_id = %s", [order])[
            0
        ][0]
    )
    later = client.get("/relay/ledger.json", {"after": indexes[0]})
    assert [entry["index"] for entry in json.loads(later.content)["entries"]] == indexes[1:]
    last = client.get("/relay/ledger.json", {"after": indexes[-1]})
    assert json.loads(last.content)["entries"] == []
    for wrong in ("x", "1.5", "--1", "", "²", "9" * 5000):
        assert client.get("/relay/ledger.json", {"after": wrong}).status_code == 404


@pytest.mark.parametrize(
    "name", ["../settings.py", "relay.html", "%2e%2e/page.py", "relay.css.bak"]
)
def test_no_other_file_is_an_asset(client, name):
    """Two files are served, by name."""
    assert client.get(f"/static/{name}").status_code == 404
    assert client.get("/static/relay.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("path", ["/", "/relay/ledger.json", "/static/relay.js"])
def test_pages_are_read_only(client, path):
    """No page takes anything but GET and HEAD."""
    for method in ("post", "put", "delete"):
        assert getattr(client, method)(path).status_code == 405


def test_a_kept_picture_of_another_version_is_no_fault(client):
    """A file that can't be read is as good as no walk."""
    (settings.HOME / "walk").mkdir()
    (settings.HOME / "walk" / "picture.json").write_text('{"picture": 1}')
    assert client.get("/").status_code == 200


def test_the_doors_share_one_address(client):
    """Machines' paths go to the machine API, the rest to the pages."""
    from orderveil.web.doors import MACHINES, application  # noqa: PLC0415 - sets itself up

    assert "/v1/" in MACHINES
    seen = {}
    for path in ("/healthz", "/v1/nothing", "/"):
        environ = client._base_environ(PATH_INFO=path, REQUEST_METHOD="GET")
        kinds = []
        list(application(environ, lambda status, headers, *_, at=kinds: at.extend(headers)))
        seen[path] = {name.lower(): value for name, value in kinds}["content-type"]
    assert seen["/healthz"] == "application/json"
    assert seen["/v1/nothing"] == "application/problem+json"
    assert seen["/"].startswith("text/html")


def test_a_brand_is_no_sample_unless_it_was_made_one(db):
    """A brand made for real orders never reaches the first page."""
    made = provision_brand("real", now=utc_now(), who=ME)
    assert made.is_sample is False
