"""Reads what a hop got from the machine door into cells, a field each.

Rules kept here:
- a cell says what the answer says, never what the policy would have said;
- a value leaves here as one line of printable text: no control character, and no character that
  turns the reading direction, can reach a terminal or a page;
- an answer without `fields` is a refusal, whatever else it holds.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from orderveil.core.fields import Field
from orderveil.core.forms import SHOWS_NOTHING, Form

Answer: TypeAlias = Mapping[str, Any]
"""The JSON that the machine door answered: a view, or problem+json (RFC 9457)."""

PARCEL_FACTS: Mapping[Field, str] = {
    Field.PARCEL_STATE: "state",
    Field.CARRIER: "carrier",
    Field.AWB: "awb",
}
_JOINERS = "\u200c\u200d"  # Indic and Arabic spelling needs them, and they hide nothing


class Cell(msgspec.Struct, frozen=True):
    """What one hop got of one field: a value in a form, or the rule that withheld it."""

    form: Form
    value: str | None = None
    rule: str | None = None


def printable(text: str) -> str:
    """`text` with every control, format and surrogate character shown as U+FFFD."""
    return "".join(
        char if char in _JOINERS or not unicodedata.category(char).startswith("C") else "\ufffd"
        for char in text
    )


def refusal(answer: Answer | None) -> str | None:
    """Why a hop got nothing, as sentences, or None if it got a view."""
    if answer is None:
        return "This hop was not asked."
    if isinstance(answer.get("fields"), Mapping):
        return None
    parts = (answer.get("detail") or answer.get("title") or "Refused.", answer.get("remedy"))
    return printable(" ".join(str(part) for part in parts if part))


def _items(items: Sequence[Any]) -> str:
    lines = []
    for item in items:
        if not isinstance(item, Mapping):
            lines.append(plain(item))
            continue
        what = item.get("title") or item.get("kind") or item.get("sku") or "item"
        lines.append(f"{item.get('quantity', 1)} x {what}")
    return ", ".join(lines)


MONEY = ("total", "amount", "declared_value")
"""How an amount is called beside its `currency`."""


def plain(value: Any) -> str:
    """A JSON value as one line for people: items and money read as such."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        money = next((value[key] for key in MONEY if key in value), None)
        if money is not None and "currency" in value:
            return printable(f"{value['currency']} {money}")
        return printable(", ".join(f"{key} {plain(part)}" for key, part in value.items()))
    if isinstance(value, list | tuple):
        return printable(_items(value))
    return json.dumps(value)


def _form(name: Any, otherwise: Form) -> Form:
    return Form(name) if name in set(Form) else otherwise


def _parcel_value(answer: Answer, field: Field) -> str | None:
    said = [
        plain(parcel[PARCEL_FACTS[field]])
        for parcel in answer.get("parcels") or ()
        if parcel.get(PARCEL_FACTS[field]) is not None
    ]
    return ", ".join(said) or None


def cell(answer: Answer | None, field: Field) -> Cell:
    """What `answer` says of `field`."""
    if (why := refusal(answer)) is not None or answer is None:
        return Cell(Form.REFUSED, rule=why)
    given = answer["fields"].get(field)
    value = None if given is None else plain(given)
    if value is None and field in PARCEL_FACTS:
        value = _parcel_value(answer, field)
    withheld = (answer.get("withheld") or {}).get(field)
    rule = _rule(withheld)
    if value is not None:
        return Cell(_form((answer.get("forms") or {}).get(field), Form.WHOLE), value, rule)
    if withheld is None:
        return Cell(Form.ABSENT)
    form = _form(withheld.get("form"), Form.ABSENT)
    return Cell(form if form in SHOWS_NOTHING else Form.ABSENT, rule=rule)


def _rule(withheld: Mapping[str, Any] | None) -> str | None:
    if not withheld or not withheld.get("rule"):
        return None
    return printable(str(withheld["rule"]))


def mentioned(answers: Mapping[Any, Answer]) -> frozenset[Field]:
    """The fields that any answer gives or withholds."""
    views = [answer for answer in answers.values() if refusal(answer) is None]
    names = {
        name for view in views for part in ("fields", "withheld") for name in view.get(part) or ()
    }
    facts = {
        field for view in views for field in PARCEL_FACTS if _parcel_value(view, field) is not None
    }
    return frozenset(field for field in Field if field in names) | facts
