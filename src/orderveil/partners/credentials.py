"""Credentials: shown once, stored hashed, scoped to brand, hop and partner.

Rules kept here:
- a new secret leaves the old one good beside it for a chosen time, so that a partner can change
  over without a refusal; two are good at most, and with no overlap the old one dies at once;
- the secret is 256 random bits, so a plain SHA-256 of it can't be searched back; it is compared
  in constant time, and with the old one whether there is one or not;
- revoked, expired, or used from another network: the same refusal as an unknown one tells an
  outsider nothing, and the owner reads the reason in `orderveil credential list`.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.ledger.acts import ActKind, Who, machine, record
from orderveil.partners import quotas
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
    who: Who | None = None,
) -> tuple[Credential, str]:
    """The credential, and its token: the only time anyone sees it. Raises `RefusedError`."""
    allowed = checked_terms(partner, hop, networks or [])
    quotas.check_credentials(partner.brand_id, now)
    secret = secrets.token_urlsafe(32)
    made = Credential.objects.create(
        brand_id=partner.brand_id,
        partner=partner,
        hop=hop,
        secret_hash=digest_of(secret),
        networks=allowed,
        daily_limit=daily_limit,
        channel=channel,
        created_at=now,
        expires_at=expires_at,
    )
    record(
        partner.brand_id,
        ActKind.CREDENTIAL_ISSUED,
        now=now,
        who=who or machine(),
        subject=f"credential:{made.pk}",
        detail={
            "partner": partner.pk,
            "hop": hop,
            "daily_limit": daily_limit or 0,
            "networks": ",".join(allowed),
            "expires_at": expires_at.isoformat() if expires_at else None,
            "channel": channel.pk if channel else None,
        },
    )
    return made, f"ov_{made.pk}_{secret}"


def checked_terms(partner: Partner, hop: Hop, networks: Iterable[str]) -> list[str]:
    """The networks in their one spelling; raises `RefusedError` if there can't be such a key."""
    if hop not in partner.hops:
        raise RefusedError(
            Problem(
                code="wrong_hop",
                detail=f"Partner {partner.slug} does not run the hop {hop}.",
                remedy=f"Its hops are: {', '.join(partner.hops)}.",
                rule="a credential is for a hop that its partner runs",
            )
        )
    return [checked_network(text) for text in networks]


@transaction.atomic
def rotate(credential_id: int, *, overlap: timedelta, now: datetime, who: Who | None = None) -> str:
    """The token with a new secret: the only time anyone sees it. Raises `RefusedError`.

    Until `overlap` has passed, the secret it replaces is good too; an even older one no more.
    """
    found = Credential.objects.select_for_update().filter(pk=credential_id).first()
    if found is None:
        raise missing("credential", str(credential_id), "See `orderveil credential list`.")
    check_not_over(found, now)
    secret = secrets.token_urlsafe(32)
    keeps = overlap > timedelta(0)
    Credential.objects.filter(pk=credential_id).update(
        secret_hash=digest_of(secret),
        previous_hash=found.secret_hash if keeps else None,
        previous_until=now + overlap if keeps else None,
    )
    record(
        found.brand_id,
        ActKind.CREDENTIAL_ROTATED,
        now=now,
        who=who or machine(),
        subject=f"credential:{credential_id}",
        detail={"overlap_seconds": int(overlap.total_seconds())},
    )
    return f"ov_{credential_id}_{secret}"


def check_not_over(credential: Credential, now: datetime) -> None:
    """Raise `RefusedError` if it is revoked or has expired."""
    ends = credential.expires_at
    if credential.revoked_at is not None or (ends is not None and ends <= now):
        raise RefusedError(_NOT_IN_FORCE)


@transaction.atomic
def revoke(credential_id: int, *, now: datetime, who: Who | None = None) -> None:
    """From its commit on, nothing that begins with this credential is answered."""
    found = Credential.objects.filter(pk=credential_id).first()
    if found is None:
        raise missing("credential", str(credential_id), "See `orderveil credential list`.")
    Credential.objects.filter(pk=credential_id, revoked_at=None).update(revoked_at=now)
    record(
        found.brand_id,
        ActKind.CREDENTIAL_REVOKED,
        now=now,
        who=who or machine(),
        subject=f"credential:{credential_id}",
    )


def checked_network(text: str) -> str:
    """The CIDR range in its one spelling; raises `RefusedError`."""
    try:
        return str(ip_network(text))
    except ValueError:
        raise RefusedError(
            Problem(
                code="network_invalid",
                detail=f"{text!r} is no network.",
                remedy="Write it as CIDR with no bits set behind the prefix: `192.0.2.0/24`.",
                rule="networks are CIDR ranges (RFC 4632)",
            )
        ) from None


def digest_of(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def credential_id(token: str) -> int | None:
    """The number inside a token, which says nothing about whether it is genuine."""
    match = _TOKEN.fullmatch(token)
    return int(match[1]) if match else None


def proof_of(token: str) -> bytes:
    """The digest of the secret inside a token; of nothing if it has not the shape of one."""
    match = _TOKEN.fullmatch(token)
    return digest_of(match[2]) if match else b""


def is_genuine(credential: Credential, proof: bytes, now: datetime) -> bool:
    """Constant-time: is this the credential's secret, or the one it replaces for a while yet?"""
    current = bytes(credential.secret_hash)
    until = credential.previous_until
    keeps = credential.previous_hash is not None and until is not None and now < until
    previous = bytes(credential.previous_hash or current) if keeps else current
    # Both are compared, so that the time says nothing about which one matched.
    return hmac.compare_digest(current, proof) | hmac.compare_digest(previous, proof)


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


_NOT_IN_FORCE = Problem(
    code="credential_over",
    detail="This credential is revoked or has expired.",
    remedy="Issue a new one.",
    rule="a credential that is over gets no new secret",
    status=409,
)
