"""Entries as the pages' templates take them: in words, with what they link to.

Rules kept here:
- a template gets ids and pseudonyms; the names of people and partners are put in by its tags;
- what another brand's log holds is not there at all.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from orderveil.core.errors import Problem, RefusedError
from orderveil.ledger.browsing import Listed
from orderveil.ledger.entries import ActEntry, BulkEntry, DisclosureEntry, Entry
from orderveil.ledger.queries import OrderEntry
from orderveil.ledger.words import Doer, Said, kind_words, say, who

ORDER_DIGITS = 32
NOT_HERE = Problem(
    "not_on_record",
    "Nothing on your brand's record goes by that name.",
    "Go back to the ledger, and follow a link from there.",
    rule="ledger: a brand reads its own log",
    status=404,
)


class About(NamedTuple):
    """What an act is about."""

    person: str = ""
    partner: int | None = None
    other: str = ""


class Line(NamedTuple):
    """One row of a table."""

    entry_id: UUID
    at: Any
    place: int | None
    kind: str
    doer: Doer
    said: Said | None
    """None: there are no bytes that can be read."""
    about: About
    hop: str
    order: str
    """Of the one order it is about, in hexadecimal."""
    rows: int
    """Of a bulk: how many orders."""
    is_spoilt: bool = False


def lines(found: Iterable[Listed]) -> list[Line]:
    """Entries of a log."""
    return [
        _line(row, row.entry, row.kind, row.order)._replace(is_spoilt=row.is_spoilt)
        for row in found
    ]


def lines_of_order(found: Iterable[OrderEntry]) -> list[Line]:
    """Entries about one order, which needs no link to itself."""
    return [_line(row, row.entry, row.kind, "")._replace(is_spoilt=row.is_spoilt) for row in found]


def order_id(text: str) -> bytes:
    """An order's id out of an address. Raises `RefusedError` for what is none."""
    if len(text) != ORDER_DIGITS or not set(text) <= set("0123456789abcdefABCDEF"):
        raise RefusedError(NOT_HERE)
    return bytes.fromhex(text)


def about(subject: str) -> About:
    """A subject, taken apart."""
    kind, _, number = subject.partition(":")
    if kind == "person":
        return About(person=subject)
    if kind == "partner" and number.isdigit():
        return About(partner=int(number))
    return About(other=subject)


def _line(row: Listed | OrderEntry, entry: Entry | None, kind: str, order: str) -> Line:
    said = say(entry) if entry else None
    doer = who(entry) if entry else Doer()
    subject = about(said.about if said else "")
    return Line(
        entry_id=row.entry_id,
        at=row.at,
        place=row.place,
        kind=kind_words(entry.kind if entry else kind),
        doer=doer,
        said=said,
        # Who did something about themselves is named once.
        about=About() if subject.person and subject.person == doer.person else subject,
        hop=str(entry.hop) if isinstance(entry, DisclosureEntry | BulkEntry) else "",
        order=order,
        rows=entry.rows if isinstance(entry, ActEntry | BulkEntry) else 0,
    )
