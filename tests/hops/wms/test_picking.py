"""The pick list: items in the order of the walk, and no buyer anywhere in it."""

import msgspec
import pypdfium2
import pytest
import zxingcpp

from hops.wms.floor import KURTA, SCARF, totes
from orderveil.core.clocks import utc_now
from orderveil.core.orders import Item
from orderveil.core.roles import Role
from orderveil.core.sealing import SealedOrder
from orderveil.gate import law as laws
from orderveil.gate.asking import partner_refs
from orderveil.hops.wms import waves
from orderveil.hops.wms.codes import key, tote_of, walking_key
from orderveil.hops.wms.picking import Portion, pick_list
from scene import PERSON, rows


def listed(floor, wave):
    """The pick list as the packer's code asks for it."""
    caller = floor.caller(reason="pick list")
    return pick_list(caller, wave, totes(wave), now=utc_now())


def test_it_goes_from_shelf_to_shelf(floor):
    """A-2 before A-10 and B, each item once with its totes; what has no place comes last."""
    floor.shelve(("BAG-1", "A-10-1", ""))
    floor.admit(items=(KURTA, Item("Canvas bag", 1, sku="BAG-1")))
    floor.admit(items=(SCARF, KURTA, Item("Loose button", 3)))
    lines = listed(floor, floor.wave()).lines
    assert [line.location for line in lines] == ["A-2-4", "A-10-1", "B-10-1", ""]
    assert lines[2].quantity == 4
    assert lines[2].totes == (Portion(1, 2), Portion(2, 2))
    assert (lines[3].title, lines[3].quantity) == ("Loose button", 3)


def test_no_buyer_is_in_the_page_or_on_the_paper(floor):
    """No personal value, no order number, no token, no ref: not in the HTML, not in the PDF."""
    order = floor.admit(items=(KURTA, SCARF), order_number="#7731")
    wave = floor.wave()
    client = floor.packer(at_station=False)
    page = client.get(f"/floor/waves/{wave.pk}/")
    paper = client.get(f"/floor/waves/{wave.pk}/sheet/")
    assert (page.status_code, paper.status_code) == (200, 200)
    text = page.content.decode() + "\n".join(_text(paper.content))
    assert "Indigo kurta" in text
    assert "W1-1" in text
    for value in [*PERSON.values(), "7731", "T-", order.hex(), "Tarangini", "0001"]:
        assert value not in text.replace("KUR-IND-M", ""), value
    assert _refs_of(floor, order) not in text


def test_its_disclosure_is_of_items_alone(floor, monkeypatch):
    """One bulk entry with the one field, no compartment asked for, and no key unwrapped."""
    floor.admit()
    floor.admit()
    wave = floor.wave()

    def fail(*_args):
        raise AssertionError

    monkeypatch.setattr(SealedOrder, "unwrap", fail)
    # At the station, too: where the policy would show the buyer, the pick list does not ask.
    for at_station in (True, False):
        page = floor.packer(at_station=at_station).get(f"/floor/waves/{wave.pk}/")
        assert page.status_code == 200
    entries = _bulk_entries()
    assert len(entries) == 2
    for entry in entries:
        assert entry["forms"] == {"items": "whole"}
        assert (entry["rows"], entry["reason"], entry["hop"]) == (2, "pick list", "wms")


def test_operations_see_the_same_and_no_more(floor):
    """Who has the permission and another hop gets the items, and nothing else, in their name."""
    floor.admit()
    wave = floor.wave()
    client = floor.desk.client(floor.desk.person(Role.OPERATIONS))
    assert b"Indigo kurta" in client.get(f"/floor/waves/{wave.pk}/").content
    assert _bulk_entries()[-1]["forms"] == {"items": "whole"}
    made = client.post("/floor/waves/add/", {"warehouse": str(floor.desk.own.pk)})
    assert made["Location"] == "/floor/waves/"


def test_what_is_packed_or_gone_is_not_picked(floor):
    """Only open totes are on the list, and each view counts on the picker's budget."""
    first, second = floor.admit(), floor.admit(items=(SCARF,))
    wave = floor.wave()
    waves.drop(totes(wave)[0], waves.Dropped.CANCELLED, now=utc_now())
    assert [line.sku for line in listed(floor, wave).lines] == ["SCA-SIL"]
    assert first != second
    assert rows("SELECT sum(spent) FROM people_budget WHERE what = 'views'") == [(1,)]


def test_another_warehouses_wave_is_not_there(floor):
    """404, as for a number that no wave has."""
    scene = floor.desk.scene
    scene.admit()
    theirs = waves.make_wave(scene.seat("wms").caller, 5, now=utc_now())
    client = floor.packer()
    for number in (theirs.pk, 999_999):
        assert client.get(f"/floor/waves/{number}/").status_code == 404
        assert client.post(f"/floor/waves/{number}/end/").status_code == 404
    assert client.get("/floor/waves/").content.count(b"/floor/waves/add/") == 1


def test_a_title_in_any_script_leaves_no_box_on_the_sheet(floor):
    """What no font of ours can write is named by its script, or its stock number stands there."""
    floor.admit(items=(Item("ᚠᚢᚦ kurta", 1, sku="RUN-1"), Item("नीला कुर्ता", 1, sku="HIN-1")))
    paper = floor.packer().get(f"/floor/waves/{floor.wave().pk}/sheet/")
    assert paper.status_code == 200
    text = "".join(_text(paper.content))
    assert "RUN-1" in text
    assert "kurta" not in text


def test_the_sheets_codes_can_be_read_back(floor):
    """What a scanner reads on the paper is what the station takes for a tote."""
    orders = [floor.admit() for _ in range(4)]
    paper = floor.packer().get(f"/floor/waves/{floor.wave().pk}/sheet/")
    document = pypdfium2.PdfDocument(paper.content)
    pictures = [page.render(scale=3).to_pil() for page in document]
    document.close()
    read = [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]
    assert sorted(read) == [f"W1-{number}" for number in range(1, len(orders) + 1)]


@pytest.mark.parametrize(
    ("text", "found"),
    [("W12-3", (12, 3)), (" w1-20 ", (1, 20)), ("W0-1", None), ("W1", None), ("W1-0", None)],
)
def test_a_totes_code_is_its_wave_and_position(text, found):
    """In either case; nothing else is one."""
    assert tote_of(text) == found


def test_a_gtin_is_the_same_however_many_digits_a_scanner_sends():
    """UPC-12, EAN-13 and GTIN-14 of one item meet; a wrong check digit is another code."""
    assert key("036000291452") == key("0036000291452") == key("00036000291452")
    assert key("036000291453") == "036000291453"
    assert key(" kur-ind-m ") == key("KUR-IND-M")


def test_shelves_are_walked_by_their_numbers():
    """Digits count as numbers, whatever stands around them."""
    shelves = ["B-1", "A-10", "a-9", "A-2-11", "A-2-3", "A", "12", "2"]
    assert sorted(shelves, key=walking_key) == [
        *("2", "12", "A", "A-2-3", "A-2-11", "a-9", "A-10", "B-1")
    ]


def _text(pdf):
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return found


def _bulk_entries():
    found = rows("SELECT entry FROM ledger_entry WHERE kind = 'bulk' ORDER BY at, entry_id")
    return [msgspec.json.decode(bytes(raw)) for (raw,) in found]


def _refs_of(floor, order):
    law = laws.law_of(floor.desk.scene.brand.pk)
    return partner_refs(law, law.partners[floor.desk.own.pk]).make(order)
