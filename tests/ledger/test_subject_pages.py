"""The record's pages about one subject: an order, a bulk's orders, a person, a partner."""

import re

import msgspec

from ledger.shown import entry_of, text
from orderveil.core.hops import Hop
from orderveil.core.merkle import verify_inclusion
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate.erase import erase
from orderveil.ledger import sequencer
from orderveil.ledger.acts import ActKind, record_bulk
from orderveil.ledger.connections import connect
from orderveil.ledger.proofs import RecordProof
from orderveil.ledger.rows import row_leaf
from scene import ME, rows


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
