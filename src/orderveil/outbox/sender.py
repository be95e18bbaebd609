"""The sender: takes due deliveries, has each body composed anew, posts it, records the answer.

Rules kept here:
- nothing is posted inside a transaction; the lease of `deliveries.claim` keeps others away;
- first the connection, then the body: what can't be sent is not disclosed, and each attempt is
  a disclosure of its own, decided as of then;
- 2xx is delivered, 410 ends the subscription, everything else (a redirect too) is tried again
  until the schedule is used up; a refusal by the gate ends the delivery;
- one slow partner holds at most half of the workers.
"""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from time import monotonic
from typing import Final

from django.conf import settings
from django.db import connection, connections, transaction

from orderveil.core.errors import OrderveilError, Problem
from orderveil.outbox import deliveries, subscriptions
from orderveil.outbox.deliveries import Delivery, DeliveryState, Outcome
from orderveil.outbox.egress import Egress, EgressError
from orderveil.outbox.failures import delay, failure_code
from orderveil.outbox.subscriptions import Subscription
from orderveil.outbox.webhooks import signed_headers

Compose = Callable[[Delivery, Subscription], bytes | Problem]
"""The body of one attempt (JSON), or why this partner may not have it."""
OnRevoked = Callable[[Subscription], None]

SCHEDULE_SECONDS: Final = (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600)
"""Waits between the eight attempts of a delivery: about thirty-one hours in all."""
LEASE: Final = timedelta(seconds=120)
"""More than one attempt can take: resolving, three connects of 5 + 5 s, 15 s to post."""


def deliver(
    compose: Compose,
    now: datetime,
    limit: int = 100,
    *,
    workers: int = 8,
    egress: Egress | None = None,
    rng: random.Random | None = None,
    on_revoked: OnRevoked = lambda _: None,
) -> int:
    """Make up to `limit` attempts at due deliveries, several at once; returns how many.

    `compose` runs in a worker's thread, outside of any transaction. `on_revoked` runs in the
    transaction that ends a subscription whose system answered 410, so that the caller can record
    the act. A fault of the database is raised after the other workers have ended.
    """
    if connection.in_atomic_block:
        raise OrderveilError("Webhooks are never sent inside a transaction.")
    crew = min(workers, limit, deliveries.due(now, workers))
    if crew == 0:
        return 0
    way_out = egress or Egress(private=settings.WEBHOOK_PRIVATE)
    round_ = _Round(
        compose=compose,
        now=now,
        limit=limit,
        most_per_subscription=max(1, workers // 2),
        egress=way_out,
        rng=rng or random.SystemRandom(),
        on_revoked=on_revoked,
    )
    with ThreadPoolExecutor(crew, thread_name_prefix="webhooks") as pool:
        runs = [pool.submit(round_.run) for _ in range(crew)]
    return sum(run.result() for run in runs)


class _Round:
    """What the workers of one call share."""

    def __init__(
        self,
        *,
        compose: Compose,
        now: datetime,
        limit: int,
        most_per_subscription: int,
        egress: Egress,
        rng: random.Random,
        on_revoked: OnRevoked,
    ) -> None:
        self._compose = compose
        self._now = now
        self._left = limit
        self._most = most_per_subscription
        self._egress = egress
        self._rng = rng
        self._on_revoked = on_revoked
        self._started = monotonic()
        self._lock = Lock()
        self._busy: Counter[int] = Counter()

    def run(self) -> int:
        """One worker: claim, attempt, record, until nothing is left; returns its attempts."""
        attempts = 0
        try:
            while (claimed := self._claim()) is not None:
                attempts += 1
                try:
                    self._attempt(*claimed)
                finally:
                    with self._lock:
                        self._busy[claimed[1].subscription_id] -= 1
        finally:
            connections.close_all()
        return attempts

    def _moment(self) -> datetime:
        """The caller's `now`, moved on by the time this round has taken."""
        return self._now + timedelta(seconds=monotonic() - self._started)

    def _claim(self) -> tuple[Delivery, Subscription] | None:
        with self._lock:
            if self._left == 0:
                return None
            busy = [number for number, count in self._busy.items() if count >= self._most]
            claimed = deliveries.claim(self._moment(), LEASE, busy=busy)
            if claimed is not None:
                self._left -= 1
                self._busy[claimed[1].subscription_id] += 1
            return claimed

    def _attempt(self, delivery: Delivery, subscription: Subscription) -> None:
        outcome = self._post(delivery, subscription)
        if outcome.status == HTTPStatus.GONE:
            self._end(delivery, subscription, outcome)
        else:
            deliveries.settle(delivery, subscription, outcome, self._moment())

    def _post(self, delivery: Delivery, subscription: Subscription) -> Outcome:
        try:
            secrets = subscriptions.signing_secrets(subscription, self._moment())
            with self._egress.dial(subscription.url) as line:
                body = self._compose(delivery, subscription)
                if isinstance(body, Problem):
                    return Outcome(DeliveryState.REFUSED, error=body.code)
                headers = signed_headers(secrets, delivery.webhook_id, self._moment(), body)
                status = line.post(body, headers)
        except EgressError as error:
            return self._again(delivery, None, error.trouble.value)
        except Exception as error:  # noqa: BLE001 - one delivery's failure must not end the worker
            return self._again(delivery, None, failure_code(error))
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Outcome(DeliveryState.DELIVERED, status)
        return self._again(delivery, status, _code_of(status))

    def _again(self, delivery: Delivery, status: int | None, code: str) -> Outcome:
        wait = delay(SCHEDULE_SECONDS, delivery.attempt, self._rng)
        if wait is None:
            return Outcome(DeliveryState.DEAD, status, code)
        return Outcome(DeliveryState.PENDING, status, code, self._moment() + wait)

    def _end(self, delivery: Delivery, subscription: Subscription, outcome: Outcome) -> None:
        moment = self._moment()
        gone = Outcome(DeliveryState.DEAD, outcome.status, "gone")
        with transaction.atomic():
            deliveries.settle(delivery, subscription, gone, moment)
            refused = subscriptions.revoke(
                subscription.brand_id, subscription.subscription_id, moment
            )
            if refused is None:
                self._on_revoked(subscription)


def _code_of(status: int) -> str:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "redirect_refused"
    return "bad_answer"
