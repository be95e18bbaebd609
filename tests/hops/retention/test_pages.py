"""Purges at the desk: how partners stand, what a person can do, and whose they are."""

from datetime import timedelta

from desk import Desk
from hops.retention.yard import Yard, purges
from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.hops.retention import links, overdue, receipts
from orderveil.hops.retention.models import Purge, Request
from orderveil.hops.retention.receipts import Way
from orderveil.ledger.entries import decode
from scene import ME, rows


def made(db, **terms):
    """A yard of today, its desk, and an owner's browser."""
    del db
    yard = Yard.make(now=utc_now(), **terms)
    desk = Desk.make(yard.scene)
    return yard, desk, desk.client(desk.person(Role.OWNER))


def test_the_list_counts_by_partner(db):
    """Open, asked, overdue and confirmed parcels, each in its column."""
    yard, _, client = made(db)
    receipts.confirm(yard.asked(2), way=Way.TOLD, now=yard.scene.now, who=ME)
    yard.delivered(3)
    Purge.objects.filter(pk=purges()[-1].pk).update(due_at=yard.scene.now - timedelta(days=1))
    (stand,) = overdue.stands(yard.scene.brand.pk, utc_now())
    assert (stand.unasked, stand.asked, stand.overdue, stand.confirmed) == (3, 0, 1, 2)
    text = client.get("/purges/").content.decode()
    assert yard.partner.name in text
    assert '<span class="badge bad">1</span>' in text


def test_without_purges_the_pages_say_so(db):
    """Nothing to delete, nothing asked."""
    yard, _, client = made(db)
    assert "No partner has anything to delete" in client.get("/purges/").content.decode()
    text = client.get(f"/purges/{yard.partner.pk}/").content.decode()
    assert "It was asked for nothing yet" in text


def test_the_partners_page_says_how_it_is_asked(db):
    """Its term; and that nobody asks it, where no mail leaves."""
    yard, _, client = made(db)
    yard.asked()
    text = client.get(f"/purges/{yard.partner.pk}/").content.decode()
    assert "20 days, as its agreement says" in text
    assert "by nobody" in text
    assert "0 / 1" in text
    assert "not sent" in text


def test_what_waits_is_asked_for_at_once(db):
    """A person need not wait for the hour; reminders keep their days."""
    yard, _, client = made(db)
    yard.asked()
    yard.delivered()
    Request.objects.update(next_at=utc_now() + timedelta(hours=6), error="no_mail", attempts=3)
    page = client.post(f"/purges/{yard.partner.pk}/send/", follow=True)
    assert "2 requests go out within a minute" in page.content.decode()
    assert Request.objects.filter(next_at__lte=utc_now()).count() == 2
    sent = yard.scene.now + timedelta(days=20)
    Request.objects.update(sent_at=utc_now(), next_at=sent)
    page = client.post(f"/purges/{yard.partner.pk}/send/", follow=True)
    assert "Nothing waits to be sent" in page.content.decode()
    assert set(Request.objects.values_list("next_at", flat=True)) == {sent}


def test_a_receipt_that_came_otherwise_is_written_down(db):
    """As the act of whoever wrote it."""
    yard, desk, client = made(db)
    request = yard.asked(2)
    client.post(f"/purges/requests/{request.pk}/confirm/")
    assert all(each.confirmed_at for each in purges())
    (row,) = rows("SELECT entry FROM ledger_entry WHERE kind = 'purge_confirmed'")
    act = decode(bytes(row[0]))
    assert act.who.person == desk.person(Role.OWNER).person.tag
    assert act.detail["way"] == "told"


def test_another_brands_request_is_not_there(db):
    """404, for looking, sending and confirming; nothing changes."""
    yard, _, _ = made(db)
    request = yard.asked()
    other = Desk.make(Yard.make("saree", now=utc_now()).scene)
    client = other.client(other.person(Role.OWNER))
    assert client.get(f"/purges/{yard.partner.pk}/").status_code == 404
    assert client.post(f"/purges/{yard.partner.pk}/send/").status_code == 404
    assert client.post(f"/purges/requests/{request.pk}/confirm/").status_code == 404
    assert purges()[0].confirmed_at is None


def test_requests_are_paged(db, monkeypatch):
    """Fifty at a time, the newest first."""
    from orderveil.hops.retention import views  # noqa: PLC0415 - patched here

    yard, _, client = made(db)
    monkeypatch.setattr(views, "PAGE", 1)
    first, second = yard.asked(), None
    yard.delivered()
    client.post(f"/purges/{yard.partner.pk}/send/")
    second = Request.objects.latest("pk")
    text = client.get(f"/purges/{yard.partner.pk}/").content.decode()
    assert second.name[:14] in text
    assert first.name[:14] not in text
    assert f"?before={second.pk}" in text
    older = client.get(f"/purges/{yard.partner.pk}/?before={second.pk}").content.decode()
    assert first.name[:14] in older


def test_the_pages_are_in_hindi_too(db):
    """The desk's pages and the link's, in the reader's language."""
    yard, _, client = made(db)
    request = yard.asked(2)
    spoken = {"accept-language": "hi"}
    assert "मिटाने के अनुरोध" in client.get("/purges/", headers=spoken).content.decode()
    text = client.get(f"/purges/{yard.partner.pk}/", headers=spoken).content.decode()
    assert "20 दिन, जैसा उसके करार में है" in text
    link = client.get(f"/purge/{links.token_of(request)}", headers=spoken).content.decode()
    assert "हमने इसे मिटा दिया है" in link
