"""The packing station in a real browser: a scanner types fast and ends each code with Enter."""

import pytest
from django.conf import settings

import browser
from hops.wms.floor import KURTA, SCARF, SCARF_EAN, totes
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.orders import Item
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate import parcels
from orderveil.hops.printing import jobs
from orderveil.hops.wms.models import Station, Tote
from orderveil.hops.wms.waves import Dropped, drop
from realserver import running_server
from scene import rows
from web.seated import seated
from web.test_accessibility import barriers_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (browser.CHROMIUM and browser.DRIVER), reason=browser.MISSING),
]
PATH = "/floor/packing/"
SAYS = "return document.querySelector('#said').innerText.includes(arguments[0])"
SHOWS = "return document.querySelector('#work').innerText.includes(arguments[0])"
FOCUSED = "return document.activeElement.id === 'code'"
ENTER, TAB = "\ue007", "\ue004"


def sit_at_station(page, site, floor):
    """This browser is the station's."""
    page.open(f"{site.people_url}/static/desk.css")
    page.set_cookie(settings.DEVICE_COOKIE_NAME, floor.token)
    page.open(site.people_url + PATH)


def type_fast(page, *codes):
    """Every key of every code at once, as a scanner does that nobody waits for."""
    keys = [
        {"type": kind, "value": key}
        for code in codes
        for key in [*code, ENTER]
        for kind in ("keyDown", "keyUp")
    ]
    page._call("POST", "/actions", actions=[{"type": "key", "id": "keys", "actions": keys}])


@pytest.mark.parametrize("width", [1280, 390])
def test_two_parcels_are_packed_with_nothing_but_a_scanner(db, floor, tmp_path, width):
    """Wrong items are said in words; everything ends up packed and printed; no mouse is used."""
    floor.admit(items=(KURTA, SCARF))
    floor.admit(items=(Item("Bangle", 3, sku="BAN-7"),))
    floor.wave()
    Station.objects.create(device=floor.station, slip_printer=floor.printer)
    packer = floor.desk.person(Role.WAREHOUSE)
    with (
        running_server(db) as site,
        seated(tmp_path, site, floor.desk, packer, width=width) as page,
    ):
        sit_at_station(page, site, floor)
        assert page.run(FOCUSED)
        type_fast(page, "W1-1")
        page.wait_for(SHOWS, "3 items to come")
        assert "Tarangini V." in page.text("#buyer")
        assert "Gift." in page.text("#buyer")
        type_fast(page, "KUR-IND-M")
        page.wait_for(SAYS, "Still to come: 2")
        assert "Tarangini V." in page.text("#buyer")
        type_fast(page, "BAN-7-WRONG")
        page.wait_for(SAYS, "UNKNOWN CODE")
        assert "STOP." in page.text("#said").upper()
        assert barriers_of(page) == []
        # Three at once, faster than any answer: in their order, none lost.
        type_fast(page, SCARF_EAN, "KUR-IND-M", "W1-2")
        page.wait_for(SHOWS, "W1-2")
        page.wait_for(SHOWS, "3 items to come")
        type_fast(page, "BAN-7", "BAN-7", "BAN-7")
        page.wait_for(SAYS, "Packed.")
        page.wait_for(SAYS, "it comes out of Slip printer")
        assert page.run("return document.querySelector('#buyer').innerText") == ""
        assert page.run(FOCUSED)
        page.wait_for(SHOWS, "Packed last: W1-2")
        assert barriers_of(page) == []
    assert {state for (state,) in rows("SELECT state FROM vault_parcel")} == {"packed"}
    assert all(tote.packed_on_id == floor.station.pk for tote in Tote.objects.all())
    printed = [jobs.lease(floor.printer, now=utc_now()) for _ in range(2)]
    assert [len(handed.documents) for handed in printed] == [1, 1]


def test_a_cancelled_parcel_stops_the_packer(db, floor, tmp_path):
    """In the middle of packing, with the next scan."""
    order = floor.admit()
    floor.wave()
    with (
        running_server(db) as site,
        seated(tmp_path, site, floor.desk, floor.desk.person(Role.WAREHOUSE)) as page,
    ):
        sit_at_station(page, site, floor)
        type_fast(page, "W1-1", "KUR-IND-M")
        page.wait_for(SAYS, "Still to come: 1")
        oms = floor.desk.scene.seat(Hop.OMS)
        assert parcels.move(oms.caller, order, 1, ParcelState.CANCELLED, now=utc_now()).changed
        type_fast(page, "KUR-IND-M")
        page.wait_for(SAYS, "CANCELLED")
        page.wait_for(SHOWS, "No parcel is open")
        assert page.run("return document.querySelector('#buyer').innerText") == ""


def test_everything_else_is_reached_by_keys_too(db, floor, tmp_path):
    """Counting by hand and choosing printers with Tab and Enter; typing goes back to the code."""
    floor.admit()
    floor.wave()
    with (
        running_server(db) as site,
        seated(tmp_path, site, floor.desk, floor.desk.person(Role.WAREHOUSE)) as page,
    ):
        sit_at_station(page, site, floor)
        type_fast(page, "W1-1")
        page.wait_for(SHOWS, "2 items to come")
        for _ in range(2):
            page.press(TAB)
        assert "Count one" in page.run("return document.activeElement.innerText")
        page.press(ENTER)
        page.wait_for(SHOWS, "1 item to come")
        page.wait_for(FOCUSED)
        page.press(TAB)
        page.press(TAB)
        # Whatever has the focus: a scan is a scan.
        type_fast(page, "KUR-IND-M")
        page.wait_for(SAYS, "Packed.")
        page.wait_for(SAYS, "NOT PRINTED")
        page.choose("#slips", str(floor.printer.pk))
        page.click('form[action$="/printers/"] button')
        page.wait_for(
            "return document.querySelector('main summary').innerText.includes('Slip printer')"
        )
        page.wait_for("return [...document.querySelectorAll('main .notice')].length > 0")
        page.click('form[action$="/again/"] button')
        page.wait_for(
            "return document.querySelector('main').innerText.includes('comes out of Slip printer')"
        )
        assert page.run(FOCUSED)


def test_a_scan_that_could_not_be_sent_says_so(db, floor, tmp_path):
    """With the line down the packer is told to scan again, and nothing is counted."""
    floor.admit()
    floor.wave()
    with (
        running_server(db) as site,
        seated(tmp_path, site, floor.desk, floor.desk.person(Role.WAREHOUSE)) as page,
    ):
        sit_at_station(page, site, floor)
        type_fast(page, "W1-1")
        page.wait_for(SHOWS, "2 items to come")
        page.run("window.fetch = () => Promise.reject(new TypeError('line'))")
        type_fast(page, "KUR-IND-M")
        page.wait_for(SAYS, "NOT SENT")
        assert page.run(FOCUSED)
    assert Tote.objects.get().lines[0]["in"] == 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_the_floors_pages_have_no_serious_barrier(db, floor, tmp_path, width, scheme):
    """Axe finds nothing serious on them, and none is wider than its window, in Hindi neither."""
    floor.admit(items=(KURTA, SCARF, Item("Loose button " * 12, 1)))
    floor.admit()
    wave = floor.wave()
    drop(totes(wave)[1], Dropped.CANCELLED, now=utc_now())
    packer = floor.desk.person(Role.WAREHOUSE)
    with (
        running_server(db) as site,
        seated(tmp_path, site, floor.desk, packer, width=width) as page,
    ):
        page.emulate(prefers_color_scheme=scheme)
        sit_at_station(page, site, floor)
        found = {}
        for path in ("/floor/waves/", f"/floor/waves/{wave.pk}/", PATH):
            page.open(site.people_url + path)
            found[path] = barriers_of(page)
        type_fast(page, "W1-1", "KUR-IND-M", "WRONG")
        page.wait_for(SAYS, "UNKNOWN CODE")
        found["wrong"] = barriers_of(page)
        page.set_cookie(settings.LANGUAGE_COOKIE_NAME, "hi")
        page.open(site.people_url + PATH)
        found["hi"] = barriers_of(page)
    assert {path: barriers for path, barriers in found.items() if barriers} == {}
