"""A channel's webhook secret and its rotation.

Rules kept here:
- a new secret leaves the old one good beside it for a chosen time; two are good at most, and with
  no overlap the old one is forgotten at once;
- another process goes on with what it read for as long as the keyring and the door keep it: ten
  seconds at most. What it refuses in between the shop sends again.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.keyring import secrets as keyring
from orderveil.ledger.acts import ActKind, Who, machine, record
from orderveil.partners.models import Channel


def good_secrets(channel: Channel, now: datetime) -> list[bytes]:
    """The secrets that prove a shop at this moment, newest first; none of a revoked channel."""
    name = _name(channel)
    found = [keyring.find(channel.brand_id, name)]
    if channel.previous_until is not None and now < channel.previous_until:
        found.append(keyring.find(channel.brand_id, _previous(name)))
    return [each for each in found if each is not None]


@transaction.atomic
def rotate(
    channel: Channel,
    *,
    overlap: timedelta,
    now: datetime,
    who: Who | None = None,
    secret: bytes | None = None,
) -> bytes:
    """The new secret (`secret`, where the shop made it): shown once. Raises `RefusedError`."""
    locked = Channel.objects.select_for_update().filter(pk=channel.pk, revoked_at=None).first()
    if locked is None:
        raise RefusedError(_CLOSED)
    name, keeps = _name(channel), overlap > timedelta(0)
    if keeps:
        keyring.put(channel.brand_id, _previous(name), keyring.get(channel.brand_id, name))
    else:
        keyring.delete(channel.brand_id, _previous(name))
    made = secret or secrets.token_urlsafe(32).encode()
    keyring.put(channel.brand_id, name, made)
    locked.previous_until = now + overlap if keeps else None
    locked.save(update_fields=["previous_until"])
    record(
        channel.brand_id,
        ActKind.CHANNEL_ROTATED,
        now=now,
        who=who or machine(),
        subject=name,
        detail={"overlap_seconds": int(overlap.total_seconds()), "given": secret is not None},
    )
    return made


def _name(channel: Channel) -> str:
    return f"channel:{channel.pk}"


def _previous(name: str) -> str:
    return f"{name}:previous"


_CLOSED = Problem(
    code="channel_closed",
    detail="This channel is closed.",
    remedy="Add a new one: its name and its address will be its own.",
    rule="a channel that is closed gets no new secret",
    status=409,
)
