"""Handing orders to an outsourced centre, and taking them back: every parcel of each.

Rules kept here:
- only the brand's own people who may; only to a centre that answers for support and has standing;
- the centre that had an order before loses it in the same transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.roles import Permission
from orderveil.gate import law as laws
from orderveil.gate import parcels, refusals
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.desk.working import may_change
from orderveil.gate.law import Law
from orderveil.ledger.acts import ActKind, Who, by, record
from orderveil.outbox.events import EventKind, emit
from orderveil.partners import assignments
from orderveil.partners.models import Partner

HOP = Hop.SUPPORT


def centres(brand_id: int) -> list[Partner]:
    """The partners that support can be handed to, by name."""
    law = laws.current(laws.law_of(brand_id))
    found = (each for each in law.partners.values() if HOP in each.hops and not each.own)
    return sorted(found, key=lambda each: (each.name, each.pk))


def hand_over(
    actor: Actor, orders: Collection[bytes], partner_id: int | None, *, now: datetime
) -> int | Problem:
    """Give the orders' support to a centre, or with None take it back: how many were changed."""
    if not actor.may(Permission.HAND_OUT_ORDERS) or actor.terms.assigned_only:
        return _MAY_NOT
    problem = may_change(actor, Permission.HAND_OUT_ORDERS)
    if problem is not None:
        return problem
    caller = caller_of(actor, "hand out")
    if isinstance(caller, Problem):
        return caller
    law = laws.law_of(actor.brand_id)
    if partner_id is not None:
        problem = _no_centre(law, partner_id, now)
        if problem is not None:
            return problem
    who = by(actor)
    with transaction.atomic(durable=True):
        changed = set()
        found = _parcels(actor.brand_id, sorted(orders))
        if not found:
            return refusals.UNKNOWN
        for order_id, number in found:
            before = assignments.assignee(order_id, number, HOP)
            if before == partner_id:
                continue
            changed.add(order_id)
            if partner_id is None:
                take_back(actor.brand_id, order_id, number, HOP, now=now, who=who)
            else:
                parcels.assign(
                    None, actor.brand_id, order_id, number, HOP, partner_id, now=now, by=who
                )
    return len(changed)


def handed_to(order_id: bytes) -> set[int]:
    """The centres that have the support of an order's parcels now."""
    return assignments.handled_by(order_id, None, HOP)


def take_back(
    brand_id: int, order_id: bytes, parcel_no: int, hop: Hop, *, now: datetime, who: Who
) -> bool:
    """In the caller's transaction: nobody has the parcel for this hop; True if somebody had."""
    before = assignments.unassign(order_id, parcel_no, hop, brand_id)
    if before is None:
        return False
    record(
        brand_id,
        ActKind.PARCEL_UNASSIGNED,
        now=now,
        who=who,
        order_id=order_id,
        detail={"parcel": parcel_no, "hop": hop, "partner": before},
    )
    emit(
        brand_id,
        EventKind.PARCEL_UNASSIGNED,
        now=now,
        order_id=order_id,
        parcel_no=parcel_no,
        detail={"hop": hop.value, "partner": before},
    )
    return True


def _parcels(brand_id: int, orders: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Every parcel of those orders that are the brand's and not erased."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.order_id, p.parcel_no FROM vault_parcel p JOIN vault_order o USING (order_id)"
            " WHERE p.order_id = ANY(%s) AND o.brand_id = %s AND o.erased_at IS NULL"
            " ORDER BY p.order_id, p.parcel_no",
            [list(orders), brand_id],
        )
        return [(bytes(order_id), number) for order_id, number in cursor.fetchall()]


def _no_centre(law: Law, partner_id: int, now: datetime) -> Problem | None:
    """Why orders can't be handed there."""
    partner = law.partners.get(partner_id)
    if partner is None or partner.own or HOP not in partner.hops:
        return _NOT_A_CENTRE
    decision = law.decide(partner, HOP, enforced=True, today=now.date())
    return decision if isinstance(decision, Problem) else None


_MAY_NOT = Problem(
    code="may_not_hand_out",
    detail="Your role hands no orders out.",
    remedy="Ask somebody of operations.",
    rule="people: operations hand orders to centres",
    status=403,
)
_NOT_A_CENTRE = Problem(
    code="not_a_centre",
    detail="This brand has no such centre.",
    remedy="Choose a partner that runs support and is not the brand itself.",
    rule="gate: orders are handed to partners that run support",
    status=404,
)
