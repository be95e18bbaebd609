"""Personal values found in a payload, each under the one field that names it.

Rules kept here:
- the delivery address is the field; a billing name, phone or address that differs is kept with
  billing; an equal repeat is kept once;
- when there is no delivery address, the billing address is where the parcel goes;
- a country alone is a form's default, not an address: it is not claimed;
- values are only trimmed here: `gate.admit` normalises.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orderveil.core.fields import Field
from orderveil.core.personal import Personal
from orderveil.hops.storefront.reader import MAX_CODE, MAX_TEXT, Reader, check_text


class Found:
    """What was found so far. The first value of a field stays; lines add up."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[Field, str] = {}

    def put(self, field: Field, value: str | None) -> None:
        """Keep `value` as the field, unless it is absent or the field has one already."""
        if value:
            self._values.setdefault(field, value)

    def add_line(self, field: Field, line: str, pointer: str) -> None:
        """Add a line to a field of prose; the same line twice is kept once."""
        before = self._values.get(field)
        if line and (before is None or line not in before.split("\n")):
            text = line if before is None else f"{before}\n{line}"
            self._values[field] = check_text(text, pointer, limit=MAX_TEXT)

    def get(self, field: Field) -> str | None:
        """The field's value so far."""
        return self._values.get(field)

    def personal(self) -> Mapping[Field, Personal]:
        """Everything found, wrapped."""
        return {field: Personal(value) for field, value in self._values.items()}


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Somebody's name, phone and place as one object of a payload says them."""

    name: str | None = None
    phone: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    pincode: str | None = None
    country: str | None = None
    geo: str | None = None

    def has_place(self) -> bool:
        """True if it says where."""
        return any(self.parts().values())

    def one_line(self) -> str | None:
        """The place in one line, without the person."""
        area = joined((self.state, self.pincode), " ")
        return joined((self.line1, self.line2, self.city, area, self.country), ", ")

    def parts(self) -> Mapping[Field, str | None]:
        """The place, by field."""
        return {
            Field.LINE1: self.line1,
            Field.LINE2: self.line2,
            Field.CITY: self.city,
            Field.STATE: self.state,
            Field.PINCODE: self.pincode,
            Field.COUNTRY: self.country,
            Field.GEO: self.geo,
        }


def joined(parts: Iterable[str | None], separator: str) -> str | None:
    """The parts that are there, in one text; None if there are none."""
    return separator.join(part for part in parts if part) or None


def settle(found: Found, delivery: Address, billing: Address) -> None:
    """Put name, phone and place of the delivery; keep with billing what differs from them."""
    place = delivery if delivery.has_place() or not billing.has_place() else billing
    found.put(Field.NAME, delivery.name or billing.name)
    found.put(Field.PHONE, delivery.phone or billing.phone)
    for field, value in place.parts().items():
        found.put(field, value)
    if billing.name and not _alike(billing.name, found.get(Field.NAME)):
        found.put(Field.BILLING_NAME, billing.name)
    phone = billing.phone if not _same_phone(billing.phone, found.get(Field.PHONE)) else None
    if phone or not _alike(billing.one_line(), place.one_line()):
        found.put(Field.BILLING_ADDRESS, joined((billing.one_line(), phone), ", "))


def _alike(one: str | None, other: str | None) -> bool:
    return " ".join((one or "").casefold().split()) == " ".join((other or "").casefold().split())


def _same_phone(one: str | None, other: str | None) -> bool:
    ends = [[mark for mark in text or "" if mark.isdigit()][-10:] for text in (one, other)]
    return ends[0] == ends[1] if ends[0] and ends[1] else one == other


def take(found: Found, field: Field, *places: tuple[Reader, str], limit: int = MAX_CODE) -> None:
    """Put the first value present; claim it and its repeats, unless the field holds another."""
    found.put(field, prefer(found.get(field), *places, limit=limit))


def prefer(chosen: str | None, *places: tuple[Reader, str], limit: int = MAX_CODE) -> str | None:
    """`chosen`, or the first value present; values equal to it are claimed as its repeats."""
    for reader, key in places:
        value = reader.code(key, claim=False, limit=limit)
        chosen = chosen or value
        if value is not None and value == chosen:
            reader.claim(key)
    return chosen


def read_name(reader: Reader, full: str | None, first: str, last: str) -> str | None:
    """A person's name: the full one, else first and last in one."""
    name = reader.text(full) if full else None
    parts = [reader.text(key, claim=False) for key in (first, last)]
    for key, part in zip((first, last), parts, strict=True):
        if part and (not name or part in name):
            reader.claim(key)
    return name or joined(parts, " ")
