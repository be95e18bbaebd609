"""Credentials: shown once, stored hashed, scoped to brand, hop and partner.

Rules kept here:
- the secret is 256 random bits, so a plain SHA-256 of it can't be searched back; it is compared
  in constant time;
- revoked, expired, or used from another network: the same refusal as an unknown one tells an
  outsider nothing, and the owner reads the reason in `orderveil credential list`.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.ledger.acts import ActKind, machine, record
from orderveil.partners.models import Channel, Credential, Partner
from orderveil.partners.registry import missing

_TOKEN = re.compile(r"ov_([1-9][0-9]{0,17})_([A-Za-z0-9_-]{43})")

UNAUTHORISED = Problem(
    code="unauthorised",
    detail="This credential is unknown, revoked, expired, or not valid from this address.",
    remedy="Send `Authorization: Bearer ov_...` with a credential in force; "
    "its owner can check it with `orderveil credential list`.",
    rule="a system asks with a credential of its own",
    status=401,
)

LAST_USE_STEP = timedelta(minutes=1)


@transaction.atomic
def issue(
    partner: Partner,
    hop: Hop,
    *,
    now: datetime,
    expires_at: datetime | None = None,
    networks: list[str] | None = None,
    daily_limit: int | None = None,
    channel: Channel | None = None,
) -> tuple[Credential, str]:
    """The credential, and its token: the only time anyone sees it."""
    if hop not in partner.hops:
        raise RefusedError(
            Problem(
                code="wrong_hop",
                detail=f"Partner {partner.slug} does not run the hop {hop}.",
                remedy=f"Its hops are: {', '.join(partner.hops)}.",
                rule="a credential is for a hop that its partner runs",
            )
        )
    secret = secrets.token_urlsafe(32)
    made = Credential.objects.create(
        brand_id=partner.brand_id,
        partner=partner,
        hop=hop,
        secret_hash=_hash(secret),
        networks=[_network(text) for text in networks or []],
        daily_limit=daily_limit,
        channel=channel,
        created_at=now,
        expires_at=expires_at,
    )
    record(
        partner.brand_id,
        ActKind.CREDENTIAL_ISSUED,
        now=now,
        who=machine(),
        subject=f"credential:{made.pk}",
        detail={"partner": partner.pk, "hop": hop, "daily_limit": daily_limit or 0},
    )
    return made, f"ov_{made.pk}_{secret}"


@transaction.atomic
def revoke(credential_id: int, *, now: datetime) -> None:
    """From its commit on, nothing that begins with this credential is answered."""
    found = Credential.objects.filter(pk=credential_id).first()
    if found is None:
        raise missing("credential", str(credential_id), "See `orderveil credential list`.")
    Credential.objects.filter(pk=credential_id, revoked_at=None).update(revoked_at=now)
    record(
        found.brand_id,
        ActKind.CREDENTIAL_REVOKED,
        now=now,
        who=machine(),
        subject=f"credential:{credential_id}",
    )


def _network(text: str) -> str:
    """The CIDR range in its one spelling; raises `RefusedError`."""
    try:
        return str(ip_network(text))
    except ValueError:
        raise RefusedError(
            Problem(
                code="network_invalid",
                detail=f"{text!r} is no network.",
                remedy="Write it as CIDR with no bits set behind the prefix: `192.0.2.0/24`.",
                rule="a credential's networks are CIDR ranges (RFC 4632)",
            )
        ) from None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def credential_id(token: str) -> int | None:
    """The number inside a token, which says nothing about whether it is genuine."""
    match = _TOKEN.fullmatch(token)
    return int(match[1]) if match else None


def is_genuine(credential: Credential, token: str) -> bool:
    """Constant-time: does the token hold this credential's secret?"""
    match = _TOKEN.fullmatch(token)
    return match is not None and hmac.compare_digest(bytes(credential.secret_hash), _hash(match[2]))


def is_in_force(credential: Credential, *, now: datetime, address: str | None) -> bool:
    """Neither revoked nor expired, and used from a network it may be used from."""
    if credential.revoked_at is not None:
        return False
    if credential.expires_at is not None and credential.expires_at <= now:
        return False
    if not credential.networks:
        return True
    source = address_of(address)
    return source is not None and any(source in ip_network(net) for net in credential.networks)


def address_of(text: str | None) -> IPv4Address | IPv6Address | None:
    """The address a request came from; None if that is none."""
    try:
        source = ip_address(text or "")
    except ValueError:
        return None
    if isinstance(source, IPv6Address) and source.ipv4_mapped:
        # A dual-stack socket writes IPv4 callers as ::ffff:a.b.c.d (RFC 4291 2.5.5.2).
        return source.ipv4_mapped
    return source


def touch(credential: Credential, now: datetime) -> None:
    """Note the last use, at most once a minute, so that asking costs no write."""
    last = credential.last_used_at
    if last is None or now - last >= LAST_USE_STEP:
        credential.last_used_at = now
        Credential.objects.filter(pk=credential.pk).update(last_used_at=now)
