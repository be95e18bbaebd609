"""The main pages under axe (WCAG 2 A and AA): nothing serious, light and dark, wide and narrow."""

from importlib.resources import files

import pytest
from allauth.mfa.models import Authenticator

import browser
from desk import ME, PASSWORD, Desk
from matrix import Things
from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.gate.staffing import managing
from people.door import CODE
from realserver import running_server
from scene import Scene
from web.seated import seated, sit_down

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (browser.CHROMIUM and browser.DRIVER), reason=browser.MISSING),
]
AXE = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = """
const done = arguments[arguments.length - 1];
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
const places = (each) => each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ");
axe.run(document, {resultTypes: ["violations"], runOnly: rules}).then((found) => done(
  found.violations.filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => each.id + ": " + places(each))));
"""
OPENS = "return performance.getEntriesByType('navigation')[0].responseStatus === 200"
WIDER = """
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= width) return [];
return [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > width + 0.5)
  .slice(0, 3).map((each) => "wider than its window: " + each.outerHTML.slice(0, 160));
"""


def pages_of(things):
    """The main pages by path, as the owner sees them."""
    ref = things.ref(things.actor(Role.OWNER), things.order)
    v = things.values
    return (
        *("/", "/desk/orders/", f"/desk/orders/{ref}/", "/desk/undelivered/"),
        *("/ledger/", f"/ledger/entries/{v['entry_id']}/", f"/ledger/orders/{v['order']}/"),
        *("/ledger/checkpoint/", "/ledger/export/", "/policy/", "/policy/versions/1/"),
        *("/policy/versions/", "/reviews/", f"/reviews/{v['campaign_id']}/", "/account/"),
        f"/centres/{v['partner_id']}/{v['month']}/",
        *(f"/{each}/" for each in ("partners", "credentials", "channels", "subscriptions")),
        *(f"/partners/{v['partner']}/", f"/credentials/{v['credential']}/", "/people/"),
        *(f"/people/{v['membership']}/", "/roles/", "/alerts/", "/account/2fa/"),
        *("/approvals/", f"/approvals/{v['approval']}/"),
    )


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_the_main_pages_have_no_serious_barrier(db, tmp_path, width, scheme):
    """Axe finds nothing serious on them, and none is wider than its window."""
    things = Things.make()
    owner = things.desk.person(Role.OWNER)
    with (
        running_server(db) as site,
        seated(tmp_path, site, things.desk, owner, width=width) as page,
    ):
        page.emulate(prefers_color_scheme=scheme)
        found = {}
        for path in pages_of(things):
            page.open(site.people_url + path)
            assert page.run(OPENS), path
            if barriers := barriers_of(page):
                found[path] = barriers
    assert found == {}


def barriers_of(page):
    """What axe finds on the page that is open, and what is wider than its window."""
    page.run(AXE)
    return page.run_async(RUN) + page.run(WIDER)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_way_in_has_no_serious_barrier(db, tmp_path, width):
    """Every page from a link or a password to the desk: also with a form that was refused."""
    desk = Desk.make()
    other = Desk.make(Scene.make("vastralaya"))
    asha = desk.person(Role.SUPPORT)
    told = {"now": utc_now(), "who": ME}
    new, here = (
        managing.add(brand, email, "X", managing.Terms(Role.SUPPORT), **told).token
        for brand, email in (
            (desk.scene.brand.pk, "new@people.example"),
            (other.scene.brand.pk, asha.person.email),
        )
    )
    found = {}
    with running_server(db) as site, browser.browser(tmp_path, width=width, height=900) as page:

        def look(name, path=None):
            if path:
                page.open(site.people_url + path)
            page.screenshot(tmp_path / f"{name}-{width}.png")
            if barriers := barriers_of(page):
                found[name] = barriers

        look("sign in", "/account/login/")
        look("welcome", f"/account/welcome/{new}/")
        look("account is there", f"/account/welcome/{here}/")
        look("link is over", "/account/welcome/x/")
        page.open(f"{site.people_url}/account/login/")
        page.fill("#id_login", asha.person.email)
        page.fill("#id_password", PASSWORD)
        page.click("main .primary")
        page.wait_for("return location.pathname === arguments[0]", CODE)
        look("second factor")
        sit_down(page, site, desk, asha)
        look("accept", f"/account/join/{here}/")
        look("prove again", "/account/2fa/reauthenticate/")
        look("recovery codes", "/account/2fa/codes/")
        look("add a key", "/account/2fa/keys/add/")
        look("password", "/account/password/")
        page.click("main .primary")
        look("password refused")
        Authenticator.objects.filter(user=asha.person).delete()
        page.set_cookie("session", desk.client(asha, factor_minutes=None).cookies["session"].value)
        look("enrol", "/account/enrol/")
        look("enrol an app", "/account/2fa/totp/activate/")
    assert found == {}
