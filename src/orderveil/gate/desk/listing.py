"""Lists of orders for people: ids page by page, then their masked views, as one disclosure.

Rules kept here:
- keyset pagination: the last row's place, never an offset, never a count over all;
- each list is read in the order of one index: by admission, by a parcel's state, by assignment;
  where few of the brand's parcels are in the states, a partner's are picked out of those instead:
  ten parcels to pack cost no walk through all that was ever packed;
- what a role may not see is not listed: other states than its window's, other partners' parcels;
- an order is one row of a list, however many parcels it has: the row of its latest one.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem
from orderveil.core.hops import Reach
from orderveil.core.states import ParcelState
from orderveil.core.transitions import ENDED
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller, partner_refs
from orderveil.gate.bulk import Answer, disclose_many
from orderveil.gate.desk.caller import caller_of

PAGE = 50
FEW = 20_000
"""Parcels that are looked at one by one sooner than a partner's history is walked."""


class Wanted(msgspec.Struct, frozen=True):
    """Which orders: by state, by time (`since` included, `until` not)."""

    state: ParcelState | None = None
    since: datetime | None = None
    until: datetime | None = None


class Place(msgspec.Struct, frozen=True):
    """A row's place in its list: where the next page begins."""

    at: datetime
    order_id: bytes


class Listed(msgspec.Struct, frozen=True):
    """One page of masked orders, the newest first."""

    answers: list[Answer]
    places: list[Place]
    next: Place | None
    """None: this is the last page."""


class Scope(msgspec.Struct, frozen=True):
    """Which orders somebody may be told of at all."""

    states: frozenset[ParcelState]
    assigned: bool
    """Only what is assigned to their partner."""


_BY_ADMISSION = """
SELECT o.admitted_at AS at, o.order_id FROM vault_order o
 WHERE o.brand_id = %(brand)s AND o.erased_at IS NULL {after}{states}
 ORDER BY o.admitted_at DESC, o.order_id DESC LIMIT %(limit)s
"""
_BY_STATE = """
SELECT p.changed_at AS at, p.order_id FROM vault_parcel p
  JOIN vault_order o ON o.order_id = p.order_id AND o.erased_at IS NULL
 WHERE p.brand_id = %(brand)s AND p.state = %(state)s {after}
   AND NOT EXISTS (SELECT 1 FROM vault_parcel later
                    WHERE later.order_id = p.order_id AND later.state = p.state
                      AND (later.changed_at, later.parcel_no) > (p.changed_at, p.parcel_no))
 ORDER BY p.changed_at DESC, p.order_id DESC LIMIT %(limit)s
"""
# The single rows of the other tables are looked up each by its whole key, and judged outside of the
# look-up: without statistics the planner would take an index that holds a condition for the better
# way, and read all of a partner's parcels for each of them.
_BY_ASSIGNMENT = """
SELECT a.assigned_at AS at, a.order_id FROM partners_assignment a
 CROSS JOIN LATERAL (
       SELECT p.brand_id, p.state FROM vault_parcel p
        WHERE p.order_id = a.order_id AND p.parcel_no = a.parcel_no LIMIT 1) p
 CROSS JOIN LATERAL (
       SELECT o.erased_at FROM vault_order o WHERE o.order_id = a.order_id LIMIT 1) o
 WHERE a.partner_id = %(partner)s AND a.hop = %(hop)s
   AND p.brand_id = %(brand)s AND p.state = ANY(%(states)s) AND o.erased_at IS NULL {after}
   AND NOT EXISTS (
       SELECT 1 FROM vault_parcel q
        CROSS JOIN LATERAL (
              SELECT s.assigned_at, s.partner_id FROM partners_assignment s
               WHERE s.order_id = q.order_id AND s.parcel_no = q.parcel_no
                 AND s.hop = %(hop)s LIMIT 1) later
        WHERE q.order_id = a.order_id AND q.state = ANY(%(states)s)
          AND later.partner_id = %(partner)s
          AND (later.assigned_at, q.parcel_no) > (a.assigned_at, a.parcel_no))
 ORDER BY a.assigned_at DESC, a.order_id DESC LIMIT %(limit)s
"""
_FEW_BY_ASSIGNMENT = """
WITH few AS MATERIALIZED (
     SELECT p.order_id, p.parcel_no FROM vault_parcel p
      WHERE p.brand_id = %(brand)s AND p.state = ANY(%(states)s)
), mine AS MATERIALIZED (
     SELECT few.order_id, max(s.assigned_at) AS assigned_at FROM few
      CROSS JOIN LATERAL (
            SELECT s.assigned_at, s.partner_id FROM partners_assignment s
             WHERE s.order_id = few.order_id AND s.parcel_no = few.parcel_no
               AND s.hop = %(hop)s LIMIT 1) s
      WHERE s.partner_id = %(partner)s
      GROUP BY few.order_id
)
SELECT a.assigned_at AS at, a.order_id FROM mine a
 CROSS JOIN LATERAL (
       SELECT o.erased_at FROM vault_order o WHERE o.order_id = a.order_id LIMIT 1) o
 WHERE o.erased_at IS NULL {after}
 ORDER BY a.assigned_at DESC, a.order_id DESC LIMIT %(limit)s
"""
_HOW_MANY = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM vault_parcel
         WHERE brand_id = %(brand)s AND state = ANY(%(states)s) LIMIT %(most)s) in_states),
       (SELECT count(*) FROM (SELECT 1 FROM partners_assignment
         WHERE partner_id = %(partner)s AND hop = %(hop)s LIMIT %(most)s) assigned)
"""
_NO_SORTING = "SET LOCAL enable_sort = off"
"""Row by row until the page is full: whoever sorts reads the whole history first."""
_STATES = """
   AND EXISTS (SELECT 1 FROM vault_parcel p
                WHERE p.order_id = o.order_id AND p.state = ANY(%(states)s))"""
_WITHIN = """
SELECT DISTINCT p.order_id FROM vault_parcel p
  JOIN vault_order o ON o.order_id = p.order_id AND o.erased_at IS NULL
 WHERE p.order_id = ANY(%(orders)s) AND p.brand_id = %(brand)s AND p.state = ANY(%(states)s)
{assigned}
"""
_ASSIGNED = """
   AND EXISTS (SELECT 1 FROM partners_assignment a
                WHERE a.order_id = p.order_id AND a.parcel_no = p.parcel_no
                  AND a.hop = %(hop)s AND a.partner_id = %(partner)s)"""


def list_orders(
    actor: Actor, wanted: Wanted, after: Place | None, *, now: datetime
) -> Listed | Problem:
    """A page of what the actor may see, masked, on record before it was opened."""
    caller = caller_of(actor, "list")
    if isinstance(caller, Problem):
        return caller
    found = _places(caller, wanted, after, now)
    if isinstance(found, Problem):
        return found
    places = found[:PAGE]
    answers = views_of(caller, [place.order_id for place in places], now=now)
    if isinstance(answers, Problem):
        return answers
    return Listed(answers, places, places[-1] if len(found) > PAGE else None)


def views_of(caller: Caller, orders: Collection[bytes], *, now: datetime) -> list[Answer] | Problem:
    """Masked views of these orders, in their order; each says why if it can't be shown."""
    if not orders:
        return []
    law = laws.law_of(caller.brand_id)
    refs = partner_refs(law, law.partners[caller.partner_id]).make_many(list(orders))
    wanted = [(ref, order, None) for ref, order in zip(refs, orders, strict=True)]
    return disclose_many(caller, wanted, now=now)


def scope_of(caller: Caller, now: datetime) -> Scope | Problem:
    """What the caller's hop, window and reach leave; a Problem without standing."""
    law = laws.law_of(caller.brand_id)
    partner = law.partners[caller.partner_id]
    decision = law.decide(partner, caller.hop, enforced=True, today=now.date())
    if isinstance(decision, Problem):
        return decision
    grant = decision[0]
    only_theirs = caller.actor is not None and caller.actor.terms.assigned_only
    return Scope(grant.states, grant.reach == Reach.ASSIGNED or only_theirs)


def within(caller: Caller, scope: Scope, orders: Collection[bytes]) -> list[bytes]:
    """Those of the orders that are in the scope, in their order."""
    sql = _WITHIN.format(assigned=_ASSIGNED if scope.assigned else "")
    params = _params(caller, scope.states) | {"orders": list(orders)}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        inside = {bytes(row[0]) for row in cursor.fetchall()}
    return [order for order in orders if order in inside]


def _places(
    caller: Caller, wanted: Wanted, after: Place | None, now: datetime
) -> list[Place] | Problem:
    scope = scope_of(caller, now)
    if isinstance(scope, Problem):
        return scope
    states = scope.states & {wanted.state} if wanted.state else scope.states
    if not states:
        return []
    params = _params(caller, states) | {
        "state": wanted.state.value if wanted.state else None,
        "since": wanted.since,
        "until": wanted.until,
        "at": after.at if after else None,
        "order": after.order_id if after else None,
        "limit": PAGE + 1,
    }
    few = scope.assigned and _are_few(wanted, states, params)
    template, column = _which(wanted, assigned=scope.assigned, few=few)
    sql = template.format(
        after=_after(column, wanted, after),
        states="" if states == frozenset(ParcelState) else _STATES,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if template == _BY_ASSIGNMENT:
            cursor.execute(_NO_SORTING)
        cursor.execute(sql, params)
        return [Place(at, bytes(order)) for at, order in cursor.fetchall()]


def _are_few(wanted: Wanted, states: Collection[ParcelState], params: dict[str, Any]) -> bool:
    """Are the brand's parcels in these states fewer than the partner's of all times?"""
    if wanted.state is None and not ENDED.isdisjoint(states):
        return False  # nearly all that was ever assigned is in one of them
    with connection.cursor() as cursor:
        cursor.execute(_HOW_MANY, params | {"most": FEW + 1})
        in_states, assigned = cursor.fetchone()
    return bool(in_states <= min(assigned, FEW))


def _params(caller: Caller, states: Collection[ParcelState]) -> dict[str, Any]:
    return {
        "brand": caller.brand_id,
        "partner": caller.partner_id,
        "hop": caller.hop.value,
        "states": [state.value for state in states],
    }


def _which(wanted: Wanted, *, assigned: bool, few: bool) -> tuple[str, str]:
    """The list that an index answers, and the alias and column it is ordered by."""
    if assigned:
        return _FEW_BY_ASSIGNMENT if few else _BY_ASSIGNMENT, "a.assigned_at"
    if wanted.state is not None:
        return _BY_STATE, "p.changed_at"
    return _BY_ADMISSION, "o.admitted_at"


def _after(column: str, wanted: Wanted, after: Place | None) -> str:
    alias = column.partition(".")[0]
    parts = []
    if after is not None:
        parts.append(f"\n   AND ({column}, {alias}.order_id) < (%(at)s, %(order)s)")
    if wanted.since is not None:
        parts.append(f"\n   AND {column} >= %(since)s")
    if wanted.until is not None:
        parts.append(f"\n   AND {column} < %(until)s")
    return "".join(parts)
