"""Subscriptions: which partner's system is told of what, and where.

Rules kept here:
- the secret is shown once, when it is made, and kept sealed in the keyring;
- a new secret leaves the old one signing beside it for a while, so that a partner can change
  over without losing a webhook;
- revoking ends what was still to be sent, and the secret with it.
`subscribing` records these acts.
"""

import secrets as randomness
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db import connection, transaction

from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.keyring import secrets
from orderveil.outbox.egress import EgressError, read_url
from orderveil.outbox.events import EventKind
from orderveil.outbox.webhooks import SECRET_BYTES, spell_secret

OVERLAP: Final = timedelta(hours=24)
"""How long an old secret goes on signing after a rotation."""


class Subscription(msgspec.Struct, frozen=True):
    """What one hop's system of one partner is told, and where. `failures`: in a row, till now."""

    subscription_id: int
    brand_id: int
    partner_id: int
    hop: Hop
    url: str
    kinds: tuple[EventKind, ...]
    created_at: datetime
    revoked_at: datetime | None
    failures: int
    previous_until: datetime | None


SUBSCRIPTION_COLUMNS: Final = (
    "s.id, s.brand_id, s.partner_id, s.hop, s.url, s.kinds, s.created_at, s.revoked_at,"
    " s.failures, s.previous_until"
)


def read_subscription(row: tuple[object, ...]) -> Subscription:
    """A subscription from a row of `SUBSCRIPTION_COLUMNS`."""
    names = Subscription.__struct_fields__
    return msgspec.convert(dict(zip(names, row, strict=True)), Subscription)


def subscribe(
    brand_id: int,
    partner_id: int,
    hop: Hop,
    url: str,
    kinds: Collection[EventKind],
    *,
    now: datetime,
) -> tuple[Subscription, str] | Problem:
    """A new subscription and its secret, shown this once; a Problem for a URL we won't call."""
    if problem := check(url, kinds):
        return problem
    with transaction.atomic():
        subscription = _insert(brand_id, partner_id, hop, url, kinds, now=now)
        secret = randomness.token_bytes(SECRET_BYTES)
        secrets.put(brand_id, _name(subscription.subscription_id), secret)
    return subscription, spell_secret(secret)


def check(url: str, kinds: Collection[EventKind]) -> Problem | None:
    """Why nobody may be subscribed so; None if they may."""
    if not kinds:
        return Problem(
            code="no_kinds",
            detail="A subscription names at least one kind of event.",
            remedy=f"Choose from: {', '.join(EventKind)}.",
            pointer="/kinds",
        )
    try:
        read_url(url, private=settings.WEBHOOK_PRIVATE)
    except EgressError as error:
        return Problem(
            code=error.trouble.value,
            detail="Webhooks go to https URLs at public addresses, without user name or fragment.",
            remedy="Give such a URL; for partners inside your own network see WEBHOOK_PRIVATE.",
            pointer="/url",
        )
    return None


def _insert(
    brand_id: int,
    partner_id: int,
    hop: Hop,
    url: str,
    kinds: Collection[EventKind],
    *,
    now: datetime,
) -> Subscription:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO outbox_subscription AS s
                (brand_id, partner_id, hop, url, kinds, created_at)
            VALUES (%s, %s, %s, %s, %s, %s) RETURNING {SUBSCRIPTION_COLUMNS}
            """,  # noqa: S608 - a constant of ours
            [brand_id, partner_id, hop.value, url, sorted({kind.value for kind in kinds}), now],
        )
        return read_subscription(cursor.fetchone())


def find(brand_id: int, subscription_id: int) -> Subscription | None:
    """The brand's subscription with this id, revoked or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {SUBSCRIPTION_COLUMNS} FROM outbox_subscription s"  # noqa: S608
            " WHERE s.id = %s AND s.brand_id = %s",
            [subscription_id, brand_id],
        )
        row = cursor.fetchone()
    return read_subscription(row) if row else None


def told_since(brand_id: int, hop: Hop, kinds: Collection[EventKind]) -> datetime | None:
    """When the oldest living subscription of a hop's to any of these began; None: there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(created_at) FROM outbox_subscription"
            " WHERE brand_id = %s AND hop = %s AND revoked_at IS NULL AND kinds && %s::text[]",
            [brand_id, hop.value, [kind.value for kind in kinds]],
        )
        since: datetime | None = cursor.fetchone()[0]
    return since


def listing(brand_id: int, *, partner_id: int | None = None) -> list[Subscription]:
    """The brand's subscriptions, revoked ones too, oldest first; of one partner if asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {SUBSCRIPTION_COLUMNS} FROM outbox_subscription s"  # noqa: S608
            " WHERE s.brand_id = %s AND (%s::bigint IS NULL OR s.partner_id = %s) ORDER BY s.id",
            [brand_id, partner_id, partner_id],
        )
        return [read_subscription(row) for row in cursor.fetchall()]


def page(
    brand_id: int, *, limit: int, partner_id: int | None = None, after: int | None = None
) -> list[Subscription]:
    """Up to `limit` of the brand's subscriptions, those that live first, the newest first.

    Those behind the one numbered `after`, wherever it stands by now; a number that is none of the
    brand's begins anew. Of one partner if asked.
    """
    last = find(brand_id, after) if after is not None else None
    told = {
        "brand": brand_id,
        "partner": partner_id,
        "ended": last is not None and last.revoked_at is not None,
        "last": last.subscription_id if last else None,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {SUBSCRIPTION_COLUMNS} FROM outbox_subscription s"  # noqa: S608
            " WHERE s.brand_id = %(brand)s"
            " AND (%(partner)s::bigint IS NULL OR s.partner_id = %(partner)s)"
            " AND (%(last)s::bigint IS NULL"
            "      OR (s.revoked_at IS NOT NULL, -s.id) > (%(ended)s, -%(last)s::bigint))"
            " ORDER BY s.revoked_at IS NOT NULL, s.id DESC LIMIT %(limit)s",
            told,
        )
        return [read_subscription(row) for row in cursor.fetchall()]


def revoke(brand_id: int, subscription_id: int, now: datetime) -> Problem | None:
    """End a subscription and what was still to be sent by it; a Problem if there is none alive."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_subscription SET revoked_at = %s"
            " WHERE id = %s AND brand_id = %s AND revoked_at IS NULL",
            [now, subscription_id, brand_id],
        )
        if cursor.rowcount == 0:
            return NO_SUCH_SUBSCRIPTION
        cursor.execute(
            """
            UPDATE outbox_delivery SET state = 'dead', last_error = 'revoked', updated_at = %s
             WHERE subscription_id = %s AND state = 'pending'
            """,
            [now, subscription_id],
        )
        for name in (_name(subscription_id), _previous(_name(subscription_id))):
            secrets.delete(brand_id, name)
    return None


def rotate_secret(
    brand_id: int, subscription_id: int, now: datetime, *, overlap: timedelta = OVERLAP
) -> str | Problem:
    """A new secret, shown this once; the old one signs beside it until `overlap` has passed."""
    name = _name(subscription_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_subscription SET previous_until = %s"
            " WHERE id = %s AND brand_id = %s AND revoked_at IS NULL",
            [now + overlap if overlap else None, subscription_id, brand_id],
        )
        if cursor.rowcount == 0:
            return NO_SUCH_SUBSCRIPTION
        if overlap:
            secrets.put(brand_id, _previous(name), secrets.get(brand_id, name))
        else:
            secrets.delete(brand_id, _previous(name))
        secret = randomness.token_bytes(SECRET_BYTES)
        secrets.put(brand_id, name, secret)
    return spell_secret(secret)


def signing_secrets(subscription: Subscription, now: datetime) -> list[bytes]:
    """The secrets that sign at this moment, newest first: one, or two during a rotation."""
    name = _name(subscription.subscription_id)
    names = [name]
    if subscription.previous_until is not None and now < subscription.previous_until:
        names.append(_previous(name))
    return [secrets.get(subscription.brand_id, each) for each in names]


def _name(subscription_id: int) -> str:
    return f"subscription:{subscription_id}"


def _previous(name: str) -> str:
    return f"{name}:previous"


NO_SUCH_SUBSCRIPTION: Final = Problem(
    code="no_such_subscription",
    detail="This brand has no live subscription with that id.",
    remedy="List the subscriptions; make a new one if this one was revoked.",
    status=404,
)
