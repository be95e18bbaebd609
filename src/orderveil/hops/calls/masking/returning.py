"""Which masked numbers are to be given back: those whose contact ended, or may not be used.

At a provider no gate is asked at a call. So it is asked here, at each run: a partner without
standing keeps no masked number, and neither does a line that ended.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from orderveil.contacts.models import Contact, ContactKind
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.gate import law as laws
from orderveil.hops.calls import lines
from orderveil.hops.calls.models import Mask


def upkeep(now: datetime) -> int:
    """End what may not be used, and mark for release what leads to nobody; how many."""
    allocated = Mask.objects.filter(state="allocated")
    _end(allocated.filter(line__revoked_at__isnull=False), now)
    for brand_id, partner_id, hop in _holders():
        if not _has_standing(brand_id, partner_id, Hop(hop), now.date()):
            _end(allocated.filter(brand_id=brand_id, partner_id=partner_id, hop=hop), now)
    live = Contact.objects.filter(
        brand_id=OuterRef("brand_id"),
        number=OuterRef("number"),
        code=OuterRef("pin"),
        kind=ContactKind.PHONE,
        ended_at=None,
        expires_at__gt=now,
    )
    over = allocated.filter(~Exists(live))
    done = over.update(state="releasing", due_at=now, tries=0, changed_at=now)
    lines.forget_drained()
    return done


def _holders() -> list[tuple[int, int, str]]:
    found = Mask.objects.filter(state="allocated").order_by("brand_id", "partner_id", "hop")
    return list(found.values_list("brand_id", "partner_id", "hop").distinct())


def _has_standing(brand_id: int, partner_id: int, hop: Hop, today: date) -> bool:
    law = laws.current(laws.law_of(brand_id))
    partner = law.partners.get(partner_id)
    if partner is None:
        return False
    return not isinstance(law.decide(partner, hop, enforced=True, today=today), Problem)


@transaction.atomic
def _end(masks: QuerySet[Mask], now: datetime) -> None:
    """End the contacts that stand behind these."""
    behind = masks.filter(
        brand_id=OuterRef("brand_id"), number=OuterRef("number"), pin=OuterRef("code")
    )
    live = Contact.objects.filter(kind=ContactKind.PHONE, ended_at=None)
    live.filter(Exists(behind)).update(ended_at=now, peer=None)
