"""A partner that leaves: suspended, its credentials revoked, its subscriptions ended, as one."""

from datetime import datetime

import msgspec
from django.db import transaction

from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox import subscriptions
from orderveil.partners import credentials, registry
from orderveil.partners.models import Credential, Partner


class Left(msgspec.Struct, frozen=True):
    """The numbers of what was ended with the partner."""

    credentials: tuple[int, ...]
    subscriptions: tuple[int, ...]


@transaction.atomic
def end_partner(partner: Partner, *, now: datetime, who: Who) -> Left:
    """From its commit on the partner receives nothing; what it saw stays on record."""
    if partner.suspended_at is None:
        registry.set_suspended(partner, suspended=True, now=now)
    keys = Credential.objects.filter(partner=partner, revoked_at=None).order_by("pk")
    revoked = tuple(keys.values_list("pk", flat=True))
    for number in revoked:
        credentials.revoke(number, now=now)
    ended = tuple(
        each.subscription_id
        for each in subscriptions.listing(partner.brand_id, partner_id=partner.pk)
        if each.revoked_at is None
    )
    for number in ended:
        end_subscription(partner.brand_id, number, now=now, who=who)
    return Left(revoked, ended)


@transaction.atomic
def end_subscription(brand_id: int, number: int, *, now: datetime, who: Who) -> bool:
    """Revoke a subscription and record it; False if the brand has none alive by that number."""
    if subscriptions.revoke(brand_id, number, now) is not None:
        return False
    subject = f"subscription:{number}"
    record(brand_id, ActKind.SUBSCRIPTION_REVOKED, now=now, who=who, subject=subject)
    return True
