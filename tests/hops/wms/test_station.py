"""The packing station, scan by scan: what each code does, and what it never does."""

import re

import msgspec
import pytest
from django.conf import settings

from hops.wms.floor import KURTA, SCARF, SCARF_EAN, totes
from orderveil.core.clocks import utc_now
from orderveil.core.devices import DeviceKind
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.orders import Item
from orderveil.core.states import ParcelState
from orderveil.gate import law as laws
from orderveil.gate import parcels
from orderveil.gate.asking import partner_refs
from orderveil.hops.wms import station
from orderveil.hops.wms.models import Station, Tote
from orderveil.hops.wms.station import Said
from orderveil.partners import devices
from scene import PERSON, rows, together

PATH = "/floor/packing/"
SCRIPT = {"HTTP_X_SCAN": "1"}


def scan(client, code, **more):
    """What the station's page says of a scan, as its script asks."""
    answer = client.post(PATH, {"code": code}, **SCRIPT, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def said(text):
    """The big words, tags left out."""
    told = re.search(r'id="said"[^>]*>(.*?)</div>', text, re.DOTALL)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", told).split())


def states():
    """The states of all parcels."""
    return {state for (state,) in rows("SELECT state FROM vault_parcel")}


def test_a_parcel_is_packed_scan_by_scan(floor):
    """The tote, each item, an EAN for an SKU: counted up, packed with the last, on record."""
    floor.admit(items=(KURTA, SCARF))
    floor.wave()
    client = floor.packer()
    opened = scan(client, "W1-1")
    assert "3 items to come" in opened
    assert "Indigo kurta is in. Still to come: 2." in said(scan(client, "KUR-IND-M"))
    assert "Silk scarf is in. Still to come: 1." in said(scan(client, SCARF_EAN))
    assert said(scan(client, "kur-ind-m")).startswith("Packed. Scan the next tote.")
    assert states() == {"packed"}
    tote = Tote.objects.get()
    assert (tote.packed_on_id, tote.lines, tote.is_open) == (floor.station.pk, [], False)
    assert tote.packed_by == f"person:{floor.actor().person_id}"
    assert tote.wave.closed_at is not None
    act = rows("SELECT convert_from(entry, 'UTF8') FROM ledger_record WHERE kind = 'state_changed'")
    assert tote.packed_by in act[0][0]


def test_the_buyer_is_shown_as_the_policy_says_and_only_what_packing_needs(floor):
    """A short name and a token, that it is a gift; no address, no phone, no message."""
    floor.admit()
    floor.wave()
    client = floor.packer()
    text = scan(client, "W1-1")
    assert "Tarangini V." in text
    assert re.search(r"T-[A-Z2-7]{16}", text)
    assert "Gift." in text
    hidden = set(PERSON.values()) - {PERSON[Field.COUNTRY]}
    assert [value for value in hidden if value in text] == []
    assert "0001" not in text
    ((raw,),) = rows("SELECT entry FROM ledger_record WHERE kind = 'disclosure'")
    entry = msgspec.json.decode(bytes(raw))
    assert entry["forms"].keys() == {"name", "order_number", "items", "gift_message"}
    assert (entry["device"], entry["reason"]) == (floor.station.pk, "packing station")
    # Counting shows nobody anew, and a page that is loaded again has no buyer.
    assert 'id="buyer"' not in scan(client, "KUR-IND-M")
    assert "Tarangini" not in client.get(PATH).content.decode()
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'disclosure'") == [(1,)]
    assert rows("SELECT sum(spent) FROM people_budget WHERE what = 'views'") == [(1,)]


def test_what_does_not_belong_is_said_in_words(floor):
    """A wrong item, one too many, an unknown code: nothing is counted, and it says stop."""
    floor.admit()
    floor.wave()
    client = floor.packer()
    assert said(scan(client, "KUR-IND-M")).startswith("Stop. SCAN A TOTE FIRST.")
    scan(client, "W1-1")
    assert said(scan(client, SCARF_EAN)).startswith("Stop. WRONG ITEM: SCA-SIL.")
    for code in ("nothing-like-it", "W9-9", "", "A" * 26, "<b>x</b>"):
        answer = scan(client, code)
        assert said(answer).startswith("Stop. UNKNOWN CODE."), code
        assert "<b>x</b>" not in answer
    assert "2 items to come" in scan(client, "W1-1")


@pytest.mark.parametrize("code", ["W1\x001", "\x00", "\x1d0104", "W9" * 100_000, "🧣"])
def test_a_scan_of_anything_is_answered(floor, code):
    """Noise of a broken scanner, too."""
    assert said(scan(floor.packer(), code)).startswith("Stop. UNKNOWN CODE.")


def test_one_too_many_is_not_counted(floor):
    """Of a line that is full, the scan says so; the parcel waits for the rest."""
    floor.admit(items=(SCARF, KURTA))
    floor.wave()
    client = floor.packer()
    scan(client, "W1-1")
    scan(client, SCARF_EAN)
    assert said(scan(client, SCARF_EAN)).startswith("Stop. ONE TOO MANY: Silk scarf.")
    assert "2 items to come" in scan(client, "W1-1")


def test_without_a_script_it_works_the_same(floor):
    """A tote's scan answers with its page, an item's leads back to the station."""
    floor.admit()
    floor.wave()
    client = floor.packer()
    page = client.post(PATH, {"code": "W1-1"})
    assert (page.status_code, b"Tarangini V." in page.content) == (200, True)
    counted = client.post(PATH, {"code": "KUR-IND-M"}, follow=True)
    assert counted.redirect_chain == [(PATH, 302)]
    assert "Indigo kurta is in" in counted.content.decode()
    assert "Packed." in client.post(PATH, {"code": "KUR-IND-M"}, follow=True).content.decode()
    assert states() == {"packed"}


def test_an_item_without_a_code_is_counted_by_hand(floor):
    """It has a button; the form of another tote than the open one counts nothing."""
    floor.admit(items=(Item("Loose button", 2),))
    floor.wave()
    client = floor.packer()
    scan(client, "W1-1")
    tote = Tote.objects.get()
    for told in ({"tote": tote.pk, "line": 7}, {"tote": tote.pk + 1, "line": 0}, {}):
        assert b"SCAN A TOTE FIRST" in client.post(f"{PATH}count/", told, **SCRIPT).content
    told = {"tote": tote.pk, "line": 0}
    assert b"Still to come: 1" in client.post(f"{PATH}count/", told, **SCRIPT).content
    assert b"Packed." in client.post(f"{PATH}count/", told, **SCRIPT).content


def test_an_order_in_several_parcels_ends_by_hand(floor):
    """What belongs into which parcel is decided at the station, not by the order's items."""
    order = floor.admit()
    rows(
        "INSERT INTO vault_parcel (order_id, parcel_no, brand_id, is_reverse, state, changed_at)"
        " SELECT order_id, 2, brand_id, false, 'placed', changed_at FROM vault_parcel"
        " WHERE order_id = %s RETURNING 1",
        [order],
    )
    floor.take_on(order, 2)
    wave = floor.wave()
    assert len(totes(wave)) == 2
    client = floor.packer()
    scan(client, "W1-2")
    assert "This parcel is full" in scan(client, "KUR-IND-M")
    full = client.post(f"{PATH}full/", {"tote": totes(wave)[1].pk}, **SCRIPT)
    assert b"Packed." in full.content
    assert rows("SELECT state FROM vault_parcel ORDER BY parcel_no") == [("placed",), ("packed",)]


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_parcel_that_is_cancelled_meanwhile_is_not_packed(floor, when):
    """At its tote's scan, or in the middle of packing: it says so, and lets go of it."""
    order = floor.admit()
    floor.wave()
    client = floor.packer()
    if when == "while":
        scan(client, "W1-1")
    oms = floor.desk.scene.seat(Hop.OMS)
    assert parcels.move(oms.caller, order, 1, ParcelState.CANCELLED, now=utc_now()).changed
    text = scan(client, "KUR-IND-M" if when == "while" else "W1-1")
    assert said(text).startswith("Stop. CANCELLED.")
    assert states() == {"cancelled"}
    assert Station.objects.get().open is None
    assert Tote.objects.get().dropped == "cancelled"


def test_a_parcels_ref_and_its_labels_number_open_it_too(floor):
    """Its ref packs it, in a wave or without one; its AWB, once it is packed, shows it is done."""
    order = floor.admit()
    client = floor.packer()
    law = laws.law_of(floor.desk.scene.brand.pk)
    ref = partner_refs(law, law.partners[floor.desk.own.pk]).make(order, 1)
    assert "2 items to come" in scan(client, ref.lower())
    scan(client, "KUR-IND-M")
    scan(client, "KUR-IND-M")
    rows("UPDATE vault_parcel SET awb = 'AWB0012345' RETURNING 1")
    for code in ("AWB0012345", ref, "W1-1"):
        text = scan(client, code)
        assert said(text).startswith("Stop. ALREADY PACKED.")
        assert "Print again" in text


def test_another_partners_parcel_is_a_code_that_nobody_knows(floor):
    """Its ref, its number and its order answer word for word as nonsense does."""
    scene = floor.desk.scene
    order = scene.admit()
    rows("UPDATE vault_parcel SET awb = 'AWB0099' RETURNING 1")
    law = laws.law_of(scene.brand.pk)
    client = floor.packer()
    theirs = partner_refs(law, law.partners[scene.seat(Hop.WMS).partner.pk]).make(order)
    ours = partner_refs(law, law.partners[floor.desk.own.pk]).make(order)
    nonsense = said(scan(client, "nonsense"))
    for code in (theirs, ours, "AWB0099", "#shop-1"):
        assert said(scan(client, code)) == nonsense, code


def test_without_a_device_there_is_no_station(floor):
    """On the person's own browser every page of it says where to go, and changes nothing."""
    floor.admit()
    floor.wave()
    client = floor.packer(at_station=False)
    for path in ("", "count/", "full/", "printers/", "again/"):
        answer = client.post(PATH + path, {"code": "W1-1"})
        assert answer.status_code == 403
        assert b"registered devices" in answer.content
    assert client.get(PATH).status_code == 403
    assert not Station.objects.exists()


def test_a_revoked_device_opens_nothing_any_more(floor):
    """From the revocation on, in the middle of packing."""
    floor.admit()
    floor.wave()
    client = floor.packer()
    scan(client, "W1-1")
    devices.revoke(floor.station.pk, floor.desk.scene.brand.pk, now=utc_now())
    assert client.post(PATH, {"code": "KUR-IND-M"}).status_code == 403
    assert states() == {"placed"}


def test_two_scans_at_once_are_two_items(floor):
    """From two stations at one tote, none is lost and none counted twice."""
    floor.admit(items=(Item("Bangle", 8, sku="BAN"),))
    floor.wave()
    caller = floor.caller()
    station.scan(caller, "W1-1", now=utc_now())
    tote = Tote.objects.get()

    def one():
        return station.count(caller, Tote.objects.get(pk=tote.pk), 0, now=utc_now())

    outcomes = together(*[one] * 8)
    assert sorted(each.said for each in outcomes) == [Said.COUNTED] * 7 + [Said.PACKED]
    assert states() == {"packed"}


def test_another_station_takes_a_parcel_over_where_it_is(floor):
    """What is in stays in; the first station has nothing open any more."""
    floor.admit()
    floor.wave()
    scan(floor.packer(), "W1-1")
    scan(floor.packer(), "KUR-IND-M")
    other, token = floor.desk.station(name="Packing table 2")
    client = floor.packer()
    client.cookies[settings.DEVICE_COOKIE_NAME] = token
    assert "1 item to come" in scan(client, "W1-1")
    assert Station.objects.get(device=floor.station).open is None
    assert said(scan(client, "KUR-IND-M")).startswith("Packed.")
    assert Tote.objects.get().packed_on_id == other.pk


def test_an_ended_waves_tote_is_not_packed(floor):
    """Its parcel waits for another wave, or is in one."""
    floor.admit()
    wave = floor.wave()
    client = floor.packer()
    client.post(f"/floor/waves/{wave.pk}/end/")
    assert said(scan(client, "W1-1")).startswith("Stop. THIS WAVE WAS ENDED.")


def test_a_wave_that_ends_takes_its_parcel_off_the_station(floor):
    """What was open there is no parcel that is full, and can't be packed uncounted."""
    floor.admit()
    wave = floor.wave()
    client = floor.packer()
    scan(client, "W1-1")
    client.post(f"/floor/waves/{wave.pk}/end/")
    assert "No parcel is open at this station." in client.get(PATH).content.decode()
    client.post(f"{PATH}full/", {"tote": totes(wave)[0].pk})
    assert states() == {"placed"}


def test_who_has_no_view_left_is_told_so(floor):
    """Each parcel that is shown is one view of the day's budget."""
    floor.admit()
    floor.wave()
    member = floor.desk.person("warehouse")
    type(member).objects.filter(pk=member.pk).update(views_per_day=0)
    laws.reload(floor.desk.scene.brand.pk)
    assert said(scan(floor.packer(), "W1-1")).startswith("Stop. NOT SHOWN.")
    assert not Station.objects.filter(open__isnull=False).exists()


def test_the_stations_printers_are_its_own_floors(floor):
    """The choice is kept; a station, a revoked printer and another partner's are refused."""
    client = floor.packer()
    told = {"slips": floor.printer.pk, "labels": "", "label_form": "zpl300"}
    assert client.post(f"{PATH}printers/", told).status_code == 302
    here = Station.objects.get()
    assert (here.slip_printer_id, here.label_printer_id) == (floor.printer.pk, None)
    seat = floor.desk.scene.seat(Hop.WMS)
    foreign, _ = floor.desk.station(seat.partner, kind=DeviceKind.PRINTER, name="Elsewhere")
    for number in (floor.station.pk, foreign.pk, 999_999):
        assert client.post(f"{PATH}printers/", told | {"slips": number}).status_code == 404
    assert client.post(f"{PATH}printers/", told | {"label_form": "x"}).status_code == 404
    devices.revoke(floor.printer.pk, floor.desk.scene.brand.pk, now=utc_now())
    assert client.post(f"{PATH}printers/", told).status_code == 404
    assert Station.objects.get().slip_printer_id == floor.printer.pk
