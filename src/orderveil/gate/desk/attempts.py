"""Undelivered parcels at the desk: the queue of attempts, and what is answered to each.

Rules kept here:
- the oldest first, page by page by keyset; a centre's people see what is assigned to them;
- an attempt is answered once: of two people at once the second is told that it is answered;
- "the address is corrected" answers only an attempt that was reported before the correction;
- an answer is an act and an event of codes and dates; the courier is told with its own view;
- nobody sees a phone here: the customer is reached through actions, not numbers.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection, transaction

from orderveil.core.actors import Actor
from orderveil.core.attempts import ANSWERS, AttemptAnswer, AttemptReason
from orderveil.core.errors import Problem
from orderveil.core.roles import Permission
from orderveil.core.states import ParcelState
from orderveil.gate import refusals
from orderveil.gate.bulk import Answer
from orderveil.gate.desk.correcting import corrected_since
from orderveil.gate.desk.listing import views_of
from orderveil.gate.desk.working import Hand, changing_hand, hand_of
from orderveil.ledger.acts import ActKind, by, record
from orderveil.outbox.events import EventKind, emit

PAGE = 20
"""Rows of the queue: each is a view of its reader's daily budget, and takes minutes to work."""
MOST_DAYS_AHEAD = 14
ROAD_ZONE = ZoneInfo("Asia/Kolkata")
"""Whose days a courier's are."""


class Attempt(msgspec.Struct, frozen=True):
    """An attempt at delivery that failed. `answer` is None while it waits for one."""

    order_id: bytes
    parcel_no: int
    attempt_no: int
    reported_at: datetime
    reason: AttemptReason
    answer: AttemptAnswer | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    """A pseudonym ("person:17")."""
    again_on: date | None = None


class Place(msgspec.Struct, frozen=True):
    """Where the next page of the queue begins."""

    at: datetime
    order_id: bytes
    parcel_no: int


class Queue(msgspec.Struct, frozen=True):
    """A page of attempts that wait for an answer, the oldest first, with their orders masked."""

    attempts: list[Attempt]
    answers: dict[bytes, Answer]
    """Order id -> its view, or why it can't be shown."""
    next: Place | None
    """None: this is the last page."""


_COLUMNS = (
    "a.order_id, a.parcel_no, a.attempt_no, a.reported_at, a.reason, a.answer, a.answered_at,"
    " a.answered_by, a.again_on"
)
_OPEN = """
SELECT {columns} FROM vault_attempt a
  JOIN vault_parcel p ON p.order_id = a.order_id AND p.parcel_no = a.parcel_no
                     AND p.state = 'undelivered'
  JOIN vault_order o ON o.order_id = a.order_id AND o.erased_at IS NULL
 WHERE a.brand_id = %(brand)s AND a.answer IS NULL{assigned}{after}
 ORDER BY a.reported_at, a.order_id, a.parcel_no LIMIT %(limit)s
"""
_ASSIGNED = """
   AND EXISTS (SELECT 1 FROM partners_assignment s
                WHERE s.order_id = a.order_id AND s.parcel_no = a.parcel_no
                  AND s.hop = %(hop)s AND s.partner_id = %(partner)s)"""
_AFTER = """
   AND (a.reported_at, a.order_id, a.parcel_no) > (%(at)s, %(order)s, %(parcel)s)"""


def open_attempts(actor: Actor, after: Place | None, *, now: datetime) -> Queue | Problem:
    """A page of the queue; its views are on record before they were opened."""
    hand = hand_of(actor, Permission.WORK_UNDELIVERED, "undelivered", now)
    if isinstance(hand, Problem):
        return hand
    found = _open(hand, after) if ParcelState.UNDELIVERED in hand.states else []
    shown = found[:PAGE]
    orders = list(dict.fromkeys(each.order_id for each in shown))
    answers = views_of(hand.caller, orders, now=now)
    if isinstance(answers, Problem):
        return answers
    last = shown[-1] if len(found) > PAGE else None
    return Queue(
        shown,
        dict(zip(orders, answers, strict=True)),
        Place(last.reported_at, last.order_id, last.parcel_no) if last else None,
    )


def _open(hand: Hand, after: Place | None) -> list[Attempt]:
    sql = _OPEN.format(
        columns=_COLUMNS,
        assigned=_ASSIGNED if hand.is_assigned_only else "",
        after=_AFTER if after else "",
    )
    params = {
        "brand": hand.caller.brand_id,
        "hop": hand.caller.hop.value,
        "partner": hand.caller.partner_id,
        "at": after.at if after else None,
        "order": after.order_id if after else None,
        "parcel": after.parcel_no if after else None,
        "limit": PAGE + 1,
    }
    return _read(sql, params)


def attempts_of(actor: Actor, order_id: bytes, *, now: datetime) -> list[Attempt] | Problem:
    """Every attempt of an order, the newest first; [] for an order that is not theirs to work."""
    hand = hand_of(actor, Permission.WORK_UNDELIVERED, "undelivered", now)
    if isinstance(hand, Problem):
        return hand
    found = _read(
        f"SELECT {_COLUMNS} FROM vault_attempt a"  # noqa: S608 - columns of ours
        " WHERE a.order_id = %(order)s AND a.brand_id = %(brand)s"
        " ORDER BY a.reported_at DESC, a.parcel_no DESC, a.attempt_no DESC",
        {"order": order_id, "brand": actor.brand_id},
    )
    return [each for each in found if hand.reaches(order_id, each.parcel_no)]


def _read(sql: str, params: dict[str, Any]) -> list[Attempt]:
    names = Attempt.__struct_fields__
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [
            msgspec.convert(dict(zip(names, row, strict=True)), Attempt)
            for row in cursor.fetchall()
        ]


def days_ahead(now: datetime) -> tuple[date, date]:
    """The first and the last day on which a courier can be asked to try again."""
    today = now.astimezone(ROAD_ZONE).date()
    return today, today + timedelta(days=MOST_DAYS_AHEAD)


def answer_attempt(
    actor: Actor,
    order_id: bytes,
    parcel_no: int,
    attempt_no: int,
    answer: AttemptAnswer,
    *,
    now: datetime,
    again_on: date | None = None,
) -> Problem | None:
    """Answer an attempt, in a transaction of its own; why not, if that may not be.

    A reattempt names its day; after a correction a day may be named; a cancellation has none.
    """
    with transaction.atomic(durable=True):
        hand = changing_hand(actor, Permission.WORK_UNDELIVERED, "undelivered", now)
        if isinstance(hand, Problem):
            return hand
        problem = _unfit(answer, again_on, now) or _waits(hand, order_id, parcel_no)
        if problem is not None:
            return problem
        is_corrected = answer == AttemptAnswer.ADDRESS_CORRECTED
        if is_corrected and not _corrected_since(order_id, parcel_no, attempt_no):
            return _NOT_CORRECTED
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE vault_attempt SET answer = %s, answered_at = %s, answered_by = %s,"
                " again_on = %s WHERE order_id = %s AND parcel_no = %s AND attempt_no = %s"
                " AND brand_id = %s AND answer IS NULL",
                [
                    *(answer.value, now, actor.person, again_on),
                    *(order_id, parcel_no, attempt_no, actor.brand_id),
                ],
            )
            if cursor.rowcount == 0:
                return _ANSWERED
        _tell(actor, order_id, parcel_no, attempt_no, answer, again_on, now)
    return None


def _unfit(answer: AttemptAnswer, again_on: date | None, now: datetime) -> Problem | None:
    """Why this answer and this day do not go together."""
    if answer not in ANSWERS:
        return NO_ANSWER
    if answer == AttemptAnswer.CANCEL:
        return None if again_on is None else _NO_DAY_NEEDED
    first, last = days_ahead(now)
    if again_on is None:
        return _DAY_NEEDED if answer == AttemptAnswer.REATTEMPT else None
    return None if first <= again_on <= last else _DAY_NEEDED


def _waits(hand: Hand, order_id: bytes, parcel_no: int) -> Problem | None:
    """None if the parcel is theirs, and undelivered; its order is locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT erased_at IS NOT NULL FROM vault_order"
            " WHERE order_id = %s AND brand_id = %s FOR UPDATE",
            [order_id, hand.caller.brand_id],
        )
        order = cursor.fetchone()
        cursor.execute(
            "SELECT state FROM vault_parcel WHERE order_id = %s AND parcel_no = %s",
            [order_id, parcel_no],
        )
        parcel = cursor.fetchone()
    if order is None or parcel is None or not hand.reaches(order_id, parcel_no):
        return refusals.UNKNOWN
    if order[0]:
        return refusals.ERASED
    if parcel[0] != ParcelState.UNDELIVERED or ParcelState.UNDELIVERED not in hand.states:
        return _ANSWERED
    return None


def _corrected_since(order_id: bytes, parcel_no: int, attempt_no: int) -> bool:
    """Was the address corrected after this attempt was reported? True if there is no such one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reported_at FROM vault_attempt"
            " WHERE order_id = %s AND parcel_no = %s AND attempt_no = %s",
            [order_id, parcel_no, attempt_no],
        )
        row = cursor.fetchone()
    return row is None or corrected_since(order_id, row[0])


def _tell(
    actor: Actor,
    order_id: bytes,
    parcel_no: int,
    attempt_no: int,
    answer: AttemptAnswer,
    again_on: date | None,
    now: datetime,
) -> None:
    """The act, and the event from which the courier hears of it."""
    told = {"attempt": attempt_no, "answer": answer.value}
    if again_on is not None:
        told["on"] = again_on.isoformat()
    record(
        actor.brand_id,
        ActKind.ATTEMPT_ANSWERED,
        now=now,
        who=by(actor),
        order_id=order_id,
        detail={"parcel": parcel_no, **told},
    )
    back = answer == AttemptAnswer.CANCEL
    emit(
        actor.brand_id,
        EventKind.PARCEL_RETURN_ASKED if back else EventKind.PARCEL_REATTEMPT,
        now=now,
        order_id=order_id,
        parcel_no=parcel_no,
        detail=told,
    )


_RULE = "undelivered: an attempt is answered once, while the parcel waits"
_ANSWERED = Problem(
    code="attempt_answered",
    detail="This attempt was answered already, or the parcel has moved on since.",
    remedy="Reload the queue.",
    rule=_RULE,
    status=409,
)
NO_ANSWER = Problem(
    code="no_such_answer",
    detail="That is none of the answers.",
    remedy=f"Choose one of: {', '.join(ANSWERS)}.",
    pointer="/answer",
    rule=_RULE,
)
_DAY_NEEDED = Problem(
    code="day_needed",
    detail=f"A new attempt is for a day from today to {MOST_DAYS_AHEAD} days ahead.",
    remedy="Choose such a day.",
    pointer="/again_on",
    rule="undelivered: a courier keeps a parcel for a while only",
)
_NO_DAY_NEEDED = Problem(
    code="no_day_needed",
    detail="A parcel that goes back is not tried again on a day.",
    remedy="Leave the day out, or choose a new attempt.",
    pointer="/again_on",
    rule=_RULE,
)
_NOT_CORRECTED = Problem(
    code="address_not_corrected",
    detail="Nobody has corrected this order's address since that attempt.",
    remedy="Correct it first, then answer the attempt.",
    rule="undelivered: an answer says what was done",
    status=409,
)
