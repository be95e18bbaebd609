"""The ledger's commands: list, verify here and elsewhere, who holds, who saw, witness."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from orderveil.cli import verify
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem
from orderveil.core.notes import Verifier, open_checkpoint
from orderveil.ledger import sequencer, tiles
from orderveil.ledger.checkpoints import vkey
from orderveil.ledger.store import published


def test_a_log_is_listed_with_people_and_reasons(shop, one):
    """The last line tells who looked and why; --order narrows the list to one order."""
    view = shop.json("view", "oms", one, "--reason", "ticket 12")
    last = shop.json("ledger", "list")[-1]
    assert (last["entry"], last["kind"], last["hop"]) == (view["disclosure"], "disclosure", "oms")
    assert "ticket 12" in last["what"]
    kinds = [line["kind"] for line in shop.json("ledger", "list", "--order", "A1")]
    assert kinds == ["order_admitted", "disclosure"]
    assert "ticket 12" in shop("ledger", "list", "--limit", "1").stdout
    assert shop.json("ledger", "list", "--installation") == []


def test_the_live_log_verifies(shop, one):
    """What is pending gets its place first, so that everything written is verified."""
    report = shop.json("ledger", "verify")
    assert report["ok"]
    assert report["entries"] == report["size"] > 0
    assert "Verified" in shop("ledger", "verify").stdout


@pytest.fixture
def exported(shop, one, tmp_path):
    """(the file, the log's key)"""
    file = tmp_path / "log.jsonl"
    return file, shop.json("ledger", "export", "--out", file)["key"]


def test_an_export_verifies_without_a_database(shop, exported, monkeypatch):
    """Offline, with only the public key."""

    def none():
        msg = "the database was asked for"
        raise AssertionError(msg)

    monkeypatch.setattr(verify, "database", none)
    file, key = exported
    assert file.stat().st_mode & 0o777 == 0o600
    assert shop.json("ledger", "verify", file, "--key", key)["key_was_given"]
    assert "give --key" in shop("ledger", "verify", file).stdout


def test_a_tampered_export_is_refused_by_its_line(shop, exported):
    """One changed entry: exit status 1, and the line that is wrong."""
    file, key = exported
    lines = file.read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if "entry" in json.loads(line))
    wrong = json.loads(lines[at])
    raw = base64.b64decode(wrong["entry"]).replace(b"machine", b"mochine")
    wrong["entry"] = base64.b64encode(raw).decode()
    lines[at] = json.dumps(wrong)
    file.write_text("\n".join(lines))
    report = shop.json("ledger", "verify", file, "--key", key, exit_code=1)
    assert (report["ok"], report["line"]) == (False, at + 1)
    assert f"Line {at + 1}" in shop("ledger", "verify", file, "--key", key, exit_code=1).stdout


def test_another_logs_key_does_not_verify(shop, exported):
    """The key of the installation's log is not the brand's."""
    file, _ = exported
    other = shop.json("ledger", "export", "--installation", "--out", file.with_name("other"))
    assert not shop.json("ledger", "verify", file, "--key", other["key"], exit_code=1)["ok"]


def test_who_holds_a_field(shop, one):
    """Nobody at first; then who was shown it, in which form, by which entry."""
    assert shop.json("ledger", "who", "A1", "phone") == []
    view = shop.json("view", "oms", one, "--reason", "ticket 12")
    (held,) = shop.json("ledger", "who", "A1", "phone")
    assert (held["partner"], held["form"], held["entry"]) == ("acme", "masked", view["disclosure"])
    assert shop.json("ledger", "who", "A1", "geo") == []


def test_what_a_credential_saw(shop, one):
    """A credential that never asked saw nothing; a time that is none is named as such."""
    made = shop.json("credential", "add", "--partner", "acme", "--hop", "oms")["credential"]
    assert shop.json("ledger", "seen", made, "--from", "2026-01-01") == []
    assert "write a day" in shop("ledger", "seen", made, "--from", "noon", exit_code=2).output


@pytest.fixture
def served(shop, one):
    """The log served over HTTP as the machine door serves it; (url, key, the tokens it saw)."""
    sequencer.drain(utc_now())
    point = published(1)
    key = vkey(point.origin)
    files = {"checkpoint": point.checkpoint.encode()}
    for width in range(1, point.size + 1):
        found = tiles.serve(1, f"tile/0/000.p/{width}")
        if not isinstance(found, Problem):
            files[f"tile/0/000.p/{width}"] = found
    seen = []

    class Door(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.headers["Authorization"])
            body = files.get(self.path.removeprefix("/v1/ledger/"))
            self.send_response(200 if body else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", key, seen, files
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_witness_cosigns_what_grew(shop, served, tmp_path):
    """The cosigned checkpoint is on its disk, and the token came on standard input."""
    url, key, seen, _ = served
    state = tmp_path / "witness"
    args = (
        "ledger",
        "witness",
        "--url",
        url,
        "--key",
        key,
        "--state",
        state,
        "--name",
        "w.example",
    )
    done = shop.json(*args, "--token-from-stdin", typed="ov_1_invented\n")
    note = (state / "checkpoint").read_text()
    witness = Verifier.parse(done["vkey"])
    assert open_checkpoint(note, Verifier.parse(key), also=[witness]).size == done["size"]
    assert set(seen) == {"Bearer ov_1_invented"}
    assert shop.json(*args, "--token-from-stdin", typed="ov_1_invented\n")["grew_by"] == 0


def test_a_witness_says_what_is_wrong(shop, served, tmp_path, monkeypatch):
    """No token, a token in the clear, an answer that is none: each a sentence, exit status 2."""
    url, key, _, files = served
    args = ("ledger", "witness", "--key", key, "--state", tmp_path / "w", "--name", "w.example")
    assert "no token" in shop.json(*args, "--url", url, exit_code=2)["error"]
    monkeypatch.setenv("ORDERVEIL_WITNESS_TOKEN", "ov_1_invented")
    away = shop.json(*args, "--url", "http://orders.example", exit_code=2)
    assert "in the clear" in away["error"]
    files.clear()
    assert "404" in shop.json(*args, "--url", url, exit_code=2)["error"]
