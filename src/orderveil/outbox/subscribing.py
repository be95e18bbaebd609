"""Subscribing a partner's system, changing its secret, ending it: each an act, with who did it."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.ledger.acts import ActKind, Detail, Who, record
from orderveil.outbox import subscriptions
from orderveil.outbox.events import EventKind
from orderveil.outbox.subscriptions import OVERLAP, Subscription
from orderveil.partners import approvals
from orderveil.partners.approvals import Subscribe
from orderveil.partners.choice import must_run
from orderveil.partners.models import Approval, Partner


@transaction.atomic
def add(
    partner: Partner,
    hop: Hop,
    url: str,
    kinds: Collection[EventKind],
    *,
    now: datetime,
    who: Who,
) -> tuple[Subscription, str]:
    """A new subscription, and its secret: shown this once. Raises `RefusedError`."""
    must_run(partner, hop)
    made = subscriptions.subscribe(partner.brand_id, partner.pk, hop, url, kinds, now=now)
    if isinstance(made, Problem):
        raise RefusedError(made)
    detail: Detail = {
        "partner": partner.pk,
        "hop": hop,
        "kinds": ",".join(sorted({str(kind) for kind in kinds})),
        # A URL may hold a token of the receiver's: the record gets a digest, which proves it.
        "url_digest": hashlib.sha256(url.encode()).hexdigest(),
    }
    number = made[0].subscription_id
    _record(partner.brand_id, ActKind.SUBSCRIPTION_ADDED, number, now, who, detail)
    return made


def ask(
    actor: Actor, partner: Partner, hop: Hop, url: str, kinds: Collection[EventKind]
) -> Approval:
    """The request for such a subscription, for a second person. Raises `RefusedError`."""
    must_run(partner, hop)
    problem = subscriptions.check(url, kinds)
    if problem is not None:
        raise RefusedError(problem)
    told = tuple(sorted({str(kind) for kind in kinds}))
    return approvals.ask(actor, Subscribe(partner.pk, hop, url, told))


@transaction.atomic
def rotate(
    brand_id: int, number: int, *, now: datetime, who: Who, overlap: timedelta = OVERLAP
) -> str:
    """The new secret, shown this once. Raises `RefusedError`."""
    secret = subscriptions.rotate_secret(brand_id, number, now, overlap=overlap)
    if isinstance(secret, Problem):
        raise RefusedError(secret)
    detail: Detail = {"overlap_seconds": int(overlap.total_seconds())}
    _record(brand_id, ActKind.SUBSCRIPTION_ROTATED, number, now, who, detail)
    return secret


@transaction.atomic
def end(brand_id: int, number: int, *, now: datetime, who: Who) -> bool:
    """Revoke a subscription; False if the brand has none alive by that number."""
    if subscriptions.revoke(brand_id, number, now) is not None:
        return False
    _record(brand_id, ActKind.SUBSCRIPTION_REVOKED, number, now, who, None)
    return True


def _record(
    brand_id: int, kind: ActKind, number: int, now: datetime, who: Who, detail: Detail | None
) -> None:
    subject = f"subscription:{number}"
    record(brand_id, kind, now=now, who=who, subject=subject, detail=detail)
