"""Where items lie: set item by item, each checked, what is good never lost for what is not.

Rules kept here:
- an item lies in one place of a partner's warehouse; an empty place takes it off the list;
- a barcode belongs to one item of the warehouse: a second one that claims it is refused;
- what is not named stays as it is, and the same list again changes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from orderveil.core.errors import Problem
from orderveil.hops.wms import codes
from orderveil.hops.wms.models import Bin
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.partners.models import Partner

MOST_ITEMS = 50_000
LONGEST_LOCATION = 40
LONGEST_BARCODE = 48
_NAMES = ("sku", "location", "barcode")
_CHUNK = 1_000
_WRITTEN = re.compile(r"[^\x00-\x1f\x7f]*").fullmatch


class Located(msgspec.Struct, frozen=True):
    """Where one item lies. A `location` of "" takes it off the list."""

    sku: str
    location: str
    barcode: str = ""
    """What is printed on it, if that is not its SKU."""


class LocationRefused(msgspec.Struct, frozen=True):
    """An item that was not set, by its place in the list from 1, and why."""

    item: int
    problem: Problem


class LocationsAnswer(msgspec.Struct, frozen=True):
    """What became of a list."""

    written: int
    removed: int
    unchanged: int
    refused: list[LocationRefused]


@transaction.atomic
def set_locations(
    partner: Partner, rows: Iterable[Any], *, now: datetime, who: Who
) -> LocationsAnswer:
    """Set what is good of `rows`, mappings with `sku`, `location` and perhaps `barcode`."""
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    there = {each.sku: each for each in Bin.objects.filter(partner=partner)}
    wanted, refused = _checked(rows, there)
    gone = [sku for sku, item in wanted.items() if not item.location and sku in there]
    changed = [
        item
        for sku, item in wanted.items()
        if item.location and (sku not in there or _differs(there[sku], item))
    ]
    _write(partner, gone, changed)
    if gone or changed:
        record(
            partner.brand_id,
            ActKind.LOCATIONS_SET,
            now=now,
            who=who,
            subject=f"partner:{partner.pk}",
            detail={"set": len(changed), "removed": len(gone), "refused": len(refused)},
        )
    same = len(wanted) - len(gone) - len(changed)
    return LocationsAnswer(len(changed), len(gone), same, refused)


def locations_of(partner_id: int, skus: Iterable[str]) -> Mapping[str, str]:
    """Where these items lie; what has no place is left out."""
    found = Bin.objects.filter(partner_id=partner_id, sku__in=set(skus))
    return dict(found.values_list("sku", "location"))


def sku_behind(partner_id: int, code: str) -> str | None:
    """The item that bears this code; None if no item of the warehouse does."""
    told = code.strip()
    found = Bin.objects.filter(partner_id=partner_id)
    one = found.filter(barcode=codes.key(told)).first() or found.filter(sku=told).first()
    return one.sku if one else None


def barcodes_of(partner_id: int, skus: Iterable[str]) -> Mapping[str, str]:
    """What is printed on these items, as `codes.key`; what bears only its SKU is left out."""
    found = Bin.objects.filter(partner_id=partner_id, sku__in=set(skus)).exclude(barcode="")
    return dict(found.values_list("sku", "barcode"))


def _write(partner: Partner, gone: Sequence[str], changed: Sequence[Located]) -> None:
    mine = Bin.objects.filter(partner=partner)
    for some in _chunks(gone):
        mine.filter(sku__in=some).delete()
    # Two items may change their barcodes for each other's.
    for some in _chunks([item.sku for item in changed]):
        mine.filter(sku__in=some).exclude(barcode="").update(barcode="")
    Bin.objects.bulk_create(
        [
            Bin(brand_id=partner.brand_id, partner=partner, **msgspec.structs.asdict(item))
            for item in changed
        ],
        batch_size=_CHUNK,
        update_conflicts=True,
        unique_fields=["partner", "sku"],
        update_fields=["location", "barcode"],
    )


def _chunks(some: Sequence[str]) -> Iterable[Sequence[str]]:
    return (some[at : at + _CHUNK] for at in range(0, len(some), _CHUNK))


def _differs(one: Bin, item: Located) -> bool:
    return (one.location, one.barcode) != (item.location, item.barcode)


def _checked(
    rows: Iterable[Any], there: Mapping[str, Bin]
) -> tuple[dict[str, Located], list[LocationRefused]]:
    wanted: dict[str, Located] = {}
    places: dict[str, int] = {}
    refused = []
    for at, row in enumerate(rows, 1):
        item = _item(row) if at <= MOST_ITEMS else _TOO_MANY
        if isinstance(item, Located) and item.sku in wanted:
            item = _twice(places[item.sku])
        if isinstance(item, Problem):
            refused.append(LocationRefused(at, item))
        else:
            wanted[item.sku], places[item.sku] = item, at
    bearers = {one.barcode: sku for sku, one in there.items() if one.barcode and sku not in wanted}
    for sku, item in list(wanted.items()):
        if not item.barcode:
            continue
        if bearers.setdefault(item.barcode, sku) != sku:
            refused.append(LocationRefused(places[sku], _TAKEN))
            del wanted[sku]
    return wanted, sorted(refused, key=lambda each: each.item)


def _item(row: Any) -> Located | Problem:
    if not isinstance(row, Mapping) or not {"sku", "location"} <= row.keys():
        return _NO_ITEM
    told = {name: row.get(name) or "" for name in _NAMES}
    if not all(isinstance(value, str) and _WRITTEN(value) for value in told.values()):
        return _NO_ITEM
    sku, location, barcode = (value.strip() for value in told.values())
    if not 1 <= len(sku) <= codes.LONGEST or len(location) > LONGEST_LOCATION:
        return _TOO_LONG
    if len(barcode) > LONGEST_BARCODE:
        return _TOO_LONG
    if codes.looks_like_gtin(barcode) and not codes.is_gtin(barcode):
        return _WRONG_DIGIT
    return Located(sku, location, codes.key(barcode))


_RULE = "wms: an item has a stock number and a place, of visible characters"
_NO_ITEM = Problem(
    code="no_item",
    detail="An item has the texts `sku` and `location`, and may have `barcode`.",
    remedy="Send them without control characters; an empty location takes the item off the list.",
    rule=_RULE,
)
_TOO_LONG = Problem(
    code="item_too_long",
    detail="An SKU has 1 to 100 characters, a location up to 40, a barcode up to 48.",
    remedy="Shorten it, or leave the barcode out.",
    rule=_RULE,
)
_WRONG_DIGIT = Problem(
    code="wrong_check_digit",
    detail="This barcode has the length of an EAN or UPC, and its check digit is wrong.",
    remedy="Scan it again: a digit is wrong, or two have changed places.",
    pointer="/barcode",
    rule="GS1 General Specifications, 7.9: the check digit",
)
_TAKEN = Problem(
    code="barcode_taken",
    detail="Another item has this barcode.",
    remedy="Correct one of the two, or take the other one off the list.",
    pointer="/barcode",
    rule="wms: a barcode belongs to one item of a warehouse",
)
_TOO_MANY = Problem(
    code="too_many_items",
    detail=f"A list has up to {MOST_ITEMS:,} items.",
    remedy="Send the rest in another one.",
    rule="api: size limits",
    status=413,
)


def _twice(at: int) -> Problem:
    return Problem(
        code="item_twice",
        detail=f"This SKU stands in the list before, as item {at}.",
        remedy="Name each item once.",
        pointer="/sku",
        rule="wms: an item lies in one place of a warehouse",
    )
