"""One order: where it is, who saw what of it, and its masked fields with what can be done."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from orderveil.contacts.setup import setup_of
from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import COMPARTMENT_OF, Field
from orderveil.core.forms import Form
from orderveil.core.roles import Permission
from orderveil.gate.compose import View
from orderveil.gate.desk import handing
from orderveil.gate.desk.reveal import FIELDS, MAY_REVEAL, Revealable
from orderveil.gate.disclose import disclose
from orderveil.hops.support import asking, history, road, rows, undelivered, wording
from orderveil.hops.support.refs import order_behind
from orderveil.hops.support.views import budget, hand
from orderveil.ledger.of_order import shown_of

GROUPS: tuple[tuple[Field, ...], ...] = (
    (Field.NAME,),
    FIELDS[Revealable.PHONE],
    FIELDS[Revealable.EMAIL],
    FIELDS[Revealable.ADDRESS],
    (Field.CITY, Field.STATE, Field.PINCODE, Field.COUNTRY),
    (Field.DELIVERY_NOTE,),
    (Field.GIFT_MESSAGE,),
    (Field.BILLING_NAME,),
    (Field.BILLING_ADDRESS,),
    (Field.GSTIN,),
    (Field.UPI,),
    (Field.CARD_LAST4,),
    (Field.GATEWAY_REF,),
)
"""The lines of the card, in their order; fields of one line stand in it together."""
_REVEALS: Mapping[tuple[Field, ...], Revealable] = {FIELDS[what]: what for what in Revealable}


def order(request: HttpRequest, actor: Actor, ref: str) -> HttpResponse:
    """The page. Opening it is a disclosure."""
    caller, order_id = order_behind(actor, ref, "order page")
    view = disclose(caller, order_id, None, now=actor.now)
    if isinstance(view, Problem):
        raise RefusedError(view)
    found = road.holders(shown_of(order_id))
    context = {
        "ref": view.ref,
        "view": view,
        "told": view.fields,
        "total": rows.total(view.fields.get("amounts")),
        "items": _items(view),
        "parcels": _parcels(view),
        "road": road.stops(found, view.parcels),
        "holders": history.named(actor, found),
        "history": history.lines(actor, order_id),
        "lines": _lines(actor, view),
        "hidden": _withheld(view),
        **asking.context(request, actor, order_id),
        **asking.verify_context(actor),
        **_handing(actor, order_id),
        **undelivered.actions(actor, order_id, view),
        **budget(actor),
        "is_called": actor.may(Permission.CALL) and _is_telephoned(actor.brand_id),
    }
    return render(request, "support/order.html", context)


def _is_telephoned(brand_id: int) -> bool:
    """Does somebody carry the brand's calls?"""
    setup = setup_of(brand_id)
    return setup is not None and setup.call_partner_id is not None


def hand_one(request: HttpRequest, actor: Actor, ref: str) -> HttpResponse:
    """Hand this order to a centre, or take it back."""
    if request.method == "POST":
        hand(request, actor, [order_behind(actor, ref, "hand out")[1]])
    return redirect("order", ref=ref)


def _lines(actor: Actor, view: View) -> list[dict[str, Any]]:
    """Each line of the card: its words, the values, the form, and what can be revealed there."""
    forms = msgspec.json.decode(view.forms, type=dict[str, Form])
    reveals = actor.may(Permission.REVEAL) and actor.terms.hop in MAY_REVEAL
    lines = []
    for group in GROUPS:
        values = [str(view.fields[name]) for name in group if view.fields.get(name)]
        what = _REVEALS.get(group)
        granted = [name for name in group if name in forms]
        if not granted and not (what and reveals):
            continue
        form = forms[granted[0]] if granted else Form.ABSENT
        is_there = bool(values) or not granted
        lines.append(
            {
                "label": _label(group, what),
                "text": ", ".join(values),
                "form": "" if form == Form.WHOLE else wording.of(wording.FORMS, form),
                "what": what if reveals and is_there and form != Form.WHOLE else None,
                "is_there": is_there,
            }
        )
    return lines


def _label(group: Sequence[Field], what: Revealable | None) -> str:
    if what is not None:
        return wording.of(wording.REVEALABLES, what)
    words = wording.of(wording.FIELDS, group[0])
    return words[:1].upper() + words[1:]


def _withheld(view: View) -> str:
    """The personal fields that the policy keeps from this hop, by their words."""
    names = [Field(name) for name in msgspec.json.decode(view.withheld, type=dict[str, Any])]
    return ", ".join(wording.of(wording.FIELDS, name) for name in names if name in COMPARTMENT_OF)


def _items(view: View) -> list[dict[str, Any]]:
    """Titles or, where the hop gets no more, kinds or stock numbers; with how many."""
    told = []
    for one in view.fields.get("items") or ():
        known = one if isinstance(one, dict) else msgspec.structs.asdict(one)
        name = known.get("title") or known.get("sku") or known.get("kind") or ""
        told.append({"name": name, "sku": known.get("sku"), "quantity": known["quantity"]})
    return told


def _parcels(view: View) -> list[dict[str, Any]]:
    return [
        {
            "ref": each.ref,
            "number": each.ref.rpartition("-")[2],
            "state": wording.of(wording.STATES, each.state) if each.state else "",
            "carrier": each.carrier,
            "awb": each.awb,
            "is_reverse": each.is_reverse,
        }
        for each in view.parcels
    ]


def _handing(actor: Actor, order_id: bytes) -> dict[str, Any]:
    """Whom the order is handed to, for whoever may hand it out."""
    if not actor.may(Permission.HAND_OUT_ORDERS):
        return {}
    return {
        "centres": handing.centres(actor.brand_id),
        "handed_to": sorted(handing.handed_to(order_id)),
    }
