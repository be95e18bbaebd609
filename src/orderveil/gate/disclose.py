"""Disclosing: decide -> record -> open -> apply forms. No record, no data.

Rules kept here:
- the entry is durable before anything is opened; whatever fails afterwards, we over-report and
  never under-report;
- the law may change between the decision and the record: then the statement answers nothing,
  the law is read again and the decision made again, a bounded number of times;
- a refusal says why: unknown ref, closed window, not assigned, erased, no standing, budget.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec

from orderveil.core.decision import Grant, enforced_for
from orderveil.core.errors import OrderveilError, Problem
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.merkle import leaf_hash
from orderveil.core.refs import RefKey
from orderveil.gate import law as laws
from orderveil.gate import refusals
from orderveil.gate.compose import Plan, Recipient, View, compose
from orderveil.gate.keys import brand_keys, ref_key
from orderveil.gate.law import Law
from orderveil.gate.opening import open_row
from orderveil.gate.statement import ANY_PARCEL, Asker, Entry, statement
from orderveil.gate.wire import Row
from orderveil.ledger.entries import (
    BulkEntry,
    DisclosureEntry,
    DisclosureKind,
    PolicyRef,
    encode,
    new_id,
    new_salt,
)
from orderveil.ledger.rows import make_rows
from orderveil.partners.budgets import Budgets
from orderveil.partners.credentials import UNAUTHORISED
from orderveil.partners.models import Credential, Partner

MOST_ORDERS = 1_000
MOST_TRIES = 10

budgets = Budgets()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which hop, and why. Made anew for each request."""

    brand_id: int
    partner_id: int
    hop: Hop
    credential: Credential | None = None
    person: str | None = None
    reason: str | None = None

    @property
    def credential_id(self) -> int | None:
        """The credential it asked with; None for a person at this machine."""
        return self.credential.id if self.credential else None


def partner_refs(law: Law, partner: Partner) -> RefKey:
    """What makes and opens this partner's refs."""
    return ref_key(law.brand_id, partner.pk, partner.ref_generation)


def open_ref(caller: Caller, ref: str) -> tuple[bytes, int | None] | None:
    """(order id, parcel number or None) behind a ref of the caller's; None if it is none."""
    law = laws.law_of(caller.brand_id)
    return partner_refs(law, law.partners[caller.partner_id]).open(ref)


def _spend(caller: Caller, orders: int, now: datetime) -> Problem | None:
    if caller.credential is None:
        return None
    return budgets.spend(caller.credential.id, caller.credential.daily_limit, orders, now)


def _in_force(law: Law, caller: Caller, now: datetime) -> bool:
    """A credential revoked since the request began is out at the next decision."""
    if caller.credential is None:
        return True
    known = law.credentials.get(caller.credential.id)
    return (
        known is not None
        and known.revoked_at is None
        and (known.expires_at is None or now < known.expires_at)
    )


def disclose(
    caller: Caller, order_id: bytes, parcel_no: int | None, *, now: datetime
) -> View | Problem:
    """The caller's view of one order, recorded before it was opened; or why not."""
    problem = _spend(caller, 1, now)
    if problem is not None:
        return problem
    law = laws.law_of(caller.brand_id)
    for _ in range(MOST_TRIES):
        decision = _decide(law, caller, order_id, now)
        if isinstance(decision, Problem):
            # No statement follows that would notice a law that has since become kinder.
            fresh = laws.current(law)
            if fresh is law:
                return decision
            law = fresh
            continue
        grant, plan = decision
        entry = _entry(law, caller, grant, order_id, parcel_no, now)
        row = statement.disclose(
            _asker(law, caller), grant, plan.compartments, order_id, parcel_no, entry
        )
        if row is not None:
            return _view(law, caller, grant, plan, row, entry.entry_id)
        fresh = laws.reload(caller.brand_id)
        if fresh.rev == law.rev:
            reason = refusals.why_not(
                caller.brand_id, caller.partner_id, grant, order_id, parcel_no
            )
            if reason is not None:
                return reason
        law = fresh
    return refusals.BUSY


def _decide(
    law: Law, caller: Caller, order_id: bytes, now: datetime
) -> tuple[Grant, Plan] | Problem:
    if not _in_force(law, caller, now):
        return UNAUTHORISED
    partner = law.partners.get(caller.partner_id)
    if partner is None:  # a later law may know it
        return UNAUTHORISED
    enforced = enforced_for(law.standing(partner, now.date()), order_id)
    return law.decide(partner, caller.hop, enforced=enforced, today=now.date())


def _asker(law: Law, caller: Caller) -> Asker:
    return Asker(law.brand_id, law.rev, caller.partner_id, caller.credential_id)


def _would(grant: Grant) -> dict[Field, Form] | None:
    return dict(grant.would_withhold) or None


def _entry(
    law: Law,
    caller: Caller,
    grant: Grant,
    order_id: bytes,
    parcel_no: int | None,
    now: datetime,
) -> Entry:
    """A single disclosure's ledger entry."""
    number = new_id(now)
    raw = encode(
        DisclosureEntry(
            kind=DisclosureKind.DISCLOSURE,
            id=number,
            log=law.brand_id,
            at=now,
            hop=grant.hop,
            partner=caller.partner_id,
            credential=caller.credential_id,
            person=caller.person,
            order=order_id.hex(),
            parcels=(parcel_no,) if parcel_no else (),
            forms=dict(grant.forms),
            would=_would(grant),
            purpose=grant.purpose,
            reason=caller.reason,
            policy=PolicyRef(grant.policy_version, grant.policy),
            law_rev=law.rev,
            salt=new_salt(),
        )
    )
    return Entry(number, now, raw, leaf_hash(raw))


def _view(law: Law, caller: Caller, grant: Grant, plan: Plan, row: Row, entry_id: UUID) -> View:
    refs = partner_refs(law, law.partners[caller.partner_id])
    return _views(law, caller, grant, plan, [row], [refs.make(row[0])], entry_id)[0]


def _views(
    law: Law,
    caller: Caller,
    grant: Grant,
    plan: Plan,
    rows: Sequence[Row],
    refs: Sequence[str],
    entry_id: UUID,
) -> list[View]:
    """Open and compose what the statement returned."""
    to = Recipient(caller.partner_id, brand_keys(law.brand_id).hashes)
    make = partial(
        View,
        hop=grant.hop,
        purpose=grant.purpose,
        policy=grant.policy,
        disclosure=str(entry_id),
        forms=plan.forms,
        withheld=plan.withheld,
    )
    views = []
    for row, ref in zip(rows, refs, strict=True):
        fields, parcels = compose(plan, open_row(law.brand_id, row, plan.compartments), to, ref)
        views.append(make(ref=ref, fields=fields, parcels=parcels))
    return views


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a bulk ask says of one order: its view, or why not."""

    ref: str
    view: View | None = None
    problem: Problem | None = None


Wanted = tuple[str, bytes, int | None]
"""(the ref as it was asked, order id, parcel number or None)"""


def disclose_many(
    caller: Caller, wanted: Sequence[Wanted], *, now: datetime
) -> list[Answer] | Problem:
    """Up to 1,000 views, each recorded; an order that can't be shown says why, the rest is shown.

    One ledger leaf for all that were decided alike, committing to a row per order.
    """
    if len(wanted) > MOST_ORDERS:
        return refusals.TOO_MANY
    problem = _spend(caller, len(wanted), now)
    if problem is not None:
        return problem
    law = laws.current(laws.law_of(caller.brand_id))
    answers: dict[int, Answer] = {}
    left = list(enumerate(wanted))
    for _ in range(MOST_TRIES):
        again: list[tuple[int, Wanted]] = []
        for group in _alike(law, caller, left, now):
            done = _disclose_alike(law, caller, group, now=now)
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
    law: Law, caller: Caller, group: list[tuple[int, Wanted]], *, now: datetime
) -> dict[int, Answer] | Problem | None:
    """Orders that are decided alike. A Problem is the caller's own; None: the law has changed."""
    decision = _decide(law, caller, group[0][1][1], now)
    if isinstance(decision, Problem):
        return decision
    grant, plan = decision
    views = _record_and_open(law, caller, grant, plan, group, now)
    if views is not None:
        return _answers(caller, grant, group, group, views)
    # Not all of them could be shown: find out which, and ask for those alone.
    asker = _asker(law, caller)
    parcel_nos = [ask[2] or ANY_PARCEL for _, ask in group]
    shown = statement.eligible(asker, grant, [ask[1] for _, ask in group], parcel_nos)
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
            rows=len(orders),
            rows_root=rows.root,
            forms=dict(grant.forms),
            would=_would(grant),
            purpose=grant.purpose,
            reason=caller.reason,
            policy=PolicyRef(grant.policy_version, grant.policy),
            law_rev=law.rev,
            salt=new_salt(),
        )
    )
    entry = Entry(number, now, raw, leaf_hash(raw))
    found = statement.disclose_many(
        _asker(law, caller),
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
    return _views(law, caller, grant, plan, [row[3:] for row in found], refs, number)


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
