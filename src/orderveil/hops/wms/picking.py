"""The pick list of a wave: what to fetch from where, for which totes. No buyer is in it.

Rules kept here:
- it is asked of the gate as one disclosure of items and of nothing else: no compartment is opened,
  so no key of an order is unwrapped for it;
- it names no order and no ref: a tote's position on the cart is all that tells parcels apart;
- it is in the order of the walk; what has no place comes last.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.gate import floor
from orderveil.gate.asking import Caller
from orderveil.gate.bulk import disclose_many
from orderveil.gate.narrowing import showing
from orderveil.hops.wms import locations, waves
from orderveil.hops.wms.codes import walking_key
from orderveil.hops.wms.models import Tote, Wave


class Goods(msgspec.Struct, frozen=True):
    """One line of an order, as far as the policy shows it to the warehouse."""

    sku: str
    title: str
    quantity: int


class Portion(msgspec.Struct, frozen=True):
    """How many of an item go into one tote."""

    position: int
    quantity: int


class Line(msgspec.Struct, frozen=True):
    """One stop of the walk."""

    location: str
    """ "" if nobody said where it lies."""
    sku: str
    title: str
    quantity: int
    totes: tuple[Portion, ...]


class PickList(msgspec.Struct, frozen=True):
    """The walk."""

    lines: tuple[Line, ...]
    shared: tuple[int, ...]
    """Totes whose order goes in several parcels: what goes into which is decided at packing."""
    hidden: tuple[int, ...]
    """Totes whose items could not be shown."""


def pick_list(
    caller: Caller, wave: Wave, totes: Sequence[Tote], *, now: datetime
) -> PickList | Problem:
    """What the open ones of a wave's totes need. On record before it is composed."""
    totes = [tote for tote in totes if tote.is_open]
    if not totes:
        return PickList((), (), ())
    wanted = [(f"{wave}-{tote.position}", *waves.parcel_of(tote)) for tote in totes]
    answers = disclose_many(caller, wanted, now=now, narrow=showing(frozenset({Field.ITEMS})))
    if isinstance(answers, Problem):
        return answers
    found = {
        tote.position: goods_of(answer.view.fields.get(Field.ITEMS))
        for tote, answer in zip(totes, answers, strict=True)
        if answer.view is not None
    }
    standing = floor.standings(caller, [waves.parcel_of(tote) for tote in totes])
    shared = {
        tote.position
        for tote in totes
        if (how := standing.get(waves.parcel_of(tote))) is not None and how.parcels > 1
    }
    hidden = tuple(tote.position for tote in totes if not found.get(tote.position))
    return PickList(_lines(wave.partner_id, found), tuple(sorted(shared)), hidden)


def goods_of(items: Any) -> list[Goods]:
    """The `items` of a view, in whichever form the policy gives them."""
    told = []
    for one in items or ():
        known = one if isinstance(one, dict) else msgspec.structs.asdict(one)
        sku = (known.get("sku") or "").strip()
        title = known.get("title") or known.get("kind") or sku
        told.append(Goods(sku, title, known["quantity"]))
    return told


def _lines(partner_id: int, found: dict[int, list[Goods]]) -> tuple[Line, ...]:
    portions: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    titles: dict[tuple[str, str], str] = {}
    for position, goods in found.items():
        for one in goods:
            # What has no stock number is told apart by its title.
            item = (one.sku, "" if one.sku else one.title)
            portions[item][position] += one.quantity
            titles.setdefault(item, one.title)
    places = locations.locations_of(partner_id, [sku for sku, _ in portions if sku])
    lines = [
        Line(
            places.get(item[0], ""),
            item[0],
            titles[item],
            sum(each.values()),
            tuple(Portion(*portion) for portion in sorted(each.items())),
        )
        for item, each in portions.items()
    ]
    return tuple(
        sorted(lines, key=lambda one: (not one.location, walking_key(one.location), one.sku))
    )
