"""Composing a view: the forms of a Grant applied to what was opened, and nothing more.

Rules kept here:
- a Plan is made once per Grant; composing an order does no deciding;
- phones and emails inside prose take their own field's form;
- the shape of a view is the same under every policy: `fields` has a key for each field that the
  grant shows, null where the order has none; `withheld` names all the others with the rule.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

import msgspec

from orderveil.core import masks
from orderveil.core.blindindex import Tag, keyed_hash
from orderveil.core.decision import Grant
from orderveil.core.fields import COMPARTMENT_OF, PROSE, Compartment, Field
from orderveil.core.forms import Form
from orderveil.core.normalise import search_key
from orderveil.core.orders import Facts
from orderveil.core.redaction import WITHHELD_MARK, redact

_HASHABLE = frozenset({Field.PHONE, Field.EMAIL})
_PARCEL_FIELDS = frozenset({Field.PARCEL_STATE, Field.CARRIER, Field.AWB})
_NONE: Mapping[str, str] = MappingProxyType({})


class ParcelView(msgspec.Struct, frozen=True):
    """A parcel as the hop may see it."""

    ref: str
    is_reverse: bool
    state: str | None = None
    carrier: str | None = None
    awb: str | None = None


class View(msgspec.Struct, frozen=True):
    """An order as one hop may see it: the answer of the machine door."""

    ref: str
    hop: str
    purpose: str
    policy: str
    disclosure: str
    """The ledger entry that recorded this before it was composed."""
    fields: dict[str, Any]
    parcels: list[ParcelView]
    forms: msgspec.Raw
    """Field name -> form, of everything shown."""
    withheld: msgspec.Raw
    """Field name -> {form, rule, remedy}, of everything else."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One order after the record: its facts, its parcels, and the compartments that were opened."""

    order_id: bytes
    order_number: str | None
    placed_at: datetime | None
    facts: Facts
    parcels: list[dict[str, Any]]
    values: Mapping[Compartment, Mapping[str, str]]

    def has(self, name: Field) -> bool:
        """Does the order have a value of this personal field?"""
        return bool(self.values.get(COMPARTMENT_OF[name], {}).get(name.value))


@dataclass(frozen=True, slots=True)
class Recipient:
    """What composing needs to know of the partner: its number and its own hashes."""

    partner_id: int
    hashes: Tag


Show = Callable[[str, Recipient], str | None]
ShowFact = Callable[[Opened, Recipient], Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """A Grant made ready for composing."""

    compartments: tuple[Compartment, ...]
    blank: Mapping[str, None]
    """Every field that is shown, null: what an order has is filled in."""
    personal: Mapping[Compartment, Mapping[str, Show | None]]
    """How each personal field is shown; None: as it is."""
    facts: tuple[tuple[str, ShowFact], ...]
    parcel_fields: frozenset[Field]
    virtual: tuple[Field, ...]
    """What a virtual contact stands for."""
    forms: msgspec.Raw
    withheld: msgspec.Raw


def plan_for(grant: Grant) -> Plan:
    """The Plan of a Grant."""
    personal: dict[Compartment, dict[str, Show | None]] = {}
    facts = []
    for name, form in grant.forms.items():
        if form == Form.VIRTUAL:
            continue  # its own value is not looked at: what stands for it is filled in
        if name in COMPARTMENT_OF:
            group = personal.setdefault(COMPARTMENT_OF[name], {})
            group[name.value] = _show(name, form, grant.forms)
        elif name not in _PARCEL_FIELDS:
            facts.append((name.value, _show_fact(name, form)))
    shown = [name.value for name in grant.forms if name not in _PARCEL_FIELDS]
    return Plan(
        compartments=tuple(c for c in Compartment if c in grant.compartments),
        blank=dict.fromkeys(shown),
        personal=personal,
        facts=tuple(facts),
        parcel_fields=_PARCEL_FIELDS & grant.forms.keys(),
        virtual=tuple(name for name, form in grant.forms.items() if form == Form.VIRTUAL),
        forms=msgspec.Raw(msgspec.json.encode(grant.forms)),
        withheld=msgspec.Raw(
            msgspec.json.encode(
                {name: _withheld(grant, name, form) for name, form in grant.withheld.items()}
            )
        ),
    )


def _withheld(grant: Grant, name: Field, form: Form) -> dict[str, str]:
    return {
        "form": form,
        "rule": f"policy {grant.policy}: {grant.hop}.{name} is {form}",
        "remedy": "If the job needs it, ask the brand to change the policy.",
    }


def _show(name: Field, form: Form, forms: Mapping[Field, Form]) -> Show | None:
    """How one personal field is shown; None: as it is."""
    if form == Form.HASHED and name in _HASHABLE:
        return lambda value, to: keyed_hash(to.hashes, to.partner_id, name, search_key(name, value))
    mask = masks.mask_for(name, form)
    if name in PROSE:
        phone = _in_prose(Field.PHONE, forms)
        email = _in_prose(Field.EMAIL, forms)

        def prose(value: str, _to: Recipient) -> str | None:
            return mask(redact(value, phone, email))

        return prose
    return None if form == Form.WHOLE else lambda value, _to: mask(value)


def _in_prose(name: Field, forms: Mapping[Field, Form]) -> Callable[[str], str]:
    """What a phone or email inside a sentence becomes: its own field's form."""
    form = forms.get(name, Form.ABSENT)
    if form in {Form.WHOLE, Form.MASKED, Form.SENT}:
        return lambda value: masks.shown(name, form, value) or WITHHELD_MARK
    return lambda _value: WITHHELD_MARK


def compose(
    plan: Plan, opened: Opened, to: Recipient, ref: str, virtual: Mapping[str, str] = _NONE
) -> tuple[dict[str, Any], list[ParcelView]]:
    """The `fields` and `parcels` of a View; `virtual`: what stands for fields that it has."""
    fields: dict[str, Any] = {**plan.blank, **virtual}
    for compartment, group in opened.values.items():
        shows = plan.personal.get(compartment, {})
        for name, value in group.items():
            if name in shows:
                show = shows[name]
                fields[name] = value if show is None else show(value, to)
    for name, fact in plan.facts:
        fields[name] = fact(opened, to)
    return fields, [_parcel(plan, parcel, ref) for parcel in opened.parcels]


def _parcel(plan: Plan, parcel: dict[str, Any], ref: str) -> ParcelView:
    shown = plan.parcel_fields
    return ParcelView(
        ref=f"{ref}-{parcel['n']}",
        is_reverse=parcel["r"],
        state=parcel["s"] if Field.PARCEL_STATE in shown else None,
        carrier=parcel["c"] if Field.CARRIER in shown else None,
        awb=parcel["a"] if Field.AWB in shown else None,
    )


def _show_fact(name: Field, form: Form) -> ShowFact:
    """How one fact is shown."""
    if form == Form.SENT:
        return lambda _opened, _to: None  # only our own sending code opens it
    if name == Field.ORDER_NUMBER:
        return partial(_number, form)
    if name == Field.PLACED_AT:
        return lambda opened, _to: opened.placed_at
    show = _FACTS[name]
    return lambda opened, _to: show(form, opened.facts)


def _number(form: Form, opened: Opened, to: Recipient) -> str | None:
    if opened.order_number is None or form == Form.WHOLE:
        return opened.order_number
    # A pseudonym of the order number, different for each partner.
    tag = to.hashes(b"number:%d:" % to.partner_id + opened.order_id)
    return f"T-{base64.b32encode(tag[:10]).decode()}"


def _items(form: Form, facts: Facts) -> Any:
    if form == Form.STOCK:
        return [{"sku": item.sku, "quantity": item.quantity} for item in facts.items]
    if form == Form.COARSE:
        counts: dict[str, int] = {}
        for item in facts.items:
            kind = item.kind or "goods"
            counts[kind] = counts.get(kind, 0) + item.quantity
        return [{"kind": kind, "quantity": quantity} for kind, quantity in counts.items()]
    return facts.items


def _amounts(form: Form, facts: Facts) -> Any:
    if facts.amounts is None or form == Form.WHOLE:
        return facts.amounts
    return {"currency": facts.amounts.currency, "declared_value": facts.amounts.total}


def _cod_due(facts: Facts) -> Any:
    if facts.cod_due is None or facts.amounts is None:
        return None
    return {"currency": facts.amounts.currency, "amount": facts.cod_due}


def _payment_method(form: Form, facts: Facts) -> Any:
    return None if form == Form.IF_COD and facts.cod_due is None else facts.payment_method


_FACTS: Mapping[Field, Callable[[Form, Facts], Any]] = {
    Field.ITEMS: _items,
    Field.AMOUNTS: _amounts,
    Field.COD_DUE: lambda _form, facts: _cod_due(facts),
    Field.PAYMENT_METHOD: _payment_method,
    Field.WEIGHT: lambda _form, facts: facts.weight_g,
    Field.DIMENSIONS: lambda _form, facts: facts.dimensions,
    Field.REGION: lambda _form, facts: facts.region,
}
