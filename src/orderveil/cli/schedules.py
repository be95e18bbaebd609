"""What runs by the clock, on procrastinate: one job a schedule, never one per order.

Each task is short and safe to run twice: a kill leaves a job `doing`, which the rescue task
finds by its worker's missing heartbeat and queues again.
"""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from procrastinate import App
from procrastinate.contrib.django import app as django_app

from orderveil.api import idempotency
from orderveil.contacts import allocating
from orderveil.core.clocks import utc_now
from orderveil.gate import asking, quotas
from orderveil.hops.calls import upkeep as telephone
from orderveil.hops.courier import following, hearing, polling
from orderveil.hops.courier import upkeep as bookings
from orderveil.hops.ims import recording
from orderveil.hops.mail import relaying as letters
from orderveil.hops.printing import sweeping as prints
from orderveil.hops.retention import asking as purges
from orderveil.hops.retention import sending as purge_requests
from orderveil.incidents import watching
from orderveil.ledger import partitions
from orderveil.outbox import upkeep
from orderveil.people import sweeping
from orderveil.reviews import calendar

EVENTS_KEPT = timedelta(days=30)
QUEUE = "schedules"

_log = logging.getLogger(__name__)


def tasks(app: App) -> None:
    """Register the schedules on `app`."""

    @app.periodic(cron="7 * * * *")
    @app.task(queue=QUEUE, pass_context=False)
    def make_partitions(timestamp: int) -> None:
        """Next months' partitions exist before their first record."""
        del timestamp
        partitions.ensure(utc_now())

    @app.periodic(cron="17 * * * *")
    @app.task(queue=QUEUE)
    def forget_keys(timestamp: int) -> None:
        """Idempotency keys, events, counts and prints go when their days are over."""
        del timestamp
        _forget_days(utc_now())

    @app.periodic(cron="37 * * * *")
    @app.task(queue=QUEUE, pass_context=False)
    def forget_people(timestamp: int) -> None:
        """Sessions, links and counts of people that are over go; days of budgets, too."""
        del timestamp
        try:
            forget(utc_now())
        finally:
            connection.close()

    @app.periodic(cron="*/15 * * * *")
    @app.task(queue=QUEUE, pass_context=False)
    def ask_carriers(timestamp: int) -> None:
        """Parcels that nobody spoke of for long are asked for."""
        del timestamp
        _ask_carriers()

    _looks(app)
    _purges(app)
    _calls(app)

    @app.periodic(cron="*/5 * * * *")
    @app.task(queue=QUEUE, pass_context=False)
    async def rescue_stalled(timestamp: int) -> None:
        """Jobs whose worker died are queued again."""
        del timestamp
        manager = app.job_manager
        for job in await manager.get_stalled_jobs():
            await manager.retry_job(job)


def _forget_days(now: datetime) -> None:
    idempotency.sweep(now)
    watching.sweep(now)
    upkeep.sweep(now - EVENTS_KEPT)
    prints.sweep(now)
    recording.sweep(now)
    allocating.sweep(now)
    telephone.sweep(now)
    following.sweep(now)
    hearing.sweep(now)
    letters.sweep(now)


def _calls(app: App) -> None:
    @app.periodic(cron="*/5 * * * *")
    @app.task(queue=QUEUE, pass_context=False)
    def settle_calls(timestamp: int) -> None:
        """Calls that were lost are said to be, and masked numbers that ended are given back."""
        del timestamp
        try:
            telephone.settle(utc_now())
        finally:
            connection.close()


def _looks(app: App) -> None:
    @app.periodic(cron="27 3 * * *")
    @app.task(queue=QUEUE)
    def open_reviews(timestamp: int) -> None:
        """Access reviews that are due are open, whoever forgot."""
        del timestamp
        calendar.open_due(utc_now())

    @app.periodic(cron="* * * * *")
    @app.task(queue=QUEUE, pass_context=False)
    def watch(timestamp: int) -> None:
        """What is new in each brand's log is looked at, and alerts are told."""
        del timestamp
        try:
            watching.minute(utc_now())
        finally:
            connection.close()


def _purges(app: App) -> None:
    @app.periodic(cron="*/15 * * * *")
    @app.task(queue=QUEUE, pass_context=False)
    def ask_for_purges(timestamp: int) -> None:
        """What partners must delete becomes a request to each."""
        del timestamp
        try:
            purges.ask(utc_now())
        finally:
            connection.close()

    @app.periodic(cron="* * * * *")
    @app.task(queue=QUEUE, pass_context=False)
    def send_purge_requests(timestamp: int) -> None:
        """Purge requests go out, and are reminded of."""
        del timestamp
        try:
            purge_requests.send(utc_now())
        finally:
            connection.close()


def _ask_carriers() -> None:
    try:
        polling.poll(utc_now())
    finally:
        connection.close()


def forget(now: datetime) -> None:
    """Sweep what is over of people and of leased days, and log how much it was."""
    for name, count in _swept(now):
        _log.info("swept of %s: %s", name, count)


def _swept(now: datetime) -> Iterator[tuple[str, int]]:
    yield from sweeping.sweep(now)
    yield "bookings that ended", bookings.sweep(now)
    for name, leases in (("quota days", quotas.orders), ("volume days", asking.budgets)):
        while count := leases.sweep(now):
            yield name, count


def run(stop: threading.Event) -> None:
    """Run the schedules until `stop` is set."""
    import asyncio  # noqa: PLC0415 - procrastinate's worker is the one asynchronous thing here

    async def until_stopped() -> None:
        app = django_app.with_connector(
            django_app.connector.get_worker_connector()  # type: ignore[attr-defined]
        )
        tasks(app)
        async with app.open_async():
            worker = asyncio.ensure_future(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=1,
                    install_signal_handlers=False,
                    name="schedules",
                    # One a minute: those that failed stay, to be looked at.
                    delete_jobs="successful",
                )
            )
            while not stop.is_set() and not worker.done():
                await asyncio.sleep(0.2)
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)

    asyncio.run(until_stopped())
