"""A new brand: its keys, its log, its first policy. And the installation's own log."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.table import Profile
from orderveil.gate.keys import BRAND_KEYS
from orderveil.keyring import epochs, secrets
from orderveil.ledger.acts import ActKind, Who, create_log, record
from orderveil.partners.models import Brand
from orderveil.policy import versions

INSTALLATION = 0
OWN_HOPS = [Hop.STOREFRONT, Hop.OMS, Hop.SUPPORT, Hop.REPORTS, Hop.RETENTION]
"""What a brand runs itself until it names somebody else."""


def provision_installation(*, now: datetime) -> None:
    """The installation's own log; does nothing the second time."""
    with transaction.atomic():
        create_log(INSTALLATION, f"{settings.ORIGIN}/installation", now)


@transaction.atomic
def provision_brand(
    slug: str,
    *,
    now: datetime,
    who: Who,
    name: str = "",
    profile: Profile = Profile.BALANCED,
    published_channel: str = "",
    is_sample: bool = False,
) -> Brand:
    """A brand ready to admit orders; raises `RefusedError` if the name is taken."""
    if Brand.objects.filter(slug=slug).exists():
        raise RefusedError(
            Problem(
                code="brand_exists",
                detail=f"There is a brand {slug!r} already.",
                remedy="Choose another name, or go on with that brand.",
                rule="a brand's name is its own",
                status=409,
            )
        )
    brand = Brand.objects.create(
        slug=slug,
        name=name or slug,
        published_channel=published_channel,
        is_sample=is_sample,
        created_at=now,
    )
    create_log(brand.pk, f"{settings.ORIGIN}/{slug}", now)
    for key in BRAND_KEYS:
        secrets.ensure(brand.pk, key)
    epochs.current(brand.pk)
    record(brand.pk, ActKind.BRAND_CREATED, now=now, who=who, subject=f"brand:{brand.pk}")
    versions.start(brand.pk, profile, author=who.person or "machine", now=now)
    return brand
