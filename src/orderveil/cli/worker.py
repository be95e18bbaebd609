"""The worker process: sequencer, the journey's pump, webhook sender, bookings, schedules.

Several nodes may run one each: they share the work by row locks.
"""

import logging
import signal
import threading
from collections.abc import Callable

from orderveil.cli import session  # noqa: F401 - sets Django up

# isort: split
from django.conf import settings
from django.db import DatabaseError, connection

from orderveil.core.clocks import utc_now
from orderveil.hops import journey
from orderveil.hops.calls.masking import queue as masks
from orderveil.hops.courier import working as bookings
from orderveil.ledger import sequencer
from orderveil.outbox.egress import Egress
from orderveil.outbox.pump import work
from orderveil.outbox.sender import deliver

BATCH = 200
IDLE_SECONDS = 0.1
TROUBLE_SECONDS = 1.0

_log = logging.getLogger(__name__)


def _pump() -> bool:
    return work(journey.handle, utc_now(), limit=BATCH) == BATCH


def _send() -> bool:
    egress = Egress(private=settings.WEBHOOK_PRIVATE)
    sent = deliver(
        journey.compose,
        utc_now(),
        BATCH,
        egress=egress,
        on_revoked=journey.on_revoked,
    )
    return sent == BATCH


def _book() -> bool:
    egress = Egress(private=settings.WEBHOOK_PRIVATE)
    return bookings.work(utc_now(), BATCH, egress=egress) == BATCH


def _mask() -> bool:
    return masks.work(utc_now())


def _loop(name: str, step: Callable[[], bool], stop: threading.Event) -> None:
    """Call `step` again at once while it says that there is more."""
    while not stop.is_set():
        try:
            more = step()
        except DatabaseError as error:
            _log.warning("%s: the database went away (%s)", name, type(error).__name__)
            stop.wait(TROUBLE_SECONDS)
            more = False
        finally:
            connection.close()
        if not more:
            stop.wait(IDLE_SECONDS)


def start(stop: threading.Event) -> list[threading.Thread]:
    """The worker's threads, running until `stop` is set."""
    threads = [
        threading.Thread(target=sequencer.run, args=(stop,), name="sequencer"),
        threading.Thread(target=_loop, args=("pump", _pump, stop), name="pump"),
        threading.Thread(target=_loop, args=("sender", _send, stop), name="sender"),
        threading.Thread(target=_loop, args=("bookings", _book, stop), name="bookings"),
        threading.Thread(target=_loop, args=("masks", _mask, stop), name="masks"),
    ]
    for thread in threads:
        thread.start()
    return threads


def main() -> None:
    """Run until SIGTERM; the schedules run on the main thread."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("orderveil").setLevel(logging.INFO)
    stop = threading.Event()
    threads = start(stop)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    from orderveil.cli.schedules import run  # noqa: PLC0415 - after the signal handlers

    run(stop)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
