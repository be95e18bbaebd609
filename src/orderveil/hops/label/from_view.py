"""A label's content out of a view: the gate's forms, as they came."""

from typing import Any

from orderveil.core.errors import Problem
from orderveil.core.layouts import Layout
from orderveil.gate.compose import ParcelView, View
from orderveil.hops.label.content import Cod, LabelContent, Sender, Symbol

_LINES = ("line1", "line2", "landmark")


def content_of(
    view: View,
    parcel: str,
    *,
    token: str,
    layout: Layout,
    sender: Sender,
    copy: int = 1,
    symbol: Symbol = Symbol.QR,
) -> LabelContent | Problem:
    """The label of the parcel with this ref; a Problem if it has no waybill yet.

    What the view withholds is left out. Cash is collected on the way out only, never on a return.
    """
    found = next((each for each in view.parcels if each.ref == parcel), None)
    if found is None or not found.awb or not found.carrier:
        return _no_waybill()
    fields = view.fields
    told = {name: _text(fields.get(name)) for name in _TEXTS}
    return LabelContent(
        **told,
        carrier=found.carrier,
        awb=found.awb,
        token=token,
        sender=sender,
        lines=tuple(filter(None, (_text(fields.get(name)) for name in _LINES))),
        cod=_cod(fields, found),
        is_prepaid="cod_due" in fields and fields["cod_due"] is None and not found.is_reverse,
        order=_text(fields.get("order_number")),
        copy=copy,
        layout=layout,
        symbol=symbol,
    )


_TEXTS = ("name", "city", "state", "pincode", "country", "phone")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _cod(fields: dict[str, Any], parcel: ParcelView) -> Cod | None:
    due = fields.get("cod_due")
    return Cod(due["currency"], due["amount"]) if due and not parcel.is_reverse else None


def _no_waybill() -> Problem:
    return Problem(
        code="label_without_waybill",
        detail="The parcel has no carrier and waybill number yet, or they are not shown here.",
        remedy="Book the parcel with its courier first.",
        rule="a label is printed for a parcel that a courier has taken on",
        status=409,
    )
