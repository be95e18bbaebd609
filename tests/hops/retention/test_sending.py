"""Requests: grouped, paced, sent by webhook or mail, once; reminded of; tried again if it fails."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction

from hops.retention.yard import CONTACT, Yard, link_in, purges
from orderveil.core.clocks import utc_now
from orderveil.core.errors import OrderveilError
from orderveil.core.hops import Hop
from orderveil.hops.retention import asking, links, receipts, sending
from orderveil.hops.retention.models import Purge, Request
from orderveil.hops.retention.receipts import Way
from orderveil.ledger.of_order import latest_of
from orderveil.outbox import subscriptions
from orderveil.outbox.events import EventKind
from outbox.partner import serving
from scene import ME, NOW, PERSON, rows, together

HOUR = timedelta(hours=1)
DUE = timedelta(days=20)
"""What the yard's agreement says."""


@pytest.fixture
def system(monkeypatch):
    """The courier's own system: a web server on this machine."""
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)
    with serving(tls=False) as running:
        yield running


def subscribe(yard, system, seat=None):
    """Have a courier's system told of purges."""
    seat = seat or yard.scene.seat(Hop.COURIER)
    url = system.url(name="127.0.0.1", path=f"/{seat.partner.slug}")
    kinds = [EventKind.PURGE_REQUESTED]
    brand = yard.scene.brand.pk
    made = subscriptions.subscribe(brand, seat.partner.pk, seat.hop, url, kinds, now=utc_now())
    return made[0]


def request():
    """The only request, as it is now."""
    (found,) = Request.objects.all()
    return found


def test_parcels_are_asked_for_together(yard, box):
    """Three parcels, one request, one mail; each order's history shows that it was asked for."""
    orders = yard.delivered(3)
    assert yard.round() == 1
    assert (request().items, request().way, len(box.mails)) == (3, "mail", 1)
    assert {each.request_id for each in purges()} == {request().pk}
    for order in orders:
        assert "purge_requested" in {each.kind for each in latest_of(order, 9)}


def test_the_mail_goes_to_the_contact_and_names_no_parcel(yard, box):
    """A number, a day and a link: no ref, no order's number, nothing of the buyer."""
    (order,) = yard.delivered()
    yard.round()
    (mail,) = box.mails
    assert mail.recipients == [CONTACT]
    text = mail.text.replace("=\n", "")
    assert "1 parcel of kalanjali" in text
    assert f"{purges()[0].due_at:%d %B %Y}" in text
    assert links.opened(link_in(mail))[0] == request()
    forbidden = {yard.ref(order), yard.ref(order)[:26], order.hex(), "#shop-1", *PERSON.values()}
    assert {each for each in forbidden - {"IN"} if each in text} == set()


def test_a_partner_is_asked_once_an_hour(yard, box):
    """What is delivered meanwhile waits for the next request."""
    yard.delivered()
    yard.round()
    yard.delivered()
    assert yard.round(NOW + HOUR / 2) == 0
    assert yard.round(NOW + HOUR) == 1
    assert [each.items for each in Request.objects.order_by("pk")] == [1, 1]


def test_many_are_asked_for_at_once(yard, box, monkeypatch):
    """A full request goes whatever the hour; what is left waits for it."""
    monkeypatch.setattr(asking, "MOST_ITEMS", 2)
    yard.delivered(1)
    yard.round()
    yard.delivered(5)
    assert yard.round(NOW + HOUR / 2) == 2
    assert [each.items for each in Request.objects.order_by("pk")] == [1, 2, 2]
    assert Purge.objects.filter(request=None).count() == 1


def test_two_nodes_ask_once(yard):
    """Rounds at the same moment make one request of the same parcels."""
    yard.delivered(3)
    made = together(*[lambda: asking.ask(NOW)] * 4)
    assert sum(len(each) for each in made) == 1
    assert request().items == 3


def test_two_nodes_send_once(yard, box):
    """The same request is claimed by one of them."""
    yard.asked()
    assert sum(together(*[lambda: sending.send(NOW)] * 4)) == 1
    assert len(box.mails) == 1


def test_a_crash_between_asking_and_sending_is_resumed_with_one_mail(yard, box):
    """The request is durable before anything is sent; the next round sends it, and no third."""
    yard.asked()
    assert box.mails == []
    assert yard.round(NOW + timedelta(minutes=15)) == 1
    assert yard.round(NOW + timedelta(minutes=30)) == 0
    assert len(box.mails) == 1


class DiedError(BaseException):
    """The process ends here."""


def test_the_one_possible_double_is_the_same_mail_again(yard, box, monkeypatch):
    """Killed after the mail server took it: sent again with the same Message-ID and link."""
    yard.asked()

    def dies(*_):
        raise DiedError

    monkeypatch.setattr(sending, "_settle", dies)
    with pytest.raises(DiedError):
        sending.send(NOW)
    monkeypatch.undo()
    monkeypatch.setattr(settings, "MAIL", "smtp://127.0.0.1")
    monkeypatch.setattr(settings, "EMAIL_BACKEND", f"{EmailBackend.__module__}.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
    monkeypatch.setattr(settings, "EMAIL_PORT", box.port)
    assert sending.send(NOW) == 0, "its lease holds"
    assert sending.send(NOW + sending.LEASE) == 1
    first, second = box.mails
    assert link_in(first) == link_in(second)
    assert message_id(first) == message_id(second)
    assert sending.send(NOW + 2 * sending.LEASE) == 0


def message_id(mail):
    """The line that receivers drop repeats by."""
    (line,) = [each for each in mail.text.splitlines() if each.startswith("Message-ID:")]
    return line


def test_a_mail_server_that_refuses_is_tried_again(yard, box):
    """Later each time, until it takes the mail; the error is a code."""
    yard.asked()
    box.refusing = True
    sending.send(NOW)
    assert (request().error, request().sent_at) == ("SMTPConnectError", None)
    assert request().next_at == NOW + sending.WAITS[0]
    box.refusing = False
    later = NOW + sending.WAITS[0]
    assert sending.send(later) == 1
    assert (request().error, request().sent_at, len(box.mails)) == ("", later, 1)


def test_without_mail_or_contact_it_stays_due(yard):
    """Nobody can be asked: that is said, and tried again."""
    yard.asked()
    sending.send(NOW)
    assert (request().error, request().sent_at) == ("no_mail", None)
    assert request().next_at > NOW


def test_one_request_that_breaks_keeps_no_other_from_being_sent(yard, box, monkeypatch):
    """A fault is kept by its place; the next request is sent."""
    yard.asked()
    other = Yard.make("saree", contact="dpo@second.example")
    other.delivered()
    asking.ask(NOW)
    contact = sending.contact_of

    def breaks(partner_id, today):
        if partner_id == yard.partner.pk:
            raise ZeroDivisionError
        return contact(partner_id, today)

    monkeypatch.setattr(sending, "contact_of", breaks)
    assert sending.send(NOW) == 2
    assert [mail.recipients for mail in box.mails] == [["dpo@second.example"]]
    broken = Request.objects.get(brand_id=yard.scene.brand.pk)
    assert broken.error.startswith("ZeroDivisionError@")


def test_nothing_is_sent_inside_a_transaction(yard):
    """A mail can't be taken back."""
    with transaction.atomic(), pytest.raises(OrderveilError):
        sending.send(NOW)


def test_a_system_is_asked_by_webhook(yard, box, system):
    """Signed, with the partner's refs and dates; no mail goes beside it."""
    subscribe(yard, system)
    orders = yard.delivered(2)
    yard.round()
    yard.hooks()
    (got,) = system.received
    said = json.loads(got.body)
    assert said["type"] == "purge.requested"
    data = said["data"]
    assert (data["request"], data["reminder"]) == (request().name, 0)
    assert {each["ref"] for each in data["items"]} == {yard.ref(each) for each in orders}
    assert {each["why"] for each in data["items"]} == {"delivered"}
    assert "webhook-signature" in {name.lower() for name in got.headers}
    assert (request().way, box.mails) == ("webhook", [])


def test_another_partners_system_is_not_told(yard, box, system):
    """A courier that subscribes to purges hears of its own."""
    other = yard.scene.new_seat(Hop.COURIER, "courier-two")
    subscribe(yard, system, other)
    yard.delivered()
    yard.round()
    yard.hooks()
    assert system.received == []
    assert len(box.mails) == 1


def test_the_webhook_is_queued_once_whatever_dies(yard, system, monkeypatch):
    """Queued and settled in one transaction: a crash takes back both, and the next round does."""
    subscribe(yard, system)
    yard.asked()
    record = sending._next

    def dies(*_):
        raise DiedError

    monkeypatch.setattr(sending, "_next", dies)
    with pytest.raises(DiedError):
        sending.send(NOW)
    monkeypatch.setattr(sending, "_next", record)
    sending.send(NOW + sending.LEASE)
    sending.send(NOW + 2 * sending.LEASE)
    assert rows("SELECT count(*) FROM outbox_event WHERE kind = 'purge.requested'") == [(1,)]


def test_what_is_confirmed_before_the_webhook_leaves_is_not_asked_for(yard, system):
    """The body is composed at the sending: confirmed parcels are not in it."""
    subscribe(yard, system)
    orders = yard.delivered(2)
    yard.round()
    receipts.confirm(request(), {(orders[0], 1)}, way=Way.TOLD, now=NOW, who=ME)
    yard.hooks()
    (got,) = system.received
    assert [each["ref"] for each in json.loads(got.body)["data"]["items"]] == [yard.ref(orders[1])]


def test_reminders_go_after_the_due_date_every_three_days_five_times(yard, box):
    """The sixth is never sent; each is an act and says that it is a reminder."""
    yard.delivered()
    yard.round()
    due = request().due_at
    assert yard.round(due - timedelta(minutes=1)) == 0
    for number in range(5):
        assert yard.round(due + number * sending.REMIND_EVERY) == 1
        assert yard.round(due + number * sending.REMIND_EVERY + timedelta(days=2)) == 0
    assert yard.round(due + timedelta(days=300)) == 0
    assert request().reminders == 5
    assert len({message_id(mail) for mail in box.mails}) == 6
    assert all("Reminder: " in mail.text for mail in box.mails[1:])
    acts = rows("SELECT count(*) FROM ledger_entry WHERE kind = 'purge_reminded'")
    assert acts == [(5,)]


def test_whoever_confirmed_is_not_reminded(yard, box):
    """A receipt ends the sending."""
    yard.delivered()
    yard.round()
    receipts.confirm(request(), way=Way.TOLD, now=NOW, who=ME)
    assert yard.round(NOW + timedelta(days=365)) == 0


def test_a_reminder_goes_every_way_there_is(yard, box, system):
    """A system that did not answer: its people are written to, and it is told again."""
    subscribe(yard, system)
    yard.delivered()
    yard.round()
    yard.round(request().due_at)
    yard.hooks()
    assert [json.loads(each.body)["data"]["reminder"] for each in system.received] == [0, 1]
    assert [mail.recipients for mail in box.mails] == [[CONTACT]]


def test_a_link_that_is_nearly_over_is_renewed(yard, box):
    """With a long term the reminder's link is a new one; the one in the first mail ends."""
    yard.agree(deletion_days=90)
    yard.delivered()
    yard.round()
    yard.round(request().due_at)
    first, second = map(link_in, box.mails)
    assert first != second
    assert links.opened(first)[1] == NOW + links.LASTS
    assert links.opened(second)[1] > request().due_at


def test_the_table_holds_no_link(yard, box):
    """Only its digest: whoever reads the table can't confirm anything."""
    yard.delivered()
    yard.round()
    token = link_in(box.mails[0])
    (row,) = rows("SELECT retention_request::text FROM retention_request")
    assert token not in row[0]
    assert bytes(request().link_digests[0]) == links.digest(token)
