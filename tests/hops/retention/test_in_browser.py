"""The purges' pages in a real browser: no serious barrier, wide and narrow; the button works."""

from datetime import timedelta

import pytest

import browser
from desk import Desk
from hops.retention.yard import Yard, purges
from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.hops.retention import asking, links
from orderveil.hops.retention.models import Request
from realserver import running_server
from web.seated import sit_down
from web.test_accessibility import OPENS, barriers_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (browser.CHROMIUM and browser.DRIVER), reason=browser.MISSING),
]


def shown(yard):
    """Requests in every state; the one that is open."""
    yard.asked(3)
    Request.objects.update(
        sent_at=utc_now(), way="mail", reminders=2, due_at=utc_now() - timedelta(days=1)
    )
    yard.delivered(2)
    (request,) = asking.ask(utc_now(), at_once=True)
    yard.delivered()
    return request


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (1280, "dark")])
def test_the_pages_have_no_serious_barrier(db, tmp_path, width, scheme):
    """Axe finds nothing serious on the desk's pages and the link's, and none is too wide."""
    yard = Yard.make(now=utc_now())
    request = shown(yard)
    desk = Desk.make(yard.scene)
    mine = f"/purge/{links.token_of(request)}"
    found = {}
    with running_server(db) as site, browser.browser(tmp_path, width=width, height=900) as page:
        page.emulate(prefers_color_scheme=scheme)

        def look(name, path):
            page.open(site.people_url + path)
            assert page.run(OPENS), path
            page.screenshot(tmp_path / f"{name}.png")
            if barriers := barriers_of(page):
                found[name] = barriers

        look("link", mine)
        page.choose("#function", "data_protection")
        page.click("main .primary")
        page.wait_for("return document.querySelector('.notice.ok') !== null")
        assert "Nothing is left to do" in page.text()
        look("confirmed", mine)
        sit_down(page, site, desk, desk.person(Role.OWNER))
        look("purges", "/purges/")
        look("partner", f"/purges/{yard.partner.pk}/")
    assert found == {}
    assert sum(each.confirmed_at is not None for each in purges()) == 2
