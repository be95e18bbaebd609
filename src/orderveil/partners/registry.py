"""Brands, channels, partners, agreements: everything a privacy officer may change, as acts.

Each change that could make a disclosure lawful or unlawful is recorded with an act that bumps
the brand's law revision, so a decision made under the old state no longer passes the statement.
"""

import base64
import binascii
import secrets
from datetime import date, datetime

from django.db import transaction

from orderveil.core.decision import Mode
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.keyring import secrets as keyring_secrets
from orderveil.ledger.acts import ActKind, Detail, Who, machine, record
from orderveil.partners import beyond
from orderveil.partners.models import Agreement, Brand, Channel, Partner
from orderveil.partners.papers import Terms, checked, on_record
from orderveil.partners.standing import deciding, is_agreed


def missing(what: str, name: str, remedy: str) -> RefusedError:
    """The refusal for a brand, partner, channel or credential that does not exist."""
    detail = f"There is no {what} {name!r} here."
    return RefusedError(Problem("not_found", detail, remedy, rule="names are exact", status=404))


def _taken(what: str, name: str) -> RefusedError:
    return RefusedError(
        Problem(
            code="name_taken",
            detail=f"There is a {what} {name!r} already.",
            remedy="Choose another name, or go on with that one.",
            rule=f"a {what}'s name is its own within a brand",
            status=409,
        )
    )


def _check_percent(percent: int) -> None:
    if not 0 <= percent <= 100:
        raise RefusedError(
            Problem(
                code="percent_invalid",
                detail=f"{percent} is no share of the orders.",
                remedy="Give a whole number from 0 to 100.",
                rule="a partner's policy holds for 0 to 100 percent of the orders",
            )
        )


def brand(slug: str) -> Brand:
    """The brand of that name; raises `RefusedError`."""
    found = Brand.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Brand.objects.values_list("slug", flat=True)) or "none yet"
        raise missing("brand", slug, f"Brands: {known}. Make one with `orderveil init --brand`.")
    return found


def channel(brand_: Brand, name: str) -> Channel:
    """The brand's channel of that name; raises `RefusedError`."""
    found = Channel.objects.filter(brand=brand_, name=name, revoked_at=None).first()
    if found is None:
        known = Channel.objects.filter(brand=brand_, revoked_at=None)
        names = ", ".join(known.values_list("name", flat=True)) or "none yet"
        raise missing("channel", name, f"Channels of {brand_.slug}: {names}.")
    return found


def partner(brand_: Brand, slug: str) -> Partner:
    """The brand's partner of that name; raises `RefusedError`."""
    found = Partner.objects.filter(brand=brand_, slug=slug).first()
    if found is None:
        names = Partner.objects.filter(brand=brand_).values_list("slug", flat=True)
        raise missing("partner", slug, f"Partners of {brand_.slug}: {', '.join(names) or 'none'}.")
    return found


@transaction.atomic
def add_channel(
    brand_: Brand,
    name: str,
    format_: str,
    *,
    now: datetime,
    secret: bytes | None = None,
    who: Who | None = None,
) -> tuple[Channel, bytes]:
    """A way in for orders, and its webhook secret: shown once, sealed here.

    Raises `RefusedError` if the name is taken.
    """
    if Channel.objects.filter(brand=brand_, name=name).exists():
        raise _taken("channel", name)
    made = Channel.objects.create(brand=brand_, name=name, format=format_, created_at=now)
    secret = secret or secrets.token_urlsafe(32).encode()
    keyring_secrets.put(brand_.pk, f"channel:{made.pk}", secret)
    record(
        brand_.pk,
        ActKind.CHANNEL_ADDED,
        now=now,
        who=who or machine(),
        subject=f"channel:{made.pk}",
        detail={"format": format_},
    )
    return made, secret


@transaction.atomic
def revoke_channel(made: Channel, *, now: datetime, who: Who | None = None) -> bool:
    """Close a way in; False if it was closed already. Its name stays taken: orders point to it.

    Its secrets go with it.
    """
    if not Channel.objects.filter(pk=made.pk, revoked_at=None).update(revoked_at=now):
        return False
    subject = f"channel:{made.pk}"
    for name in (subject, f"{subject}:previous"):
        keyring_secrets.delete(made.brand_id, name)
    record(made.brand_id, ActKind.CHANNEL_REVOKED, now=now, who=who or machine(), subject=subject)
    return True


def channel_secret(made: Channel) -> bytes:
    """The webhook secret, opened."""
    return keyring_secrets.get(made.brand_id, f"channel:{made.pk}")


def standard_webhooks_key(secret: bytes) -> bytes:
    """The signing key inside a `whsec_...` secret; any other secret is its own key."""
    if not secret.startswith(b"whsec_"):
        return secret
    try:
        return base64.b64decode(secret.removeprefix(b"whsec_"), validate=True)
    except binascii.Error:
        return secret


@transaction.atomic
def add_partner(
    brand_: Brand,
    slug: str,
    hops: list[Hop],
    *,
    now: datetime,
    name: str = "",
    own: bool = False,
    assigned_by_default: bool = False,
    mode: Mode = Mode.ENFORCE,
    enforce_percent: int = 100,
    who: Who | None = None,
) -> Partner:
    """A company that runs `hops`; it receives nothing before an agreement, unless it is `own`.

    Raises `RefusedError` if the name is taken or the share is none.
    """
    _check_percent(enforce_percent)
    if Partner.objects.filter(brand=brand_, slug=slug).exists():
        raise _taken("partner", slug)
    made = Partner.objects.create(
        brand=brand_,
        slug=slug,
        name=name or slug,
        hops=[str(hop) for hop in hops],
        own=own,
        assigned_by_default=assigned_by_default,
        mode=mode,
        enforce_percent=enforce_percent,
        created_at=now,
    )
    record(
        brand_.pk,
        ActKind.PARTNER_ADDED,
        now=now,
        who=who or machine(),
        subject=f"partner:{made.pk}",
        detail={"hops": ",".join(made.hops), "own": own, "mode": mode},
    )
    return made


@transaction.atomic
def set_mode(
    partner_: Partner, mode: Mode, percent: int, *, now: datetime, who: Who | None = None
) -> None:
    """Roll a partner out or back: observe, enforce N%, enforce. Raises `RefusedError`."""
    _check_percent(percent)
    Partner.objects.filter(pk=partner_.pk).update(mode=mode, enforce_percent=percent)
    record(
        partner_.brand_id,
        ActKind.PARTNER_MODE_CHANGED,
        now=now,
        who=who or machine(),
        subject=f"partner:{partner_.pk}",
        detail={"mode": mode, "percent": percent},
    )


@transaction.atomic
def set_suspended(
    partner_: Partner,
    *,
    suspended: bool,
    now: datetime,
    who: Who | None = None,
    detail: Detail | None = None,
) -> None:
    """Take a partner's standing away, or give it back; then what it asks for counts anew."""
    Partner.objects.filter(pk=partner_.pk).update(suspended_at=now if suspended else None)
    kind = ActKind.PARTNER_SUSPENDED if suspended else ActKind.PARTNER_RESTORED
    subject = f"partner:{partner_.pk}"
    if not suspended:
        beyond.forget(partner_.pk)
    record(partner_.brand_id, kind, now=now, who=who or machine(), subject=subject, detail=detail)


@transaction.atomic
def agree(
    partner_: Partner,
    starts_on: date,
    ends_on: date | None,
    *,
    now: datetime,
    terms: Terms | None = None,
    who: Who | None = None,
) -> Agreement:
    """Record a signed data-processing agreement: its dates and what it names.

    From its first day it decides instead of any that began before, even where it ends earlier.
    Raises `RefusedError` if it would end before it begins, or a term is none.
    """
    if ends_on is not None and ends_on < starts_on:
        raise RefusedError(_BACKWARDS)
    said = checked(terms or Terms())
    earlier = list(Agreement.objects.filter(partner=partner_))
    replaced = deciding(earlier, starts_on) if is_agreed(earlier, starts_on) else None
    made = Agreement.objects.create(
        partner=partner_,
        starts_on=starts_on,
        ends_on=ends_on,
        document_digest=said.document_digest,
        sub_processors=list(said.sub_processors),
        countries=list(said.countries),
        deletion_days=said.deletion_days,
        breach_hours=said.breach_hours,
        contact=said.contact,
        created_at=now,
    )
    record(
        partner_.brand_id,
        ActKind.AGREEMENT_RECORDED,
        now=now,
        who=who or machine(),
        subject=f"partner:{partner_.pk}",
        detail={
            "from": starts_on.isoformat(),
            "to": ends_on.isoformat() if ends_on else "",
            "instead_of_one_from": replaced.starts_on.isoformat() if replaced else "",
            **on_record(said),
        },
    )
    return made


_BACKWARDS = Problem(
    code="agreement_backwards",
    detail="This agreement would end before it begins.",
    remedy="Give a last day that is not before the first.",
    rule="standing: an agreement is in force from its first day to its last",
)
