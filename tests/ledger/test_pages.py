"""The record's pages: who reads them, what they say, and what they notice."""

import io
import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from desk import ROLES_OF_A_BRAND, Desk
from orderveil.core.hops import Hop
from orderveil.core.merkle import leaf_hash, verify_inclusion
from orderveil.core.notes import Verifier, open_checkpoint
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.core.states import ParcelState
from orderveil.gate.desk.reveal import Revealable, reveal_field
from orderveil.gate.erase import erase
from orderveil.gate.reasons import Cause
from orderveil.hops.support import asking
from orderveil.ledger import checkpoints, sequencer, store
from orderveil.ledger.acts import ActKind, record, record_bulk
from orderveil.ledger.browsing import PAGE
from orderveil.ledger.connections import connect
from orderveil.ledger.proofs import InclusionProof, RecordProof
from orderveil.ledger.rows import row_leaf
from orderveil.ledger.verify import verify
from scene import ME, Scene, rows


@pytest.fixture
def desk(db):
    """A brand with people, and an order that a system and a person were shown."""
    return Desk.make()


@pytest.fixture
def order(desk):
    """An order that wms was shown, and whose phone a person of support was."""
    made = desk.scene.admit()
    assert not hasattr(desk.scene.ask(Hop.WMS, made), "code")
    asha = desk.actor(desk.person(Role.SUPPORT))
    done = reveal_field(
        asha, made, Revealable.PHONE, Cause("call_back", "T-4711"), now=desk.scene.now
    )
    assert not hasattr(done, "code"), done
    sequencer.drain(desk.scene.now)
    return made


def text(answer, status=200):
    """The page's words, without tags and with single spaces."""
    assert answer.status_code == status, answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def entry_of(kind):
    """The id of the last entry of a kind."""
    found = rows(
        "SELECT entry_id, at FROM ledger_entry WHERE kind = %(kind)s"
        " UNION ALL SELECT entry_id, at FROM ledger_record WHERE kind = %(kind)s ORDER BY 2 DESC",
        {"kind": kind},
    )
    return found[0][0]


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


def test_a_bulk_is_one_row_with_a_list_of_its_orders(desk):
    """Its orders are on a page of their own, each with a proof of two levels that verifies."""
    scene = desk.scene
    orders = scene.admit_many([scene.draft() for _ in range(3)])
    scene.ask_many(Hop.REPORTS, orders, seat=scene.seat(Hop.REPORTS))
    sequencer.drain(scene.now)
    client = desk.client(desk.person(Role.AUDITOR))
    entry = entry_of("bulk")
    assert "3 orders" in text(client.get("/ledger/?kind=bulk"))
    page = client.get(f"/ledger/entries/{entry}/orders/").content.decode()
    assert all(order.hex() in page for order in orders)
    raw = client.get(f"/ledger/entries/{entry}/proof.json?order={orders[1].hex()}").content
    proof = msgspec.json.decode(raw, type=RecordProof)
    head = msgspec.json.decode(proof.inclusion.entry)
    assert verify_inclusion(
        row_leaf(*proof.row),
        proof.position,
        proof.rows,
        proof.row_path,
        msgspec.convert(head["rows_root"], bytes),
    )
    assert "Shown to" in text(client.get(f"/ledger/orders/{orders[0].hex()}/"))


def test_rows_of_a_bulk_come_page_by_page(desk):
    """More rows than one page holds are reached by its link."""
    pairs = [(number.to_bytes(16, "big"), 0) for number in range(1, 252)]
    entry = record_bulk(desk.scene.brand.pk, ActKind.ERASED, pairs, now=desk.scene.now, who=ME)
    client = desk.client(desk.person(Role.AUDITOR))
    first = client.get(f"/ledger/entries/{entry}/orders/").content.decode()
    assert "?after=199" in first
    second = client.get(f"/ledger/entries/{entry}/orders/?after=199").content.decode()
    assert pairs[200][0].hex() not in first
    assert pairs[250][0].hex() in second
    assert client.get(f"/ledger/entries/{entry}/orders/?after=x").status_code == 200


def test_an_entry_is_verified_and_its_proof_stands_alone(desk, order):
    """The page says verified; the downloaded proof verifies with the public key alone."""
    client = desk.client(desk.person(Role.AUDITOR))
    entry = entry_of("reveal")
    page = text(client.get(f"/ledger/entries/{entry}/"))
    assert "Verified." in page
    assert "= the signed root" in page
    assert "NOT verified" not in page
    raw = client.get(f"/ledger/entries/{entry}/proof.json").content
    proof = msgspec.json.decode(raw, type=InclusionProof)
    key = checkpoints.vkey(store.origin(desk.scene.brand.pk))
    point = open_checkpoint(proof.checkpoint, Verifier.parse(key))
    leaf = leaf_hash(proof.entry)
    assert leaf.hex() in page
    assert verify_inclusion(leaf, proof.index, point.size, proof.path, point.root)


@pytest.mark.parametrize(
    "bytes_", [b'{"kind":"reveal"}', b"\xff\xfe no entry", None], ids=["other", "spoilt", "one bit"]
)
def test_an_altered_entry_is_shown_as_not_verified(desk, order, bytes_):
    """Whoever changes the stored bytes is found out, and the log can still be read."""
    entry = entry_of("reveal")
    with connect() as owner:
        ((raw,),) = owner.execute(
            "SELECT entry FROM ledger_record WHERE entry_id = %s", [entry]
        ).fetchall()
        wrong = bytes_ or bytes(raw).replace(b"T-4711", b"T-4712")
        owner.execute("UPDATE ledger_record SET entry = %s WHERE entry_id = %s", [wrong, entry])
    client = desk.client(desk.person(Role.AUDITOR))
    page = text(client.get(f"/ledger/entries/{entry}/"))
    assert "NOT verified." in page
    assert "somebody changed them after they were recorded" in page
    assert "is not the signed root" in page
    asha = f"person:{desk.person(Role.SUPPORT).person_id}"
    for url in ("/ledger/", f"/ledger/orders/{order.hex()}/", f"/ledger/people/{asha}/"):
        assert str(entry) in client.get(url).content.decode()


def test_a_spoilt_entry_takes_no_page_away(desk, order):
    """Home, the order's page and its record open, and each says that an entry does not read."""
    entry = entry_of("reveal")
    with connect() as owner:
        owner.execute("UPDATE ledger_record SET entry = '\\xfffe' WHERE entry_id = %s", [entry])
    asha = desk.person(Role.SUPPORT)
    page = f"/desk/orders/{asking.ref_of(desk.actor(asha), order)}/"
    assert text(desk.client(asha).get(page)).count("The stored bytes are no entry") == 2
    client = desk.client(desk.person(Role.OWNER))
    sequencer.drain(desk.scene.now)
    home = text(client.get("/"))
    assert "not readable: the stored bytes are no entry" in home
    assert "could not be proved" in home
    record_ = text(client.get(f"/ledger/orders/{order.hex()}/"))
    assert record_.count("The stored bytes are no entry") >= 1


def test_an_altered_tree_is_shown_as_not_verified(desk, order):
    """A changed hash in the tree, a changed checkpoint, tiles cut short: each is said."""
    client = desk.client(desk.person(Role.AUDITOR))
    url = f"/ledger/entries/{entry_of('reveal')}/"
    sequencer.drain(desk.scene.now)
    for change, words in (
        ("ledger_head SET checkpoint = replace(checkpoint, E'\\n\\n', E'x\\n\\n')", "not signed"),
        ("ledger_tile SET hashes = overlay(hashes PLACING '\\x00' FROM 1)", "signed root"),
        ("ledger_tile SET hashes = '\\x00'", "damaged"),
    ):
        with connect() as owner:
            owner.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM ledger_head")
            owner.execute(
                "UPDATE ledger_head h SET checkpoint = kept.checkpoint FROM kept"
                " WHERE h.log_id = kept.log_id"
            )
            owner.execute(f"UPDATE {change}")
        page = text(client.get(url))
        assert "NOT verified." in page
        assert words in page


def test_a_waiting_entry_says_that_it_waits(desk):
    """It is listed, its page opens, and its proof is refused until it has a place."""
    entry = record(desk.scene.brand.pk, ActKind.BRAND_CHANGED, now=desk.scene.now, who=ME)
    client = desk.client(desk.person(Role.AUDITOR))
    assert "Waiting for its place" in text(client.get(f"/ledger/entries/{entry}/"))
    assert client.get(f"/ledger/entries/{entry}/proof.json").status_code == 404
    sequencer.drain(desk.scene.now)
    assert "Verified." in text(client.get(f"/ledger/entries/{entry}/"))


def test_who_holds_this_now(desk, order):
    """Each field, its holder, the form, when and under which policy; and all that happened."""
    page = text(desk.client(desk.person(Role.AUDITOR)).get(f"/ledger/orders/{order.hex()}/"))
    assert re.search(r"phone whole Support for (\w+ ?)+ support \d+ \w+ \d{4}, [\d:]+ 1", page), (
        page
    )
    assert re.search(r"phone masked \S*wms\S*", page)
    assert "balanced@1" in page
    assert "Erased here" not in page
    for number in ("00", "zz" * 16, "0" * 32, "é" * 32):
        url = f"/ledger/orders/{number}/"
        assert desk.client(desk.person(Role.AUDITOR)).get(url).status_code == 404


def test_the_record_of_an_order_comes_page_by_page(desk, order):
    """However often it was shown: every entry is on one page, and everything counts above."""
    with connect() as owner:
        owner.execute(
            "INSERT INTO ledger_record (order_id, at, entry_id, log_id, kind, hop, partner_id,"
            " credential_id, entry) SELECT order_id, at - n / 3 * interval '1 second',"
            " gen_random_uuid(), log_id, kind, hop, partner_id, credential_id, entry"
            " FROM ledger_record, generate_series(1, 149) AS n"
            " WHERE order_id = %s AND kind = 'disclosure'",
            [order],
        )
    every = {
        str(entry)
        for (entry,) in rows("SELECT entry_id FROM ledger_record WHERE order_id = %s", [order])
    }
    client = desk.client(desk.person(Role.AUDITOR))
    url = f"/ledger/orders/{order.hex()}/"
    listed, path = [], url
    while path:
        page = client.get(path).content.decode()
        assert re.search(r"phone masked \S*wms\S* .{0,60} 150 balanced", text(client.get(path)))
        table = page.rpartition("<table")[2]
        found = re.findall(r'/ledger/entries/([0-9a-f-]{36})/"', table)
        assert len(found) <= 50
        listed += found
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = url + older[1] if older else None
    assert len(listed) == len(every)
    assert set(listed) == every


def test_an_erased_order_still_says_who_was_shown_it(desk, order):
    """The erasure is said, and every recipient stays on the page."""
    erase(desk.scene.brand.pk, [order], now=desk.scene.now, who=ME)
    page = text(desk.client(desk.person(Role.AUDITOR)).get(f"/ledger/orders/{order.hex()}/"))
    assert "Erased here on" in page
    assert "phone whole Support" in page


def test_a_persons_page_counts_their_days(desk, order):
    """Reveals, orders shown and acts of the last 30 days, and each entry with its link."""
    client = desk.client(desk.person(Role.AUDITOR))
    asha = f"person:{desk.person(Role.SUPPORT).person_id}"
    page = text(client.get(f"/ledger/people/{asha}/"))
    assert re.search(r"Reveals 1 Orders shown 0 Acts 1", page), page
    assert "Person added as support" in page
    own = text(client.get(f"/ledger/partners/{desk.own.pk}/"))
    assert re.search(r"Reveals 1 Orders shown 0 Acts", own)
    assert "Partner added for" in own
    wms = desk.scene.seat(Hop.WMS).partner.pk
    assert re.search(r"Reveals 0 Orders shown 1 Acts", text(client.get(f"/ledger/partners/{wms}/")))
    for gone in ("people/person:99999/", "partners/99999/", f"partners/{1 << 70}/"):
        assert client.get(f"/ledger/{gone}").status_code == 404


def test_what_a_partners_system_did_is_on_its_page(desk, order):
    """An act of its credential counts as the partner's, and nobody takes it for a disclosure."""
    desk.scene.move(Hop.WMS, order, ParcelState.PACKED)
    wms = desk.scene.seat(Hop.WMS).partner.pk
    page = text(desk.client(desk.person(Role.AUDITOR)).get(f"/ledger/partners/{wms}/"))
    assert "Parcel 1 moved from placed to packed" in page
    other = desk.scene.admit(assign=True)
    desk.scene.move(Hop.WMS, other, ParcelState.PACKED)
    erase(desk.scene.brand.pk, [other], now=desk.scene.now, who=ME)
    assert "Orders shown 1" in page
    assert rows(
        "SELECT count(*) FROM ledger_record WHERE order_id = %s AND partner_id IS NOT NULL", [other]
    ) == [(0,)]


def test_the_checkpoint_page_says_how_to_check(desk, order):
    """The note, its size, the key, what waits; the note downloads as it was signed."""
    client = desk.client(desk.person(Role.AUDITOR))
    brand = desk.scene.brand.pk
    head = store.published(brand)
    key = checkpoints.vkey(head.origin)
    page = client.get("/ledger/checkpoint/").content.decode()
    assert key.replace("+", "&#x2B;") in page or key in page
    assert "Waiting 3 entries" in text(client.get("/ledger/checkpoint/"))  # added, accepted, came
    assert client.get("/ledger/checkpoint.txt").content.decode() == head.checkpoint
    assert "none on this checkpoint" in page


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
