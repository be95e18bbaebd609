"""Quotas: what a platform operator allows a brand. No row: no limit.

Rules kept here:
- `credentials` counts those in force, under a lock on the quota's row: two that are issued at
  once can't both be the last;
- `orders_per_day` is leased in blocks, as budgets are (`leases`), and counted in memory: counting
  in the transaction of each order would have all orders of a brand queue for one row;
- a changed quota holds in every process after at most `RECHECK_SECONDS`.
"""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from django.db import connection
from django.db.models import Q

from orderveil.core.errors import Problem, RefusedError
from orderveil.partners.leases import Leases
from orderveil.partners.models import Credential, Quota

RECHECK_SECONDS: Final = 5.0


class OrderQuotas(Leases):
    """The leases of this process, by brand."""

    def __init__(self) -> None:
        super().__init__("partners_quota_day", "brand_id")
        self._limits: dict[int, tuple[float, int | None]] = {}
        self._reading = threading.Lock()

    def limit_of(self, brand_id: int) -> int | None:
        """Orders the brand may admit in a UTC day; None: any number."""
        known = self._limits.get(brand_id)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        with self._reading:
            limit = of(brand_id).orders_per_day
            self._limits[brand_id] = (time.monotonic() + RECHECK_SECONDS, limit)
        return limit

    def forget(self) -> None:
        """Drop leases and limits: after a restore, and between tests."""
        super().forget()
        self._limits.clear()


def of(brand_id: int) -> Quota:
    """The brand's quota; one without limits if it has none."""
    found = Quota.objects.filter(brand_id=brand_id).first()
    return found or Quota(brand_id=brand_id)


def of_each(brands: Sequence[int]) -> dict[int, Quota]:
    """The same of several brands, in one question."""
    found = Quota.objects.in_bulk(brands)
    return {each: found.get(each) or Quota(brand_id=each) for each in brands}


def put(brand_id: int, *, orders_per_day: int | None, credentials: int | None) -> None:
    """Set it, in the caller's transaction. The caller records the act."""
    Quota.objects.update_or_create(
        brand_id=brand_id,
        defaults={"orders_per_day": orders_per_day, "credentials": credentials},
    )


def credentials_in_force(brand_id: int, now: datetime) -> int:
    """How many count against the quota: neither revoked nor expired."""
    alive = Credential.objects.filter(brand_id=brand_id, revoked_at=None)
    return alive.filter(Q(expires_at=None) | Q(expires_at__gt=now)).count()


def check_credentials(brand_id: int, now: datetime) -> None:
    """In the caller's transaction: is there room for one more? Raises `RefusedError`."""
    quota = Quota.objects.select_for_update().filter(brand_id=brand_id).first()
    if quota is None or quota.credentials is None:
        return
    if credentials_in_force(brand_id, now) >= quota.credentials:
        raise RefusedError(_no_more_credentials(quota.credentials))


def leased(brand_id: int, now: datetime) -> int:
    """How many of today's orders are leased: at least what was admitted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leased FROM partners_quota_day WHERE brand_id = %s AND day = %s",
            [brand_id, now.astimezone(UTC).date()],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def no_more_orders(limit: int) -> Problem:
    """The refusal of a new order."""
    return Problem(
        code="quota_reached",
        detail=f"This brand has admitted its {limit} new orders of today (UTC).",
        remedy="Send it again tomorrow (shops do by themselves), or ask the platform for more. "
        "Updates of known orders still go through.",
        rule="quota: new orders of a brand in a day",
        status=429,
    )


def _no_more_credentials(limit: int) -> Problem:
    return Problem(
        code="quota_reached",
        detail=f"This brand has its {limit} credentials in force.",
        remedy="Revoke one that is not used, or ask the platform for more.",
        rule="quota: credentials of a brand",
        status=429,
    )
