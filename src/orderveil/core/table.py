"""The policy table as a value: which hop gets which field in which form, and when it may ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from orderveil.core.fields import Field
from orderveil.core.forms import Form, tells_at_most
from orderveil.core.hops import Hop, Reach
from orderveil.core.layouts import Labels, Layout
from orderveil.core.states import ParcelState


class Requirement(StrEnum):
    """What a partner must have before it may receive anything."""

    AGREEMENT = "agreement"
    """A data-processing agreement in force."""
    TERMS = "terms"
    """One that names its document, countries, deletion term, breach hours and contact."""


class Profile(StrEnum):
    """The three tables that ship, and the family a table of one's own belongs to."""

    TODAY = "today"
    BALANCED = "balanced"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class HopRow:
    """One hop's part of the table. A field that is missing from `forms` is absent."""

    forms: Mapping[Field, Form]
    purpose: str
    reach: Reach
    states: frozenset[ParcelState]
    needs: frozenset[Requirement] = frozenset()

    def form(self, field: Field) -> Form:
        """How this hop is shown `field`."""
        return self.forms.get(field, Form.ABSENT)


@dataclass(frozen=True, slots=True)
class Table:
    """A policy. Every hop has a row: one nobody wrote is a row that shows nothing."""

    name: str
    profile: Profile
    rows: Mapping[Hop, HopRow]
    labels: Labels = field(default_factory=Labels)

    def cells(self) -> Mapping[Hop, Mapping[Field, Form]]:
        """Every cell, the absent ones too."""
        return MappingProxyType(
            {hop: {field: row.form(field) for field in Field} for hop, row in self.rows.items()}
        )


@dataclass(frozen=True, slots=True)
class CellChange:
    """One difference between two tables; `loosens` unless it is provably tighter."""

    hop: Hop
    what: str
    before: str
    after: str
    loosens: bool


def _row_changes(hop: Hop, old: HopRow, new: HopRow) -> list[CellChange]:
    changes = [
        CellChange(hop, field, before, after, loosens=not tells_at_most(after, before))
        for field in Field
        if (before := old.form(field)) != (after := new.form(field))
    ]
    terms: list[tuple[str, str, str, bool]] = [
        ("reach", old.reach, new.reach, new.reach == Reach.ALL),
        ("states", _names(old.states), _names(new.states), not new.states <= old.states),
        ("needs", _names(old.needs), _names(new.needs), not new.needs >= old.needs),
        ("purpose", old.purpose, new.purpose, True),
    ]
    changes += [CellChange(hop, *term) for term in terms if term[1] != term[2]]
    return changes


def _label_changes(old: Labels, new: Labels) -> list[CellChange]:
    pairs = [("layout", old.layout, new.layout)]
    pairs += [
        (f"layout of {slug}", old.layout_for(slug), new.layout_for(slug))
        for slug in sorted({*old.partners, *new.partners})
    ]
    return [
        CellChange(Hop.LABEL, what, before, after, loosens=after != Layout.PRIVACY)
        for what, before, after in pairs
        if before != after
    ]


def _names(values: frozenset[ParcelState] | frozenset[Requirement]) -> str:
    return ", ".join(sorted(values)) or "none"


def changes(old: Table, new: Table) -> list[CellChange]:
    """Cell by cell, in the order of the road; empty if the tables say the same."""
    found = [change for hop in Hop for change in _row_changes(hop, old.rows[hop], new.rows[hop])]
    found += _label_changes(old.labels, new.labels)
    if old.profile != new.profile:
        # The profile decides which floors hold (a whole phone for couriers), so it is a term too.
        found.append(
            CellChange(
                Hop.COURIER, "profile", old.profile, new.profile, new.profile != Profile.STRICT
            )
        )
    return found


def provably_tighter(old: Table, new: Table) -> bool:
    """True if no cell or term of `new` could tell anyone more than `old` does."""
    return not any(change.loosens for change in changes(old, new))
