"""What several tests of the outbox start from."""

import threading
from datetime import UTC, datetime

from django.db import connection

from orderveil.core.hops import Hop
from orderveil.outbox import pump, subscriptions
from orderveil.outbox.events import EventKind, emit

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BRAND, OTHER_BRAND, PARTNER = 1, 2, 70
ORDER = bytes(range(16))
URL = "https://partner.example/hooks"


def subscribed(
    url=URL, *, brand_id=BRAND, kinds=(EventKind.PARCEL_SHIPPED,), partner_id=PARTNER, now=NOW
):
    """A new subscription and its secret."""
    made = subscriptions.subscribe(brand_id, partner_id, Hop.COURIER, url, kinds, now=now)
    assert isinstance(made, tuple), made
    return made


def queue(count=1, *, now=NOW):
    """Emit `count` events and fan each out; returns how many deliveries were queued."""
    queued = []
    for number in range(count):
        emit(
            BRAND,
            EventKind.PARCEL_SHIPPED,
            now=now,
            order_id=ORDER,
            parcel_no=1,
            detail={"n": number},
        )
    while pump.work(lambda event: queued.append(pump.fan_out(event, now)), now):
        pass
    return sum(queued)


def rows(table, columns="*"):
    """All rows of a table, by id."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} ORDER BY id")
        return cursor.fetchall()


def together(*works):
    """Run each in a thread with a database connection of its own; returns their results."""
    results, faults = [None] * len(works), []

    def run(place, work):
        try:
            results[place] = work()
        except BaseException as fault:  # noqa: BLE001
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return results
