"""Looking at what is new in a brand's log and counters, once a minute.

Rules kept here:
- what was looked at, the counts made of it, the alerts raised from them and the place that was
  reached are one transaction: a crash looks again, and finds the same;
- the log is read from that place on, never from its beginning; history comes from the counts;
- the first look at an old log makes its history, and raises alerts of the last day only;
- a fault in the look at one brand keeps neither the others from being looked at nor anybody from
  being told.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from orderveil.core.faults import place_of
from orderveil.incidents import alerts, canaries, noticing, telling
from orderveil.incidents.history import Key, add, put
from orderveil.incidents.judging import Judge
from orderveil.incidents.models import Alert, Count, Looked
from orderveil.incidents.words import What
from orderveil.ledger import counting
from orderveil.ledger.entries import DisclosureKind
from orderveil.partners import beyond, refused
from orderveil.partners.models import Brand

BATCH = 20_000
"""Entries of the log in one transaction."""
RAISED_WITHIN = timedelta(hours=24)
COUNTS_KEPT = timedelta(days=90)
FAILURES_KEPT = timedelta(days=7)
_log = logging.getLogger(__name__)


def minute(now: datetime) -> None:
    """Everything that is due: a look at each brand, then what is to be told."""
    try:
        for brand_id in Brand.objects.order_by("pk").values_list("pk", flat=True):
            _look_at(brand_id, now)
    finally:
        telling.tell(now)


def _look_at(brand_id: int, now: datetime) -> None:
    """Look; what breaks is logged, and looked at again in a minute: the place has not moved."""
    try:
        look(brand_id, now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the next brand has its look
        place = place_of(error)
        _log.error("the look at a brand broke: %s at %s", type(error).__name__, place)


def look(brand_id: int, now: datetime) -> list[Alert]:
    """Look at everything new of a brand; the alerts that were raised."""
    raised: list[Alert] = []
    more = True
    while more:
        more = _look_at_batch(brand_id, now, raised)
    return raised


@transaction.atomic
def _look_at_batch(brand_id: int, now: datetime, raised: list[Alert]) -> bool:
    """One transaction's worth; True if the log goes on."""
    Looked.objects.get_or_create(brand_id=brand_id, defaults={"at": now})
    mark = Looked.objects.select_for_update().get(brand_id=brand_id)
    end = counting.batch_end(brand_id, mark.place, BATCH)
    shown = _shown(counting.shown_between(brand_id, mark.place, end))
    add(brand_id, shown)
    changed = {*shown, *_refusals(brand_id, now)}
    judge = Judge(brand_id, now)
    findings = [
        *judge.unusual(key for key in changed if now - key.hour < RAISED_WITHIN),
        *canaries.sightings(brand_id, mark.place, end),
        *noticing.networks(brand_id, now),
        *noticing.failed_sign_ins(brand_id, now),
        *noticing.paper(brand_id, now),
        *noticing.purges(brand_id, now),
        *noticing.stopped(brand_id, now),
    ]
    for found in findings:
        alert = alerts.raise_alert(brand_id, found, now=now)
        if alert is not None:
            raised.append(alert)
    is_full = end - mark.place >= BATCH
    mark.place, mark.at = end, now
    mark.save()
    return is_full


def _shown(parts: Iterable[counting.Shown]) -> dict[Key, int]:
    """What was shown to people and credentials; what our own journey sent is nobody's doing."""
    sums: dict[Key, int] = defaultdict(int)
    for part in parts:
        what = What.REVEALS if part.kind == DisclosureKind.REVEAL else What.VIEWS
        if part.person is not None:
            sums[Key(part.person, what, part.hour)] += part.orders
        elif part.credential is not None:
            sums[Key(f"credential:{part.credential}", what, part.hour)] += part.orders
    return sums


def _refusals(brand_id: int, now: datetime) -> set[Key]:
    """Copy this hour's and the last hour's refusals; which of them have changed."""
    start = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    sums: dict[Key, int] = defaultdict(int)
    for each in refused.since(brand_id, start):
        sums[Key(each.who, What.REFUSALS, each.hour)] += each.times
    return put(brand_id, sums)


def sweep(now: datetime) -> None:
    """Forget counts that nobody compares with any more."""
    Count.objects.filter(hour__lt=now - COUNTS_KEPT).delete()
    failures = Count.objects.filter(what=What.FAILED_SIGN_INS, hour__lt=now - FAILURES_KEPT)
    failures.delete()
    refused.sweep(now - refused.KEPT)
    beyond.sweep(now)
