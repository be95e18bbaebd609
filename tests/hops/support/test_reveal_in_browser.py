"""A reveal in a real browser: shown, counted down, hidden again, copied with who looked."""

import pytest
from django.conf import settings

from browser import CHROMIUM, DRIVER, MISSING, browser
from desk import Desk
from orderveil.core.roles import Role
from orderveil.hops.support import asking
from orderveil.ledger.queries import entries_of
from realserver import running_server
from web.test_accessibility import barriers_of

PHONE, MASKED = "+919000000001", "XXXXXX0001"
# What a tab does when it is left, hidden, printed or put aside by htmx: the browser's own events.
LEAVING = {
    "left": "dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))",
    "printed": "dispatchEvent(new Event('beforeprint'))",
    "put aside": "document.dispatchEvent(new CustomEvent('htmx:beforeHistorySave'))",
    "hidden": (
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange')); delete document.hidden"
    ),
}
VALUE = "return document.querySelector('#value-phone').textContent.trim()"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=MISSING),
]


@pytest.fixture
def page(db, tmp_path, monkeypatch):
    """The page of the one order, for somebody of support; with `page.desk`, `page.order`."""
    # This process made its key with its first database; the server has to know the same sessions.
    monkeypatch.setenv("ORDERVEIL_SECRET_KEY", str(settings.SECRET_KEY))
    desk = Desk.make()
    order = desk.scene.admit()
    member = desk.person(Role.SUPPORT)
    key = desk.client(member).cookies["session"].value
    ref = asking.ref_of(desk.actor(member), order)
    with (
        running_server(db) as site,
        browser(tmp_path / "profile", width=1280, height=1000) as page,
    ):
        page.open(f"{site.people_url}/static/desk.css")
        page.set_cookie("session", key)
        page.site, page.path, page.order = site.people_url, f"/desk/orders/{ref}/", order
        page.open(page.site + page.path)
        assert "shop-1" in page.text()
        yield page


def reveal(page):
    """Fill in the form of the phone, and wait for the value."""
    page.run("document.querySelector('#ask-phone details').open = true")
    page.choose("#reason-phone", "call_back")
    page.fill("#ticket-phone", "T-4711")
    page.click("#ask-phone button")
    page.wait_for("return document.querySelector('#value-phone .revealed')")
    assert PHONE in page.run(VALUE)


def test_it_hides_when_its_seconds_are_over_and_whatever_happens_before(page):
    """It counts down; then, and when the page is left, hidden or printed, the mask is back."""
    reveal(page)
    page.wait_for("return Number(document.querySelector('[data-left]').textContent) < 30")
    page.run("const now = Date.now; window.realNow = now; Date.now = () => now() + 30000")
    # The page's clock is now half a minute ahead, also for this waiting.
    masked = "return document.querySelector('#value-phone').textContent.trim() === arguments[0]"
    page.wait_for(masked, MASKED, seconds=60)
    page.run("Date.now = window.realNow")
    for script in LEAVING.values():
        reveal(page)
        page.run(script)
        assert page.run(VALUE) == MASKED, script
    assert PHONE not in page.run("return document.documentElement.outerHTML")
    assert page.run("return location.href") == page.site + page.path
    assert len([each for each in entries_of(page.order) if each.kind == "reveal"]) == 5


def test_a_screen_reader_is_told_once(page):
    """What is announced has the value and who looked, and does not change while it counts down."""
    reveal(page)
    page.run(
        "window.told = 0; const box = document.querySelector('#value-phone .revealed');"
        "const live = '[role=status], [role=alert], [aria-live]';"
        "window.seen = (node) => { node = node.nodeType === 1 ? node : node.parentElement;"
        " return node && node.closest(live) && !node.closest('[aria-hidden=true]'); };"
        "new MutationObserver((all) => { window.told += all.filter((each) => seen(each.target))"
        ".length; }).observe(box, {subtree: true, childList: true, characterData: true})"
    )
    said = page.text("#value-phone [role=status]")
    assert PHONE in said
    assert "seen by Support" in said
    assert "hidden in" not in said
    page.wait_for("return Number(document.querySelector('[data-left]').textContent) < 28")
    assert page.run("return window.told") == 0
    assert page.run("return document.querySelectorAll('#value-phone [role=status]').length") == 1
    assert barriers_of(page) == []


def test_a_copy_says_who_looked(page):
    """Of the value alone and of a selection around it; a copy of anything else is left alone."""
    reveal(page)
    copied = (
        "const range = document.createRange(); range.selectNodeContents("
        "document.querySelector(arguments[0])); getSelection().removeAllRanges();"
        "getSelection().addRange(range); const carried = new DataTransfer();"
        "document.dispatchEvent(new ClipboardEvent('copy',"
        " {clipboardData: carried, bubbles: true, cancelable: true}));"
        "return carried.getData('text/plain')"
    )
    for selector in ("#value-phone b", "#value-phone", "dl.facts"):
        text = page.run(copied, selector)
        assert PHONE in text
        assert "[seen by Support, T-4711, " in text
    assert page.run(copied, "h1") == ""


def test_a_ticket_makes_it_one_click(page):
    """Reason and ticket are filled in by the helpdesk's link; a refusal stands by the form."""
    page.open(f"{page.site}/desk/t/T-99/?order=%23shop-1&reason=return_pickup")
    assert page.run("return document.activeElement.textContent") == "Open the order"
    page.click("main button.primary")
    page.wait_for("return location.pathname === arguments[0]", page.path)
    assert "For ticket T-99" in page.text()
    page.click("#ask-phone button")
    page.wait_for("return document.querySelector('#value-phone .revealed')")
    (entry,) = [each.entry for each in entries_of(page.order) if each.kind == "reveal"]
    assert entry.reason == "return_pickup ticket T-99"
    page.open(page.site + page.path)
    page.run("document.querySelector('#ask-email [name=kept]').remove()")
    page.click("#ask-email button")
    page.wait_for("return document.querySelector('#say-email [role=alert]')")
    assert page.text("#value-email") == "t***@m***.example"
