"""The sender, against a real server of a partner on this machine."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import connection, transaction
from standardwebhooks import Webhook

from orderveil.core.errors import OrderveilError, Problem
from orderveil.outbox import deliveries, subscriptions
from orderveil.outbox.sender import LEASE, SCHEDULE_SECONDS, deliver
from outbox.partner import Answer, way_out
from outbox.samples import BRAND, NOW, queue, rows, subscribed, together


def _body(delivery, subscription):
    return b'{"n":%d}' % delivery.event.detail["n"]


def _send(now=NOW, compose=_body, **options):
    return deliver(compose, now, egress=way_out(), **options)


def _row():
    (row,) = rows("outbox_delivery", "state, attempts, last_status, last_error")
    return row


def test_a_webhook_arrives_signed_and_is_delivered(db, server):
    """The partner's library verifies what arrived; 2xx settles the delivery."""
    now = datetime.now(UTC)
    _, secret = subscribed(server.url(), now=now)
    queue(now=now)
    assert _send(now) == 1
    (seen,) = server.received
    assert Webhook(secret).verify(seen.body, seen.headers) == {"n": 0}
    assert _row() == ("delivered", 1, 204, None)
    assert _send(now + timedelta(days=9)) == 0


def test_a_failure_is_tried_again_later_with_a_body_composed_anew(db, server):
    """After a 500 the delivery waits, then goes out with the same id and a fresh body."""
    subscribed(server.url())
    queue()
    server.script.append(Answer(500))
    bodies = iter([b'{"view":"then"}', b'{"view":"now"}'])

    def compose(delivery, subscription):
        return next(bodies)

    assert _send(compose=compose) == 1
    assert _row() == ("pending", 1, 500, "bad_answer")
    assert _send(NOW + timedelta(seconds=3), compose) == 0
    assert _send(NOW + timedelta(seconds=8), compose) == 1
    assert [each.body for each in server.received] == [b'{"view":"then"}', b'{"view":"now"}']
    first, second = (each.headers for each in server.received)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) >= 8
    assert _row() == ("delivered", 2, 204, None)


def test_a_delivery_that_always_fails_is_dead_and_can_be_sent_again(db, server):
    """At the end of the schedule a delivery is dead; a person's retry delivers it."""
    subscribed(server.url())
    queue()
    rounds = len(SCHEDULE_SECONDS) + 1
    server.script.extend([Answer(503)] * rounds)
    for number in range(rounds):
        assert _send(NOW + number * timedelta(days=2)) == 1
    late = NOW + timedelta(days=60)
    assert _row() == ("dead", rounds, 503, "bad_answer")
    assert _send(late) == 0
    (dead,) = deliveries.dead(BRAND)
    assert deliveries.retry(BRAND, dead.delivery_id, late) is None
    assert _send(late) == 1
    assert _row() == ("delivered", 1, 204, None)


def test_gone_ends_the_subscription_and_tells_the_caller(db, server):
    """410 revokes: what was queued is dead, and the caller hears of it to record the act."""
    subscription, _ = subscribed(server.url())
    queue(3)
    server.script.append(Answer(410))
    heard = []
    sent = _send(workers=1, on_revoked=lambda each: heard.append(each.subscription_id))
    assert sent == 1
    assert heard == [subscription.subscription_id]
    assert subscriptions.find(BRAND, subscription.subscription_id).revoked_at is not None
    assert rows("outbox_delivery", "state, last_error") == [
        ("dead", "gone"),
        ("dead", "revoked"),
        ("dead", "revoked"),
    ]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failure(db, server, status):
    """A redirect isn't followed; the delivery is tried again later."""
    subscribed(server.url())
    queue()
    server.script.append(Answer(status, {"Location": server.url("/elsewhere")}))
    assert _send() == 1
    assert [each.path for each in server.received] == ["/hooks"]
    assert _row() == ("pending", 1, status, "redirect_refused")


def test_a_refusal_ends_the_delivery_and_nothing_is_sent(db, server):
    """What the gate refuses to compose never reaches the partner; its code is kept."""
    subscribed(server.url())
    queue()
    refusal = Problem("standing_suspended", "The partner is suspended.", "Ask the brand.")
    assert _send(compose=lambda delivery, subscription: refusal) == 1
    assert server.received == []
    assert _row() == ("refused", 1, None, "standing_suspended")


def test_nothing_is_composed_for_a_partner_that_cannot_be_reached(db, server):
    """Where no connection can be made nothing is disclosed, and the failure is a code."""
    subscribed(server.url(name="other.example"))
    queue()
    composed = []
    assert _send(compose=lambda delivery, _: composed.append(delivery) or b"{}") == 1
    assert composed == []
    assert _row() == ("pending", 1, None, "tls_failed")


def test_a_private_address_is_refused_at_sending_too(db, server):
    """A public name that has come to mean a private address gets nothing."""
    subscribed(server.url())
    queue()
    assert deliver(_body, NOW, egress=way_out(private=False)) == 1
    assert server.connections == 0
    assert _row() == ("pending", 1, None, "address_refused")


def test_a_fault_in_composing_is_kept_as_a_code(db, server):
    """An exception while composing is tried again; its message is kept nowhere."""
    subscribed(server.url())
    queue()

    def broken(delivery, subscription):
        msg = "Asha Invented"
        raise RuntimeError(msg)

    assert _send(compose=broken) == 1
    state, _, _, error = _row()
    assert state == "pending"
    assert error.startswith("RuntimeError@")
    assert "Asha" not in error


def test_no_transaction_is_open_while_the_partner_answers(db, server):
    """While a request is on the wire no session of ours is inside a transaction."""
    subscribed(server.url())
    queue()
    open_transactions = []

    def look(_):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            )
            open_transactions.append(cursor.fetchone()[0])
        connection.close()

    server.script.append(Answer(before=look))
    assert _send() == 1
    assert open_transactions == [0]


def test_sending_inside_a_transaction_is_a_fault(db):
    """A caller that holds a transaction is told so at once."""
    with transaction.atomic(), pytest.raises(OrderveilError, match="inside a transaction"):
        _send()


def test_two_senders_never_send_the_same_delivery(db, server):
    """Two senders of several workers each: every webhook arrives once."""
    subscribed(server.url())
    assert queue(30) == 30
    sent = together(lambda: _send(workers=3), lambda: _send(workers=3))
    assert sum(sent) == 30
    ids = [each.headers["webhook-id"] for each in server.received]
    assert len(set(ids)) == len(ids) == 30
    assert set(server.most_at_once.values()) == {1}


def test_a_limit_bounds_the_attempts_of_a_round(db, server):
    """A round makes at most `limit` attempts and leaves the rest due."""
    subscribed(server.url())
    queue(5)
    assert _send(limit=2) == 2
    assert _send() == 3


def test_one_slow_partner_holds_at_most_half_of_the_workers(db, server):
    """With four workers no more than two are ever at one subscription."""
    subscribed(server.url())
    queue(12)
    lock, at_once = threading.Lock(), [0, 0]

    def compose(delivery, subscription):
        with lock:
            at_once[0] += 1
            at_once[1] = max(at_once)
        time.sleep(0.01)
        with lock:
            at_once[0] -= 1
        return b"{}"

    assert _send(compose=compose, workers=4) == 12
    assert at_once[1] <= 2


def test_bodies_and_secrets_are_kept_nowhere(db, server, caplog):
    """After a success and a failure no table and no log holds the body or the secret."""
    caplog.set_level(logging.DEBUG)
    _, secret = subscribed(server.url())
    queue(2)
    server.script.append(Answer(500, body=b"ASHA-INVENTED"))
    assert _send(compose=lambda delivery, subscription: b'{"name":"ASHA-INVENTED"}') == 2
    kept = caplog.text + repr(
        [rows(f"outbox_{each}") for each in ("event", "subscription", "delivery")]
    )
    assert "ASHA-INVENTED" not in kept
    assert secret.removeprefix("whsec_") not in kept


_CHILD = """
import sys
import threading
import time
from datetime import datetime
import django
django.setup()
from orderveil.outbox.sender import deliver
deliver(lambda delivery, subscription: b'{"from":"child"}', datetime.fromisoformat(sys.argv[1]))
"""


def test_a_kill_between_post_and_record_sends_again_under_the_same_id(db, inside):
    """A sender killed with its request on the wire: the next one sends again, same webhook id."""
    subscribed(inside.url(name="127.0.0.1"))
    queue()
    children = []
    inside.script.append(
        Answer(before=lambda _: os.kill(children[0].pid, signal.SIGKILL), status=204)
    )
    place = connection.settings_dict
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{place['USER']}@/{place['NAME']}?host={place['HOST']}",
        "ORDERVEIL_WEBHOOK_PRIVATE": "allow",
    }
    child = subprocess.Popen([sys.executable, "-c", _CHILD, NOW.isoformat()], env=environment)
    children.append(child)
    assert child.wait(60) == -signal.SIGKILL
    assert _row() == ("pending", 1, None, None)
    assert deliver(_body, NOW) == 0
    assert deliver(_body, NOW + LEASE + timedelta(seconds=5)) == 1
    assert _row() == ("delivered", 2, HTTPStatus.NO_CONTENT, None)
    first, second = inside.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (first.body, second.body) == (b'{"from":"child"}', b'{"n":0}')
