"""The centres' pages: who reads, who signs, what the PDF is made of."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest

from hops.support.centre_audit.centre import BEGAN, LAST_MONTH, LATER, Centre
from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.gate import law
from orderveil.gate.desk.reveal import Revealable, reveal_field
from orderveil.gate.reasons import checked_cause
from orderveil.hops.printing import paper
from orderveil.hops.support.centre_audit import months, printed, signing
from orderveil.ledger import sequencer
from orderveil.people import turned_away
from scene import rows


@pytest.fixture
def centre(db):
    """Last month at a centre, with a reveal, everything sequenced."""
    made = Centre.make()
    made.reveal()
    sequencer.drain(LATER)
    return made


def path(centre, rest="", month=LAST_MONTH):
    """A page of the pack."""
    return f"/centres/{centre.partner.pk}/{month}/{rest}"


def client(centre, role, **more):
    """Signed in as somebody of the brand's."""
    return centre.desk.client(centre.desk.person(role), **more)


def seen(browser, centre):
    """The digest in the form."""
    text = browser.get(path(centre)).content.decode()
    return text.partition('name="digest" value="')[2].partition('"')[0]


@pytest.mark.parametrize("role", [Role.OWNER, Role.PRIVACY_OFFICER, Role.AUDITOR])
def test_who_reads(centre, role):
    """The list, the page, PDF and JSON; an auditor has no form."""
    browser = client(centre, role)
    page = browser.get(f"/centres/?month={LAST_MONTH}").content.decode()
    assert "Dialtone Pune" in page
    page = browser.get(path(centre)).content.decode()
    for said in ("आशा वर्मा", "T-1", "call back", "Random sample"):
        assert said in page
    assert ('name="outcome"' in page) == (role != Role.AUDITOR)
    assert browser.get(path(centre, "pack.pdf")).content.startswith(b"%PDF-")
    if role == Role.AUDITOR:
        assert browser.post(path(centre, "sign/")).status_code == 403


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.OPERATIONS, Role.INTEGRATOR, Role.MARKETER])
def test_who_reads_nothing(centre, role):
    """403, whatever the page."""
    browser = client(centre, role)
    for page in ("/centres/", path(centre), path(centre, "pack.pdf"), path(centre, "pack.json")):
        assert browser.get(page).status_code == 403


def test_another_brands_centre_is_not_there(centre):
    """404 for every page, also for signing."""
    other = Centre.make("saree")
    browser = client(other, Role.OWNER)
    for page in (path(centre), path(centre, "pack.pdf"), path(centre, "pack.json")):
        assert browser.get(page).status_code == 404
    told = {"outcome": "accepted", "digest": "0" * 64}
    assert browser.post(path(centre, "sign/"), told).status_code == 404
    listed = browser.get("/centres/").content.decode()
    assert f"/centres/{other.partner.pk}/" in listed
    assert f"/centres/{centre.partner.pk}/" not in listed


@pytest.mark.parametrize("month", ["2026-13", "x", str(months.month_of(utc_now()).next)])
def test_a_month_that_is_none(centre, month):
    """404, also for one that has not begun."""
    assert client(centre, Role.OWNER).get(path(centre, month=month)).status_code == 404


def test_a_running_month_is_preliminary(centre):
    """It says so, and has no form."""
    page = client(centre, Role.OWNER).get(path(centre, month=months.month_of(utc_now())))
    assert "preliminary" in page.content.decode()
    assert b'name="outcome"' not in page.content


def test_signing_on_the_page(centre):
    """Signed with the digest of the JSON; then the page says it still has it, later that not."""
    browser = client(centre, Role.PRIVACY_OFFICER)
    found = seen(browser, centre)
    pack = browser.get(path(centre, "pack.json")).content
    assert sha256(pack).hexdigest() == found
    assert json.loads(pack)["reveals"] == 1
    answer = browser.post(path(centre, "sign/"), {"outcome": "with_findings", "digest": found})
    assert answer.status_code == 422
    assert "reason" in answer.content.decode()
    told = {"outcome": "accepted", "digest": found, "reason": ""}
    assert browser.post(path(centre, "sign/"), told).status_code == 302
    assert "has the digest that was signed" in browser.get(path(centre)).content.decode()
    assert len(signing.signatures(centre.partner, LAST_MONTH)) == 1
    turned_away.count(centre.people["asha"].pk, "after_hours", BEGAN)
    page = browser.get(path(centre)).content.decode()
    assert "another digest than the one that was signed" in page
    assert found in page
    assert browser.post(path(centre, "sign/"), told).status_code == 409


def test_signing_needs_a_fresh_factor(centre):
    """Before anything is recorded."""
    browser = client(centre, Role.OWNER, factor_minutes=11)
    answer = browser.post(path(centre, "sign/"), {"outcome": "accepted", "digest": "0" * 64})
    assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    assert signing.signatures(centre.partner) == []


def test_a_refusal_after_hours_is_counted(centre):
    """A person of the centre who comes when it is closed is refused, and counted."""
    partner = centre.partner
    here = utc_now()
    closed = (here.isoweekday() + 2) % 7 + 1
    type(partner).objects.filter(pk=partner.pk).update(desk_days=[closed])
    law.forget()
    browser = centre.desk.client(centre.people["asha"])
    assert browser.get("/desk/orders/").status_code == 403
    assert browser.get("/desk/orders/").status_code == 403
    start = here - timedelta(days=1)
    found = turned_away.counted([(centre.people["asha"].pk, start, here + timedelta(days=2))])
    assert found == {"after_hours": 2}
    assert rows("SELECT sum(refused) FROM people_refusal") == [(2,)]


def test_a_refused_reveal_is_counted(centre):
    """What the gate refuses, whatever page asked for it; a factor to be proved again is none."""
    asha = centre.people["asha"]
    asha.reveals_per_day = 0
    asha.save()
    law.forget()
    arguments = (centre.orders[0], Revealable.PHONE, checked_cause("call_back", "T-1"))
    late = LAST_MONTH.end - timedelta(minutes=1)
    refused = reveal_field(centre.desk.actor(asha, now=late), *arguments, now=late)
    assert refused.code == "budget_exhausted"
    stale = centre.desk.actor(asha, now=late, factor_minutes=200)
    assert reveal_field(stale, *arguments, now=late).code == "factor_needed"
    assert centre.pack().refusals == {"budget_exhausted": 1}


def paper_of(centre, **names):
    """What the template is told."""
    pack = centre.pack()
    people = {member.person.tag: member.person.name for member in centre.people.values()}
    told = people | {centre.people[key].person.tag: name for key, name in names.items()}
    return printed.tell(pack, LAST_MONTH, told, [], brand="Kalanjali", centre="Dialtone")


def pixels(told):
    """The pages as pictures."""
    return paper.pngs(printed.TEMPLATE, told, at=LAST_MONTH.end, ppi=60)


def test_the_same_pack_is_the_same_pdf(centre):
    """To the byte; and another name is another picture, in Devanagari too."""
    told = paper_of(centre)
    assert printed.pdf(told, LAST_MONTH) == printed.pdf(told, LAST_MONTH)
    assert pixels(told) == pixels(told)
    shown = [pixels(paper_of(centre, asha=name)) for name in ("आशा", "आशी", "Asha", "Ashi")]
    assert len({tuple(pages) for pages in shown}) == 4


def test_another_figure_is_another_picture(centre):
    """What the pack says is what is drawn."""
    before = pixels(paper_of(centre))
    centre.reveal("binod", 1)
    assert pixels(paper_of(centre)) != before


def test_a_name_is_never_markup(centre):
    """What typst would run, or can't read, is drawn as it stands."""
    for name in ("#panic()", "*bold", "$x", "\\", '"]', '#let a = read("/etc/passwd")'):
        assert pixels(paper_of(centre, asha=name))[0].startswith(b"\x89PNG")


def test_a_name_that_no_font_has_stays_a_pseudonym(centre):
    """No row of boxes: the ledger's word for the person."""
    told = paper_of(centre, asha="安娜", binod="Zoë Đặng")
    assert [row[0] for row in told["people"]] == [centre.people["asha"].person.tag, "Zoë Đặng"]
