"""Stations of the floor: how a browser becomes one, and who sees no buyer without one."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from desk import Desk
from matrix import Things
from orderveil.core.actors import WITHOUT_DEVICE
from orderveil.core.clocks import utc_now
from orderveil.core.devices import ATTESTED_DAYS, DeviceKind
from orderveil.core.hops import Hop
from orderveil.core.personal import Personal
from orderveil.core.roles import Role
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.desk.finding import search_orders
from orderveil.gate.desk.listing import Wanted, list_orders
from orderveil.gate.disclose import disclose
from orderveil.gate.search import By
from orderveil.partners import devices, refused
from orderveil.partners.models import Device
from orderveil.web.pages import PAGES
from partners import sample
from scene import PERSON, Scene, execute, rows
from web.test_matrix import urls_of

COOKIE = settings.DEVICE_COOKIE_NAME
ORDERS = "/desk/orders/"
SECRET = re.compile(r'id="secret">([^<]+)<')
BUYER = [value for value in PERSON.values() if len(value) > 3]
SHOWN = "Tarangini"
"""What a station shows of the buyer's name."""


@pytest.fixture
def desk(db):
    """A brand that packs one order itself."""
    desk = Desk.make()
    desk.scene.admit()
    execute("UPDATE partners_assignment SET partner_id = %s WHERE hop = 'wms'", [desk.own.pk])
    return desk


@pytest.fixture
def packer(desk):
    """Somebody of its floor."""
    return desk.person(Role.WAREHOUSE)


def text_of(answer, status=200):
    """The page."""
    assert answer.status_code == status, answer.content.decode()[-1500:]
    return answer.content.decode()


def said(desk, **more):
    """What a form says that registers a station."""
    told = {"partner": desk.own.pk, "name": "Station 3", "kind": "station", "asset": "A-17"}
    return told | {"vouched": "on"} | more


def registered(desk, **more):
    """What the pages show once: a link of a new device."""
    client = desk.client(desk.person(Role.OPERATIONS))
    return SECRET.search(text_of(client.post("/devices/add/", said(desk, **more))))[1]


def test_a_station_is_registered_enrolled_and_worked_on(desk, packer):
    """From the form to the list of orders; before, and in other browsers, no buyer."""
    link = registered(desk)
    assert link.startswith("http://localhost/device/ovl_")
    path = link.removeprefix("http://localhost")
    browser = Client(headers={"host": "localhost"})
    page = browser.get(path)
    assert "A-17" in text_of(page)
    assert (page["Referrer-Policy"], page["Cache-Control"]) == (
        "strict-origin",
        "no-store, private",
    )
    assert COOKIE not in browser.cookies
    answer = browser.post(path)
    assert (answer.status_code, answer["Location"]) == (302, "/station/")
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert cookie["domain"] == ""
    assert cookie["max-age"] == pytest.approx(ATTESTED_DAYS * 86_400, abs=60)
    assert browser.get(path).status_code == browser.post(path).status_code == 410
    station, elsewhere = desk.client(packer), desk.client(packer)
    station.cookies[COOKIE] = cookie.value
    assert SHOWN in text_of(station.get(ORDERS))
    assert "Station 3" in text_of(station.get("/station/"))
    assert SHOWN not in text_of(elsewhere.get(ORDERS), 403)
    assert "no registered device" in text_of(elsewhere.get("/station/"))
    for secret in (link.split("_", 2)[2].rstrip("/"), cookie.value.split("_", 2)[2]):
        for table in ("partners_device", "ledger_entry", "django_session", "people_session"):
            assert secret not in everything(table)


def everything(table):
    """What is stored, of a table that is there."""
    known = {name for (name,) in rows("SELECT tablename::text FROM pg_tables")}
    return sample.everything_stored(table) if table in known else ""


def test_what_a_station_shows_is_on_record_with_its_number(desk, packer):
    """The entry names the person and the device."""
    client = desk.on_device(desk.client(packer))
    text_of(client.get(ORDERS))
    entries = [bytes(entry) for (entry,) in rows("SELECT entry FROM ledger_entry")]
    shown = [each for each in entries if b'"purpose"' in each]
    assert len(shown) == 1
    assert f'"device":{Device.objects.get().pk}'.encode() in shown[0]
    assert f'"person":"person:{packer.person_id}"'.encode() in shown[0]


def test_on_a_phone_of_ones_own_no_page_shows_a_buyer(db):
    """By any URL: the refusal names the station, and what answers holds nothing of the order."""
    things = Things.make()
    member = things.desk.person(Role.WAREHOUSE)
    phone = things.desk.client(member)
    for name, url in urls_of(things, Role.WAREHOUSE).items():
        answer = phone.get(url)
        page = b"".join(answer) if answer.streaming else answer.content
        shown = page.decode(errors="replace")
        assert not [value for value in BUYER if value in shown], name
        answer.close()
    page = text_of(phone.get("/"))
    assert ORDERS not in page
    assert "/desk/search/" not in page
    assert "Waves" in page
    assert "/desk/search/" in text_of(things.desk.on_device(phone).get("/"))


def test_the_gate_gives_a_phone_facts_only(desk, packer):
    """Whatever page forgot to ask: no compartment is opened, and no search is answered."""
    off, device = desk.actor(packer), desk.station()[0]
    at = desk.actor(packer, device_id=device.pk)
    views = [list_orders(actor, Wanted(), None, now=desk.scene.now) for actor in (off, at)]
    facts, whole = (each.answers[0].view for each in views)
    assert not [value for value in BUYER if value in str(facts)]
    assert SHOWN in str(whole)
    assert set(facts.fields) < set(whole.fields)
    found = search_orders(off, [By.PHONE], Personal(PERSON["phone"]), now=desk.scene.now)
    assert found.code == "device_needed"


def test_who_picks_for_a_warehouse_sees_no_buyer_of_its_hop(desk):
    """Operations make its waves, at any computer: on its hop facts are all they are given."""
    member = desk.person(Role.OPERATIONS)
    (order,) = (bytes(each) for (each,) in rows("SELECT order_id FROM vault_order"))
    own = caller_of(desk.actor(member), "test")
    for caller, shown in ((own, True), (replace(own, hop=Hop.WMS), False)):
        view = disclose(caller, order, None, now=desk.scene.now)
        assert ("Bengaluru" in str(view.fields)) is shown
        assert view.fields["items"]


def test_a_station_opens_nothing_by_itself(desk):
    """Whoever copied its cookie must still sign in: without, every page leads there."""
    thief = desk.on_device(Client(headers={"host": "localhost"}))
    for page in PAGES:
        if "<" not in page.path:
            assert thief.get(f"/{page.path}")["Location"].startswith("/account/login/"), page.name


def test_a_device_gives_no_role_more(desk):
    """Who sees orders anywhere sees the same at a station; who sees none sees none there."""
    for role in (Role.SUPPORT, Role.AUDITOR, Role.MARKETER):
        client = desk.client(desk.person(role))
        before = client.get(ORDERS).status_code
        assert desk.on_device(client).get(ORDERS).status_code == before
    assert before == 403


def revoked(desk, device, monkeypatch):
    devices.revoke(device.pk, device.brand_id, now=utc_now())


def relinked(desk, device, monkeypatch):
    devices.relink(device.pk, device.brand_id, now=utc_now())


def left(desk, device, monkeypatch):
    devices.leave(device.pk, device.brand_id, now=utc_now())


def run_out(desk, device, monkeypatch):
    execute("UPDATE partners_device SET attested_until = %s", [utc_now() - timedelta(seconds=1)])


@pytest.mark.parametrize("end", [revoked, relinked, left, run_out])
def test_a_station_that_ended_is_out_while_somebody_works_on_it(desk, packer, end, monkeypatch):
    """The next page is refused, and so is what a request asks of the gate that had begun before."""
    client = desk.on_device(desk.client(packer))
    text_of(client.get(ORDERS))
    device = Device.objects.get()
    begun = desk.actor(packer, device_id=device.pk, now=utc_now())
    end(desk, device, monkeypatch)
    assert "packing station" in text_of(client.get(ORDERS), 403)
    if end is not run_out:  # a term that ends is no change of the law: the guard reads it anew
        answer = list_orders(begun, Wanted(), None, now=utc_now())
        assert answer.code == "device_unknown"


def test_a_term_that_ends_ends_it_at_the_gate(desk, packer):
    """Between a page's beginning and its disclosure, too."""
    device, _ = desk.station()
    at = desk.actor(packer, device_id=device.pk)
    later = desk.scene.now + timedelta(days=ATTESTED_DAYS)
    assert list_orders(at, Wanted(), None, now=later).code == "device_unknown"


def test_another_floors_station_is_none(desk, packer):
    """A device counts on its own partner's floor: of this brand, or of another one."""
    floor = desk.scene.seat(Hop.WMS).partner
    client = desk.on_device(desk.client(packer), floor)
    text_of(client.get(ORDERS), 403)
    assert "another floor" in text_of(client.get("/station/"))
    stranger = Desk.make(Scene.make("banarasi", now=utc_now()))
    client = stranger.on_device(desk.client(packer))
    text_of(client.get(ORDERS), 403)
    assert "no registered device" in text_of(client.get("/station/"))
    device = Device.objects.get(brand=stranger.scene.brand)
    refused_ = list_orders(desk.actor(packer, device_id=device.pk), Wanted(), None, now=utc_now())
    assert refused_.code == "device_unknown"
    client.post("/station/")
    device.refresh_from_db()
    assert device.secret_hash is not None  # another brand's is not ended from here


def test_a_printers_token_makes_no_station(desk, packer):
    """Its link opens in no browser; its token in a cookie is none of a station's."""
    link = registered(desk, kind="printer")
    assert link.startswith("ovl_")
    browser = Client(headers={"host": "localhost"})
    for answer in (browser.get(f"/device/{link}/"), browser.post(f"/device/{link}/")):
        assert "print agent" in text_of(answer, 409)
        assert COOKIE not in answer.cookies
    _, token = devices.enrol(link, DeviceKind.PRINTER, now=utc_now())
    client = desk.client(packer)
    client.cookies[COOKIE] = token
    text_of(client.get(ORDERS), 403)
    printer = Device.objects.get()
    at = desk.actor(packer, device_id=printer.pk)
    assert list_orders(at, Wanted(), None, now=utc_now()).code == "device_unknown"


@pytest.mark.parametrize("text", ["", "ovd_1_", "x" * 5_000, "ovd_1_" + "A" * 43, '"', "ovl_1_é"])
def test_a_cookie_that_is_none_is_none(desk, packer, text):
    """Whatever somebody put there."""
    client = desk.client(packer)
    client.cookies[COOKIE] = text.encode("ascii", "replace").decode()
    text_of(client.get(ORDERS), 403)
    text_of(client.get("/station/"))


def test_a_browser_stops_being_a_station(desk, packer):
    """The cookie goes, and a copy of it opens nothing either."""
    client = desk.on_device(desk.client(packer))
    copy = client.cookies[COOKIE].value
    answer = client.post("/station/")
    assert answer.cookies[COOKIE]["max-age"] == 0
    act = sample.last_act(desk.scene.brand)
    assert act == ("device_left", f"device:{Device.objects.get().pk}")
    other = desk.client(packer)
    other.cookies[COOKIE] = copy
    text_of(other.get(ORDERS), 403)
    assert client.post("/station/").status_code == 302  # once more does no harm


def test_a_browser_is_one_station(desk, packer):
    """Becoming another ends what it was; its page says so before."""
    client = desk.on_device(desk.client(packer))
    old = client.cookies[COOKIE].value
    path = registered(desk).removeprefix("http://localhost")
    assert "no more" in text_of(client.get(path))
    client.post(path)
    assert client.cookies[COOKIE].value != old
    text_of(client.get(ORDERS))
    assert devices.of_token(old, now=utc_now()) is None


def test_a_station_is_kept_as_long_as_it_is_vouched_for(desk, packer):
    """Each page renews the cookie, up to the attestation's end and not beyond."""
    client = desk.on_device(desk.client(packer))
    until = utc_now() + timedelta(hours=2)
    execute("UPDATE partners_device SET attested_until = %s", [until])
    cookie = client.get("/").cookies[COOKIE]
    assert cookie["max-age"] == pytest.approx(7_200, abs=60)
    assert cookie["httponly"]


def test_a_form_of_another_site_enrols_nothing(desk):
    """The link's page has a form of its own: without its token the POST is refused."""
    path = registered(desk).removeprefix("http://localhost")
    browser = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    assert browser.post(path).status_code == 403
    text_of(browser.get(path))
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    assert browser.post(path, {"csrfmiddlewaretoken": token}).status_code == 302


def test_trying_from_a_phone_is_counted(desk, packer):
    """What alerts look at: a code and a number, for the person."""
    phone = desk.client(packer)
    for _ in range(3):
        text_of(phone.get(ORDERS), 403)
    refused.flush(at_once=True)
    (seen,) = refused.since(desk.scene.brand.pk, utc_now() - timedelta(hours=1))
    assert (seen.who, seen.code, seen.times) == (f"person:{packer.person_id}", "device_needed", 3)


def test_what_needs_no_device_names_no_buyer():
    """The few permissions that are used anywhere are none that show an order."""
    assert {str(each) for each in WITHOUT_DEVICE} == {"see_home", "pick"}
