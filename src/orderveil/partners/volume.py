"""Who asks for more parcels than were assigned to it is stopped, in that same moment.

Rules kept here:
- the allowance of a UTC day is `BASE`, and one in `ONE_IN` of the parcels assigned in 30 days:
  a slip or a stale list stays below it, whoever tries refs one after the other does not;
- counting, suspending and its act are one transaction that holds the partner's row: of several
  processes exactly one stops it, at the first parcel beyond the allowance;
- stopping is a suspension like any other: its act bumps the law's revision, so that no process
  shows the partner anything any more, and a person restores it; then counting begins anew.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from orderveil.core.hops import Hop
from orderveil.ledger.acts import Who
from orderveil.partners import beyond
from orderveil.partners.models import Partner
from orderveil.partners.registry import set_suspended

BASE: Final = 10
ONE_IN: Final = 20
VOLUME = Who(system="volume")


def count(partner_id: int, hop: Hop, asked: Collection[bytes], now: datetime) -> bool:
    """Count digests (`beyond.digest_of`) of parcels that are not its own; True if that stopped it.

    Never inside a caller's transaction: what is counted stays counted.
    """
    day = now.astimezone(UTC).date()
    with transaction.atomic(durable=True):
        partner = Partner.objects.select_for_update(no_key=True).get(pk=partner_id)
        if partner.suspended_at is not None:
            return False
        reached = beyond.add(partner_id, day, asked)
        if reached <= BASE:
            return False
        # More than that many would allow what was asked: the rest need not be counted.
        most = (reached - BASE) * ONE_IN
        assigned = beyond.assigned(partner_id, hop, now, most=most)
        allowance = BASE + assigned // ONE_IN
        if reached <= allowance:
            return False
        _stop(partner, now, asked=reached, assigned=assigned, allowance=allowance)
    return True


def _stop(partner: Partner, now: datetime, *, asked: int, assigned: int, allowance: int) -> None:
    numbers = {"asked": asked, "assigned": assigned, "allowance": allowance}
    set_suspended(partner, suspended=True, now=now, who=VOLUME, detail=numbers)
    beyond.keep_stop(partner.brand_id, partner.pk, now, **numbers)
