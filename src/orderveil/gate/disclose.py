"""Disclosing: decide -> record -> open -> apply forms. No record, no data.

Rules kept here:
- the entry is durable before anything is opened; whatever fails afterwards, we over-report and
  never under-report;
- the law may change between the decision and the record: then the statement answers nothing,
  the law is read again and the decision made again, a bounded number of times;
- a refusal says why: unknown ref, closed window, not assigned, erased, no standing, budget.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orderveil.core.decision import Grant
from orderveil.core.errors import Problem
from orderveil.core.merkle import leaf_hash
from orderveil.gate import law as laws
from orderveil.gate import refusals
from orderveil.gate.asking import (
    Caller,
    asker,
    counted,
    decide_for,
    partner_refs,
    show,
    spend,
    would,
)
from orderveil.gate.compose import Plan, View
from orderveil.gate.law import Law
from orderveil.gate.narrowing import Narrow
from orderveil.gate.statement import Entry, statement
from orderveil.gate.wire import Row
from orderveil.ledger.entries import (
    DisclosureEntry,
    DisclosureKind,
    PolicyRef,
    encode,
    new_id,
    new_salt,
)

MOST_TRIES = 10


@dataclass(frozen=True, slots=True)
class Recorded:
    """A disclosure that is on record, and what the statement returned for it."""

    law: Law
    grant: Grant
    plan: Plan
    row: Row
    entry_id: UUID


def disclose(
    caller: Caller, order_id: bytes, parcel_no: int | None, *, now: datetime
) -> View | Problem:
    """The caller's view of one order, recorded before it was opened; or why not."""
    problem = spend(caller, 1, now)
    if problem is not None:
        return problem
    done = put_on_record(caller, order_id, parcel_no, now=now)
    return done if isinstance(done, Problem) else view_of(caller, done, now)


def put_on_record(
    caller: Caller,
    order_id: bytes,
    parcel_no: int | None,
    *,
    now: datetime,
    kind: DisclosureKind = DisclosureKind.DISCLOSURE,
    narrow: Narrow | None = None,
) -> Recorded | Problem:
    """Decide and record; nothing is opened yet. `narrow` makes of a Grant what is asked of it."""
    done = _put_on_record(caller, order_id, parcel_no, now, kind, narrow)
    if isinstance(done, Problem):
        counted(caller.actor, done, now)
    return done


def _put_on_record(
    caller: Caller,
    order_id: bytes,
    parcel_no: int | None,
    now: datetime,
    kind: DisclosureKind,
    narrow: Narrow | None,
) -> Recorded | Problem:
    law = laws.law_of(caller.brand_id)
    for _ in range(MOST_TRIES):
        decision = decide_for(law, caller, order_id, now, narrow)
        if isinstance(decision, Problem):
            # No statement follows that would notice a law that has since become kinder.
            fresh = laws.current(law)
            if fresh is law:
                return decision
            law = fresh
            continue
        grant, plan = decision
        entry = _entry(law, caller, grant, order_id, parcel_no, now, kind)
        row = statement.disclose(
            asker(law, caller), grant, plan.compartments, order_id, parcel_no, entry
        )
        if row is not None:
            return Recorded(law, grant, plan, row, entry.entry_id)
        fresh = laws.reload(caller.brand_id)
        if fresh.rev == law.rev:
            reason = refusals.why_not(
                caller.brand_id, caller.partner_id, grant, order_id, parcel_no
            )
            if reason is not None:
                return reason
        law = fresh
    return refusals.BUSY


def _entry(
    law: Law,
    caller: Caller,
    grant: Grant,
    order_id: bytes,
    parcel_no: int | None,
    now: datetime,
    kind: DisclosureKind,
) -> Entry:
    """A single disclosure's ledger entry."""
    number = new_id(now)
    raw = encode(
        DisclosureEntry(
            kind=kind,
            id=number,
            log=law.brand_id,
            at=now,
            hop=grant.hop,
            partner=caller.partner_id,
            credential=caller.credential_id,
            person=caller.person,
            device=caller.device_id,
            order=order_id.hex(),
            parcels=(parcel_no,) if parcel_no else (),
            forms=dict(grant.forms),
            would=would(grant),
            purpose=grant.purpose,
            reason=caller.reason,
            policy=PolicyRef(grant.policy_version, grant.policy),
            law_rev=law.rev,
            salt=new_salt(),
        )
    )
    return Entry(number, now, raw, leaf_hash(raw), kind)


def view_of(caller: Caller, done: Recorded, now: datetime) -> View:
    """Open what was recorded, and show it in the forms of its grant."""
    law = done.law
    refs = partner_refs(law, law.partners[caller.partner_id])
    made = [refs.make(done.row[0])]
    return show(law, caller, done.grant, done.plan, [done.row], made, done.entry_id, now)[0]
