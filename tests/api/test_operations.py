"""Health, metrics and the ledger, as machines ask for them."""

import base64
from datetime import timedelta

from django.db import OperationalError, connection
from prometheus_client.parser import text_string_to_metric_families

import database
from doors import problem_of
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.merkle import leaf_hash, verify_inclusion
from orderveil.core.notes import Verifier, open_checkpoint
from scene import rows

KNOWN = {
    "orderveil_requests",
    "orderveil_refusals",
    "orderveil_request_seconds",
    "orderveil_ledger_pending",
    "orderveil_outbox_events",
    "orderveil_outbox_parked_events",
    "orderveil_outbox_pending_deliveries",
    "orderveil_outbox_dead_deliveries",
}


def test_alive_and_ready(doors):
    """Both say ok when they are."""
    doors.settle()
    for path in ("/healthz", "/readyz"):
        answer = doors.call("GET", path)
        assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_not_ready_while_the_sequencer_is_late(doors):
    """An entry that waited eleven seconds makes it 503; once placed it is ready again."""
    doors.settle()
    late = utc_now() - timedelta(seconds=11)
    rows_before = rows("SELECT count(*) FROM ledger_leaf")
    doors.scene.admit(assign=False)
    with database.server().connect(connection.settings_dict["NAME"]) as link:
        link.execute("UPDATE ledger_pending SET at = %s", [late])
    told = problem_of(doors.call("GET", "/readyz"), 503, "not_ready")
    assert "sequencer" in told["detail"]
    assert doors.call("GET", "/healthz").status_code == 200
    doors.settle()
    assert doors.call("GET", "/readyz").status_code == 200
    assert rows("SELECT count(*) FROM ledger_leaf") > rows_before


def test_not_ready_without_a_database(doors, monkeypatch):
    """503 with a reason, and no word of where the database is."""

    def gone():
        raise OperationalError("connection to a-secret-socket failed")

    monkeypatch.setattr("orderveil.api.health.connection.cursor", gone)
    answer = doors.call("GET", "/readyz")
    problem_of(answer, 503, "not_ready")
    assert "secret-socket" not in answer.text


def test_metrics_are_prometheus_text(doors):
    """They parse, each has help, and labels are templates and codes only."""
    order = doors.scene.admit()
    doors.view(Hop.OMS, order)
    doors.view(Hop.LABEL, order)
    answer = doors.call("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {name for name in families if not name.endswith("_created")} == KNOWN
    assert all(family.documentation for family in families.values())
    codes = {each.labels["code"] for each in families["orderveil_refusals"].samples}
    assert "outside_window" in codes
    templates = {each.labels["template"] for each in families["orderveil_requests"].samples}
    assert "/v1/hops/{hop}/orders/{ref}" in templates
    assert doors.ref(doors.scene.seat(Hop.OMS), order) not in answer.text
    assert families["orderveil_ledger_pending"].samples[0].value > 0


def test_the_key_verifies_the_checkpoint_and_the_proof(doors):
    """With the log's key a partner checks checkpoint, tile and proof by itself."""
    order = doors.scene.admit()
    view = doors.view(Hop.OMS, order).json
    doors.settle()
    auditor = doors.scene.seat(Hop.RETENTION).token
    key = doors.call("GET", "/v1/ledger/key", token=auditor).json
    note = doors.call("GET", "/v1/ledger/checkpoint", token=auditor).text
    verifier = Verifier.parse(key["vkey"])
    point = open_checkpoint(note, verifier)
    assert point.origin == key["origin"]
    path = f"/v1/ledger/entries/{view['disclosure']}/proof"
    proof = doors.call("GET", path, token=auditor).json
    other = open_checkpoint(proof["checkpoint"], verifier)
    hashes = [_bytes(each) for each in proof["path"]]
    assert verify_inclusion(_bytes(proof["leaf"]), proof["index"], other.size, hashes, other.root)
    level = doors.call("GET", "/v1/ledger/tile/0/000.p/3", token=auditor)
    bundle = doors.call("GET", "/v1/ledger/tile/entries/000.p/3", token=auditor).content
    assert level.content == b"".join(leaf_hash(entry) for entry in _entries(bundle))


def test_what_the_log_has_not_is_404(doors):
    """No checkpoint before the first one, no tile beyond it, no path made up."""
    token = doors.scene.seat(Hop.RETENTION).token
    problem_of(doors.call("GET", "/v1/ledger/checkpoint", token=token), 404, "no_such_tile")
    doors.settle()
    for path in ("0/001", "9/000", "0/../checkpoint", "entries/000.p/255", "%00", "x" * 3000):
        problem_of(doors.call("GET", f"/v1/ledger/tile/{path}", token=token), 404)
    unknown = "01900000-0000-7000-8000-000000000111"
    problem_of(doors.call("GET", f"/v1/ledger/entries/{unknown}/proof", token=token), 404)
    problem_of(doors.call("GET", "/v1/ledger/entries/none/proof", token=token), 404)


def _bytes(text):
    return base64.b64decode(text)


def _entries(bundle):
    while bundle:
        size = int.from_bytes(bundle[:2])
        yield bundle[2 : 2 + size]
        bundle = bundle[2 + size :]
