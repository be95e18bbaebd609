"""Views for labels: as the policy's label row says, in the layout of each parcel's courier.

The layout is decided by who handles the parcel when it is asked for: the ledger's entry says in
which forms it was shown. A policy that changes meanwhile is asked again, not half obeyed.
For a parcel that has no waybill yet nothing is disclosed: it gets no label.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec

from orderveil.core.decision import Grant
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.layouts import PRIVACY_FORMS, Layout
from orderveil.gate import law as laws
from orderveil.gate import parcels, refusals, tokens
from orderveil.gate.asking import Caller
from orderveil.gate.bulk import Answer, Wanted, disclose_many
from orderveil.gate.compose import Plan, plan_for
from orderveil.gate.law import Law
from orderveil.gate.narrowing import Narrow, tightened
from orderveil.gate.parcels import FIRST_PARCEL
from orderveil.partners import assignments


class Labelled(msgspec.Struct, frozen=True):
    """One parcel for its label: the view or why not, the layout, and the token of its code."""

    answer: Answer
    layout: Layout
    token: str


def disclose_labels(
    caller: Caller, wanted: Sequence[Wanted], *, now: datetime
) -> list[Labelled] | Problem:
    """Up to 1,000 parcels, each disclosed in its layout's forms, in their order."""
    law = laws.current(laws.law_of(caller.brand_id))
    places = [(order_id, parcel_no or FIRST_PARCEL) for _, order_id, parcel_no in wanted]
    layouts = _layouts(law, places)
    waiting = parcels.unbooked(caller.brand_id, places)
    answers = {
        at: Answer(each[0], problem=NO_WAYBILL)
        for at, each in enumerate(wanted)
        if places[at] in waiting
    }
    left = [at for at in range(len(wanted)) if at not in answers]
    for layout, ours in _by_layout(layouts, left).items():
        narrow = _narrowing(law, layout)
        some = [wanted[at] for at in ours]
        shown = disclose_many(caller, some, now=now, narrow=narrow)
        if isinstance(shown, Problem):
            return shown
        answers.update(zip(ours, shown, strict=True))
    made = tokens.make_many(caller.brand_id, places)
    return [Labelled(answers[at], layout, made[at]) for at, layout in enumerate(layouts)]


def _narrowing(law: Law, layout: Layout) -> Narrow:
    """The Grant in this layout, if it is one of the policy that the layout was read in."""

    def narrow(grant: Grant) -> tuple[Grant, Plan] | Problem:
        if grant.policy_version != law.policies.version_id:
            return refusals.BUSY
        return private(grant) if layout == Layout.PRIVACY else (grant, plan_for(grant))

    return narrow


def private(grant: Grant) -> tuple[Grant, Plan]:
    """The Grant of a privacy waybill: what the policy shows, and no more than the layout does."""
    narrowed = tightened(grant, PRIVACY_FORMS)
    return narrowed, plan_for(narrowed)


def _layouts(law: Law, places: Sequence[tuple[bytes, int]]) -> list[Layout]:
    labels = law.policies.table.labels
    handlers = assignments.assignees(places, Hop.COURIER)
    found = (law.partners.get(handlers.get(place, 0)) for place in places)
    return [labels.layout_for(partner.slug if partner else None) for partner in found]


def _by_layout(layouts: Sequence[Layout], left: Sequence[int]) -> dict[Layout, list[int]]:
    places: dict[Layout, list[int]] = defaultdict(list)
    for at in left:
        places[layouts[at]].append(at)
    return places


NO_WAYBILL = Problem(
    code="label_without_waybill",
    detail="No courier has taken this parcel on yet: it has no carrier and waybill number.",
    remedy="Book the parcel with its courier, then print again.",
    rule="label: a label is for a parcel that a courier has taken on",
    status=409,
)
