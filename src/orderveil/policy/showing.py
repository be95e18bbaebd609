"""A policy as the pages draw it: cells with their letters, the terms of each hop, a difference.

Rules kept here:
- a letter never stands alone: its word goes with it, and its colour only repeats the two;
- how much a form tells colours personal fields only: what is no personal data alarms nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from orderveil.core.fields import COMPARTMENT_OF, FACTS, FIELDS_OF, Compartment, Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.core.table import CellChange, Table, changes
from orderveil.policy.models import Version
from orderveil.policy.prose import LETTER, warnings
from orderveil.policy.toml import PolicyError
from orderveil.policy.versions import table_of

MEANING: Mapping[Form, str | Promise] = {
    Form.WHOLE: gettext_lazy("as it is"),
    Form.HASHED: gettext_lazy("a keyed hash: recognises, does not reach"),
    Form.SENT: gettext_lazy("only in messages that Orderveil itself sends"),
    Form.SHORT: gettext_lazy("as in Asha V."),
    Form.MASKED: gettext_lazy("a few characters, the rest dots"),
    Form.COARSE: gettext_lazy("kind and number, three digits of the PIN"),
    Form.STOCK: gettext_lazy("SKU and quantity"),
    Form.IF_COD: gettext_lazy("whole if the parcel is paid on delivery, else nothing"),
    Form.VIRTUAL: gettext_lazy("a virtual contact that ends with the delivery"),
    Form.TOKEN: gettext_lazy("a pseudonym of its own"),
    Form.ABSENT: gettext_lazy("nothing"),
    Form.REFUSED: gettext_lazy("nothing, and a message that carries it is refused"),
}
"""What each letter means."""

TELLS: Mapping[Form, int] = {
    Form.WHOLE: 4,
    Form.IF_COD: 3,
    Form.HASHED: 3,
    Form.SHORT: 2,
    Form.COARSE: 2,
    Form.SENT: 2,
    Form.MASKED: 1,
    Form.STOCK: 1,
    Form.VIRTUAL: 1,
    Form.TOKEN: 1,
    Form.ABSENT: 0,
    Form.REFUSED: 0,
}
"""How much a form tells, for the eye; what is provable is `core/forms.tells_at_most`."""

GROUPS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    *((str(each), FIELDS_OF[each]) for each in Compartment),
    ("facts", tuple(field for field in Field if field in FACTS)),
)
"""The fields as they are sealed together, and the facts, which are not sealed."""


def grid(table: Table) -> list[dict[str, Any]]:
    """The table by group and field, a cell for each hop in the order of the road."""
    return [
        {
            "group": group,
            "rows": [
                {"field": field, "cells": [_cell(table, hop, field) for hop in Hop]}
                for field in fields
            ],
        }
        for group, fields in GROUPS
    ]


def _cell(table: Table, hop: Hop, field: Field) -> dict[str, Any]:
    form = table.rows[hop].form(field)
    return {
        "hop": hop,
        "field": field,
        "form": form,
        "letter": LETTER[form],
        "meaning": MEANING[form],
        "level": TELLS[form] if field in COMPARTMENT_OF else "",
    }


def terms(table: Table) -> list[dict[str, Any]]:
    """Each hop's purpose, reach, states and needs, and every cell that is not absent."""
    return [
        {
            "hop": hop,
            "purpose": row.purpose,
            "reach": row.reach,
            "always": row.states == frozenset(ParcelState),
            "states": [state for state in ParcelState if state in row.states],
            "needs": sorted(row.needs),
            "cells": [
                _cell(table, hop, field) for field in Field if row.form(field) != Form.ABSENT
            ],
        }
        for hop, row in table.rows.items()
    ]


LEGEND = [(LETTER[form], form, MEANING[form], TELLS[form]) for form in Form]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one table changes of another, hop by hop."""

    hops: tuple[tuple[Hop, tuple[CellChange, ...]], ...]
    loosens: int
    """How many changes are not provably tighter."""
    total: int
    warnings: tuple[str, ...]
    """What has to be said loudly about the new one."""


def difference(old: Table, new: Table) -> Difference:
    """The changes from `old` to `new`."""
    found = changes(old, new)
    parts = groupby(sorted(found, key=lambda one: list(Hop).index(one.hop)), lambda one: one.hop)
    return Difference(
        tuple((hop, tuple(of_it)) for hop, of_it in parts),
        sum(change.loosens for change in found),
        len(found),
        tuple(warnings(new)),
    )


def compared(old: Version | None, new: Version) -> Difference | None:
    """What a version changes of another; None if there is no other, or one loads no more."""
    if old is None or old.pk == new.pk:
        return None
    try:
        return difference(table_of(old), table_of(new))
    except PolicyError:
        return None
