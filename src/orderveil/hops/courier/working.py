"""The workers: take due bookings, one at a time, and bring each as far as it goes.

Rules kept here:
- no request is made inside a transaction; each thing that is known is committed before the next
  thing is done, so whoever dies leaves a row that says how far it came;
- one slow carrier holds at most half of the workers;
- a row that was called off while it was on its way is finished by cancelling it.
"""

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

from orderveil.core.errors import OrderveilError
from orderveil.gate import booked
from orderveil.hops.courier import accounts, queueing, rows
from orderveil.hops.courier.carriers.speech import Carrier, Step
from orderveil.hops.courier.models import CarrierAccount
from orderveil.hops.courier.resting import (
    ACCOUNT_GONE,
    NO_ACCOUNT,
    NO_WAYBILL,
    STRANGE_STEP,
    put_off,
    stop,
)
from orderveil.hops.courier.rows import Booking, LostError, Road, State, Why
from orderveil.hops.courier.stepping import Drive, resolve, send
from orderveil.outbox.egress import Egress
from orderveil.outbox.failures import failure_code

WORKERS: Final = 8


def work(
    now: datetime,
    limit: int = 100,
    *,
    workers: int = WORKERS,
    egress: Egress | None = None,
    rng: random.Random | None = None,
) -> int:
    """Take up to `limit` due bookings along, several at once; returns how many were taken."""
    if connection.in_atomic_block:
        raise OrderveilError("Nothing is booked inside a transaction.")
    crew = min(workers, limit, rows.due(now, workers))
    if crew == 0:
        return 0
    round_ = _Round(
        now,
        limit,
        max(1, workers // 2),
        egress or Egress(private=settings.WEBHOOK_PRIVATE),
        rng or random.SystemRandom(),
    )
    if crew == 1:
        return round_.run()
    with ThreadPoolExecutor(crew, thread_name_prefix="bookings") as pool:
        runs = [pool.submit(round_.run_apart) for _ in range(crew)]
    return sum(run.result() for run in runs)


class _Round:
    """What the workers of one call share."""

    def __init__(
        self, now: datetime, limit: int, most: int, egress: Egress, rng: random.Random
    ) -> None:
        self._now, self._started = now, monotonic()
        self._left, self._most = limit, most
        self._egress, self._rng = egress, rng
        self._lock = Lock()
        self._busy: Counter[int] = Counter()

    def run_apart(self) -> int:
        """One worker in a thread of its own."""
        try:
            return self.run()
        finally:
            connections.close_all()

    def run(self) -> int:
        """Claim and drive until nothing is left; how many rows."""
        taken = 0
        while (row := self._claim()) is not None:
            taken += 1
            try:
                drive(Drive(self._egress, self._moment, self._rng), row)
            finally:
                with self._lock:
                    self._busy[row.partner_id] -= 1
        return taken

    def _moment(self) -> datetime:
        return self._now + timedelta(seconds=monotonic() - self._started)

    def _claim(self) -> Booking | None:
        with self._lock:
            if self._left == 0:
                return None
            busy = [number for number, count in self._busy.items() if count >= self._most]
            row = rows.claim(self._moment(), busy=busy)
            if row is not None:
                self._left -= 1
                self._busy[row.partner_id] += 1
            return row


def drive(with_: Drive, row: Booking | None) -> None:
    """Bring a claimed row as far as it goes."""
    while row is not None:
        held = row
        try:
            row = _advance(with_, row)
        except LostError:
            row = rows.again(held)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - one row's failure must not end the worker
            row = rows.again(held)
            if row is not None:
                row = put_off(with_, row, Why(failure_code(error)))


def _advance(with_: Drive, row: Booking) -> Booking | None:
    """The next thing to do with a row; None when there is nothing more to do now."""
    if row.is_ending and row.is_untouched:
        return _finish(with_, row, State.CALLED_OFF)
    account = accounts.live(row.brand_id, row.partner_id)
    if account is None or account.pk != (row.account_id or account.pk):
        is_new = row.is_untouched
        if account is None or not is_new:
            reason = NO_ACCOUNT if is_new else ACCOUNT_GONE
            return stop(with_, row, State.REFUSED if is_new else State.IN_DOUBT, reason)
    if account.paused_until is not None and account.paused_until > with_.clock():
        wait = account.paused_until - with_.clock()
        return put_off(with_, row, row.problem or Why(account.trouble or "paused"), wait=wait)
    return _go_on(with_, row, account)


def _go_on(with_: Drive, row: Booking, account: CarrierAccount) -> Booking | None:
    if row.is_ending and row.road is Road.BOOKING and not _is_told(account, row):
        return _finish(with_, row, State.CALLED_OFF)
    if row.is_ending and row.road is Road.BOOKING and row.sent_at is None:
        return rows.change(row, with_.clock(), road=Road.CANCELLING.value, done="")
    try:
        step = _next_step(accounts.carrier_of(account.carrier), row)
    except ValueError:
        return stop(with_, row, State.IN_DOUBT, STRANGE_STEP)
    if step is None:
        is_over = row.road is Road.CANCELLING
        return _finish(with_, row, State.CANCELLED) if is_over else _book(with_, row)
    if row.sent_at is not None:
        return resolve(with_, row, step, account)
    return send(with_, row, step, account)


def _is_told(account: CarrierAccount, row: Booking) -> bool:
    """Was the carrier told of the parcel? What shows nothing of it books nothing."""
    steps = accounts.carrier_of(account.carrier).booking
    names = ["", *(step.name for step in steps)]
    if row.done not in names:
        return True
    sent = names.index(row.done) + (row.sent_at is not None)
    return any(step.shows_view for step in steps[:sent])


def _next_step(carrier: Carrier, row: Booking) -> Step | None:
    """The step after `done`; None if that was the last. ValueError: there is no such step."""
    is_booking = row.road is Road.BOOKING
    steps: Sequence[Step] = carrier.booking if is_booking else carrier.cancelling
    names = ["", *(step.name for step in steps)]
    return (*steps, None)[names.index(row.done)]


def _book(with_: Drive, row: Booking) -> Booking | None:
    """Everything is done: the waybill goes to the parcel, or the booking is called off."""
    awb, carrier = row.known.get("awb", ""), row.known.get("carrier", "")
    if not awb or not carrier:
        return stop(with_, row, State.REFUSED, NO_WAYBILL)
    now = with_.clock()
    parcel = (row.brand_id, row.order_id, row.parcel_no, row.partner_id)
    with transaction.atomic(durable=True):
        problem = booked.put_waybill(*parcel, carrier=carrier, awb=awb, now=now, who=queueing.US)
        if problem is None:
            state = State.BOOKED.value
            rows.change(row, now, hold=False, state=state, problem=None, tries=0)
            return None
    state = State.CANCELLING.value
    return rows.change(row, now, state=state, is_ending=True, tries=0)


def _finish(with_: Drive, row: Booking, state: State) -> Booking | None:
    """Called off, or cancelled at the carrier; queued anew if it is wanted by now."""
    now = with_.clock()
    with transaction.atomic(durable=True):
        booked.lock(row.brand_id, row.order_id)
        ended = rows.change(
            *(row, now),
            hold=False,
            state=state.value,
            known={},
            problem=None,
            sent_at=None,
        )
        if ended.goes:
            rows.delete(ended)
        else:
            queueing.reconcile(row.brand_id, row.order_id, row.parcel_no, now)
    return None
