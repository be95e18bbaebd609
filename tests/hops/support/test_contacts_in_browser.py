"""Pages of contacts, calls and bookings in a real browser: no serious barrier, wide and narrow."""

import pytest

import browser
from desk import Desk
from orderveil.contacts import using
from orderveil.contacts.models import ContactKind
from orderveil.contacts.using import Outcome, Way
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate import law as laws
from orderveil.gate.asking import partner_refs
from orderveil.partners.models import Partner
from reachable import set_up
from realserver import running_server
from web.seated import seated
from web.test_accessibility import OPENS, barriers_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (browser.CHROMIUM and browser.DRIVER), reason=browser.MISSING),
]


def used(desk):
    """The ref of an order whose contacts were used, let through and not."""
    scene = desk.scene
    set_up(scene, scene.new_seat(Hop.COMMS, "ringline", name="Ringline Telephony").partner)
    Partner.objects.filter(pk=scene.seat(Hop.COURIER).partner.pk).update(demands_email=True)
    laws.forget()
    order = scene.pack(scene.admit())
    scene.ask(Hop.COURIER, order)
    scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    for contact in using.of_order(scene.brand.pk, order):
        good = Outcome.CONNECTED if contact.kind == ContactKind.PHONE else Outcome.RELAYED
        using.note(contact, Way.TO_CUSTOMER, good, now=scene.now)
        using.note(contact, Way.TO_PARTNER, Outcome.TOO_OFTEN, now=scene.now)
    own = next(each for each in laws.law_of(scene.brand.pk).partners.values() if each.own)
    return partner_refs(laws.law_of(scene.brand.pk), own).make(order)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (1280, "dark")])
def test_the_pages_have_no_serious_barrier(db, tmp_path, width, scheme):
    """Axe finds nothing serious on them, and none is wider than its window."""
    desk = Desk.make()
    ref = used(desk)
    paths = {
        "contacts": f"/desk/orders/{ref}/contacts/",
        "order": f"/desk/orders/{ref}/",
        "call": f"/desk/orders/{ref}/call/",
        "bookings": "/bookings/",
        "telephones": "/telephones/",
    }
    found = {}
    with (
        running_server(db) as site,
        seated(tmp_path, site, desk, desk.person(Role.OWNER), width=width) as page,
    ):
        page.emulate(prefers_color_scheme=scheme)
        for name, path in paths.items():
            page.open(site.people_url + path)
            if name != "call":
                assert page.run(OPENS), path
            page.screenshot(tmp_path / f"{name}.png")
            if barriers := barriers_of(page):
                found[name] = barriers
    assert found == {}
