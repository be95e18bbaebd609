"""Parcels on the road: moving them between states, assigning them, opening a return.

Rules kept here:
- a move is made only if the transitions table lets this hop make it, from the state the parcel is
  in at that moment;
- a hop with reach `assigned` moves only parcels assigned to its partner;
- a move never reads personal data, so it is an act, not a disclosure;
- a parcel that becomes undelivered has an attempt, with a reason from a list.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from orderveil.core.attempts import AttemptReason
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop, Reach
from orderveil.core.states import ParcelState
from orderveil.core.transitions import MAY_ASSIGN, MAY_OPEN_REVERSE, may_move, movers
from orderveil.gate import law as laws
from orderveil.gate import refusals
from orderveil.gate.asking import Caller, in_force
from orderveil.gate.reported import follow_state
from orderveil.gate.resealing import fence
from orderveil.gate.shop_parcels import emit_state
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.events import EventKind, emit
from orderveil.partners import assignments

FIRST_PARCEL = 1


class Moved(msgspec.Struct, frozen=True):
    """A parcel's state after a request; `changed` is False if it was there already."""

    parcel_no: int
    state: ParcelState
    changed: bool


def who(caller: Caller) -> Who:
    """The caller as the ledger names it."""
    return Who(person=caller.person, partner=caller.partner_id, credential=caller.credential_id)


def stands(caller: Caller, now: datetime) -> Problem | None:
    """Inside the transaction: may this caller still ask, and has it standing, under today's law?"""
    law = laws.current(laws.law_of(caller.brand_id))
    problem = in_force(law, caller, now)
    if problem is not None:
        return problem
    partner = law.partners[caller.partner_id]
    decision = law.decide(partner, caller.hop, enforced=True, today=now.date())
    return decision if isinstance(decision, Problem) else None


def _not_allowed(hop: Hop, before: ParcelState, after: ParcelState) -> Problem:
    who_may = ", ".join(movers(before, after))
    return Problem(
        code="transition_refused",
        detail=f"{hop} may not move a parcel from {before} to {after}.",
        rule="transitions: which hop may move a parcel from which state to which",
        remedy=f"This move belongs to: {who_may}." if who_may else "No hop makes this move.",
        status=409,
    )


def move(
    caller: Caller,
    order_id: bytes,
    parcel_no: int | None,
    to: ParcelState,
    *,
    now: datetime,
    carrier: str | None = None,
    awb: str | None = None,
    reason: AttemptReason | None = None,
) -> Moved | Problem:
    """Move a parcel to a state; the same state again is no change and no refusal.

    `reason` is why a parcel is undelivered; it belongs to no other state.
    """
    if reason is not None and to != ParcelState.UNDELIVERED:
        return NO_ATTEMPT
    number = parcel_no or FIRST_PARCEL
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        problem = stands(caller, now)
        if problem is not None:
            return problem
        row = locked_parcel(cursor, caller.brand_id, order_id, number)
        if row is None:
            return refusals.UNKNOWN
        before = ParcelState(row[0])
        problem = may(caller, order_id, number, before, to)
        if problem is not None:
            return problem
        if before == to and carrier is None and awb is None:
            return Moved(number, to, changed=False)
        if before != to:
            fence(cursor, order_id)
        write_move(caller, order_id, number, before, to, now=now, reason=reason)
        if carrier is not None or awb is not None:
            cursor.execute(
                "UPDATE vault_parcel SET carrier = coalesce(%s, carrier), awb = coalesce(%s, awb)"
                " WHERE order_id = %s AND parcel_no = %s",
                [carrier, awb, order_id, number],
            )
        return Moved(number, to, changed=True)


def write_move(
    caller: Caller,
    order_id: bytes,
    parcel_no: int,
    before: ParcelState,
    to: ParcelState,
    *,
    now: datetime,
    reason: AttemptReason | None = None,
) -> None:
    """A move that may be made, with its act, its attempt and its event, in the transaction.

    The caller holds the order's lock and, if the state changes, has fenced the disclosures.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_parcel SET state = %s, changed_at = %s"
            " WHERE order_id = %s AND parcel_no = %s",
            [to.value, now, order_id, parcel_no],
        )
    record(
        caller.brand_id,
        ActKind.STATE_CHANGED,
        now=now,
        who=who(caller),
        order_id=order_id,
        detail={"parcel": parcel_no, "from": before.value, "to": to.value, "hop": caller.hop},
    )
    follow_state(
        *(caller.brand_id, order_id, parcel_no, before, to),
        now=now,
        who=who(caller),
        reason=reason,
    )
    emit_state(caller.brand_id, order_id, parcel_no, to, now)


def locked_parcel(
    cursor: Any, brand_id: int, order_id: bytes, parcel_no: int
) -> tuple[str, bool] | None:
    """(state, is it reverse?) of a parcel; its order is locked, as by every writer, and alive."""
    cursor.execute(
        "SELECT 1 FROM vault_order WHERE order_id = %s AND brand_id = %s AND erased_at IS NULL"
        " FOR UPDATE",
        [order_id, brand_id],
    )
    if cursor.fetchone() is None:
        return None
    cursor.execute(
        "SELECT state, is_reverse FROM vault_parcel WHERE order_id = %s AND parcel_no = %s",
        [order_id, parcel_no],
    )
    row: tuple[str, bool] | None = cursor.fetchone()
    return row


def there(brand_id: int, parcels: Sequence[tuple[bytes, int]]) -> set[tuple[bytes, int]]:
    """Of (order id, parcel number): the brand's own. Any text that looks like a ref opens."""
    return _those(brand_id, parcels, unbooked_only=False)


def unbooked(brand_id: int, parcels: Sequence[tuple[bytes, int]]) -> set[tuple[bytes, int]]:
    """Of (order id, parcel number): the brand's that have no carrier or no waybill number."""
    return _those(brand_id, parcels, unbooked_only=True)


def _those(
    brand_id: int, parcels: Sequence[tuple[bytes, int]], *, unbooked_only: bool
) -> set[tuple[bytes, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id, parcel_no FROM vault_parcel WHERE order_id = ANY(%s)"
            " AND brand_id = %s AND (NOT %s OR awb IS NULL OR carrier IS NULL)",
            [list({order_id for order_id, _ in parcels}), brand_id, unbooked_only],
        )
        return {(bytes(order_id), number) for order_id, number in cursor.fetchall()}


def may(
    caller: Caller, order_id: bytes, parcel_no: int, before: ParcelState, to: ParcelState
) -> Problem | None:
    """Why this caller may not make this move; None if it may."""
    row = laws.law_of(caller.brand_id).policies.table.rows[caller.hop]
    if row.reach == Reach.ASSIGNED:
        assignee = assignments.assignee(order_id, parcel_no, caller.hop)
        if assignee != caller.partner_id:
            return refusals.not_assigned(caller.hop)
    if before != to and not may_move(caller.hop, before, to):
        return _not_allowed(caller.hop, before, to)
    return None


def assign(
    caller: Caller | None,
    brand_id: int,
    order_id: bytes,
    parcel_no: int | None,
    hop: Hop,
    partner_id: int,
    *,
    now: datetime,
    by: Who | None = None,
) -> Problem | None:
    """Give a parcel to a partner for a hop; without `caller` it is `by`, else the journey."""
    number = parcel_no or FIRST_PARCEL
    with transaction.atomic(), connection.cursor() as cursor:
        if caller is not None:
            problem = stands(caller, now) or _may_assign(caller.hop)
            if problem is not None:
                return problem
        cursor.execute(
            "SELECT 1 FROM vault_parcel p JOIN vault_order o USING (order_id)"
            " WHERE p.order_id = %s AND p.parcel_no = %s AND o.brand_id = %s"
            "   AND o.erased_at IS NULL",
            [order_id, number, brand_id],
        )
        if cursor.fetchone() is None:
            return refusals.UNKNOWN
        if assignments.assign(order_id, number, hop, partner_id, brand_id, now=now):
            record(
                brand_id,
                ActKind.PARCEL_ASSIGNED,
                now=now,
                who=who(caller) if caller else by or Who(system="journey"),
                order_id=order_id,
                detail={"parcel": number, "hop": hop, "partner": partner_id},
            )
            emit(
                brand_id,
                EventKind.PARCEL_ASSIGNED,
                now=now,
                order_id=order_id,
                parcel_no=number,
                detail={"hop": hop.value, "partner": partner_id},
            )
    return None


def _may_assign(hop: Hop) -> Problem | None:
    if hop in MAY_ASSIGN:
        return None
    return Problem(
        code="may_not_assign",
        detail=f"{hop} may not assign parcels.",
        rule="transitions: only the order system assigns parcels to partners",
        remedy="Let the order system do it, or run `orderveil partner assign`.",
        status=403,
    )


def open_reverse(
    caller: Caller, order_id: bytes, of_parcel: int | None, *, now: datetime
) -> Moved | Problem:
    """A return: a new, reverse parcel, packed (ready to be picked up), with a window of its own."""
    if caller.hop not in MAY_OPEN_REVERSE:
        return Problem(
            code="may_not_open_return",
            detail=f"{caller.hop} may not open a return.",
            rule="transitions: only the order system and support open returns",
            remedy="Let the order system open it.",
            status=403,
        )
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        problem = stands(caller, now)
        if problem is not None:
            return problem
        row = locked_parcel(cursor, caller.brand_id, order_id, of_parcel or FIRST_PARCEL)
        if row != (ParcelState.DELIVERED.value, False):
            return _NOT_DELIVERED
        cursor.execute(
            "INSERT INTO vault_parcel (order_id, parcel_no, brand_id, is_reverse, state,"
            " changed_at) SELECT %s, max(parcel_no) + 1, %s, true, %s, %s FROM vault_parcel"
            " WHERE order_id = %s RETURNING parcel_no",
            [order_id, caller.brand_id, ParcelState.PACKED.value, now, order_id],
        )
        number = int(cursor.fetchone()[0])
        record(
            caller.brand_id,
            ActKind.REVERSE_OPENED,
            now=now,
            who=who(caller),
            order_id=order_id,
            detail={"parcel": number},
        )
        emit(
            caller.brand_id,
            EventKind.PARCEL_OPENED,
            now=now,
            order_id=order_id,
            parcel_no=number,
        )
        emit_state(caller.brand_id, order_id, number, ParcelState.PACKED, now)
    return Moved(number, ParcelState.PACKED, changed=True)


NO_ATTEMPT = Problem(
    code="reason_without_attempt",
    detail="A reason tells why a parcel is undelivered, and belongs to no other state.",
    remedy="Send it with the state `undelivered`, or leave it out.",
    pointer="/reason",
    rule="transitions: an attempt at delivery that failed has a reason",
)
_NOT_DELIVERED = Problem(
    code="nothing_to_return",
    detail="You know no delivered parcel by this ref.",
    remedy="A return is opened for a parcel that was delivered.",
    rule="transitions: a return opens a reverse parcel",
    status=409,
)
