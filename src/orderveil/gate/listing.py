"""Lists of orders for people: ids page by page, then their masked views, as one disclosure.

Rules kept here:
- keyset pagination: the last row's place, never an offset, never a count over all;
- each list is read in the order of one index: by admission, by a parcel's state, by assignment;
- what a role may not see is not listed: other states than its window's, other partners' parcels.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem
from orderveil.core.hops import Reach
from orderveil.core.states import ParcelState
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller, partner_refs
from orderveil.gate.bulk import Answer, disclose_many
from orderveil.gate.desk import caller_of

PAGE = 50


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


_BY_ADMISSION = """
SELECT o.admitted_at AS at, o.order_id FROM vault_order o
 WHERE o.brand_id = %(brand)s AND o.erased_at IS NULL {after}{states}
 ORDER BY o.admitted_at DESC, o.order_id DESC LIMIT %(limit)s
"""
_BY_STATE = """
SELECT p.changed_at AS at, p.order_id FROM vault_parcel p
  JOIN vault_order o ON o.order_id = p.order_id AND o.erased_at IS NULL
 WHERE p.brand_id = %(brand)s AND p.state = %(state)s {after}
 ORDER BY p.changed_at DESC, p.order_id DESC LIMIT %(limit)s
"""
_BY_ASSIGNMENT = """
SELECT a.assigned_at AS at, a.order_id FROM partners_assignment a
  JOIN vault_parcel p ON p.order_id = a.order_id AND p.parcel_no = a.parcel_no
  JOIN vault_order o ON o.order_id = a.order_id AND o.erased_at IS NULL
 WHERE a.partner_id = %(partner)s AND a.hop = %(hop)s AND p.brand_id = %(brand)s
   AND p.state = ANY(%(states)s) {after}
 ORDER BY a.assigned_at DESC, a.order_id DESC LIMIT %(limit)s
"""
_STATES = """
   AND EXISTS (SELECT 1 FROM vault_parcel p
                WHERE p.order_id = o.order_id AND p.state = ANY(%(states)s))"""


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
    places = _once(found[:PAGE])
    answers = views_of(caller, [place.order_id for place in places], now=now)
    if isinstance(answers, Problem):
        return answers
    return Listed(answers, places, found[PAGE - 1] if len(found) > PAGE else None)


def views_of(caller: Caller, orders: Collection[bytes], *, now: datetime) -> list[Answer] | Problem:
    """Masked views of these orders, in their order; each says why if it can't be shown."""
    if not orders:
        return []
    law = laws.law_of(caller.brand_id)
    refs = partner_refs(law, law.partners[caller.partner_id]).make_many(list(orders))
    wanted = [(ref, order, None) for ref, order in zip(refs, orders, strict=True)]
    return disclose_many(caller, wanted, now=now)


def _places(
    caller: Caller, wanted: Wanted, after: Place | None, now: datetime
) -> list[Place] | Problem:
    law = laws.law_of(caller.brand_id)
    partner = law.partners[caller.partner_id]
    decision = law.decide(partner, caller.hop, enforced=True, today=now.date())
    if isinstance(decision, Problem):
        return decision
    grant = decision[0]
    states = grant.states & {wanted.state} if wanted.state else grant.states
    if not states:
        return []
    assigned = grant.reach == Reach.ASSIGNED or (
        caller.actor is not None and caller.actor.terms.assigned_only
    )
    template, column = _which(wanted, assigned=assigned)
    sql = template.format(
        after=_after(column, wanted, after),
        states="" if states == frozenset(ParcelState) else _STATES,
    )
    params: dict[str, Any] = {
        "brand": caller.brand_id,
        "partner": caller.partner_id,
        "hop": caller.hop.value,
        "state": wanted.state.value if wanted.state else None,
        "states": [state.value for state in states],
        "since": wanted.since,
        "until": wanted.until,
        "at": after.at if after else None,
        "order": after.order_id if after else None,
        "limit": PAGE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Place(at, bytes(order)) for at, order in cursor.fetchall()]


def _which(wanted: Wanted, *, assigned: bool) -> tuple[str, str]:
    """The list that an index answers, and the alias and column it is ordered by."""
    if assigned:
        return _BY_ASSIGNMENT, "a.assigned_at"
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


def _once(places: list[Place]) -> list[Place]:
    """An order with several parcels is one row."""
    return list({place.order_id: place for place in reversed(places)}.values())[::-1]
