"""Packing slips: what is on them under the policy, in every script, each a disclosure."""

import io
from datetime import UTC, datetime

import msgspec
import pypdfium2
import pytest
from django.utils.translation import override
from PIL import Image, ImageChops

from hops.wms.floor import KURTA, SCARF
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.orders import Item
from orderveil.core.states import ParcelState
from orderveil.gate import parcels
from orderveil.hops import journey
from orderveil.hops.printing import batches, jobs
from orderveil.hops.printing.kinds import Kind, PrintForm, ReprintReason
from orderveil.hops.wms import slips
from orderveil.hops.wms.models import Station
from orderveil.hops.wms.slips import Line, Slip
from scene import PERSON, rows

AT = datetime(2026, 11, 23, tzinfo=UTC)
PLAIN = Slip("Kalanjali", "T-ABC", 1, ("Tarangini V.", "Flat 7-B"), "XXXXXX0001", "", ())
SCRIPTS = {
    "Devanagari": "तरंगिणी, नीलकुरिंजी रेज़िडेंसी",
    "Tamil": "தரங்கிணி, நீலக்குறிஞ்சி",
    "Bengali": "তরঙ্গিণী, নীলকুরিঞ্জি",
    "Telugu": "తరంగిణి, నీలకురింజి",
    "Arabic": "ترنجينی، شارع الياسمين",
    "Thai": "ตรังคินี ถนนมะลิ",
}


def printed(floor, orders, **more):
    """The batch, and the PDF that whoever asked for it fetches."""
    caller = floor.caller(reason="print")
    wanted = [(order, 1) for order in orders]
    batch = batches.begin(caller, wanted, Kind.SLIP, PrintForm.PDF, now=utc_now(), **more)
    assert not isinstance(batch, Problem), batch
    handed = jobs.fetch(caller, batch, 1, now=utc_now())
    assert not isinstance(handed, Problem), handed
    return batch, handed.documents


def text_of(pdf):
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return found


def test_a_slip_says_what_the_policy_shows_and_no_price(floor):
    """Name short, address whole, phone masked, gift message, items; nothing else of the order."""
    order = floor.admit(items=(KURTA, SCARF))
    _, (document,) = printed(floor, [order])
    (text,) = text_of(document.data)
    text = text.replace("\u200b", "")
    shown = (
        *(Field.LINE1, Field.LINE2, Field.LANDMARK, Field.CITY, Field.STATE, Field.PINCODE),
        *(Field.COUNTRY, Field.GIFT_MESSAGE),
    )
    for name in shown:
        assert PERSON[name] in text, name
    assert "Tarangini V." in text
    assert "XXXXXX0001" in text
    assert "Indigo kurta" in text
    assert "SCA-SIL" in text
    for name in set(PERSON) - set(shown):
        assert PERSON[name] not in text, name
    for absent in ("899", "1798", "INR", "#shop", "Vallabhdas", "90000", "Copy"):
        assert absent not in text, absent


def test_every_slip_is_a_disclosure(floor):
    """One bulk entry names the sheet's fields, in the packer's name and on the station."""
    orders = [floor.admit() for _ in range(3)]
    batch, (document,) = printed(floor, orders)
    assert (document.positions, document.pages) == ((1, 2, 3), 3)
    entries = [
        msgspec.json.decode(bytes(raw))
        for (raw,) in rows("SELECT entry FROM ledger_entry WHERE kind = 'bulk'")
    ]
    assert [entry["rows"] for entry in entries] == [3]
    assert entries[0]["forms"].keys() == slips.NEEDED
    assert entries[0]["reason"] == f"print {batch.batch_id} copy 1"
    assert entries[0]["device"] == floor.station.pk
    shown = rows("SELECT count(DISTINCT order_id) FROM ledger_record WHERE kind = 'bulk'")
    assert shown == [(3,)]


def test_its_words_are_the_installations_whoever_asks(floor):
    """Somebody whose pages are in Hindi fetches the same slip as anybody else."""
    slip = msgspec.structs.replace(PLAIN, copy_no=2)
    with override("hi"):
        (text,) = text_of(slips.pdf([slip], at=AT))
    assert "Packing slip" in text
    assert "Copy 2" in text


def test_a_copy_says_so_and_needs_a_reason(floor):
    """The second slip is refused without one, and says "Copy 2" with one."""
    order = floor.admit()
    printed(floor, [order])
    caller = floor.caller(reason="print")
    again = batches.begin(caller, [(order, 1)], Kind.SLIP, PrintForm.PDF, now=utc_now())
    assert again.refused.keys() == {1}
    _, (document,) = printed(floor, [order], reason=ReprintReason.DAMAGED)
    assert "Copy 2" in text_of(document.data)[0]


def test_what_no_font_can_write_is_refused_for_that_slip_alone(floor):
    """The others are printed; nowhere is there a box."""
    good = floor.admit()
    runes = floor.admit(person={Field.LINE1: "ᚠᚢᚦ 7"})
    batch, (document,) = printed(floor, [runes, good])
    assert document.positions == (2,)
    assert "ᚠ" not in text_of(document.data)[0]
    state = rows("SELECT state, problem->>'code' FROM printing_sheet WHERE position = 1")
    assert state == [("failed", "script_not_printable")]
    assert batch.sheets == 2


def test_an_orders_text_is_never_markup(floor):
    """What typst would read as code stands on the paper letter by letter."""
    nasty = '#let x = 1 $a^2$ *b* _c_ <d> @e \\f `g` "h" // i'
    order = floor.admit(person={Field.LINE1: nasty, Field.GIFT_MESSAGE: nasty})
    _, (document,) = printed(floor, [order])
    text = " ".join(text_of(document.data)[0].split())
    for piece in ("#let x = 1", "$a^2$", "*b*", "_c_", "<d>", "@e", "\\f", "`g`", '"h"', "// i"):
        assert text.count(piece) == 2, piece


def test_an_orders_text_turns_no_line_around(floor):
    """Signs that reorder what stands beside them are not printed: nobody sees them."""
    order = floor.admit(items=(Item("Kurta \u202egnol yrev\u2067", 1, sku="KUR-1"),))
    _, (document,) = printed(floor, [order])
    (text,) = text_of(document.data)
    assert "Kurta gnol yrev" in text


def test_what_is_long_goes_on_on_the_next_page():
    """Sixty items and a long message: all of it is there, on pages that are counted."""
    items = tuple(
        Line(f"Indigo kurta number {n} " + "of long names " * 6, f"KUR-{n}", 2) for n in range(60)
    )
    long = msgspec.structs.replace(PLAIN, items=items, gift="Happy birthday. " * 200)
    whole = slips.pdf([long, PLAIN], at=AT)
    pages = text_of(whole)
    assert len(pages) > 3
    every = "\n".join(pages)
    assert all(f"KUR-{n}" in every for n in range(60))
    # A line of the paper may end within the words.
    assert "".join(every.split()).count("Happybirthday.") == 200
    assert f"Page 1 / {len(pages) - 1}" in pages[0]
    assert "Page" not in pages[-1]


def test_a_word_without_end_stays_inside_its_page():
    """It breaks; nothing is drawn beyond the margins, and nothing of it is lost."""
    endless = msgspec.structs.replace(PLAIN, to=("A" * 300, "त" * 200), gift="W" * 400)
    margin = round(1.1 / 2.54 * 110)
    for page in slips.pngs([endless], at=AT, ppi=110):
        picture = Image.open(io.BytesIO(page)).convert("L")
        width, height = picture.size
        assert picture.crop((width - margin, 0, width, height)).getextrema() == (255, 255)
    document = slips.pdf([endless], at=AT)
    assert sum(text.count("W") for text in text_of(document)) == 400


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_name_in_any_script_is_drawn_with_letters(script):
    """It looks like itself: no box, and different from the same letters unshaped."""
    text = SCRIPTS[script]
    slip = msgspec.structs.replace(PLAIN, to=(text,))
    assert slips.unwritable(slip) is None
    whole = _drawn(slip)
    apart = _drawn(msgspec.structs.replace(PLAIN, to=("\u200c".join(text),)))
    empty = _drawn(msgspec.structs.replace(PLAIN, to=("",)))
    assert ImageChops.difference(whole, empty).getbbox() is not None
    if script != "Thai":
        assert ImageChops.difference(whole, apart).getbbox() is not None
    # Private use is what a font lacks for sure: a row of boxes is another picture.
    boxes = _drawn(msgspec.structs.replace(PLAIN, to=("\ue000" * len(text),)))
    assert ImageChops.difference(whole, boxes).getbbox() is not None


def test_many_slips_are_set_a_few_at_once(floor, monkeypatch):
    """As one document for whoever fetches it, as one each for a printer, in their order."""
    monkeypatch.setattr(slips, "AT_ONCE", 2)
    orders = [floor.admit(person={Field.LINE1: f"House {at}"}) for at in range(5)]
    _, (document,) = printed(floor, orders)
    assert (document.positions, document.pages) == ((1, 2, 3, 4, 5), 5)
    pages = text_of(document.data)
    assert [f"House {at}" in page for at, page in enumerate(pages)] == [True] * 5
    batches.begin(
        *(floor.caller(), [(order, 1) for order in orders], Kind.SLIP, PrintForm.PDF),
        now=utc_now(),
        device_id=floor.printer.pk,
        reason=ReprintReason.LOST,
    )
    handed = jobs.lease(floor.printer, now=utc_now())
    assert [each.positions for each in handed.documents] == [(at,) for at in range(1, 6)]
    for at, each in enumerate(handed.documents):
        (page,) = text_of(each.data)
        assert f"House {at}" in page


def test_the_station_prints_when_a_parcel_is_packed(floor):
    """The slip waits for the chosen printer, which gets it as a document of its own."""
    order = floor.admit()
    floor.wave()
    client = floor.packer()
    told = {"slips": floor.printer.pk, "labels": "", "label_form": "pdf"}
    client.post("/floor/packing/printers/", told)
    for code in ("W1-1", "KUR-IND-M", "KUR-IND-M"):
        answer = client.post("/floor/packing/", {"code": code}, HTTP_X_SCAN="1")
    assert "Packing slip: it comes out of Slip printer." in answer.content.decode()
    handed = jobs.lease(floor.printer, now=utc_now())
    assert [each.positions for each in handed.documents] == [(1,)]
    assert "Tarangini V." in text_of(handed.documents[0].data)[0]
    again = {"kind": "slip", "reason": ""}
    page = client.post("/floor/packing/again/", again, follow=True).content.decode()
    assert "NOT PRINTED" in page
    page = client.post("/floor/packing/again/", again | {"reason": "jammed"}, follow=True)
    assert "it comes out of Slip printer" in page.content.decode()
    handed = jobs.lease(floor.printer, now=utc_now())
    assert "Copy 2" in text_of(handed.documents[0].data)[0]
    given = rows(
        "SELECT copy_no FROM printing_sheet WHERE order_id = %s AND state = 'handed' ORDER BY 1",
        [order],
    )
    assert given == [(1,), (2,)]


def test_without_a_printer_the_parcel_is_packed_and_the_station_says_so(floor):
    """Nothing is printed unnoticed, and it can be printed once a printer is chosen."""
    floor.admit()
    floor.wave()
    client = floor.packer()
    for code in ("W1-1", "KUR-IND-M", "KUR-IND-M"):
        answer = client.post("/floor/packing/", {"code": code}, HTTP_X_SCAN="1")
    text = answer.content.decode()
    assert "Packing slip: NOT PRINTED. This station has no printer for it." in text
    assert "it was not printed yet" in text
    assert rows("SELECT state FROM vault_parcel") == [("packed",)]
    assert Station.objects.get().packed is not None
    client.post(
        "/floor/packing/printers/", {"slips": floor.printer.pk, "label_form": "pdf", "labels": ""}
    )
    page = client.post("/floor/packing/again/", {"kind": "slip", "reason": ""}, follow=True)
    assert "it comes out of Slip printer" in page.content.decode()


def test_a_parcel_whose_window_closed_prints_no_slip(floor):
    """What was sent on meanwhile is refused by the gate, sheet by sheet."""
    order, sent = floor.admit(), floor.admit(items=(Item("Bangle", 1, sku="BAN"),))
    scene = floor.desk.scene
    for to in (ParcelState.PACKED,):
        assert parcels.move(floor.caller(), sent, 1, to, now=utc_now()).changed
    assert parcels.move(
        scene.seat("storefront").caller, sent, 1, ParcelState.SHIPPED, now=utc_now()
    )
    _, (document,) = printed(floor, [sent, order])
    assert document.positions == (2,)


def test_the_journey_draws_slips():
    """The table of what can be printed has the warehouse's press."""
    assert journey.PRESSES[Kind.SLIP] is slips.PRESS


def _drawn(slip):
    (page,) = slips.pngs([slip], at=AT, ppi=110)
    return Image.open(io.BytesIO(page)).convert("L")
