"""The pump: each event's effect happens once, and a bad one holds nobody else."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

import database
from orderveil.core.errors import Problem, RefusedError
from orderveil.outbox import pump, subscriptions
from orderveil.outbox.events import EventKind, NewEvent, emit, emit_many
from outbox.samples import BRAND, NOW, ORDER, OTHER_BRAND, queue, rows, subscribed, together

LATER = NOW + timedelta(days=1)


def _emit(count):
    emit_many(BRAND, [NewEvent(EventKind.ORDER_ADMITTED, ORDER, n) for n in range(count)], now=NOW)


def _answer(event):
    """A handler that writes: each admitted order is answered by one `updated` event."""
    if event.kind is EventKind.ORDER_ADMITTED:
        emit(BRAND, EventKind.ORDER_UPDATED, now=LATER, parcel_no=event.parcel_no)


def _answers():
    return sorted(
        number
        for kind, number in rows("outbox_event", "kind, parcel_no")
        if kind == EventKind.ORDER_UPDATED
    )


def test_a_handled_event_is_not_handled_again(db):
    """What is done stays done, and an idle pump returns 0."""
    _emit(3)
    assert pump.work(_answer, NOW) == 3
    assert pump.work(_answer, NOW) == 0
    assert _answers() == [0, 1, 2]


def test_a_limit_takes_the_oldest_first(db):
    """A batch holds at most `limit` events, in the order they were written."""
    _emit(5)
    seen = []
    assert pump.work(seen.append, NOW, limit=2) == 2
    assert [event.parcel_no for event in seen] == [0, 1]


def test_a_failing_event_does_not_hold_the_others(db):
    """Only the failing handler's writes are taken back; its neighbours are done."""
    _emit(3)

    def handler(event):
        _answer(event)
        if event.parcel_no == 1:
            msg = "Asha Invented"
            raise RuntimeError(msg)

    assert pump.work(handler, NOW) == 3
    assert _answers() == [0, 2]
    undone = rows("outbox_event", "done_at IS NULL, attempts, last_error")[1]
    assert undone[:2] == (True, 1)
    assert undone[2].startswith("RuntimeError@")
    assert "Asha" not in undone[2]


def test_a_batch_without_failures_takes_no_savepoint_per_event(db, django_statements):
    """Thirty good events cost one savepoint; what they cost does not grow with each."""
    _emit(30)
    with django_statements() as statements:
        assert pump.work(lambda _: None, NOW) == 30
    assert sum("SAVEPOINT" in each["sql"] for each in statements) <= 2


def test_a_failing_statement_does_not_hold_the_others(db):
    """A handler's broken SQL ends its own savepoint, not the batch."""
    _emit(2)

    def handler(event):
        if event.parcel_no == 0:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        _answer(event)

    pump.work(handler, NOW)
    assert _answers() == [1]


def test_a_failed_event_comes_back_later(db):
    """After a failure the event waits, then is handled, told of its earlier attempts."""
    _emit(1)
    attempts = []

    def handler(event):
        attempts.append(event.attempts)
        if event.attempts == 0:
            raise RefusedError(Problem("not_yet", "d", "r"))

    assert pump.work(handler, NOW) == 1
    assert rows("outbox_event", "last_error") == [("not_yet",)]
    assert pump.work(handler, NOW) == 0
    assert pump.work(handler, NOW + timedelta(seconds=2)) == 1
    assert attempts == [0, 1]


def test_an_event_that_always_fails_is_parked_for_a_person(db):
    """At the end of the schedule an event is parked; released, it has its whole schedule again."""
    _emit(1)

    def failing(event):
        raise RefusedError(Problem("broken", "d", "r"))

    rounds = len(pump.SCHEDULE_SECONDS) + 1
    for number in range(rounds):
        assert pump.work(failing, NOW + number * timedelta(days=1)) == 1
    late = NOW + timedelta(days=60)
    assert pump.work(failing, late) == 0
    ((event, code),) = pump.parked(BRAND)
    assert (event.attempts, code) == (rounds, "broken")
    assert pump.parked(OTHER_BRAND) == []
    assert pump.release(OTHER_BRAND, event.event_id, late).status == 404
    assert pump.release(BRAND, event.event_id, late) is None
    assert pump.work(_answer, late) == 1
    assert pump.parked(BRAND) == []


def test_two_pumps_never_hold_the_same_event(db):
    """While one pump holds its batch another takes other events, and waits for none."""
    _emit(10)
    first_holds, second_done = threading.Event(), threading.Event()
    seen = []

    def slow(event):
        first_holds.set()
        assert second_done.wait(10)
        seen.append(event.event_id)

    def second():
        assert first_holds.wait(10)
        try:
            return pump.work(lambda event: seen.append(event.event_id), NOW, limit=10)
        finally:
            second_done.set()

    assert together(lambda: pump.work(slow, NOW, limit=4), second) == [4, 6]
    assert len(set(seen)) == len(seen) == 10


def test_a_pump_that_loses_its_connection_leaves_the_batch_untouched(db):
    """A connection cut in the middle undoes the batch; handling it again has its effect once."""
    _emit(4)

    def cut(event):
        _answer(event)
        if event.parcel_no == 2:
            with connection.cursor() as cursor, database.server().connect() as admin:
                cursor.execute("SELECT pg_backend_pid()")
                admin.execute("SELECT pg_terminate_backend(%s)", [cursor.fetchone()[0]])
                cursor.execute("SELECT 1")

    with pytest.raises(OperationalError):
        pump.work(cut, NOW)
    connection.close()
    assert _answers() == []
    assert pump.work(_answer, NOW) == 4
    assert _answers() == [0, 1, 2, 3]


def test_fan_out_reaches_live_subscriptions_of_the_brand_and_kind(db):
    """Another brand's, another kind's, a revoked and an unwanted subscription get nothing."""
    wanted, _ = subscribed()
    subscribed(brand_id=OTHER_BRAND)
    subscribed(kinds=[EventKind.ORDER_ERASED])
    revoked, _ = subscribed()
    unwanted, _ = subscribed()
    assert subscriptions.revoke(BRAND, revoked.subscription_id, NOW) is None
    emit(BRAND, EventKind.PARCEL_SHIPPED, now=NOW)
    counts = []

    def handler(event):
        for _ in range(2):
            counts.append(  # noqa: PERF401 - the second call sees the first one's rows
                pump.fan_out(
                    event, NOW, wanted=lambda each: each.subscription_id != unwanted.subscription_id
                )
            )

    pump.work(handler, NOW)
    assert counts == [1, 0]
    assert rows("outbox_delivery", "subscription_id") == [(wanted.subscription_id,)]


def test_deliveries_of_a_failed_handler_are_not_queued(db):
    """What a handler queued goes with its transaction."""
    subscribed()
    emit(BRAND, EventKind.PARCEL_SHIPPED, now=NOW)

    def handler(event):
        assert pump.fan_out(event, NOW) == 1
        raise RuntimeError

    pump.work(handler, NOW)
    assert rows("outbox_delivery") == []
    assert queue(0, now=LATER) == 1
