"""The page in a real browser, under the policy it is served with."""

import http.server
import shutil
import subprocess
import threading
from datetime import UTC, datetime

import msgspec
import pytest
from django.template.loader import render_to_string

from orderveil.core.fields import Field
from orderveil.scams.page import STATIC, told
from orderveil.scams.picture import LedgerLine, LedgerNews
from scams.sample_views import picture

CHROMIUM = shutil.which("chromium")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "require-trusted-types-for 'script'"
)
EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


class _Site(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        kind, body = self._answer()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def _answer(self):
        if self.path == "/":
            shown = told(picture(whole={Field.NAME: EVIL}))
            return "text/html", render_to_string("scams/relay.html", shown).encode()
        name = self.path.partition("?")[0].rpartition("/")[2]
        if name in {"picture.css", "relay.js"}:
            return f"text/{'css' if name.endswith('css') else 'javascript'}", (
                STATIC / name
            ).read_bytes()
        if self.path.startswith("/relay/ledger.json?after="):
            return "application/json", msgspec.json.encode(_news(int(self.path.split("=")[1])))
        return "text/plain", b""

    def log_message(self, *_):
        pass


def _news(after):
    at = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    new = LedgerLine(index=52, at=at, kind="disclosure", what=EVIL, hop="wms", entry_id="late")
    return LedgerNews((new,) if after < 52 else (), verified=True, sentence="All 13 entries.")


@pytest.fixture(scope="module")
def dom(tmp_path_factory):
    """The page's document after three seconds of its own time, and what it asked for."""
    asked = []
    site = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Site", (_Site,), {"asked": asked})
    )
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    try:
        done = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
             "--virtual-time-budget=3500", "--dump-dom",
             f"http://127.0.0.1:{site.server_port}/"],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    finally:
        site.shutdown()
        thread.join()
        site.server_close()
    return done.stdout, asked


def test_one_dot_is_chosen_and_only_its_payload_shows(dom):
    """The script ran: eleven dots, one pressed, ten panels hidden."""
    source, _ = dom
    assert source.count('aria-pressed="true"') == 1
    assert source.count('aria-pressed="false"') == 10
    assert source.count('hidden=""') == 10


def test_the_ledger_fills_while_you_watch(dom):
    """An entry that is new since the page was drawn comes on top, once, with its verdict."""
    source, asked = dom
    polls = [one for one in asked if one.startswith("/relay/ledger.json")]
    assert polls[:2] == ["/relay/ledger.json?after=51", "/relay/ledger.json?after=52"]
    assert source.count(">late<") == 1
    assert source.index(">late<") < source.index("01900000-0000-7000-8000-000000000111")
    assert "All 13 entries." in source


def test_hostile_values_run_nothing_and_load_nothing(dom):
    """Drawn by the server or added by the script, a name with markup is only text."""
    source, asked = dom
    assert "<title>The relay" in source
    assert "<img" not in source
    paths = {one.split("?")[0] for one in asked} - {"/favicon.ico"}
    ours = ("desk.css", "picture.css", "htmx.js", "desk.js", "relay.js")
    assert paths == {"/", "/relay/ledger.json", *(f"/static/{name}" for name in ours)}
