"""Home and the relay in a real browser, from a really running installation after a real walk."""

import pytest
import urllib3
from rich.console import Console

import browser
from desk import Desk
from doors import Doors
from orderveil.cli.walk import walk_against
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.keys import ref_key
from orderveil.partners import credentials
from orderveil.partners.models import Brand, Partner
from orderveil.scams.kept import kept
from realserver import running_server
from scene import Scene

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (browser.CHROMIUM and browser.DRIVER), reason=browser.MISSING),
]

SHOWN = "return document.querySelector('.got:not([hidden])').dataset.got"
LINES = "return document.querySelectorAll('#ledger li').length"
WIDER = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
STRUCK = """
const lines = [...document.querySelectorAll('#got-courier .held div')];
return lines.map((line) => [
  line.querySelector('s').textContent,
  getComputedStyle(line.querySelector('s')).textDecorationLine,
  line.querySelector('dd').textContent,
  line.getClientRects().length > 0,
]);
"""


def ask_again(url):
    """A hop's system asks for the walk's order once more."""
    found = kept()
    partner = Partner.objects.get(brand_id=found.brand_id, hops__contains=[Hop.SUPPORT])
    _, token = credentials.issue(partner, Hop.SUPPORT, now=utc_now())
    ref = ref_key(found.brand_id, partner.pk, partner.ref_generation).make(found.order_id)
    path = f"{url}/v1/hops/support/orders/{ref}"
    answer = urllib3.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200


def owners_session():
    """The session of an owner of the brand that walked."""
    brand = Brand.objects.get(pk=kept().brand_id)
    desk = Desk(Scene(brand, None, b"", utc_now()), None)
    return desk.client(desk.person(Role.OWNER)).cookies["session"].value


def sign_in(page, site, session):
    """Let this browser go on with that session."""
    page.open(f"{site.people_url}/account/login/")
    page.set_cookie("session", session)


def test_the_picture_lives(db, tmp_path):
    """A dot shows what its hop got and what was withheld by which rule; the ledger fills live."""
    Doors.make()  # the installation has real brands, too: none of them shows
    with running_server(db) as site:
        walk_against(site.url, Console(quiet=True))
        session = owners_session()
        with browser.browser(tmp_path / "wide", width=1280, height=900) as page:
            sign_in(page, site, session)
            page.open(f"{site.people_url}/")
            page.wait_for("return document.querySelectorAll('.road .dot').length === 11")
            assert page.run(WIDER) == 0
            page.click("nav a[href='/relay/']")
            page.wait_for("return document.querySelector('[aria-pressed=true]')")
            assert page.run("return document.querySelectorAll('[data-dot]').length") == 11
            page.hover("[data-dot=wms]")
            page.wait_for(f"{SHOWN} === 'wms'")
            page.run("document.querySelector('[data-dot=support]').focus()")
            page.wait_for(f"{SHOWN} === 'support'")
            page.press("\ue014")  # arrow right: the next hop on the road
            page.wait_for(f"{SHOWN} === 'marketing'")
            page.hover("[data-dot=courier]")
            page.wait_for(f"{SHOWN} === 'courier'")
            held = {field: (line, rule, seen) for field, line, rule, seen in page.run(STRUCK)}
            assert held["gift_message"][0] == "line-through"
            assert "courier.gift_message is absent" in held["gift_message"][1]
            assert held["gift_message"][2]
            assert "kalanjali" not in page.run("return document.body.textContent")
            page.screenshot(tmp_path / "wide.png")
            before = page.run(LINES)
            ask_again(site.url)
            page.wait_for(f"{LINES} === arguments[0] + 1", before)
            page.wait_for("return document.querySelector('#verdict.ok')")
            assert "support" in page.run("return document.querySelector('#ledger li').textContent")
            assert page.run(WIDER) == 0
        with browser.browser(tmp_path / "narrow", width=390, height=844) as page:
            sign_in(page, site, session)
            page.open(f"{site.people_url}/")
            assert page.run(WIDER) == 0
            page.open(f"{site.people_url}/relay/")
            page.wait_for("return document.querySelector('[aria-pressed=true]')")
            page.screenshot(tmp_path / "narrow.png")
            assert page.run(WIDER) == 0
