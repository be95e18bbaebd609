"""Waves: the parcels that are picked in one walk, each in a tote of its own on the cart.

Rules kept here:
- a wave takes the partner's parcels that wait, those assigned first first, and none that is in an
  open wave: of two people at once each gets other parcels;
- a parcel that was cancelled, erased or given to another warehouse meanwhile leaves its wave, and
  the wave says so;
- a wave ends when its last parcel was packed or left it, or when somebody ends it: what is not
  packed waits for the next one.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Max, QuerySet

from orderveil.core.errors import Problem
from orderveil.core.states import ParcelState
from orderveil.gate import floor
from orderveil.gate.asking import Caller
from orderveil.gate.floor import ParcelId
from orderveil.hops.wms.models import Tote, Wave
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.partners.models import Partner

USUAL_PARCELS = 20
MOST_PARCELS = 200
"""Its list is opened and printed within what a person may be shown in a minute."""


class Dropped(StrEnum):
    """Why a parcel left its wave unpacked."""

    CANCELLED = "cancelled"
    GONE = "gone"
    """Erased, or another warehouse's by now."""
    MOVED_ON = "moved_on"
    """Packed or sent elsewhere than at a station of the wave."""
    WAVE_ENDED = "wave_ended"


@transaction.atomic
def make_wave(caller: Caller, most: int, *, now: datetime) -> Wave | Problem:
    """A wave of up to `most` parcels that wait; a Problem if none does."""
    _one_at_a_time(caller)
    found = floor.waiting(caller, _in_open_waves(caller), min(most, MOST_PARCELS), now=now)
    if isinstance(found, Problem):
        return found
    return _made(caller, found, now) if found else NOTHING_WAITS


def wave_of_one(caller: Caller, parcel: ParcelId, *, now: datetime) -> Tote:
    """The open tote of a parcel of the caller's; if it has none, in a wave of its own."""
    tote = open_tote(caller, parcel)
    if tote is not None:
        return tote
    with transaction.atomic():
        _one_at_a_time(caller)
        return open_tote(caller, parcel) or _made(caller, [parcel], now).tote_set.get()


def open_tote(caller: Caller, parcel: ParcelId) -> Tote | None:
    """Where a parcel of the caller's is to be packed."""
    return _totes(caller).filter(order_id=parcel[0], parcel_no=parcel[1], is_open=True).first()


def last_tote(caller: Caller, parcel: ParcelId) -> Tote | None:
    """The tote it was in last, packed or not."""
    return _totes(caller).filter(order_id=parcel[0], parcel_no=parcel[1]).order_by("-pk").first()


def tote_at(caller: Caller, number: int, position: int) -> Tote | None:
    """The tote with this code."""
    return _totes(caller).filter(wave__number=number, position=position).first()


def look_again(caller: Caller, wave: Wave, *, now: datetime) -> list[Tote]:
    """All totes of a wave by position, after what can't be packed any more has left it."""
    totes = list(Tote.objects.filter(wave=wave).select_related("wave").order_by("position"))
    mine = [tote for tote in totes if tote.is_open]
    found = floor.standings(caller, [parcel_of(tote) for tote in mine])
    for tote in mine:
        how = found.get(parcel_of(tote))
        why = why_dropped(how.state if how else None)
        if why is not None:
            drop(tote, why, now=now)
    return totes


def why_dropped(state: ParcelState | None) -> Dropped | None:
    """Why a parcel in this state can't be packed; None if it can."""
    if state is None:
        return Dropped.GONE
    if state == ParcelState.CANCELLED:
        return Dropped.CANCELLED
    return None if state == ParcelState.PLACED else Dropped.MOVED_ON


@transaction.atomic
def drop(tote: Tote, why: Dropped, *, now: datetime) -> None:
    """The parcel leaves its wave, and what was counted of it is forgotten."""
    tote.is_open, tote.dropped, tote.dropped_at, tote.lines = False, why.value, now, []
    _lock(tote.wave)
    left = Tote.objects.filter(pk=tote.pk, is_open=True)
    if left.update(is_open=False, dropped=why.value, dropped_at=now, lines=[]):
        close_if_done(tote.wave, now)


def close_if_done(wave: Wave, now: datetime) -> None:
    """A wave without an open tote is over. The caller has locked it."""
    if not Tote.objects.filter(wave=wave, is_open=True).exists():
        Wave.objects.filter(pk=wave.pk, closed_at=None).update(closed_at=now)


@transaction.atomic
def end_wave(wave: Wave, *, now: datetime, who: Who) -> None:
    """What is not packed waits for the next wave; an ended one stays as it is."""
    if _lock(wave).closed_at is not None:
        return
    told = {"dropped": Dropped.WAVE_ENDED.value, "dropped_at": now, "lines": []}
    Tote.objects.filter(wave=wave, is_open=True).update(is_open=False, **told)
    Wave.objects.filter(pk=wave.pk).update(closed_at=now)
    _note(wave, ActKind.WAVE_ENDED, now, who)


@transaction.atomic
def mark_picked(wave: Wave, *, now: datetime, who: Who) -> None:
    """Somebody walked it; whoever says so first is on record."""
    first = Wave.objects.filter(pk=wave.pk, picked_at=None)
    if first.update(picked_at=now, picked_by=who.person or ""):
        _note(wave, ActKind.WAVE_PICKED, now, who)


def forget_order(order_id: bytes, *, now: datetime) -> None:
    """It was erased: its parcels leave their waves, and what was counted of them is forgotten."""
    for tote in Tote.objects.filter(order_id=order_id, is_open=True).select_related("wave"):
        drop(tote, Dropped.GONE, now=now)


def parcel_of(tote: Tote) -> ParcelId:
    """The parcel that a tote is for."""
    return bytes(tote.order_id), tote.parcel_no


def _lock(wave: Wave) -> Wave:
    """Whoever changes a wave and its totes locks the wave first."""
    return Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)


def _one_at_a_time(caller: Caller) -> None:
    """Until the transaction's end nobody else makes a wave for this partner."""
    Partner.objects.select_for_update(no_key=True).get(pk=caller.partner_id)


def _totes(caller: Caller) -> QuerySet[Tote]:
    mine = Tote.objects.filter(wave__brand_id=caller.brand_id, wave__partner_id=caller.partner_id)
    return mine.select_related("wave")


def _in_open_waves(caller: Caller) -> list[ParcelId]:
    found = _totes(caller).filter(is_open=True).values_list("order_id", "parcel_no")
    return [(bytes(order), number) for order, number in found]


def _made(caller: Caller, parcels: Sequence[ParcelId], now: datetime) -> Wave:
    _drop_elsewhere(caller, parcels, now)
    last = Wave.objects.filter(partner_id=caller.partner_id).aggregate(last=Max("number"))["last"]
    wave = Wave.objects.create(
        brand_id=caller.brand_id,
        partner_id=caller.partner_id,
        number=(last or 0) + 1,
        made_by=caller.person or "",
        made_at=now,
    )
    Tote.objects.bulk_create(
        Tote(wave=wave, position=position, order_id=order, parcel_no=number)
        for position, (order, number) in enumerate(parcels, 1)
    )
    _note(wave, ActKind.WAVE_MADE, now, Who(person=caller.person), parcels=len(parcels))
    return wave


def _drop_elsewhere(caller: Caller, parcels: Sequence[ParcelId], now: datetime) -> None:
    """They are this partner's now: another warehouse that had them in a wave has them no more."""
    wanted = set(parcels)
    theirs = Tote.objects.filter(order_id__in=[order for order, _ in parcels], is_open=True)
    for tote in theirs.exclude(wave__partner_id=caller.partner_id).select_related("wave"):
        if parcel_of(tote) in wanted:
            drop(tote, Dropped.GONE, now=now)


def _note(wave: Wave, what: ActKind, now: datetime, who: Who, **detail: int) -> None:
    told: dict[str, str | int] = {"wave": str(wave), "partner": wave.partner_id, **detail}
    record(wave.brand_id, what, now=now, who=who, subject=f"wave:{wave.pk}", detail=told)


NOTHING_WAITS = Problem(
    code="nothing_waits",
    detail="No parcel waits to be packed that is not in an open wave already.",
    remedy="Pack the open waves, or wait for new orders.",
    rule="wms: a parcel is in one open wave at most",
    status=409,
)
