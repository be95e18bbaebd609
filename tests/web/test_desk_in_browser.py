"""The desk in a real browser: search, reveal, watch it hide, read it on the ledger; two people."""

import pytest

import browser
from desk import Desk
from orderveil.core.fields import Field
from orderveil.core.roles import Role
from orderveil.policy import versions
from orderveil.policy.models import VersionState
from orderveil.reviews.models import Campaign, Item
from realserver import running_server
from scene import PERSON
from web.seated import seated, sit_down

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (browser.CHROMIUM and browser.DRIVER), reason=browser.MISSING),
]
SAYS = "return document.querySelector('main').innerText.includes(arguments[0])"
PHONE = "+919000000001"


def test_a_phone_is_found_revealed_hidden_and_on_the_ledger(db, tmp_path):
    """By phone to the order, one field for half a minute, and an entry that says why."""
    desk = Desk.make()
    desk.scene.admit()
    agent, officer = desk.person(Role.SUPPORT), desk.person(Role.PRIVACY_OFFICER)
    with running_server(db) as site, seated(tmp_path, site, desk, agent) as page:
        page.open(f"{site.people_url}/desk/orders/")
        page.press("/")
        assert page.run("return document.activeElement.id") == "find"
        page.fill("#find", PERSON[Field.PHONE])
        page.click(".find button")
        page.wait_for("return location.pathname.startsWith('/desk/orders/') && location.search==''")
        page.wait_for(SAYS, "XXXXXX0001")
        assert PHONE not in page.run("return document.documentElement.outerHTML")

        page.click("#ask-phone summary")
        page.choose("#ask-phone select", "call_back")
        page.fill("#ask-phone input[name=ticket]", "T-4711")
        page.click("#ask-phone button")
        page.wait_for(SAYS, PHONE)
        assert "T-4711" in page.run("return document.querySelector('[data-seconds]').dataset.who")
        page.wait_for("return !document.querySelector('[data-seconds]')", seconds=40)
        assert PHONE not in page.run("return document.documentElement.outerHTML")
        kept = "return JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"
        assert PHONE not in page.run(kept)

        sit_down(page, site, desk, officer)
        page.open(f"{site.people_url}/ledger/?kind=reveal")
        page.wait_for(SAYS, "T-4711")
        page.click('main table a[href^="/ledger/entries/"]')
        page.wait_for(SAYS, "call_back")


def test_what_was_revealed_is_gone_when_the_page_is_left(db, tmp_path):
    """Going on and back shows the masked page: nothing is kept for the way back."""
    desk = Desk.make()
    desk.scene.admit()
    with (
        running_server(db) as site,
        seated(tmp_path, site, desk, desk.person(Role.SUPPORT)) as page,
    ):
        page.open(f"{site.people_url}/desk/orders/")
        page.click("main table a")
        page.wait_for("return document.querySelector('#ask-phone')")
        page.click("#ask-phone summary")
        page.choose("#ask-phone select", "call_back")
        page.fill("#ask-phone input[name=ticket]", "T-4712")
        page.click("#ask-phone button")
        page.wait_for(SAYS, PHONE)
        page.open(f"{site.people_url}/desk/orders/")
        page.run("history.back()")
        page.wait_for("return document.querySelector('#ask-phone')")
        assert PHONE not in page.run("return document.documentElement.outerHTML")


def test_a_loosening_needs_a_second_person(db, tmp_path):
    """One drafts and can't approve; the other sees the marked cells and puts it in force."""
    desk = Desk.make()
    owner, officer = desk.person(Role.OWNER), desk.person(Role.PRIVACY_OFFICER)
    with running_server(db) as site, seated(tmp_path, site, desk, owner) as page:
        page.open(f"{site.people_url}/policy/")
        page.click('main a[href="/policy/draft/"]')
        page.click('main a[href="/policy/draft/hop/reports/"]')
        page.wait_for("return location.pathname === '/policy/draft/hop/reports/'")
        page.open(f"{site.people_url}/policy/draft/hop/reports/")
        page.choose("#id_cell_city", "whole")
        page.click("main form .primary")
        page.open(f"{site.people_url}/policy/draft/preview/")
        page.wait_for(SAYS, "loosens")
        page.click('main form[action$="/publish/"] .primary')
        page.wait_for("return location.pathname.startsWith('/policy/versions/')")
        assert "you wrote it" in page.text().lower()
        number = versions.active(desk.scene.brand.pk).number + 1

        sit_down(page, site, desk, officer)
        page.open(f"{site.people_url}/policy/versions/{number}/")
        page.click('main form[action$="/approve/"] .primary')
        page.wait_for(SAYS, "in force")
    assert versions.active(desk.scene.brand.pk).number == number
    assert versions.active(desk.scene.brand.pk).state == VersionState.ACTIVE


def test_a_review_removes_somebody_at_once(db, tmp_path):
    """Opened, decided with a reason; who was removed meets the sign-in page at the next click."""
    desk = Desk.make()
    owner, agent = desk.person(Role.OWNER), desk.person(Role.SUPPORT)
    leaver = desk.client(agent)
    assert leaver.get("/desk/orders/").status_code == 200
    with running_server(db) as site, seated(tmp_path, site, desk, owner) as page:
        page.open(f"{site.people_url}/reviews/")
        page.click('main form[action$="/open/"] button')
        page.wait_for("return /^\\/reviews\\/\\d+\\/$/.test(location.pathname)")
        item = Item.objects.get(campaign=Campaign.objects.get(), subject_id=agent.pk, kind="person")
        page.open(f"{page.url}items/{item.pk}/")
        page.click("input[value=remove]")
        page.fill("#id_reason", "left the team")
        page.click("main form .primary")
        page.wait_for("return /^\\/reviews\\/\\d+\\/$/.test(location.pathname)")
    assert leaver.get("/desk/orders/")["Location"].startswith("/account/login/")
