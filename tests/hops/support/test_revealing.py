"""Revealing on a page, verifying a caller, and the ticket that carries the reason."""

import re
from datetime import timedelta

import pytest

from desk import Desk
from doors import stored
from orderveil.core import clocks
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Role
from orderveil.core.states import ParcelState
from orderveil.gate.desk.reveal import Revealable
from orderveil.gate.desk.verifying import Said
from orderveil.gate.reasons import Reason
from orderveil.gate.search import By
from orderveil.hops.support import asking, road, tickets, wording
from orderveil.ledger.queries import entries_of
from orderveil.people import budgets as purses
from orderveil.people import memberships
from orderveil.people.budgets import Spending
from orderveil.web import guard
from scene import ME, Scene, rows

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://localhost/desk/orders/X/"}
WHY = {"reason": "call_back", "ticket": "T-4711"}
PHONE, EMAIL, LINE = "+919000000001", "tarangini.v@mail.example", "Neelkurinji"


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


class Seen:
    """One order as one person has it before them."""

    def __init__(self, desk, role=Role.SUPPORT, *, factor_minutes=0, partner=None):
        self.desk = desk
        self.order = desk.scene.admit()
        self.member = desk.person(role, partner=partner)
        if partner:
            seat = type("S", (), {"partner": partner})
            desk.scene.assign(Hop.SUPPORT, self.order, seat)
        self.client = desk.client(self.member, factor_minutes=factor_minutes)
        self.ref = asking.ref_of(desk.actor(self.member), self.order)
        self.url = f"/desk/orders/{self.ref}/"

    def reveal(self, what="phone", *, htmx=True, **told):
        """The answer to the form."""
        form = {"what": what} | (told or WHY)
        return self.client.post(self.url + "reveal/", form, **(HTMX if htmx else {}))

    def verify(self, what, said, *, htmx=True):
        """The answer to the form."""
        form = {"what": what, "said": said}
        return self.client.post(self.url + "verify/", form, **(HTMX if htmx else {}))

    def page(self):
        """The order's page."""
        answer = self.client.get(self.url)
        assert answer.status_code == 200
        return answer.content.decode()

    def reveals(self):
        """The reveals on record."""
        return [each.entry for each in entries_of(self.order) if each.kind == "reveal"]


@pytest.fixture
def seen(desk):
    """One order before an agent of support."""
    return Seen(desk)


def text(answer, status=200):
    """The answer's body; nobody keeps it."""
    assert answer.status_code == status, answer.content.decode()[-1500:]
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def opened(seen, ticket, **told):
    """The answer to the button on the page that the helpdesk's link leads to."""
    return seen.client.post(f"/desk/t/{ticket}/", told)


def traces(seen):
    """What opening a ticket leaves: searches spent, entries on record, the session's tickets."""
    spent = purses.spent(seen.member.pk, Spending.SEARCHES, seen.desk.scene.now)
    entries = rows("SELECT count(*) FROM ledger_pending")[0][0]
    return spent, entries, len(seen.client.session.get("tickets", {}))


@pytest.mark.parametrize(
    ("what", "value", "masked"),
    [
        ("phone", PHONE, "XXXXXX0001"),
        ("email", EMAIL, "t***@m***.example"),
        ("address", LINE, "F # N R, T J S, b t O C"),
    ],
)
def test_a_reveal_is_a_fragment_that_hides_itself(seen, what, value, masked):
    """The value, what stands there after, who looked, for which ticket, and for how long."""
    part = text(seen.reveal(what))
    assert "<html" not in part
    assert value in part
    assert 'data-seconds="30"' in part
    assert f'data-masked="{masked}"' in part
    assert re.search(r'data-who="seen by Support, T-4711, \d\d:\d\d UTC"', part)
    assert "data-left" in part
    others = {PHONE, EMAIL, LINE} - {value}
    assert not [other for other in others if other in part]
    (entry,) = seen.reveals()
    assert entry.reason == "call_back ticket T-4711"


def test_without_javascript_it_is_a_page_that_leads_back(seen):
    """The whole page, no longer than half a minute."""
    answer = seen.reveal(htmx=False)
    assert PHONE in text(answer)
    assert answer["Refresh"] == f"30; url={seen.url}"
    assert "<html" in answer.content.decode()


def test_nothing_of_it_stays(seen):
    """Not in the page after, in a session, in the cache, in a message, in any table or address."""
    for what in Revealable:
        text(seen.reveal(what))
    text(seen.verify("email", EMAIL))
    seen.client.post("/desk/search/", {"value": "9000000001", "by": ""})
    page = seen.page()
    marks = [PHONE, PHONE[3:], EMAIL, LINE, "Jacaranda"]
    assert not [mark for mark in marks if mark.lower() in page.lower()]
    assert not [mark for mark in marks if mark in str(dict(seen.client.session))]
    for table, column, value in stored():
        found = [mark for mark in marks if mark.lower().encode() in value.lower()]
        assert found == [], (table, column)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"reason": "", "ticket": "T-1"}, "none of the reasons"),
        ({"reason": "because", "ticket": "T-1"}, "none of the reasons"),
        ({"reason": "call_back", "ticket": ""}, "not a helpdesk"),
        ({"reason": "call_back", "ticket": "9000000001"}, "looks as if it held a phone"),
        ({"reason": "call_back", "ticket": "asha@mail.example"}, "not a helpdesk"),
    ],
)
def test_a_wrong_cause_is_said_in_its_place(seen, told, says):
    """Nothing is shown, recorded or repeated; the sentence goes beside the form."""
    answer = seen.reveal(**told)
    part = text(answer, 422)
    assert says in part
    assert answer["HX-Retarget"] == "#say-phone"
    assert not told["ticket"] or told["ticket"] not in part
    assert seen.reveals() == []
    full = text(seen.reveal(htmx=False, **told), 422)
    assert says in full
    assert seen.url in full


def test_no_other_field_is_revealed(seen):
    """What the form may not name is refused."""
    for what in ("upi", "name", "", "phone,email"):
        text(seen.reveal(what), 422)
    assert seen.reveals() == []


def test_a_used_up_budget_is_said_in_its_place(seen):
    """With the rule and what to do."""
    memberships.change(
        seen.member, Role.SUPPORT, now=seen.desk.scene.now, who=ME, reveals_per_day=1
    )
    assert "0 reveals left today" in text(seen.reveal())
    answer = seen.reveal()
    assert "used up" in text(answer, 429)
    assert answer["HX-Retarget"] == "#say-phone"


@pytest.mark.parametrize(
    "role", [Role.OWNER, Role.OPERATIONS, Role.SUPPORT, Role.OUTSOURCED_SUPPORT]
)
def test_a_stale_factor_is_asked_for_and_leads_back(desk, role):
    """As old as the role's term: to the page that proves it again, and back to the order."""
    partner = None
    if role == Role.OUTSOURCED_SUPPORT:
        partner = desk.scene.new_seat(Hop.SUPPORT, "centre").partner
    old = Seen(desk, role, factor_minutes=ROLES[role].reveal_fresh_minutes, partner=partner)
    answer = old.reveal()
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["HX-Redirect"] == "/account/2fa/reauthenticate/?next=/desk/orders/X/"
    plain = old.client.post(
        old.url + "reveal/",
        {"what": "phone", **WHY},
        HTTP_REFERER=f"http://localhost{old.url}",
        headers={"host": "localhost"},
    )
    assert plain["Location"].startswith("/account/2fa/reauthenticate/?next=")
    assert old.reveals() == []


def test_who_left_between_two_clicks_is_out(seen):
    """The next click is refused by the guard; no session is left."""
    text(seen.reveal())
    memberships.leave(seen.member, now=seen.desk.scene.now, who=ME)
    assert seen.reveal().status_code in {302, 204, 403}
    assert len(seen.reveals()) == 1


def test_a_ticket_opened_once_carries_its_reason(seen):
    """One click then: reason and ticket are filled in and shown, for that order only."""
    answer = opened(seen, "T-88", order="#shop-1", reason="return_pickup")
    assert answer["Location"] == seen.url
    page = seen.page()
    assert "For ticket T-88, 15 minutes left." in page
    assert "Pick-up of a return" in page
    assert 'name="ticket"' not in page
    part = text(seen.reveal(kept="1"))
    assert PHONE in part
    assert [entry.reason for entry in seen.reveals()] == ["return_pickup ticket T-88"]
    other = Seen(seen.desk)
    assert "T-88" not in other.page()
    assert "minutes of this ticket are over" in text(other.reveal(kept="1"), 422)


def test_a_ticket_without_a_reason_asks_once(seen):
    """The first reveal says why, and it holds for the next ones; the link may name a ref."""
    answer = opened(seen, "T-88", order=seen.ref)
    assert answer["Location"] == seen.url
    page = seen.page()
    assert 'name="reason"' in page
    assert 'name="ticket"' not in page
    text(seen.reveal(kept="1"), 422)
    part = text(seen.reveal(kept="1", reason="call_back"))
    assert 'name="reason"' not in part  # the other fields' forms come along, one click each
    text(seen.reveal("email", kept="1"))
    assert {entry.reason for entry in seen.reveals()} == {"call_back ticket T-88"}


def test_a_ticket_is_over_after_a_quarter_of_an_hour(seen, monkeypatch):
    """Fourteen minutes later it holds, fifteen later it is gone; the session forgets it."""
    opened(seen, "T-88", order="#shop-1", reason="call_back")
    began = clocks.utc_now()
    for minutes, holds in ((14, True), (15, False)):
        monkeypatch.setattr(guard, "utc_now", lambda m=minutes: began + timedelta(minutes=m))
        assert ("T-88" in seen.page().partition("What happened")[0]) == holds
    assert "over" in text(seen.reveal(kept="1"), 422)
    assert seen.reveals() == []


def test_a_session_keeps_ids_only_and_few(seen):
    """Order ids, tickets, codes and times; of many tickets the newest."""
    orders = seen.desk.scene.admit_many([seen.desk.scene.draft() for _ in range(25)])
    for number, _ in enumerate(orders):
        opened(seen, f"T-{number}", order=f"#shop-{number + 2}")
        if number == 17:  # a minute allows twenty searches
            break
    kept = seen.client.session["tickets"]
    assert len(kept) == 18
    assert set(kept) <= {order.hex() for order in orders}
    assert {tuple(sorted(each)) for each in kept.values()} == {("reason", "ticket", "until")}
    assert tickets.MOST == 20


@pytest.mark.parametrize(
    ("ticket", "told", "status"),
    [
        ("T-1", {"order": "#nothing"}, 404),
        ("T-1", {}, 404),
        ("9000000001", {"order": "#shop-1"}, 422),
        ("T-1", {"order": "#shop-1", "reason": "because"}, 422),
        ("T-1", {"order": "#foreign"}, 404),
    ],
)
def test_a_link_that_leads_nowhere_says_so(seen, ticket, told, status):
    """No such order, a ticket that is a phone, a reason of nobody's: nothing is kept."""
    foreign = Scene.make("another", now=seen.desk.scene.now)
    foreign.admit(foreign.draft("foreign"))
    page = text(opened(seen, ticket, **told), status)
    assert "9000000001" not in page
    assert "tickets" not in seen.client.session


def test_a_link_alone_spends_and_records_nothing(seen):
    """Whatever follows it by itself sees a button: no search, no act, no ticket in the session."""
    link = "/desk/t/T-88/?order=%23shop-1&reason=return_pickup"
    before = traces(seen)
    for url in (link, link, "/desk/t/T-88/?order=%23nothing"):
        page = text(seen.client.get(url))
        assert "T-88" in page
        assert "Open the order" in page
    page = text(seen.client.get(link))
    assert "#shop-1" in page
    assert "Pick-up of a return" in page
    for url in ("/desk/t/9000000001/?order=x", "/desk/t/T-1/?order=x&reason=because"):
        text(seen.client.get(url), 422)
    assert traces(seen) == before
    opened(seen, "T-88", order="#shop-1")
    assert traces(seen) == (before[0] + 1, before[1] + 1, 1)


def test_a_centres_person_opens_tickets_of_its_orders_only(desk):
    """What was not handed to it answers 404 like what is not there; what was, opens."""
    seat = desk.scene.new_seat(Hop.SUPPORT, "centre")
    theirs = Seen(desk, Role.OUTSOURCED_SUPPORT, partner=seat.partner)
    desk.scene.admit()
    pages = [text(opened(theirs, "T-1", order=f"#{name}"), 404) for name in ("shop-2", "no")]
    tokens = re.compile(r'"X-CSRFToken": "\w+"|value="\w{64}"')
    assert len({tokens.sub("", page) for page in pages}) == 1
    assert opened(theirs, "T-1", order="shop-1")["Location"] == theirs.url
    assert PHONE in text(theirs.reveal(kept="1", reason="call_back"))


def test_a_verification_answers_match_or_no_match(seen):
    """In its card, with the tries that are left, and an empty box; never the value."""
    part = text(seen.verify("email", "wrong@mail.example"))
    assert "No match." in part
    assert "2 tries left" in part
    part = text(seen.verify("pincode", "560001"))
    assert "<b>Match.</b>" in part
    assert "1 try left" in part
    assert "<html" not in part
    for page in (part, text(seen.verify("phone_end", "4242", htmx=False))):
        assert not [said for said in ("wrong@", "560001", "4242") if said in page]
    assert "No try was used" in text(seen.verify("phone_end", "12"), 422)
    assert "used up" in text(seen.verify("pincode", "560001"), 429)


def test_a_verification_by_page_leads_back(seen):
    """Without JavaScript it is a page with a way back."""
    page = text(seen.verify("pincode", "560001", htmx=False))
    assert "<html" in page
    assert seen.url in page


def test_tries_are_shared_by_all_agents(seen):
    """The fourth agent is told that the three are used up."""
    others = [seen.desk.client(seen.desk.person(Role.SUPPORT, f"agent{n}")) for n in range(4)]
    form = {"what": "pincode", "said": "110001"}
    status = [each.post(seen.url + "verify/", form, **HTMX).status_code for each in others]
    assert status == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ["reveal/", "verify/", "hand/"])
def test_asking_for_a_forms_address_leads_to_the_order(seen, path):
    """Whoever comes back from proving a factor is not lost."""
    client = seen.desk.client(seen.desk.person(Role.OWNER))
    assert client.get(seen.url + path)["Location"] == seen.url


def test_every_form_is_ours(desk):
    """Without the token of a page of ours nothing is revealed, verified, searched or handed."""
    seen = Seen(desk, Role.OWNER)
    strict = desk.client(seen.member, enforce_csrf_checks=True)
    for path in (seen.url + "reveal/", seen.url + "verify/", seen.url + "hand/", "/desk/search/"):
        assert strict.post(path, {"what": "phone", **WHY}).status_code == 403
    assert seen.reveals() == []


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (wording.STATES, ParcelState),
        (wording.REASONS, Reason),
        (wording.REVEALABLES, Revealable),
        (wording.SAID, Said),
        (wording.BY, By),
        (wording.HOPS, Hop),
        (wording.FORMS, Form),
        (wording.FIELDS, Field),
        (road.AT, ParcelState),
    ],
)
def test_there_are_words_for_every_code(words, codes):
    """A new code needs its words."""
    assert set(words) == set(codes)


def test_the_search_for_values_can_fail(seen):
    """The marks are what an answer holds, and masked values are stored nowhere either."""
    assert PHONE in text(seen.reveal())
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'reveal'")[0][0] == 1
