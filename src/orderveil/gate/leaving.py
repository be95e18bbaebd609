"""A partner that leaves: suspended; its credentials, devices and subscriptions ended, as one."""

from datetime import datetime

import msgspec
from django.db import transaction

from orderveil.ledger.acts import Who
from orderveil.outbox import subscribing, subscriptions
from orderveil.partners import credentials, devices, registry
from orderveil.partners.models import Credential, Device, Partner


class Left(msgspec.Struct, frozen=True):
    """The numbers of what was ended with the partner."""

    credentials: tuple[int, ...]
    subscriptions: tuple[int, ...]
    devices: tuple[int, ...] = ()


@transaction.atomic
def end_partner(partner: Partner, *, now: datetime, who: Who) -> Left:
    """From its commit on the partner receives nothing; what it saw stays on record."""
    if partner.suspended_at is None:
        registry.set_suspended(partner, suspended=True, now=now, who=who)
    keys = Credential.objects.filter(partner=partner, revoked_at=None).order_by("pk")
    revoked = tuple(keys.values_list("pk", flat=True))
    for number in revoked:
        credentials.revoke(number, now=now, who=who)
    ended = tuple(
        each.subscription_id
        for each in subscriptions.listing(partner.brand_id, partner_id=partner.pk)
        if each.revoked_at is None
    )
    for number in ended:
        subscribing.end(partner.brand_id, number, now=now, who=who)
    floor = Device.objects.filter(partner=partner, revoked_at=None).order_by("pk")
    stood = tuple(floor.values_list("pk", flat=True))
    for number in stood:
        devices.revoke(number, partner.brand_id, now=now, who=who)
    return Left(revoked, ended, stood)
