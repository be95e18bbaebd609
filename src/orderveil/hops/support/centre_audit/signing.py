"""Signing a centre's month off: an act that holds the pack's digest and what was found.

Rules kept here:
- only a month that is over and settled is signed, with its sample drawn;
- what is signed is what was looked at: the digest on the page must still be the pack's;
- findings have a reason, scanned like every reason; a month may be signed again.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from orderveil.core.actors import Actor, check_act
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Permission
from orderveil.gate.reasons import checked_reason
from orderveil.hops.support.centre_audit import centres
from orderveil.hops.support.centre_audit.months import Month
from orderveil.hops.support.centre_audit.pack import digest
from orderveil.ledger import doings
from orderveil.ledger.acts import ActKind, by, record
from orderveil.partners.models import Partner


class Verdict(StrEnum):
    """What the one who signs says."""

    ACCEPTED = "accepted"
    WITH_FINDINGS = "with_findings"


class Signature(NamedTuple):
    """A sign-off that is on record."""

    entry_id: UUID
    at: datetime
    person: str
    month: str
    outcome: str
    reason: str
    digest: str


def sign(
    actor: Actor, partner: Partner, month: Month, seen: str, outcome: Verdict, reason: str
) -> UUID:
    """Record the sign-off of the pack with digest `seen`; its entry. Raises `RefusedError`."""
    check_act(actor, Permission.SIGN_CENTRES)
    if outcome == Verdict.WITH_FINDINGS or reason.strip():
        reason = checked_reason(reason)
    pack = centres.make(partner, month, now=actor.now)
    if not pack.is_over or pack.tree is None:
        raise RefusedError(_NOT_OVER)
    if seen != digest(pack):
        raise RefusedError(_CHANGED)
    with transaction.atomic():
        return record(
            actor.brand_id,
            ActKind.CENTRE_SIGNED,
            now=actor.now,
            who=by(actor),
            subject=f"partner:{partner.pk}",
            detail={
                "month": str(month),
                "partner": partner.pk,
                "digest": digest(pack),
                "outcome": str(outcome),
                "reason": reason.strip(),
            },
        )


def signatures(partner: Partner, month: Month | None = None) -> list[Signature]:
    """The sign-offs of a centre, of one month or of all, oldest first."""
    subject = f"partner:{partner.pk}"
    acts = doings.acts_about(partner.brand_id, subject, ActKind.CENTRE_SIGNED)
    found = [
        Signature(
            entry_id,
            act.at,
            act.who.person or "",
            str(act.detail.get("month")),
            str(act.detail.get("outcome")),
            str(act.detail.get("reason")),
            str(act.detail.get("digest")),
        )
        for entry_id, act in acts
    ]
    return [one for one in found if month is None or one.month == str(month)]


_NOT_OVER = Problem(
    code="month_not_over",
    detail="This month is not settled: it runs still, or its end is in no checkpoint yet.",
    remedy="Sign it an hour after its end (UTC), when the sample is drawn.",
    rule="centres: a month is signed when nothing can be added to it",
    status=409,
)
_CHANGED = Problem(
    code="pack_changed",
    detail="The pack is not the one you looked at any more.",
    remedy="Look at it again, and sign what you see.",
    rule="centres: what is signed is what was looked at",
    status=409,
)
