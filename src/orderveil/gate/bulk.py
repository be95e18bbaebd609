"""Disclosing up to 1,000 orders at once: one ledger leaf that commits to a row per order.

Rules kept here:
- an order that can't be shown says why, the rest is shown;
- orders that are decided alike go into one statement, which shows all of them or none; when it
  shows none, it is found out which can be shown, and those alone are asked for.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from orderveil.core.decision import Grant, enforced_for
from orderveil.core.errors import OrderveilError, Problem
from orderveil.core.merkle import leaf_hash
from orderveil.gate import law as laws
from orderveil.gate import refusals
from orderveil.gate.asking import Caller, asker, decide_for, partner_refs, show, spend, would
from orderveil.gate.compose import Plan, View
from orderveil.gate.disclose import MOST_TRIES
from orderveil.gate.law import Law
from orderveil.gate.narrowing import Narrow
from orderveil.gate.statement import ANY_PARCEL, Entry, statement
from orderveil.ledger.entries import (
    BulkEntry,
    PolicyRef,
    encode,
    new_id,
    new_salt,
)
from orderveil.ledger.rows import make_rows

MOST_ORDERS = 1_000


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a bulk ask says of one order: its view, or why not."""

    ref: str
    view: View | None = None
    problem: Problem | None = None


Wanted = tuple[str, bytes, int | None]
"""(the ref as it was asked, order id, parcel number or None)"""


def disclose_many(
    caller: Caller, wanted: Sequence[Wanted], *, now: datetime, narrow: Narrow | None = None
) -> list[Answer] | Problem:
    """Up to 1,000 views, each recorded; an order that can't be shown says why, the rest is shown.

    One ledger leaf for all that were decided alike, committing to a row per order. `narrow` makes
    of a Grant what is asked of it.
    """
    if len(wanted) > MOST_ORDERS:
        return refusals.TOO_MANY
    problem = spend(caller, len(wanted), now)
    if problem is not None:
        return problem
    law = laws.current(laws.law_of(caller.brand_id))
    answers: dict[int, Answer] = {}
    left = list(enumerate(wanted))
    for _ in range(MOST_TRIES):
        again: list[tuple[int, Wanted]] = []
        for group in _alike(law, caller, left, now):
            done = _disclose_alike(law, caller, group, narrow, now=now)
            if isinstance(done, Problem):
                return done
            if done is None:
                again += group
            else:
                answers |= done
        left = again
        if not left:
            break
        law = laws.reload(caller.brand_id)
    answers |= {at: Answer(ask[0], problem=refusals.BUSY) for at, ask in left}
    return [answers[at] for at in range(len(wanted))]


def _alike(
    law: Law, caller: Caller, asked: list[tuple[int, Wanted]], now: datetime
) -> list[list[tuple[int, Wanted]]]:
    """The orders for which this Law's policy holds, and those for which `today` does."""
    standing = law.standing(law.partners[caller.partner_id], now.date())
    groups: dict[bool, list[tuple[int, Wanted]]] = {True: [], False: []}
    for each in asked:
        groups[enforced_for(standing, each[1][1])].append(each)
    return [group for group in groups.values() if group]


def _disclose_alike(
    law: Law,
    caller: Caller,
    group: list[tuple[int, Wanted]],
    narrow: Narrow | None,
    *,
    now: datetime,
) -> dict[int, Answer] | Problem | None:
    """Orders that are decided alike. A Problem is the caller's own; None: the law has changed."""
    decision = decide_for(law, caller, group[0][1][1], now, narrow)
    if isinstance(decision, Problem):
        return decision
    grant, plan = decision
    views = _record_and_open(law, caller, grant, plan, group, now)
    if views is not None:
        return _answers(caller, grant, group, group, views)
    # Not all of them could be shown: find out which, and ask for those alone.
    me = asker(law, caller)
    parcel_nos = [ask[2] or ANY_PARCEL for _, ask in group]
    shown = statement.eligible(me, grant, [ask[1] for _, ask in group], parcel_nos)
    able = [group[position] for position in shown]
    views = _record_and_open(law, caller, grant, plan, able, now) if able else []
    return None if views is None else _answers(caller, grant, group, able, views)


def _record_and_open(
    law: Law,
    caller: Caller,
    grant: Grant,
    plan: Plan,
    able: list[tuple[int, Wanted]],
    now: datetime,
) -> list[View] | None:
    """None if a condition no longer held for one of them: nothing was recorded."""
    orders = [ask[1] for _, ask in able]
    parcel_nos = [ask[2] or ANY_PARCEL for _, ask in able]
    rows = make_rows(list(zip(orders, parcel_nos, strict=True)))
    number = new_id(now)
    raw = encode(
        BulkEntry(
            id=number,
            log=law.brand_id,
            at=now,
            hop=grant.hop,
            partner=caller.partner_id,
            credential=caller.credential_id,
            person=caller.person,
            device=caller.device_id,
            rows=len(orders),
            rows_root=rows.root,
            forms=dict(grant.forms),
            would=would(grant),
            purpose=grant.purpose,
            reason=caller.reason,
            policy=PolicyRef(grant.policy_version, grant.policy),
            law_rev=law.rev,
            salt=new_salt(),
        )
    )
    entry = Entry(number, now, raw, leaf_hash(raw))
    found = statement.disclose_many(
        asker(law, caller),
        grant,
        plan.compartments,
        orders,
        parcel_nos,
        [row.salt for row in rows.rows],
        entry,
    )
    if not found:
        return None
    if len(found) != len(orders):
        msg = "The statement answered for other orders than it recorded."
        raise OrderveilError(msg, remedy="Report this: nothing was shown.")
    refs = partner_refs(law, law.partners[caller.partner_id]).make_many(orders)
    # The first three columns are the row's own: position, salt, parcel number.
    return show(law, caller, grant, plan, [row[3:] for row in found], refs, number, now)


def _answers(
    caller: Caller,
    grant: Grant,
    group: list[tuple[int, Wanted]],
    able: list[tuple[int, Wanted]],
    views: list[View],
) -> dict[int, Answer]:
    answers = {at: Answer(ask[0], view=view) for (at, ask), view in zip(able, views, strict=True)}
    for at, (ref, order_id, parcel_no) in group:
        if at not in answers:
            reason = refusals.why_not(
                caller.brand_id, caller.partner_id, grant, order_id, parcel_no
            )
            answers[at] = Answer(ref, problem=reason or refusals.BUSY)
    return answers
