"""Deliveries: claimed once at a time, settled by whoever has the right to."""

from datetime import timedelta
from itertools import chain

from orderveil.outbox import deliveries, subscriptions
from orderveil.outbox.deliveries import DeliveryState, Outcome
from orderveil.outbox.upkeep import backlog, sweep
from outbox.samples import BRAND, NOW, OTHER_BRAND, queue, rows, subscribed, together

LEASE = timedelta(seconds=60)
DELIVERED = Outcome(DeliveryState.DELIVERED, 204)
DEAD = Outcome(DeliveryState.DEAD, 500, "bad_answer")


def _claim(now=NOW, **options):
    return deliveries.claim(now, LEASE, **options)


def _states():
    return [row[0] for row in rows("outbox_delivery", "state")]


def test_a_claimed_delivery_is_left_alone_during_its_lease(db):
    """Nobody else gets a claimed delivery until its lease has passed; then under the same id."""
    subscribed()
    queue()
    first, _ = _claim()
    assert _claim(NOW + timedelta(seconds=59)) is None
    second, _ = _claim(NOW + timedelta(seconds=60))
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.webhook_id == second.webhook_id


def test_claims_at_the_same_moment_take_different_deliveries(db):
    """Twenty claims from four connections take twenty different deliveries."""
    subscribed()
    assert queue(20) == 20

    def five():
        return [_claim()[0].webhook_id for _ in range(5)]

    taken = list(chain.from_iterable(together(five, five, five, five)))
    assert len(set(taken)) == 20
    assert _claim() is None


def test_webhook_ids_tell_nothing_of_volume(db):
    """Ids of consecutive deliveries are random, so nobody can count another's webhooks."""
    subscribed()
    queue(2)
    ids = [_claim()[0].webhook_id for _ in range(2)]
    assert all(len(each) == len("msg_") + 32 for each in ids)
    assert abs(int(ids[0][4:], 16) - int(ids[1][4:], 16)) > 2**64


def test_busy_subscriptions_are_left_alone(db):
    """A claim passes over the subscriptions it is told to."""
    one, _ = subscribed()
    two, _ = subscribed()
    queue()
    _, got = _claim(busy=[one.subscription_id])
    assert got.subscription_id == two.subscription_id
    assert _claim(busy=[one.subscription_id]) is None


def test_a_failure_that_outlived_its_lease_changes_nothing(db):
    """A late failure of an old attempt doesn't touch what the new attempt is doing."""
    subscribed()
    queue()
    old, subscription = _claim()
    _claim(NOW + LEASE)
    deliveries.settle(old, subscription, DEAD, NOW)
    assert _states() == ["pending"]


def test_a_late_success_is_still_true(db):
    """What arrived has arrived, even if the lease had passed or the subscription ended."""
    subscribed()
    queue()
    old, subscription = _claim()
    _claim(NOW + LEASE)
    subscriptions.revoke(BRAND, subscription.subscription_id, NOW)
    deliveries.settle(old, subscription, DELIVERED, NOW)
    assert _states() == ["delivered"]


def test_failures_in_a_row_are_counted_and_forgotten(db):
    """A subscription knows how often it failed in a row; one success forgets it."""
    subscription, _ = subscribed()
    queue(3)
    for outcome, failures in ((DEAD, 1), (DEAD, 2), (DELIVERED, 0)):
        delivery, _ = _claim()
        deliveries.settle(delivery, subscription, outcome, NOW)
        found = subscriptions.find(BRAND, subscription.subscription_id)
        assert found.failures == failures


def test_a_dead_delivery_is_kept_and_can_be_sent_again(db):
    """The dead are listed per brand and, retried, come back under the same webhook id."""
    subscribed()
    queue()
    delivery, subscription = _claim()
    deliveries.settle(delivery, subscription, DEAD, NOW)
    (listed,) = deliveries.dead(BRAND)
    assert (listed.last_status, listed.last_error, listed.attempts) == (500, "bad_answer", 1)
    assert deliveries.dead(OTHER_BRAND) == []
    assert deliveries.retry(OTHER_BRAND, listed.delivery_id, NOW).status == 404
    assert deliveries.retry(BRAND, listed.delivery_id, NOW) is None
    again, _ = _claim()
    assert (again.webhook_id, again.attempt) == (delivery.webhook_id, 1)
    assert deliveries.retry(BRAND, listed.delivery_id, NOW).status == 404


def test_a_revoked_subscriptions_dead_are_not_sent_again(db):
    """Nothing is queued again for a subscription that ended."""
    subscription, _ = subscribed()
    queue()
    subscriptions.revoke(BRAND, subscription.subscription_id, NOW)
    (listed,) = deliveries.dead(BRAND)
    assert deliveries.retry(BRAND, listed.delivery_id, NOW).code == "no_such_delivery"


def test_sweeping_leaves_what_waits(db):
    """Finished rows go once they are old; dead and pending ones stay with their events."""
    subscribed()
    queue(3)
    for outcome in (DELIVERED, DEAD):
        delivery, subscription = _claim()
        deliveries.settle(delivery, subscription, outcome, NOW)
    assert sweep(NOW) == 0
    assert sweep(NOW + timedelta(seconds=1)) == 1
    assert _states() == ["dead", "pending"]
    assert len(rows("outbox_event")) == 2
    left = backlog()
    assert (left.events, left.pending_deliveries, left.dead_deliveries) == (0, 1, 1)
    assert (left.oldest_event_at, left.parked_events) == (None, 0)
