"""The record's pages: who reads them, the log, what leads to an order, and the export."""

import io
import re
from datetime import UTC, datetime, timedelta

from desk import ROLES_OF_A_BRAND, Desk
from ledger.shown import entry_of, text
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.ledger import checkpoints, sequencer, store
from orderveil.ledger.acts import ActKind, record
from orderveil.ledger.browsing import PAGE
from orderveil.ledger.connections import connect
from orderveil.ledger.verify import verify
from scene import ME, Scene, rows


def urls(desk, order):
    """Every page of the record that can be read with GET."""
    entry = entry_of("reveal")
    person = f"person:{desk.person(Role.SUPPORT).person_id}"
    return (
        "/ledger/",
        "/ledger/checkpoint/",
        "/ledger/checkpoint.txt",
        f"/ledger/entries/{entry}/",
        f"/ledger/entries/{entry}/proof.json",
        f"/ledger/entries/{entry}/orders/",
        f"/ledger/orders/{order.hex()}/",
        f"/ledger/people/{person}/",
        f"/ledger/partners/{desk.own.pk}/",
    )


def test_whoever_may_read_the_record_reads_all_of_it(desk, order):
    """Auditor, owner and privacy officer open every page; nobody else opens any."""
    for role in ROLES_OF_A_BRAND:
        terms = ROLES[role]
        centre = desk.own if role == Role.OUTSOURCED_SUPPORT else None
        client = desk.client(desk.person(role, partner=centre))
        expected = 200 if Permission.READ_LEDGER in terms.permissions else 403
        for url in urls(desk, order):
            assert (role, url, client.get(url).status_code) == (role, url, expected)
        may_export = Permission.EXPORT_LEDGER in terms.permissions
        assert client.get("/ledger/export/").status_code == (200 if may_export else 403)
        found = client.post("/ledger/find/", {"order": order.hex()})
        assert found.status_code == (302 if expected == 200 else 403)


def test_another_brands_record_is_not_there(desk, order):
    """Its entries, orders, people and partners answer 404, and its log shows none of them."""
    other = Desk.make(Scene.make("madhubala", now=desk.scene.now))
    sequencer.drain(desk.scene.now)
    client = other.client(other.person(Role.AUDITOR))
    for url in urls(desk, order)[3:]:
        assert (url, client.get(url).status_code) == (url, 404)
    assert client.post("/ledger/find/", {"order": order.hex()}).status_code == 404
    record_proof = f"/ledger/entries/{entry_of('reveal')}/proof.json?order={order.hex()}"
    assert client.get(record_proof).status_code == 404
    page = client.get("/ledger/").content.decode()
    assert str(entry_of("reveal")) not in page
    assert order.hex() not in page
    after = client.get(f"/ledger/?before={entry_of('reveal')}")
    assert "Brand created" in text(after)
    assert order.hex() not in after.content.decode()


def test_the_log_says_everything_in_words(desk, order):
    """Who, what, for what and why: a reveal, a view, an assignment, an admission."""
    page = text(desk.client(desk.person(Role.AUDITOR)).get("/ledger/"))
    assert "Revealed phone (whole)" in page
    assert "call back ticket T-4711" in page
    assert "Support" in page
    assert "pick and pack the parcel" in page
    assert "Parcel 1 assigned on the hop wms" in page
    assert "Order admitted and sealed" in page
    assert "Person added as auditor" in page
    assert "waiting for its place" in page


def test_filters_leave_what_is_asked_for(desk, order):
    """By kind, person, partner and day; a filter that is none says so and leaves nothing out."""
    client = desk.client(desk.person(Role.AUDITOR))
    asha = f"person:{desk.person(Role.SUPPORT).person_id}"
    reveal, day = str(entry_of("reveal")), desk.scene.now.date()

    def listed(**chosen):
        answer = client.get("/ledger/", chosen)
        assert answer.status_code == 200
        return re.findall(r"/ledger/entries/([0-9a-f-]{36})/\"", answer.content.decode())

    assert listed(kind="reveal") == [reveal]
    assert reveal in listed(person=asha)
    assert reveal in listed(person=asha.partition(":")[2], kind="reveal", partner=desk.own.pk)
    assert listed(person=asha, partner=desk.scene.seat(Hop.WMS).partner.pk) == []
    assert str(entry_of("person_added")) not in listed(kind="reveal")
    assert reveal in listed(partner=desk.own.pk)
    wms = listed(partner=desk.scene.seat(Hop.WMS).partner.pk)
    assert str(entry_of("disclosure")) in wms
    assert reveal not in wms
    assert reveal in listed(since=day, until=day)
    assert listed(until=day - timedelta(days=1)) == []
    assert listed(since=day + timedelta(days=1)) == []
    assert listed(person="person:999999") == []
    page = client.get("/ledger/", {"since": "2026-02-02", "until": "2026-02-01"})
    assert "after the last" in page.content.decode()


def test_pages_follow_one_another_without_a_gap(desk):
    """Every entry is on exactly one page, with and without a filter, however many are alike."""
    brand, now = desk.scene.brand.pk, desk.scene.now
    for number in range(PAGE + 30):
        record(brand, ActKind.SIGNED_IN, now=now, who=ME, subject=f"person:{number % 2}")
    sequencer.drain(now)
    client = desk.client(desk.person(Role.AUDITOR))
    sequencer.drain(now)
    for query, wanted in (
        ("", store.query("SELECT entry_id FROM ledger_leaf WHERE log_id = %s", [brand])),
        ("kind=signed_in", store.query("SELECT entry_id FROM ledger_entry WHERE kind='signed_in'")),
        ("until=2999-01-01", store.query("SELECT entry_id FROM ledger_leaf WHERE log_id=1")),
    ):
        seen, more = [], ""
        while more is not None:
            html = client.get(f"/ledger/?{query}{more}").content.decode()
            seen += re.findall(r"/ledger/entries/([0-9a-f-]{36})/\"", html)
            found = re.search(r"before=([0-9a-f-]{36})", html)
            more = f"&before={found[1]}" if found else None
        assert len(seen) == len(set(seen))
        assert set(seen) == {str(row[0]) for row in wanted}


def test_a_number_leads_to_the_record(desk, order):
    """Number, id and ref all do; what is none is refused without being repeated."""
    client = desk.client(desk.person(Role.AUDITOR))
    ref = desk.scene.ask(Hop.WMS, order).ref
    for name in ("#shop-1", "shop-1", order.hex().upper(), ref):
        found = client.post("/ledger/find/", {"order": name})
        assert (name, found.status_code) == (name, 302)
        assert found["Location"] == f"/ledger/orders/{order.hex()}/"
    for name in ("#nothing", "x" * 300, "a\0b"):
        page = client.post("/ledger/find/", {"order": name})
        assert page.status_code == 404
        assert "nothing" not in page.content.decode().replace("Nothing", "")
    assert client.get("/ledger/find/")["Location"] == "/ledger/"
    assert client.post("/ledger/find/", {"order": " "})["Location"] == "/ledger/"


def test_the_export_verifies_offline_and_is_on_record_first(desk, order):
    """The downloaded bytes verify with the key alone; the act was written before they came."""
    client = desk.client(desk.person(Role.AUDITOR))
    brand = desk.scene.brand.pk
    head = store.published(brand)
    answer = client.post("/ledger/export/", {"since": "", "until": ""})
    assert answer.status_code == 200
    assert answer.streaming
    act = entry_of("ledger_exported")
    said = text(client.get(f"/ledger/entries/{act}/"))
    assert f"Ledger exported, {head.size} entries" in said
    got = io.BytesIO(b"".join(answer.streaming_content))
    report = verify(got, vkey=checkpoints.vkey(head.origin))
    assert report.ok, report
    assert (report.entries, report.left_out, report.size) == (head.size, 0, head.size)
    assert answer["Content-Disposition"].startswith('attachment; filename="ledger-')


def test_the_export_of_some_days_holds_those_days(desk, order):
    """What is before and after is left out and counted; the file verifies all the same."""
    brand, now = desk.scene.brand.pk, desk.scene.now
    before = store.published(brand).size
    for days in (1, 1, 2):
        record(brand, ActKind.BRAND_CHANGED, now=now + timedelta(days=days), who=ME)
    sequencer.drain(now)
    head = store.published(brand)
    day = (now + timedelta(days=1)).date().isoformat()
    client = desk.client(desk.person(Role.AUDITOR))
    answer = client.post("/ledger/export/", {"since": day, "until": day})
    report = verify(io.BytesIO(answer.getvalue()), vkey=checkpoints.vkey(head.origin))
    assert report.ok, report
    assert (report.entries, report.first) == (2, before)
    assert report.left_out == head.size - 2
    late = client.post("/ledger/export/", {"since": "2999-01-01"})
    assert late.status_code == 404
    wrong = client.post("/ledger/export/", {"since": "2026-02-02", "until": "2026-02-01"})
    assert "after the last" in wrong.content.decode()


def test_the_export_needs_a_fresh_factor(desk, order):
    """A factor that is older than ten minutes is asked for again, and nothing is recorded."""
    client = desk.client(desk.person(Role.AUDITOR), factor_minutes=11)
    answer = client.post("/ledger/export/", {"since": "", "until": ""})
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert rows("SELECT count(*) FROM ledger_entry WHERE kind = 'ledger_exported'") == [(0,)]


def test_the_export_comes_piece_by_piece(desk):
    """No piece is larger than a block of entries: memory stays flat, however long the log is."""
    brand = desk.scene.brand.pk
    with connect() as owner:
        owner.execute(
            "WITH made AS (INSERT INTO ledger_entry (entry_id, log_id, at, kind, entry)"
            " SELECT gen_random_uuid(), %s, now(), 'note', convert_to("
            " '{\"kind\":\"note\",\"n\":' || n || '}', 'UTF8') FROM generate_series(1, 3000) AS n"
            " RETURNING entry_id, entry)"
            " INSERT INTO ledger_pending (log_id, entry_id, leaf, at)"
            " SELECT %s, entry_id, sha256('\\x00'::bytea || entry), now() FROM made",
            [brand, brand],
        )
    sequencer.drain(datetime.now(UTC))
    client = desk.client(desk.person(Role.AUDITOR))
    answer = client.post("/ledger/export/", {})
    pieces = list(answer.streaming_content)
    whole = b"".join(pieces)
    assert len(whole) > 100_000
    assert max(map(len, pieces)) < 40_000
    key = checkpoints.vkey(store.origin(brand))
    assert verify(io.BytesIO(whole), vkey=key).ok
