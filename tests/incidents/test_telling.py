"""Alerts leave by mail and webhook: signed, once, with nothing personal, tried again for a day."""

import base64
import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction

from desk import Desk
from incidents import mailbox
from incidents.watch import NOW, look, open_page, the_alert
from orderveil.core.errors import OrderveilError, RefusedError
from orderveil.core.roles import Role
from orderveil.incidents import canaries, receivers, signins, telling, watching
from orderveil.incidents.models import Alert, Count, Notice
from orderveil.ledger import sequencer
from orderveil.ledger.entries import decode
from orderveil.outbox.webhooks import sign
from outbox.partner import Answer, serving, way_out
from scene import PERSON, Scene, rows, together


@pytest.fixture
def box(monkeypatch):
    """Django's own SMTP backend, pointed at a server on this machine."""
    with mailbox.serving() as box:
        backend = "django.core.mail.backends.smtp.EmailBackend"
        told = {"MAIL": "smtp://127.0.0.1", "EMAIL_BACKEND": backend}
        told |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": box.port, "EMAIL_TIMEOUT": 5}
        for name, value in told.items():
            monkeypatch.setattr(settings, name, value)
        yield box


@pytest.fixture
def server():
    """A receiver's https server on this machine."""
    with serving() as running:
        yield running


def raise_one(desk, now=NOW):
    """A real alert: somebody opens a canary."""
    officer = desk.actor(desk.person(Role.PRIVACY_OFFICER), now=now)
    order = desk.scene.admit()
    canaries.mark(officer, order)
    open_page(desk, desk.person(Role.SUPPORT), order, now)
    assert len(look(desk, now)) == 1


def receive(desk, url):
    """Set the receiver; its secret as bytes."""
    spelled = receivers.change(desk.actor(desk.person(Role.PRIVACY_OFFICER)), url)
    return base64.b64decode(spelled.removeprefix("whsec_"))


def tell(now=NOW):
    """One round of telling, able to reach this machine."""
    return telling.tell(now, egress=way_out())


def spoil(desk):
    """Have the next look at this brand meet a row that it can't read."""
    asha = desk.person(Role.SUPPORT)
    brand = desk.scene.brand.pk
    Count.objects.create(brand_id=brand, who=asha.person.tag, what="unheard-of", hour=NOW, count=1)
    open_page(desk, asha, desk.scene.admit())


def test_a_brand_whose_look_breaks_keeps_nobody_else_from_being_told(desk, box, caplog):
    """The next brand's alert is raised and mailed in the same minute; the log says the place."""
    other = Desk.make(Scene.make("saree", now=NOW))
    spoil(desk)
    officer = other.person(Role.PRIVACY_OFFICER)
    order = other.scene.admit()
    canaries.mark(other.actor(officer), order)
    open_page(other, other.person(Role.SUPPORT), order)
    sequencer.drain(NOW)
    watching.minute(NOW)
    assert the_alert().brand_id == other.scene.brand.pk
    assert [mail.recipients for mail in box.mails] == [[officer.person.email]]
    (said,) = [each for each in caplog.records if each.name == "orderveil.incidents.watching"]
    assert "ValueError at " in said.getMessage()
    assert "unheard-of" not in caplog.text


def test_an_alert_that_cannot_be_told_keeps_no_other_back(desk, box, caplog):
    """One whose kind nobody knows any more is tried again later; the next one leaves."""
    desk.person(Role.PRIVACY_OFFICER)
    raise_one(desk)
    Alert.objects.update(kind="forgotten")
    raise_one(desk)
    assert tell() == 2
    assert len(box.mails) == 1
    told = list(Notice.objects.order_by("pk").values_list("error", "sent_at"))
    assert told == [("fault", None), ("", NOW)]
    assert "forgotten" not in caplog.text


def test_everybody_who_handles_alerts_gets_one_mail(desk, box):
    """Owner and privacy officer, each alone on theirs; nobody else; and once."""
    owner, officer = desk.person(Role.OWNER), desk.person(Role.PRIVACY_OFFICER)
    desk.person(Role.AUDITOR)
    raise_one(desk)
    assert tell() == 1
    assert tell() == 0
    got = sorted((mail.recipients for mail in box.mails), key=str)
    assert got == sorted([[owner.person.email], [officer.person.email]])
    text = box.mails[0].text
    assert "A canary order was opened" in text
    assert f"/alerts/{the_alert().pk}/" in text
    assert desk.person(Role.SUPPORT).person.name not in text
    assert Notice.objects.get().sent_at == NOW


def test_without_mail_none_is_owed(desk):
    """An installation that sends no mail keeps no list of mails it did not send."""
    raise_one(desk)
    assert not Notice.objects.exists()
    assert tell() == 0


def test_the_webhook_is_signed(desk, server):
    """Standard Webhooks: id, timestamp and body under the secret that was shown once."""
    secret = receive(desk, server.url())
    raise_one(desk)
    assert tell() == 1
    assert tell() == 0
    (seen,) = server.received
    name, stamp = seen.headers["webhook-id"], seen.headers["webhook-timestamp"]
    assert seen.headers["webhook-signature"] == sign(secret, name, int(stamp), seen.body)
    alert = the_alert()
    body = json.loads(seen.body)
    assert body["alert"] == alert.pk
    assert (body["type"], body["kind"], body["severity"]) == ("alert.raised", "canary_seen", "high")
    assert body["about"] == alert.who
    assert stamp == str(int(NOW.timestamp()))


def test_nothing_personal_leaves(desk, box, server):
    """Neither a customer's value, nor the order, nor a colleague's name or network."""
    receive(desk, server.url())
    raise_one(desk)
    tell()
    (order,) = rows("SELECT order_id FROM vault_order")[0]
    names = [each.person.name for each in desk.people.values()]
    for text in (server.received[0].body.decode(), *(mail.text for mail in box.mails)):
        for value in [*PERSON.values(), bytes(order).hex(), *names]:
            if len(value) > 2:
                assert value not in text


def test_what_fails_is_tried_again_for_a_day(desk, server):
    """With growing waits and the same id; then it is given up, and says so."""
    receive(desk, server.url())
    raise_one(desk)
    server.script.extend([Answer(status=500)] * 40)
    at, waits = NOW, []
    while (due := Notice.objects.get().next_at) is not None:
        waits.append(due - at)
        at = due
        assert tell(at) == 1
    assert waits[1:5] == [timedelta(minutes=each) for each in (1, 5, 15, 60)]
    assert timedelta(hours=20) < at - NOW <= timedelta(hours=24)
    notice = Notice.objects.get()
    assert (notice.error, notice.sent_at) == ("status_500", None)
    assert len({each.headers["webhook-id"] for each in server.received}) == 1
    assert tell(at + timedelta(days=9)) == 0


def failures(desk, count, minute=0):
    """So many failed sign-ins of one person; who it is."""
    person = desk.person(Role.SUPPORT).person
    for _ in range(count):
        signins.note_failure(person.email, NOW + timedelta(minutes=minute))
    return person.tag


def test_an_alert_that_becomes_worse_is_told_again(desk, box, server):
    """From medium to high: another mail, another webhook under an id of its own, and an act."""
    receive(desk, server.url())
    who = failures(desk, 6)
    assert look(desk) == [("failed_sign_ins", who)]
    assert tell() == 2
    failures(desk, 5)
    assert look(desk) == []
    assert tell() == 0  # counted up, and no worse
    failures(desk, 19)
    assert look(desk) == []
    assert the_alert().severity == "high"
    assert tell() == 2
    assert tell() == 0
    first, second = (json.loads(each.body) for each in server.received)
    assert (first["type"], first["severity"]) == ("alert.raised", "medium")
    assert (second["type"], second["severity"], second["count"]) == ("alert.worse", "high", 30)
    assert len({each.headers["webhook-id"] for each in server.received}) == 2
    assert [": now high" in mail.text for mail in box.mails] == [False, True]
    names = [re.search(r"Message-ID: (\S+)", mail.text)[1] for mail in box.mails]
    assert len(set(names)) == 2
    ((entry,),) = rows("SELECT entry FROM ledger_entry WHERE kind = 'alert_worse'")
    detail = decode(bytes(entry)).detail
    assert (detail["from"], detail["severity"], detail["count"]) == ("medium", "high", 30)
    failures(desk, 1)
    look(desk)
    assert tell() == 0  # as bad as it can be


def test_what_nobody_was_told_yet_gives_way_to_what_is_worse(desk, server):
    """One webhook instead of two; its day of trying begins when it became worse."""
    receive(desk, server.url())
    failures(desk, 6)
    look(desk)
    server.script.append(Answer(status=500))
    tell()
    later = NOW + timedelta(minutes=40)
    failures(desk, 24, minute=40)
    look(desk, later)
    old, new = Notice.objects.order_by("pk")
    assert (old.next_at, old.error) == (None, "overtaken")
    assert (new.rose_to, new.since) == ("high", later)
    telling._try_again(old, "status_500", later)
    old.refresh_from_db()
    assert old.next_at is None
    assert tell(later) == 1
    assert json.loads(server.received[-1].body)["type"] == "alert.worse"


def test_a_receiver_that_comes_back_gets_it(desk, server):
    """A refusal, then a success: sent, and never again."""
    receive(desk, server.url())
    raise_one(desk)
    server.script.append(Answer(status=503))
    tell()
    later = NOW + timedelta(minutes=2)
    assert tell(later) == 1
    assert Notice.objects.get().sent_at == later
    assert tell(later + timedelta(hours=1)) == 0


def test_a_mail_server_that_refuses_is_asked_again(desk, box):
    """The code of what went wrong is kept, nothing of what it said."""
    desk.person(Role.PRIVACY_OFFICER)
    raise_one(desk)
    box.refusing = True
    tell()
    assert Notice.objects.get().error == "SMTPConnectError"
    box.refusing = False
    assert tell(NOW + timedelta(minutes=2)) == 1
    assert len(box.mails) == 1


def test_a_crash_after_sending_sends_again_later(desk, server):
    """What was claimed and not settled is due again after its lease, under the same id."""
    receive(desk, server.url())
    raise_one(desk)

    claimed = telling._claim(NOW)
    assert claimed is not None
    assert tell(NOW + timedelta(minutes=1)) == 0
    assert tell(NOW + telling.LEASE) == 1


def test_two_workers_send_one(desk, server):
    """The lease keeps the second away."""
    receive(desk, server.url())
    raise_one(desk)
    assert sorted(together(tell, tell)) == [0, 1]
    assert len(server.received) == 1


def test_nothing_is_sent_inside_a_transaction(desk):
    """A receiver's slowness would hold locks."""
    with transaction.atomic(), pytest.raises(OrderveilError):
        telling.tell(NOW)


def test_a_new_secret_signs_from_then_on(desk, server):
    """Setting the receiver again replaces it; ending it ends what waited."""
    receive(desk, server.url())
    secret = receive(desk, server.url("/other"))
    raise_one(desk)
    receivers.end(desk.actor(desk.person(Role.PRIVACY_OFFICER)))
    assert tell() == 0
    assert Notice.objects.get().error == "no_receiver"
    assert secret not in [bytes(row[0]) for row in rows("SELECT wrapped FROM keyring_secret")]


@pytest.mark.parametrize(
    "url", ["http://alerts.example/", "https://127.0.0.1/", "ftp://x.example/"]
)
def test_alerts_go_to_public_https_only(desk, url):
    """The same rule as for every webhook."""
    with pytest.raises(RefusedError):
        receive(desk, url)


def test_the_record_holds_no_url(desk, server):
    """A URL may carry a token: the act has a digest of it."""
    receive(desk, server.url("/hook?token=do-not-tell"))
    ((entry,),) = rows("SELECT entry FROM ledger_entry WHERE kind = 'alert_receiver_changed'")
    assert "do-not-tell" not in bytes(entry).decode()
