"""The worker's clock: what it did leaves nothing behind."""

import threading
import time

from procrastinate.contrib.django import app

from orderveil.cli import schedules
from scene import rows

JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE %s"
NAME = "orderveil.cli.schedules.make_partitions"


def test_a_job_that_is_done_is_gone(db):
    """A task of each minute would otherwise leave half a million rows a year."""
    del db
    app.configure_task(NAME, queue=schedules.QUEUE).defer(timestamp=0)
    assert rows(JOBS, [NAME]) == [(1,)]
    stop = threading.Event()
    worker = threading.Thread(target=schedules.run, args=(stop,))
    worker.start()
    deadline = time.monotonic() + 30
    while rows(JOBS, [NAME]) != [(0,)] and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    worker.join()
    assert rows(JOBS, [NAME]) == [(0,)]
