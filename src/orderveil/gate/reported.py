"""Attempts at delivery that failed, kept in step with the parcel's state.

Rules kept here:
- a parcel that becomes undelivered has one more attempt, whoever moved it, in the transaction of
  the move; a reason that nobody gave is `other`;
- an attempt that was not answered when the parcel moved on is closed: its answer is `moved_on`.
"""

from datetime import datetime

from django.db import connection

from orderveil.core.attempts import AttemptAnswer, AttemptReason
from orderveil.core.states import ParcelState
from orderveil.ledger.acts import ActKind, Who, record


def follow_state(
    brand_id: int,
    order_id: bytes,
    parcel_no: int,
    before: ParcelState | None,
    after: ParcelState,
    *,
    now: datetime,
    who: Who,
    reason: AttemptReason | None = None,
) -> None:
    """What a move means for the parcel's attempts; the caller holds the order's lock.

    `before` is None for a parcel that is new.
    """
    if before == after:
        return
    if before == ParcelState.UNDELIVERED:
        _close(order_id, parcel_no, now)
    if after == ParcelState.UNDELIVERED:
        _open(brand_id, order_id, parcel_no, reason or AttemptReason.OTHER, now, who)


def _open(
    brand_id: int, order_id: bytes, parcel_no: int, reason: AttemptReason, now: datetime, who: Who
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vault_attempt (order_id, parcel_no, attempt_no, brand_id, reported_at,"
            " reason) SELECT %s, %s, coalesce(max(attempt_no), 0) + 1, %s, %s, %s"
            " FROM vault_attempt WHERE order_id = %s AND parcel_no = %s RETURNING attempt_no",
            [order_id, parcel_no, brand_id, now, reason.value, order_id, parcel_no],
        )
        number = int(cursor.fetchone()[0])
    record(
        brand_id,
        ActKind.ATTEMPT_REPORTED,
        now=now,
        who=who,
        order_id=order_id,
        detail={"parcel": parcel_no, "attempt": number, "reason": reason.value},
    )


def _close(order_id: bytes, parcel_no: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_attempt SET answer = %s, answered_at = %s"
            " WHERE order_id = %s AND parcel_no = %s AND answer IS NULL",
            [AttemptAnswer.MOVED_ON.value, now, order_id, parcel_no],
        )
