"""A masked order as one row of a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from orderveil.gate.bulk import Answer
from orderveil.hops.support import wording


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of an order. `why_not`: it may not be shown, and this is why in a word."""

    ref: str
    why_not: str = ""
    number: str = ""
    placed_at: Any = None
    name: str = ""
    phone: str = ""
    place: str = ""
    items: int | None = None
    amount: str = ""
    cod: bool = False
    states: list[str] = field(default_factory=list)


def rows_of(answers: Sequence[Answer]) -> list[Row]:
    """A row for each answer, in their order."""
    return [_row(answer) for answer in answers]


def _row(answer: Answer) -> Row:
    view = answer.view
    if view is None:
        code = answer.problem.code if answer.problem else ""
        return Row(answer.ref, why_not=wording.of(wording.WHY_NOT, code))
    told = view.fields
    place = (told.get("city"), told.get("pincode"))
    return Row(
        ref=answer.ref,
        number=told.get("order_number") or "",
        placed_at=told.get("placed_at"),
        name=told.get("name") or "",
        phone=told.get("phone") or "",
        place=" ".join(each for each in place if each),
        items=count(told.get("items")),
        amount=total(told.get("amounts")),
        cod=told.get("cod_due") is not None,
        states=[wording.of(wording.STATES, each.state) for each in view.parcels if each.state],
    )


def count(items: Any) -> int | None:
    """How many things: whatever form the items take; None if they are withheld."""
    if items is None:
        return None
    return sum(int(one["quantity"] if isinstance(one, dict) else one.quantity) for one in items)


def total(amounts: Any) -> str:
    """ "INR 1798.00", of the amounts or of the declared value; "" if they are withheld."""
    if amounts is None:
        return ""
    if isinstance(amounts, dict):
        return f"{amounts['currency']} {amounts['declared_value']}"
    return f"{amounts.currency} {amounts.total}"
