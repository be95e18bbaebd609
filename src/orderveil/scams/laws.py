"""What the policies of a brand mean for its customers: lights and dots from the tables alone."""

from dataclasses import dataclass
from typing import Any

from orderveil.core.fields import PERSONAL
from orderveil.core.hops import Hop
from orderveil.core.scam_needs import TITLE_OF, Scam
from orderveil.core.table import Table
from orderveil.scams.dots import level
from orderveil.scams.drawing import dot_of
from orderveil.scams.picture import TITLES, Law, Lights, lights


def law_of_table(name: str, table: Table) -> Law:
    """A policy as the lights need it."""
    return Law(name, table.cells(), {hop: row.states for hop, row in table.rows.items()})


def road(now: Table, was: Table) -> list[dict[str, Any]]:
    """Eleven dots: how much of a customer each hop holds of an order that has every field."""
    return [
        dot_of(
            hop,
            now=level(now.rows[hop].forms, of=PERSONAL),
            was=level(was.rows[hop].forms, of=PERSONAL),
        )
        for hop in Hop
    ]


@dataclass(frozen=True, slots=True)
class Shift:
    """What one policy changes of the scams that another leaves possible."""

    before: Lights
    after: Lights
    begins: tuple[tuple[str, str], ...]
    """(scam, hop) that only the new one makes possible, as people call them."""
    ends: tuple[tuple[str, str], ...]


def shift(before: Law, after: Law, *, published_channel: bool) -> Shift:
    """The lights of both, and what went on and out."""
    old = lights(before, published_channel=published_channel)
    new = lights(after, published_channel=published_channel)
    return Shift(old, new, _only(new, old), _only(old, new))


def _only(one: Lights, other: Lights) -> tuple[tuple[str, str], ...]:
    return tuple(
        (TITLE_OF[scam], TITLES[hop])
        for scam in Scam
        for hop in one.scams[scam]
        if hop not in other.scams[scam]
    )
