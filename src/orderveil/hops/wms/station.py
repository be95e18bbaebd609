"""The packing station: what a scanned code means here and now, and what it does.

Rules kept here:
- one input takes everything: a tote's code, an item's, a parcel's ref, a label's number; what is to
  be put into the open parcel comes first;
- an item is counted once per scan and never beyond what is ordered; when all is in, the parcel is
  packed, under the transitions table, and its papers are asked for;
- a code of another warehouse's parcel is a code that nobody knows;
- of what is in a parcel a copy is kept while it is counted, and no longer; of the buyer, none.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.states import ParcelState
from orderveil.gate import floor, parcels
from orderveil.gate.asking import Caller, open_ref, spend
from orderveil.gate.compose import View
from orderveil.gate.disclose import put_on_record, view_of
from orderveil.gate.floor import ParcelId, Standing
from orderveil.gate.narrowing import showing
from orderveil.hops.wms import codes, locations, waves
from orderveil.hops.wms.models import Station, Tote, Wave
from orderveil.hops.wms.picking import goods_of
from orderveil.hops.wms.printing_here import Asked, device_of, print_parcel
from orderveil.hops.wms.waves import Dropped, parcel_of

NEEDED = frozenset({Field.NAME, Field.ORDER_NUMBER, Field.ITEMS, Field.GIFT_MESSAGE})
"""What packing needs to see: the address and the phone are on the slip."""


class Said(StrEnum):
    """What a station answers."""

    OPENED = "opened"
    COUNTED = "counted"
    PACKED = "packed"
    UNKNOWN = "unknown"
    SCAN_A_TOTE = "scan_a_tote"
    WRONG_ITEM = "wrong_item"
    ENOUGH = "enough"
    ALREADY_PACKED = "already_packed"
    CANCELLED = "cancelled"
    GONE = "gone"
    WAVE_ENDED = "wave_ended"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan came to."""

    said: Said
    item: str = ""
    """The title of the item that was scanned."""
    left: int = 0
    """How many items are still to come."""
    view: View | None = None
    """Of a tote that was opened: what packing needs to see, on record."""
    problem: Problem | None = None
    """Why, for `REFUSED`."""
    printed: tuple[Asked, ...] = ()


def station_of(caller: Caller) -> Station:
    """What this device is at."""
    every = Station.objects.select_related(
        "open__wave", "packed__wave", "slip_printer", "label_printer"
    )
    number = device_of(caller)
    found = every.filter(device_id=number).first() or Station(device_id=number)
    if found.open is not None and not found.open.is_open:  # its wave was ended meanwhile
        found.open = None
    return found


def scan(caller: Caller, code: str, *, now: datetime) -> Outcome:
    """Do what the code means at this station."""
    told = code.strip()[: codes.LONGEST]
    if not told or "\x00" in told:  # which no column takes
        return Outcome(Said.UNKNOWN)
    tote = station_of(caller).open
    line = _line_of(tote, told) if tote is not None else None
    if tote is not None and line is not None:
        return count(caller, tote, line, now=now)
    if _is_of_ended_wave(caller, told):
        return Outcome(Said.WAVE_ENDED)
    found = _parcel_behind(caller, told)
    if found is not None:
        return open_parcel(caller, found, now=now)
    sku = locations.sku_behind(caller.partner_id, told)
    if sku is None:
        return Outcome(Said.UNKNOWN)
    return Outcome(Said.SCAN_A_TOTE if tote is None else Said.WRONG_ITEM, item=sku)


def open_parcel(caller: Caller, parcel: ParcelId, *, now: datetime) -> Outcome:
    """Show what has to be in a parcel of the caller's, and pack it here from now on."""
    how = floor.standings(caller, [parcel]).get(parcel)
    why = waves.why_dropped(how.state if how else None)
    if how is None or why is not None:
        return _cannot(caller, parcel, how, why or Dropped.GONE, now)
    view = _shown(caller, parcel, now)
    if isinstance(view, Problem):
        return Outcome(Said.REFUSED, problem=view)
    tote = waves.wave_of_one(caller, parcel, now=now)
    lines = _lines(caller, view, is_shared=how.parcels > 1)
    with transaction.atomic():
        station = _locked(caller)
        # Taken over from another station, it goes on where that one was.
        Station.objects.filter(open=tote).exclude(pk=station.pk).update(open=None)
        tote = Tote.objects.select_for_update().get(pk=tote.pk)
        if [_same(line) for line in tote.lines] != [_same(line) for line in lines]:
            tote.lines = lines
            tote.save(update_fields=["lines"])
        Station.objects.filter(pk=station.pk).update(open=tote, packed=None)
    return Outcome(Said.OPENED, left=left_of(tote), view=view)


def count(caller: Caller, tote: Tote, line: int, *, now: datetime) -> Outcome:
    """One item of this line goes in; the last one packs the parcel."""
    parcel = parcel_of(tote)
    how = floor.standings(caller, [parcel]).get(parcel)
    why = waves.why_dropped(how.state if how else None)
    if why is not None:
        return _cannot(caller, parcel, how, why, now)
    with transaction.atomic():
        tote = Tote.objects.select_for_update(of=("self",)).select_related("wave").get(pk=tote.pk)
        if not tote.is_open or line >= len(tote.lines):
            return Outcome(Said.SCAN_A_TOTE)
        one = tote.lines[line]
        if one["in"] >= one["quantity"]:
            return Outcome(Said.ENOUGH, item=one["title"], left=left_of(tote))
        one["in"] += 1
        tote.save(update_fields=["lines"])
    if left_of(tote) or ends_by_hand(tote):
        return Outcome(Said.COUNTED, item=one["title"], left=left_of(tote))
    return pack(caller, tote, now=now)


def pack(caller: Caller, tote: Tote, *, now: datetime) -> Outcome:
    """The parcel is packed: it moves on, and its papers are asked for."""
    parcel = parcel_of(tote)
    moved = parcels.move(caller, *parcel, ParcelState.PACKED, now=now)
    if isinstance(moved, Problem):
        how = floor.standings(caller, [parcel]).get(parcel)
        why = waves.why_dropped(how.state if how else None)
        if why is None:
            return Outcome(Said.REFUSED, problem=moved)
        return _cannot(caller, parcel, how, why, now)
    _note_packed(caller, tote, now)
    printed = print_parcel(caller, station_of(caller), tote, now=now)
    return Outcome(Said.PACKED, printed=printed)


def left_of(tote: Tote) -> int:
    """How many items are still to come."""
    return sum(line["quantity"] - line["in"] for line in tote.lines)


def ends_by_hand(tote: Tote) -> bool:
    """Does somebody say when it is full? Its order goes in several parcels, or is not shown."""
    return not tote.lines or any(line["shared"] for line in tote.lines)


def _is_of_ended_wave(caller: Caller, code: str) -> bool:
    """Is it a tote whose parcel waits for another wave, or is in one by now?"""
    place = codes.tote_of(code)
    tote = waves.tote_at(caller, *place) if place is not None else None
    return tote is not None and tote.dropped == Dropped.WAVE_ENDED.value


def _parcel_behind(caller: Caller, code: str) -> ParcelId | None:
    """The caller's parcel that a tote's code, a ref or a label's number stands for."""
    place = codes.tote_of(code)
    tote = waves.tote_at(caller, *place) if place is not None else None
    if tote is not None:
        return parcel_of(tote)
    opened = open_ref(caller, code)
    if opened is not None:
        parcel = opened[0], opened[1] or parcels.FIRST_PARCEL
        return parcel if floor.standings(caller, [parcel]) else None
    return floor.by_awb(caller, code)


def _line_of(tote: Tote, code: str) -> int | None:
    """The line of an item with this code; of two that have it, one that is not full."""
    wanted = codes.key(code)
    found = [at for at, line in enumerate(tote.lines) if wanted in line["codes"]]
    open_ones = [at for at in found if tote.lines[at]["in"] < tote.lines[at]["quantity"]]
    return next(iter(open_ones or found), None)


def _shown(caller: Caller, parcel: ParcelId, now: datetime) -> View | Problem:
    problem = spend(caller, 1, now)
    if problem is not None:
        return problem
    done = put_on_record(caller, *parcel, now=now, narrow=showing(NEEDED))
    return done if isinstance(done, Problem) else view_of(caller, done, now)


def _lines(caller: Caller, view: View, *, is_shared: bool) -> list[dict[str, Any]]:
    goods = goods_of(view.fields.get(Field.ITEMS))
    printed = locations.barcodes_of(caller.partner_id, [one.sku for one in goods if one.sku])
    return [
        {
            "sku": one.sku,
            "title": one.title,
            "quantity": one.quantity,
            "codes": [key for key in (codes.key(one.sku), printed.get(one.sku)) if key],
            "shared": is_shared,
            "in": 0,
        }
        for one in goods
    ]


def _same(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["sku"], line["title"], line["quantity"], line["shared"]


def _cannot(
    caller: Caller, parcel: ParcelId, how: Standing | None, why: Dropped, now: datetime
) -> Outcome:
    """It can't be packed any more: it leaves its wave, and the station lets go of it."""
    tote = waves.open_tote(caller, parcel)
    if tote is not None:
        waves.drop(tote, why, now=now)
    last = waves.last_tote(caller, parcel) if how else None
    is_packed = how is not None and how.state == ParcelState.PACKED
    with transaction.atomic():
        station = _locked(caller)
        if station.open is None or parcel_of(station.open) == parcel:
            Station.objects.filter(pk=station.pk).update(
                open=None, packed=last if is_packed else None
            )
    said = {Dropped.CANCELLED: Said.CANCELLED, Dropped.GONE: Said.GONE}
    return Outcome(said.get(why, Said.ALREADY_PACKED))


def _note_packed(caller: Caller, tote: Tote, now: datetime) -> None:
    with transaction.atomic():
        station = _locked(caller)
        Wave.objects.select_for_update(no_key=True).get(pk=tote.wave_id)
        told = {"packed_by": caller.person or "", "packed_on_id": caller.device_id}
        Tote.objects.filter(pk=tote.pk).update(
            is_open=False, lines=[], packed_at=now, dropped="", dropped_at=None, **told
        )
        waves.close_if_done(tote.wave, now)
        Station.objects.filter(open=tote).update(open=None)
        Station.objects.filter(pk=station.pk).update(open=None, packed=tote)


def _locked(caller: Caller) -> Station:
    """This station, for a change."""
    number = device_of(caller)
    Station.objects.get_or_create(device_id=number)
    locked = Station.objects.select_for_update(of=("self",)).select_related("open")
    return locked.get(device_id=number)
