"""The page about inventory systems: what is connected, what was refused; ending one."""

import pytest

from desk import Desk
from hops.ims.inventory import BUYER
from orderveil.core.decision import Mode
from orderveil.core.roles import Role


@pytest.fixture
def seen(ims):
    """How the page looks to somebody of a role."""
    desk = Desk.make(ims.doors.scene)

    def look(role):
        return desk.client(desk.person(role)).get("/inventory/").content.decode()

    look.desk = desk
    return look


def test_the_page_tells_what_is_connected_and_what_was_refused(ims, seen):
    """Address, paths, mode, counts of each day; no secret, no value."""
    ims.forward(body=BUYER)
    ims.guard(BUYER)
    ims.observe(Mode.OBSERVE)
    ims.guard(BUYER)
    page = seen(Role.AUDITOR)
    for text in (ims.upstream.base_url, "/api", "on the way there", "asked about", "let through"):
        assert text in page
    assert "90000" not in page
    assert "stockroom" not in page
    assert "Disconnect" not in page


def test_who_manages_connections_may_end_it(ims, seen):
    """At once, as an act; nobody else may."""
    client = seen.desk.client(seen.desk.person(Role.OWNER))
    assert "Disconnect" in client.get("/inventory/").content.decode()
    assert client.post(f"/inventory/{ims.upstream.pk}/disconnect/").status_code == 302
    assert ims.forward("GET").status_code == 404
    assert client.post(f"/inventory/{ims.upstream.pk}/disconnect/").status_code == 404
    assert client.post(f"/inventory/{2**70}/disconnect/").status_code == 404


def test_an_empty_page_says_so(own_doors):
    """A brand without an inventory system, and without anybody who runs one."""
    desk = Desk.make(own_doors.scene)
    page = desk.client(desk.person(Role.OWNER)).get("/inventory/").content.decode()
    for text in ("No inventory system is connected.", "No partner runs this hop."):
        assert text in page
