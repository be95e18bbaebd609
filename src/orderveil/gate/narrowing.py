"""Making a Grant smaller: what is asked for, of what would be given.

Rules kept here:
- a narrowed Grant shows no field more, and none in a form that tells more: what can't be compared
  stays as the policy says;
- one exception, `only`: a reveal names its fields and their form itself, and `reveal` guards it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from orderveil.core.decision import Grant
from orderveil.core.errors import Problem
from orderveil.core.fields import COMPARTMENT_OF, FACTS, Compartment, Field
from orderveil.core.forms import SHOWS_NOTHING, Form, tells_at_most
from orderveil.gate.compose import Plan, plan_for

Narrow = Callable[[Grant], tuple[Grant, Plan] | Problem]


def only(grant: Grant, forms: Mapping[Field, Form]) -> tuple[Grant, Plan]:
    """The Grant of nothing but these fields, in these forms."""
    narrowed = replace(
        grant,
        forms=dict(forms),
        withheld={},
        would_withhold=(),
        compartments=_compartments(forms),
    )
    return narrowed, plan_for(narrowed)


def only_some(grant: Grant, fields: frozenset[Field]) -> Grant:
    """The same without the other fields: they are withheld."""
    return _reduced(grant, dict.fromkeys(frozenset(Field) - fields, Form.ABSENT))


def showing(fields: frozenset[Field]) -> Narrow:
    """The Narrow to these fields, of those that the policy gives."""

    def narrow(grant: Grant) -> tuple[Grant, Plan]:
        narrowed = only_some(grant, fields)
        return narrowed, plan_for(narrowed)

    return narrow


def facts_only(grant: Grant) -> Grant:
    """The same without any personal field: no compartment is opened."""
    return only_some(grant, FACTS)


def tightened(grant: Grant, forms: Mapping[Field, Form]) -> Grant:
    """The same with these fields in these forms, where that provably tells no more."""
    shown = grant.forms
    tighter = {n: f for n, f in forms.items() if n in shown and tells_at_most(f, shown[n])}
    return _reduced(grant, tighter)


def _reduced(grant: Grant, forms: Mapping[Field, Form]) -> Grant:
    new = {**grant.forms, **{name: form for name, form in forms.items() if name in grant.forms}}
    shown = {name: form for name, form in new.items() if form not in SHOWS_NOTHING}
    hidden = {name: form for name, form in new.items() if form in SHOWS_NOTHING}
    return replace(
        grant,
        forms=shown,
        withheld={**grant.withheld, **hidden},
        would_withhold=tuple(each for each in grant.would_withhold if each[0] in shown),
        compartments=_compartments(shown),
    )


def _compartments(forms: Mapping[Field, Form]) -> frozenset[Compartment]:
    return frozenset(COMPARTMENT_OF[name] for name in forms if name in COMPARTMENT_OF)
