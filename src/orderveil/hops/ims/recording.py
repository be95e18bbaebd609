"""What becomes of a message that holds a buyer: refused or only seen, and on record either way.

Rules kept here:
- a partner's mode decides, as for its views: `observe` lets through and records what would have
  been refused, `enforce_share` decides by the message's digest, so that a repeat fares alike;
- the act names kinds, how many of each, and up to ten masked pointers; no value, no digest of one;
- the same pointers again within a minute are counted, without an act of their own; nor has a
  partner more than ten such acts in a minute, whatever it sends.
"""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F

from orderveil.core.decision import enforced_for
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller
from orderveil.hops.ims.guarding import Checked
from orderveil.hops.ims.models import Minute, Movement, RefusedDay
from orderveil.ledger.acts import ActKind, Detail, Who, record

MOST_TOLD = 10
"""Pointers in an act, and acts of a partner in a minute."""
_LONGEST_POINTER = 120
DAYS_KEPT = timedelta(days=400)
MOVEMENTS_KEPT = timedelta(days=60)
"""Longer than any event or delivery that names one."""


class Way(StrEnum):
    """Where the message was going."""

    GUARD = "guard"
    """Nowhere: it was asked about."""
    OUT = "out"
    BACK = "back"


def is_enforced(caller: Caller, message: bytes, now: datetime) -> bool:
    """Is this message refused if it holds a buyer, or only recorded?"""
    law = laws.current(laws.law_of(caller.brand_id))
    standing = law.standing(law.partners[caller.partner_id], now.date())
    return enforced_for(standing, hashlib.sha256(message).digest()[:16])


def note(caller: Caller, checked: Checked, way: Way, *, refused: bool, now: datetime) -> None:
    """Put on record what was found, in a transaction of its own."""
    pointers = list(dict.fromkeys(place.pointer for place in checked.places))
    with transaction.atomic(durable=True):
        if _is_new(caller, _sameness(checked, pointers, way, refused=refused), now):
            record(
                caller.brand_id,
                ActKind.INVENTORY_REFUSED if refused else ActKind.INVENTORY_OBSERVED,
                now=now,
                who=Who(partner=caller.partner_id, credential=caller.credential_id),
                subject=f"partner:{caller.partner_id}",
                detail=_detail(checked, pointers, way),
            )
        _count(caller, checked, way, refused=refused, now=now)


def _sameness(checked: Checked, pointers: list[str], way: Way, *, refused: bool) -> str:
    told = "\n".join([way, str(refused), *sorted(checked.kinds), *sorted(pointers)])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _detail(checked: Checked, pointers: list[str], way: Way) -> Detail:
    return {
        "way": way,
        "places": checked.kinds.total(),
        "kinds": ",".join(f"{kind}:{count}" for kind, count in sorted(checked.kinds.items())),
        "pointers": " ".join(pointer[:_LONGEST_POINTER] for pointer in pointers[:MOST_TOLD]),
    }


def _is_new(caller: Caller, digest: str, now: datetime) -> bool:
    """True if it gets an act; the minute's row is locked till the commit."""
    minute = now.replace(second=0, microsecond=0)
    row, _ = Minute.objects.select_for_update().get_or_create(
        brand_id=caller.brand_id, partner_id=caller.partner_id, minute=minute
    )
    if digest in row.told or len(row.told) >= MOST_TOLD:
        row.untold += 1
        row.save(update_fields=["untold"])
        return False
    row.told.append(digest)
    row.save(update_fields=["told"])
    return True


def _count(caller: Caller, checked: Checked, way: Way, *, refused: bool, now: datetime) -> None:
    row, _ = RefusedDay.objects.get_or_create(
        brand_id=caller.brand_id,
        partner_id=caller.partner_id,
        day=now.date(),
        way=way,
        is_refused=refused,
    )
    RefusedDay.objects.filter(pk=row.pk).update(
        messages=F("messages") + 1, places=F("places") + checked.kinds.total()
    )


def days(brand_id: int, now: datetime, *, back: int = 30) -> list[RefusedDay]:
    """What was found in the last days, the newest first."""
    since = now.date() - timedelta(days=back)
    found = RefusedDay.objects.filter(brand_id=brand_id, day__gt=since)
    return list(found.order_by("-day", "partner_id", "way", "is_refused"))


def sweep(now: datetime) -> None:
    """Forget minutes that are over, old days, and movements that nothing tells of any more."""
    Minute.objects.filter(minute__lt=now - timedelta(hours=1)).delete()
    RefusedDay.objects.filter(day__lt=(now - DAYS_KEPT).date()).delete()
    Movement.objects.filter(at__lt=now - MOVEMENTS_KEPT).delete()
