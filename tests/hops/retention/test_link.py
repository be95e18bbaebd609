"""The page behind a link: what it says, what it takes, and every way it must not open."""

import csv
import io
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import pytest
from django.test import Client

from hops.retention.yard import Yard, purges
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate.erase import erase
from orderveil.hops.retention import asking, links, views_link
from orderveil.hops.retention.models import Request
from orderveil.ledger.entries import decode
from orderveil.ledger.of_order import latest_of
from scene import ME, PERSON, execute, rows


@pytest.fixture
def now_yard(db):
    """A yard whose clock is today's."""
    return Yard.make(now=utc_now())


def path_of(request):
    """The link's path."""
    return f"/purge/{links.token_of(request)}"


def browser(**more):
    """Somebody's browser: not signed in."""
    return Client(headers={"host": "localhost"}, **more)


def counts():
    """What a look must not change."""
    return rows(
        "SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_record),"
        " (SELECT string_agg(p::text, '' ORDER BY id) FROM retention_purge p),"
        " (SELECT string_agg(r::text, '' ORDER BY id) FROM retention_request r)"
    )


def test_the_page_says_who_asks_how_much_and_until_when(now_yard):
    """Without signing in; and nothing that names a parcel or its buyer."""
    request = now_yard.asked(2)
    before = counts()
    page = browser().get(path_of(request))
    text = page.content.decode()
    assert page.status_code == 200
    assert "kalanjali asks you to delete data" in text
    assert "<b>2</b>" in text
    assert f"{request.due_at:%b %Y}" in text
    for each in purges():
        assert now_yard.ref(bytes(each.order_id)) not in text
    assert not [value for value in PERSON.values() if value != "IN" and value in text]
    assert counts() == before, "looking changes nothing"


def test_the_page_is_kept_and_passed_on_by_nobody(now_yard):
    """No cache, no index, no referrer with the link in it."""
    page = browser().get(path_of(now_yard.asked()))
    assert page.headers["Cache-Control"] == "no-store, private"
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_one_button_confirms_all(now_yard):
    """With the function that says so; the act is the partner's, and the link is spent."""
    request = now_yard.asked(2)
    client = browser()
    told = {"what": "deleted", "function": "data_protection"}
    page = client.post(path_of(request), told)
    assert "Nothing is left to do" in page.content.decode()
    (row,) = rows("SELECT entry FROM ledger_entry WHERE kind = 'purge_confirmed'")
    act = decode(bytes(row[0]))
    assert (act.rows, act.who.partner) == (2, now_yard.partner.pk)
    assert (act.detail["way"], act.detail["function"]) == ("link", "data_protection")
    assert all(each.confirmed_at for each in purges())
    again = client.post(path_of(request), told)
    assert "Nothing is left to do" in again.content.decode()
    assert rows("SELECT count(*) FROM ledger_entry WHERE kind = 'purge_confirmed'") == [(1,)]


def test_after_the_receipt_the_list_is_closed(now_yard):
    """The page says that it is done, and hands nothing out any more."""
    request = now_yard.asked()
    client = browser()
    client.post(path_of(request), {"what": "deleted"})
    page = client.post(path_of(request), {"what": "list"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert rows("SELECT count(*) FROM ledger_entry WHERE kind = 'purge_list_shown'") == [(0,)]


def test_a_name_is_not_kept(now_yard):
    """The function is one of a list: whatever else is sent goes nowhere."""
    request = now_yard.asked()
    told = {"what": "deleted", "function": "Tarangini Vallabhdas"}
    browser().post(path_of(request), told)
    (row,) = rows("SELECT entry FROM ledger_entry WHERE kind = 'purge_confirmed'")
    assert decode(bytes(row[0])).detail["function"] is None


def test_a_post_without_the_pages_form_is_refused(now_yard):
    """A page elsewhere can't have somebody's browser confirm."""
    request = now_yard.asked()
    answer = browser(enforce_csrf_checks=True).post(path_of(request), {"what": "deleted"})
    assert answer.status_code == 403
    assert purges()[0].confirmed_at is None


def test_the_list_has_refs_and_waybills_and_is_on_record(now_yard):
    """Recorded before it is handed out, on each order; no value of a buyer's is in it."""
    scene = now_yard.scene
    orders = now_yard.delivered(2)
    execute(
        "UPDATE vault_parcel SET carrier = 'First', awb = '=AWB9' WHERE order_id = %s", [orders[0]]
    )
    (request,) = asking.ask(scene.now)
    answer = browser().post(path_of(request), {"what": "list"})
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {each["ref"] for each in lines} == {now_yard.ref(order) for order in orders}
    assert {each["awb"] for each in lines} == {"'=AWB9", ""}, (
        "no spreadsheet takes it for a formula"
    )
    assert {each["why"] for each in lines} == {"delivered"}
    text = answer.content.decode()
    assert not [value for value in PERSON.values() if value != "IN" and value in text]
    for order in orders:
        assert "purge_list_shown" in {each.kind for each in latest_of(order, 20)}


def test_an_erased_orders_line_has_its_ref_only(now_yard):
    """The AWB went with the order."""
    order = now_yard.seen()
    now_yard.scene.move(Hop.COURIER, order, ParcelState.SHIPPED, carrier="First", awb="AWB-77")
    now_yard.end_from_shipped(order)
    erase(now_yard.scene.brand.pk, [order], now=now_yard.scene.now, who=ME)
    now_yard.settle()
    (request,) = asking.ask(now_yard.scene.now)
    answer = browser().post(path_of(request), {"what": "list"})
    (line,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (line["ref"], line["awb"]) == (now_yard.ref(order), "")


def test_a_link_opens_its_own_request_only(now_yard):
    """Confirming one leaves the other open."""
    first = now_yard.asked()
    now_yard.delivered()
    (second,) = asking.ask(now_yard.scene.now + timedelta(hours=2))
    browser().post(path_of(first), {"what": "deleted"})
    assert [each.closed_at is None for each in Request.objects.order_by("pk")] == [False, True]
    assert "asks you to delete" in browser().get(path_of(second)).content.decode()


def forged(token):
    """Texts that are nearly the link."""
    raw = urlsafe_b64decode(token + "=")
    other_number = (int.from_bytes(raw[:8]) + 1).to_bytes(8) + raw[8:]
    longer = raw[:8] + (int.from_bytes(raw[8:12]) + 86400).to_bytes(4) + raw[12:]
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spelled = token[:-1] + last[last.index(token[-1]) ^ 1]
    made = [urlsafe_b64encode(each).rstrip(b"=").decode() for each in (other_number, longer)]
    return [*made, spelled, token[:-1], token + "A", token.swapcase(), "x", "%00"]


def test_a_forged_link_opens_nothing(now_yard):
    """Another number, another end, another spelling of the same bytes: all answered alike."""
    request = now_yard.asked()
    for each in forged(links.token_of(request)):
        answer = browser().post(f"/purge/{each}", {"what": "deleted"})
        assert answer.status_code in {400, 404}, each
    assert purges()[0].confirmed_at is None


def test_a_link_that_was_never_sent_opens_nothing(now_yard):
    """Genuinely signed, and not among the request's digests: the key alone is not enough."""
    request = now_yard.asked()
    token = links.token_of(request)
    Request.objects.update(link_digests=[])
    assert browser().get(f"/purge/{token}").status_code == 404


def test_after_sixty_days_a_link_is_over(now_yard, monkeypatch):
    """It says so, and what to do; nothing is confirmed by it."""
    request = now_yard.asked()
    late = now_yard.scene.now + links.LASTS
    monkeypatch.setattr(views_link, "utc_now", lambda: late)
    answer = browser().post(path_of(request), {"what": "deleted"})
    assert answer.status_code == 410
    assert "send the request again" in answer.content.decode()
    assert purges()[0].confirmed_at is None


def test_whoever_tries_links_is_slowed_down(now_yard, monkeypatch):
    """After so many in a minute from one address nothing is answered, not even the right link."""
    monkeypatch.setattr(views_link, "MOST_A_MINUTE", 5)
    request = now_yard.asked()
    moment = now_yard.scene.now
    monkeypatch.setattr(views_link, "utc_now", lambda: moment)
    for _ in range(5):
        assert browser().get("/purge/nothing").status_code == 404
    assert browser().get(path_of(request)).status_code == 429
    elsewhere = browser(REMOTE_ADDR="198.51.100.9")
    assert elsewhere.get(path_of(request)).status_code == 200
    moment += timedelta(minutes=1)
    assert browser().get(path_of(request)).status_code == 200
