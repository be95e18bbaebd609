"""A policy as people read it: sentences for an auditor, cells for a table, a diff."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop, Reach
from orderveil.core.layouts import Labels, Layout
from orderveil.core.states import ParcelState
from orderveil.core.table import CellChange, HopRow, Profile, Table

LETTER = {
    Form.WHOLE: "W",
    Form.SHORT: "S",
    Form.MASKED: "M",
    Form.COARSE: "C",
    Form.VIRTUAL: "V",
    Form.HASHED: "H",
    Form.TOKEN: "T",
    Form.SENT: "sent",
    Form.STOCK: "sku",
    Form.IF_COD: "cod",
    Form.ABSENT: "-",
    Form.REFUSED: "X",
}
"""One mark per form, as in the printed table."""

_VERB = {
    Form.WHOLE: "sees {} whole",
    Form.SHORT: "sees {} shortened",
    Form.MASKED: "sees {} masked",
    Form.COARSE: "sees {} coarsely",
    Form.VIRTUAL: "reaches the customer through a virtual {}",
    Form.HASHED: "gets a keyed hash of {}",
    Form.TOKEN: "knows {} by a pseudonym of its own",
    Form.SENT: "uses {} only in messages that Orderveil itself sends",
    Form.STOCK: "sees of {} the SKU and the quantity",
    Form.IF_COD: "sees {} only when the parcel is paid on delivery",
    Form.REFUSED: "must not even send {}, which is refused at the interface",
}


def _list(names: Sequence[str]) -> str:
    words = [name.replace("_", " ") for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _when(row: HopRow) -> str:
    if not row.states:
        return "It may never ask."
    orders = "every order" if row.reach == Reach.ALL else "parcels assigned to it"
    if row.states == frozenset(ParcelState):
        return f"It may ask for {orders} at any time."
    states = [state for state in ParcelState if state in row.states]
    return f"It may ask for {orders} while the parcel is {_list(states).replace(' and ', ' or ')}."


def sentences(table: Table) -> Iterator[str]:
    """One paragraph per hop, in the order of the road."""
    for hop in Hop:
        row = table.rows[hop]
        by_form: dict[Form, list[str]] = defaultdict(list)
        for field in Field:
            by_form[row.form(field)].append(field)
        verbs = [
            _VERB[form].format(_list(by_form[form]))
            for form in Form
            if form in by_form and form != Form.ABSENT
        ]
        sight = "; ".join(verbs) if verbs else "sees nothing"
        rest = " Nothing else." if verbs and Form.ABSENT in by_form else ""
        needs = f" It needs: {', '.join(sorted(row.needs))}." if row.needs else ""
        layouts = _layouts(table.labels) if hop == Hop.LABEL else ""
        yield f"To {row.purpose}, {hop} {sight}.{rest} {_when(row)}{needs}{layouts}"


def _layouts(labels: Labels) -> str:
    """Whose parcels get the privacy waybill; nothing where nobody's do."""
    by_layout: dict[Layout, list[str]] = defaultdict(list)
    for slug in sorted(labels.partners):
        by_layout[labels.partners[slug]].append(slug)
    if labels.layout == Layout.PRIVACY:
        others = by_layout[Layout.STANDARD]
        but = f", but for parcels of {_list(others)}" if others else ""
        return f" It prints the privacy waybill{but}."
    chosen = by_layout[Layout.PRIVACY]
    return f" For parcels of {_list(chosen)} it prints the privacy waybill." if chosen else ""


def warnings(table: Table) -> list[str]:
    """What has to be said loudly about a policy; empty if nothing."""
    said = []
    if table.profile == Profile.TODAY:
        said.append(
            "This is what systems get TODAY: it is recorded, but hardly anything is withheld."
        )
    if table.rows[Hop.COURIER].form(Field.PHONE) == Form.WHOLE:
        said.append("Couriers get the WHOLE PHONE, because no virtual number is configured.")
    return said


def describe(change: CellChange) -> str:
    """One line of a diff: "courier.phone: virtual -> whole (loosens)"."""
    mark = "loosens" if change.loosens else "tighter"
    return f"{change.hop}.{change.what}: {change.before} -> {change.after} ({mark})"
