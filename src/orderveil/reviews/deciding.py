"""Deciding an item: keep, narrow, remove; with a reason, on record, effective at once.

Rules kept here:
- nobody reviews themselves: another reviewer must, and if there is none, nobody does;
- who may change whom is asked as on the pages of people: only an owner changes an owner;
- what a decision changes is changed in its own transaction: the gate knows at the next ask;
- an item is decided once. Who thinks better of it changes the person or the credential.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from orderveil.core.actors import Actor, check_act
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import ROLES, Permission, holders
from orderveil.gate.reasons import checked_reason
from orderveil.gate.staffing import rules
from orderveil.ledger.acts import ActKind, by, record
from orderveil.partners import credentials, narrowing
from orderveil.people import memberships
from orderveil.people.models import Membership
from orderveil.reviews import less as lessening
from orderveil.reviews.campaigns import gone, locked
from orderveil.reviews.less import Less
from orderveil.reviews.models import Campaign, Item
from orderveil.reviews.outcomes import DECISIONS, Kind, Outcome


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided, and what is left if that is less."""

    outcome: Outcome
    reason: str
    less: Less | None = None
    """A person, narrowed."""
    daily_limit: int | None = None
    networks: tuple[str, ...] = ()
    expires_at: datetime | None = None


@transaction.atomic
def decide(actor: Actor, campaign_id: int, item_id: int, decision: Decision) -> Item:
    """Decide one item, and do it. Raises `RefusedError`."""
    check_act(actor, Permission.REVIEW_ACCESS)
    campaign = locked(actor.brand_id, campaign_id)
    item = Item.objects.filter(pk=item_id, campaign=campaign).first()
    if item is None:
        raise RefusedError(NO_ITEM)
    _check(actor, item, decision)
    reason = checked_reason(decision.reason)
    if decision.outcome != Outcome.KEEP:
        do = _person if item.kind == Kind.PERSON else _credential
        do(actor, item, decision, reason)
    _note(actor, campaign, item, decision.outcome, reason)
    return item


@transaction.atomic
def keep_used(actor: Actor, campaign_id: int, reason: str) -> int:
    """Keep whatever is proposed to be kept and was used in the 30 days before the opening.

    Not the reviewer's own, not what has ended since. How many; each is on record by itself.
    """
    check_act(actor, Permission.REVIEW_ACCESS)
    campaign = locked(actor.brand_id, campaign_id)
    reason = checked_reason(reason)
    found = keepable(actor, campaign)
    for item in found:
        _note(actor, campaign, item, Outcome.KEEP, reason)
    return len(found)


def keepable(actor: Actor, campaign: Campaign) -> list[Item]:
    """What `keep_used` would keep."""
    left = Item.objects.filter(campaign=campaign, outcome="", proposal=Outcome.KEEP)
    # Whoever is proposed to be kept although never used is new: looked at one by one.
    used = list(left.exclude(last_used_at=None).order_by("pk"))
    ended = gone(used)
    return [item for item in used if item.pk not in ended and item.person_id != actor.person_id]


def choices(actor: Actor, member: Membership) -> tuple[Outcome, ...]:
    """What this reviewer may decide about a person: an owner may be kept, else owners decide."""
    try:
        rules.refuse_unless(actor, member, None)
    except RefusedError:
        return (Outcome.KEEP,)
    return DECISIONS


def _check(actor: Actor, item: Item, decision: Decision) -> None:
    if decision.outcome not in DECISIONS:
        raise RefusedError(_NO_DECISION)
    if item.person_id == actor.person_id:
        raise RefusedError(OWN_ITEM)
    if item.outcome:
        raise RefusedError(_DECIDED)
    if gone([item]):
        raise RefusedError(GONE)


def _person(actor: Actor, item: Item, decision: Decision, reason: str) -> None:
    member = memberships.member(actor.brand_id, item.subject_id)
    rules.refuse_unless(actor, member, decision.less.role if decision.less else None)
    who = by(actor)
    if decision.outcome == Outcome.REMOVE:
        memberships.leave(member, now=actor.now, who=who, reason=reason)
    elif decision.less is None:
        raise RefusedError(_NO_DECISION)
    else:
        lessening.narrow(member, decision.less, now=actor.now, who=who, reason=reason)


def _credential(actor: Actor, item: Item, decision: Decision, reason: str) -> None:
    who = by(actor)
    if decision.outcome == Outcome.REMOVE:
        credentials.revoke(item.subject_id, now=actor.now, who=who)
        return
    narrowing.narrow(
        actor.brand_id,
        item.subject_id,
        now=actor.now,
        who=who,
        daily_limit=decision.daily_limit,
        networks=decision.networks,
        expires_at=decision.expires_at,
        reason=reason,
    )


def _note(actor: Actor, campaign: Campaign, item: Item, outcome: Outcome, reason: str) -> None:
    item.outcome, item.reason = outcome, reason
    item.decided_at, item.decided_by = actor.now, actor.person
    item.save(update_fields=["outcome", "reason", "decided_at", "decided_by"])
    record(
        actor.brand_id,
        ActKind.REVIEW_DECIDED,
        now=actor.now,
        who=by(actor),
        subject=item.tag,
        detail={
            "review": campaign.pk,
            "item": item.pk,
            "decision": str(outcome),
            "proposed": item.proposal,
            "reason": reason,
        },
    )


_REVIEWERS = ", ".join(ROLES[role].title for role in holders(Permission.REVIEW_ACCESS))
OWN_ITEM = Problem(
    code="own_item",
    detail="This is your own access: nobody reviews themselves.",
    remedy=f"Another reviewer decides it: {_REVIEWERS}.",
    rule="reviews: nobody reviews themselves",
    status=403,
)
NO_ITEM = Problem(
    code="no_such_item",
    detail="There is no such item in this review.",
    remedy="Go back to the review.",
    rule="reviews: what appeared after the opening is in the next one",
    status=404,
)
_DECIDED = Problem(
    code="decided_already",
    detail="This item is decided.",
    remedy="Change the person or the credential on their own page.",
    rule="reviews: an item is decided once",
    status=409,
)
GONE = Problem(
    code="gone_already",
    detail="This access has ended since the review was opened.",
    remedy="There is nothing to decide.",
    rule="reviews: what has ended is noted when the review is closed",
    status=409,
)
_NO_DECISION = Problem(
    code="decision_needed",
    detail="That is no decision.",
    remedy="Keep, narrow (and say to what), or remove.",
    rule="reviews: every item is kept, narrowed or removed, with a reason",
)
