"""Why the statement answered nothing: read again, and say it with the rule and the remedy."""

from django.db import connection

from orderveil.core.decision import Grant
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop, Reach
from orderveil.core.states import ParcelState

UNKNOWN = Problem(
    code="unknown_order",
    detail="You know no order by this ref.",
    remedy="Use a ref that was given to you; refs of another partner do not open here.",
    rule="ref: the pseudonym under which one partner knows an order",
    status=404,
)

ERASED = Problem(
    code="order_erased",
    detail="This order's personal data has been shredded.",
    remedy="Nothing can bring it back; delete your copy and confirm that.",
    rule="vault: a shred is effective at once",
    status=410,
)

BUSY = Problem(
    code="changed_meanwhile",
    detail="The order or the rules changed while this was being answered, several times.",
    remedy="Ask again.",
    rule="gate: nothing is shown under rules that no longer hold",
    status=409,
)

ASKED_TWICE = Problem(
    code="asked_twice",
    detail="This ref stands twice in one request; it is answered where it stands first.",
    remedy="Ask for each ref once.",
    rule="api: a bulk ask is a set of orders",
    status=422,
)

TOO_MANY = Problem(
    code="too_many_orders",
    detail="At most 1,000 orders can be asked for at once.",
    remedy="Ask in several requests.",
    rule="api: size limits",
    status=413,
)


def _outside_window(hop: Hop, states: frozenset[ParcelState], at: list[str]) -> Problem:
    wanted = ", ".join(state for state in ParcelState if state in states)
    return Problem(
        code="outside_window",
        detail=f"The parcel is {' and '.join(at)}; {hop} may ask while it is {wanted}.",
        remedy="Ask while the window is open; once closed it does not open again.",
        rule=f"policy: the states during which {hop} may ask",
        status=403,
    )


def not_assigned(hop: Hop) -> Problem:
    """The refusal for a hop that asks for parcels of others."""
    return Problem(
        code="not_assigned",
        detail="No parcel of this order is assigned to you.",
        remedy="Ask the brand to assign it to you first.",
        rule=f"policy: {hop} has the reach `assigned`",
        status=403,
    )


def why_not(
    brand_id: int, partner_id: int, grant: Grant, order_id: bytes, parcel_no: int | None
) -> Problem | None:
    """The reason that holds now; None if by now nothing stands in the way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT erased_at IS NOT NULL FROM vault_order WHERE order_id = %s AND brand_id = %s",
            [order_id, brand_id],
        )
        order = cursor.fetchone()
        if order is None:
            return UNKNOWN
        if order[0]:
            return ERASED
        cursor.execute(
            "SELECT parcel_no, state FROM vault_parcel"
            " WHERE order_id = %s AND (%s::smallint IS NULL OR parcel_no = %s) ORDER BY 1",
            [order_id, parcel_no, parcel_no],
        )
        parcels = cursor.fetchall()
    if not parcels:
        return UNKNOWN
    if grant.reach == Reach.ASSIGNED:
        mine = _assigned(order_id, grant.hop, partner_id)
        parcels = [parcel for parcel in parcels if parcel[0] in mine]
        if not parcels:
            return not_assigned(grant.hop)
    states = [state for _, state in parcels]
    if not set(states) & grant.states:
        return _outside_window(grant.hop, grant.states, sorted(set(states)))
    return None


def _assigned(order_id: bytes, hop: Hop, partner_id: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT parcel_no FROM partners_assignment"
            " WHERE order_id = %s AND hop = %s AND partner_id = %s",
            [order_id, hop, partner_id],
        )
        return {row[0] for row in cursor.fetchall()}
