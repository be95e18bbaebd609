"""Shiprocket: an order, then a waybill for it, then a pickup.

What it demands and answers: apidocs.shiprocket.in ("Create Custom Order", "Create Return Order",
"Generate AWB for Shipment", "Request for Shipment Pickup", "Cancel an Order", "Get all Orders",
"Webhooks", "Errors and Response codes"). A token is good for ten days. There is no idempotency key
and nothing says that a second sending is known again, so `create` and `assign` are looked up by our
reference before they are sent anew. 429 comes without a number. A 200 may hold an error.

Integrators report that a second order of a ref was answered with the first one, cancelled ones too
(github.com/Jaal-Yantra-Textiles/v2/issues/1225): a booking under a dead order is refused.

Rules kept here:
- the SKU and price that an order line must have are the kind of goods, and the declared value
  divided by the number of things: the catalogue stays here;
- the PIN of a virtual number stands in the second address line, where the label prints it;
- what is collected at the door is `sub_total`: for cash on delivery it is what is due.
"""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final
from urllib.parse import urlencode

from orderveil.hops.courier.carriers import answers
from orderveil.hops.courier.carriers.answers import dig, id_of, json_of, word_of
from orderveil.hops.courier.carriers.consignment import (
    Consignment,
    consignment,
    encode,
    known_id,
    option,
    refusing,
)
from orderveil.hops.courier.carriers.speech import (
    Account,
    Ask,
    Done,
    Find,
    Found,
    Heard,
    Known,
    Later,
    NotThere,
    Outcome,
    Refused,
    Shipment,
    Step,
)

NAME: Final = "Shiprocket"
V1: Final = "/v1/external"
_MM: Final = Decimal(10)
_GRAMS: Final = Decimal(1000)
_PAISA: Final = Decimal("0.01")


def _post(account: Account, path: str, body: Any) -> Ask:
    return Ask("POST", V1 + path, encode(body), _headers(account))


def _headers(account: Account) -> Mapping[str, str]:
    return {"Content-Type": "application/json", "Authorization": f"Bearer {account.token}"}


def _number(known: Known, name: str) -> int | str:
    return _as_number(known_id(known, NAME, name))


def _as_number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else text


@refusing
def _create(account: Account, shipment: Shipment, _known: Known) -> Ask:
    told = consignment(account, shipment, NAME)
    told.is_indian()
    shared = _facts(account, told, shipment)
    if shipment.is_reverse:
        return _post(account, "/orders/create/return", shared | _homeward(account, told))
    pickup = {"pickup_location": option(account, NAME, "pickup_location")}
    return _post(account, "/orders/create/adhoc", shared | pickup | _outward(told))


def _facts(account: Account, told: Consignment, shipment: Shipment) -> dict[str, Any]:
    """What orders and returns both say."""
    length, breadth, height = told.size_mm()
    value = told.declared("INR")
    cod = None if shipment.is_reverse else told.cod("INR")
    total = value if cod is None else cod
    channel = account.options.get("channel_id", "")
    return {
        "order_id": shipment.reference,
        "order_date": shipment.at.astimezone(answers.IST).strftime("%Y-%m-%d"),
        "order_items": _items(told, total),
        "payment_method": "Prepaid" if cod is None else "COD",
        "sub_total": total,
        "length": length / _MM,
        "breadth": breadth / _MM,
        "height": height / _MM,
        "weight": told.weight_g() / _GRAMS,
    } | ({"channel_id": _as_number(channel)} if channel else {})


def _items(told: Consignment, total: Decimal) -> list[dict[str, Any]]:
    goods = told.goods()
    each = (total / sum(one.quantity for one in goods)).quantize(_PAISA, ROUND_DOWN)
    return [
        {"name": one.kind, "sku": one.kind[:50], "units": one.quantity, "selling_price": each}
        for one in goods
    ]


def _place(told: Consignment) -> dict[str, str]:
    """Where the customer lives and how they are reached, under names without a prefix."""
    dial = told.indian_dial()
    second = filter(None, (told.may("landmark"), dial.pin))
    return {
        "customer_name": told.text("name"),
        "last_name": "",
        "address": told.address(),
        "address_2": ", ".join(second),
        "city": told.text("city"),
        "pincode": told.pincode(),
        "state": told.text("state"),
        "country": "India",
        "email": told.email("email"),
        "phone": dial.number,
    }


def _outward(told: Consignment) -> dict[str, Any]:
    place = {f"billing_{name}": value for name, value in _place(told).items()}
    return {"shipping_is_billing": True} | place


def _homeward(account: Account, told: Consignment) -> dict[str, str]:
    """A return: fetched from the customer, brought to the address that the account names."""
    to = {
        f"shipping_{name}": option(account, NAME, f"return_{name}")
        for name in ("customer_name", "address", "city", "state", "pincode", "phone")
    }
    fetched = {f"pickup_{name}": value for name, value in _place(told).items()}
    return fetched | to | {"shipping_country": "India"}


def _read_created(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    order, parcel = id_of(dig(facts, "order_id")), id_of(dig(facts, "shipment_id"))
    if word_of(dig(facts, "status_code")) in _CALLED_OFF:
        return _GONE  # it gave back an earlier order of this ref
    if heard.status < 300 and order and parcel:
        return Done({"order": order, "shipment": parcel})
    return _not_done(heard, facts)


def _not_done(heard: Heard, facts: Any) -> Later | Refused:
    """Its refusal, also one that comes with 200; an answer that says nothing is none."""
    if heard.status < 300 and not isinstance(dig(facts, "message"), str):
        return answers.UNREADABLE
    errors = dig(facts, "errors")
    named = _FIELDS & errors.keys() if isinstance(errors, dict) else ()
    return answers.turned_down(NAME, heard, named)


def _find_order(account: Account, reference: str, _known: Known) -> Ask:
    query = urlencode({"search": reference, "per_page": 20})
    return Ask("GET", f"{V1}/orders?{query}", None, _headers(account))


def _order_of(heard: Heard, reference: str) -> dict[str, Any] | NotThere | Outcome:
    """The one order that bears our reference; the search finds parts of one too."""
    said = answers.trouble(heard)
    if said is not None:
        return said
    data = dig(json_of(heard.body), "data")
    if heard.status != 200 or not isinstance(data, list):
        return answers.UNREADABLE
    ours = [one for one in data if word_of(dig(one, "channel_order_id")) == reference]
    live = [one for one in ours if word_of(dig(one, "status_code")) not in _CALLED_OFF]
    if len(live) > 1:
        return _TWICE
    if live:
        return live[0]  # type: ignore[no-any-return]
    return _GONE if ours else NotThere()


_CALLED_OFF: Final = frozenset({"5", "18"})
"""Of its order status codes: cancelled, cancellation requested."""
_TWICE: Final = answers.refused(
    *(NAME, "carrier_has_it_twice", f"{NAME} has more than one order under this parcel's ref."),
    "Cancel all but one in the carrier's panel, then look again.",
)
_GONE: Final = answers.refused(
    *(
        NAME,
        "carrier_called_it_off",
        f"{NAME} has an order of this ref, and it is cancelled there.",
    ),
    "Its ref can't be used again there: book the parcel with another courier.",
)


def _read_found_order(heard: Heard, reference: str, _known: Known) -> Found:
    order = _order_of(heard, reference)
    if not isinstance(order, dict):
        return order
    number, parcel = id_of(dig(order, "id")), id_of(dig(order, "shipments", 0, "id"))
    return Done({"order": number, "shipment": parcel}) if number and parcel else answers.UNREADABLE


@refusing
def _assign(account: Account, _shipment: Shipment, known: Known) -> Ask:
    courier = account.options.get("courier_id", "")
    chosen = {"courier_id": _as_number(courier)} if courier else {}
    return _post(
        account, "/courier/assign/awb", {"shipment_id": _number(known, "shipment")} | chosen
    )


def _read_assigned(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    data = dig(facts, "response", "data")
    awb = id_of(dig(data, "awb_code"))
    if heard.status < 300 and awb:
        return Done({"awb": awb, "carrier": answers.carrier_of(dig(data, "courier_name"), NAME)})
    if "reassign" in word_of(dig(facts, "message")).lower():
        return Later("assigned_before")  # it has a waybill: `find` reads it
    if heard.status < 300 and dig(facts, "awb_assign_status") == 0:
        return answers.turned_down(NAME, heard)
    return _not_done(heard, facts)


def _read_found_awb(heard: Heard, reference: str, _known: Known) -> Found:
    order = _order_of(heard, reference)
    if not isinstance(order, dict):
        return order
    awb = id_of(dig(order, "shipments", 0, "awb"))
    if not awb:
        return NotThere()
    name = answers.carrier_of(dig(order, "shipments", 0, "courier"), NAME)
    return Done({"awb": awb, "carrier": name})


@refusing
def _pickup(account: Account, _shipment: Shipment, known: Known) -> Ask:
    return _post(account, "/courier/generate/pickup", {"shipment_id": [_number(known, "shipment")]})


def _read_pickup(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    is_queued = "already in pickup queue" in word_of(dig(facts, "message")).lower()
    if is_queued or (heard.status < 300 and dig(facts, "pickup_status") == 1):
        return Done({})
    return _not_done(heard, facts)


@refusing
def _cancel(account: Account, _shipment: Shipment, known: Known) -> Ask:
    return _post(account, "/orders/cancel", {"ids": [_number(known, "order")]})


def _read_cancelled(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    words = word_of(dig(facts, "message")).lower()
    if heard.status == 204 or ("cancel" in words and (heard.status < 300 or "already" in words)):
        return Done({})
    return _not_done(heard, facts)


_FIELDS: Final = frozenset(
    f"{prefix}_{name}"
    for prefix in ("billing", "pickup", "shipping")
    for name in ("customer_name", "address", "city", "pincode", "state", "country", "email")
) | frozenset(
    (
        *("billing_phone", "pickup_phone", "shipping_phone", "order_id", "order_date"),
        *("pickup_location", "channel_id", "order_items", "payment_method", "sub_total"),
        *("length", "breadth", "height", "weight", "shipment_id", "courier_id", "ids"),
    )
)
"""Names that a refusal may repeat."""

BOOKING: Final = (
    Step(
        *("create", _create, _read_created),
        shows_view=True,
        find=Find(_find_order, _read_found_order),
    ),
    Step("assign", _assign, _read_assigned, find=Find(_find_order, _read_found_awb)),
    Step("pickup", _pickup, _read_pickup, repeatable=True),
)
CANCELLING: Final = (Step("cancel", _cancel, _read_cancelled, repeatable=True),)
