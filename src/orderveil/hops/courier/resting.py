"""A row that waits for its next try, or stands still until a person looks.

Rules kept here:
- a row keeps why it waits as a code and words of ours;
- what fails again and again waits longer each time, then stands still: nothing is lost, and
  nothing is tried for ever;
- what the gate refuses for now (no agreement, suspended) is asked again, each time under the law of
  that moment; what it refuses for good ends the booking.
"""

import random
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.db import transaction

from orderveil.core.errors import Problem
from orderveil.gate import refusals
from orderveil.hops.courier import queueing, rows
from orderveil.hops.courier.rows import Booking, State, Why, why
from orderveil.outbox.failures import delay

SCHEDULE_SECONDS: Final = (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
"""Waits after a failed try: about a day in all; then a person looks."""
GATE_WAIT: Final = timedelta(minutes=15)
_BUSY_WAIT: Final = timedelta(seconds=2)
_FOR_GOOD: Final = frozenset({"outside_window", "not_assigned"})


class Timed(Protocol):
    """Who takes a row along: when it is, and how waits are spread."""

    rng: random.Random

    def clock(self) -> datetime:
        """Now."""


def put_off(
    drive: Timed,
    row: Booking,
    reason: Why,
    *,
    wait: timedelta | None = None,
    grace: timedelta = timedelta(0),
) -> Booking | None:
    """Let go of a row until it is due again: after `wait`, else as the schedule says.

    `grace`: how long after its sending nobody looks for a step that was not answered.
    """
    now = drive.clock()
    counted = wait is None
    if wait is None:
        wait = delay(SCHEDULE_SECONDS, row.tries + 1, drive.rng)
    if wait is None:
        return stop(drive, row, State.REFUSED, _gave_up(reason))
    next_at = now + wait
    if row.sent_at is not None:
        next_at = max(next_at, row.sent_at + grace)
    tries = row.tries + counted
    rows.change(row, now, hold=False, whatever=True, tries=tries, problem=reason, next_at=next_at)
    return None


def stop(drive: Timed, row: Booking, state: State, reason: Why) -> Booking | None:
    """A person must look. Raises `LostError` if it was called off meanwhile."""
    rows.change(row, drive.clock(), hold=False, state=state.value, problem=reason)
    return None


def turned_down(drive: Timed, row: Booking, problem: Problem) -> Booking | None:
    """The gate does not show the view: for now, or for good."""
    if problem == refusals.BUSY:
        return put_off(drive, row, why(problem), wait=_BUSY_WAIT)
    if problem.code in _FOR_GOOD:
        with transaction.atomic():
            queueing.reconcile(row.brand_id, row.order_id, row.parcel_no, drive.clock())
        now_is = rows.again(row)
        if now_is is None or now_is.is_ending:
            return now_is
    return put_off(drive, row, why(problem), wait=GATE_WAIT)


def _gave_up(reason: Why) -> Why:
    return Why(
        reason.code,
        "The carrier was tried for a day and could not take it.",
        "See whether the carrier works, then try again.",
    )


DOUBT: Final = Why(
    "in_doubt",
    "It was sent to the carrier, and no answer came; the carrier can't be asked whether it has it.",
    "Look in the carrier's own panel for the reference, and say here what is there.",
)
SIGNED_OUT: Final = Why(
    "signed_out",
    "The carrier forgot the sign-in, and forgot the new one, too.",
    "See whether the account is blocked; it is tried again in ten minutes.",
)
NO_ACCOUNT: Final = Why(
    "no_account",
    "The partner has no carrier account any more.",
    "Connect one: `orderveil courier connect`; what waited goes on then.",
)
ACCOUNT_GONE: Final = Why(
    "account_gone",
    "It was begun with an account that is disconnected.",
    "Look in the carrier's own panel for the reference, and say here what is there.",
)
NO_WAYBILL: Final = Why(
    "no_waybill",
    "The carrier took it on and gave no waybill number.",
    "Look in the carrier's own panel for the reference, and say here what is there.",
)
STRANGE_STEP: Final = Why(
    "strange_step",
    "It was begun with another version's steps for this carrier.",
    "Look in the carrier's own panel for the reference, and say here what is there.",
)
