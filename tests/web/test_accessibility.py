"""The main pages under axe (WCAG 2 A and AA): nothing serious, light and dark, wide and narrow."""

from importlib.resources import files

import pytest

import browser
from matrix import Things
from orderveil.core.roles import Role
from realserver import running_server
from web.seated import seated

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
            page.run(AXE)
            barriers = page.run_async(RUN)
            barriers += page.run(WIDER)
            if barriers:
                found[path] = barriers
    assert found == {}


def test_the_way_in_has_no_serious_barrier(db, tmp_path):
    """The sign-in page, for somebody who is not signed in."""
    Things.make()
    with running_server(db) as site, browser.browser(tmp_path, width=1280, height=900) as page:
        page.open(f"{site.people_url}/account/login/")
        page.run(AXE)
        assert page.run_async(RUN) == []
