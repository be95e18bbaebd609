"""Shiprocket as its documentation describes it (apidocs.shiprocket.in, sections named below).

From what integrators report, not from its pages: what happens to a second order of one ref. Its
page says that an order id "cannot be equal to an already existing id", and that doing so "does not
change or affect the existing order". So `known` chooses: `doubles` (a second order: the worst),
`refused` (422) or `returned` (the first one, even a cancelled one, with 200:
github.com/Jaal-Yantra-Textiles/v2/issues/1225). A pickup asked for twice is "Already in Pickup
Queue."; an unknown pickup location is answered with 200 and a message.

From memory: an empty wallet's 200; 403 for an account that is locked.
"""

import itertools
from dataclasses import dataclass
from typing import Any

from hops.courier.simulators.serving import Received, RefusalError, Reply, Simulator, said

EMAIL, PASSWORD = "api@brand.example", "invented-password"
REQUIRED = (
    *("order_id", "order_date", "billing_customer_name", "billing_address", "billing_city"),
    *("billing_pincode", "billing_state", "billing_country", "billing_email", "billing_phone"),
    *("shipping_is_billing", "order_items", "payment_method", "sub_total"),
    *("length", "breadth", "height", "weight", "pickup_location"),
)
REQUIRED_BACK = (
    *("order_id", "order_date", "pickup_customer_name", "pickup_address", "pickup_city"),
    *("pickup_state", "pickup_country", "pickup_pincode", "pickup_email", "pickup_phone"),
    *("shipping_customer_name", "shipping_address", "shipping_city", "shipping_country"),
    *("shipping_pincode", "shipping_state", "shipping_phone", "order_items", "payment_method"),
    *("sub_total", "length", "breadth", "height", "weight"),
)


@dataclass
class Order:
    """One order of the account, as its panel shows it."""

    number: int
    shipment: int
    reference: str
    asked: dict[str, Any]
    awb: str = ""
    courier: str = ""
    is_cancelled: bool = False
    has_pickup: bool = False

    def shown(self) -> dict[str, Any]:
        """ "Get all Orders"."""
        return {
            "id": self.number,
            "channel_id": 76893,
            "channel_order_id": self.reference,
            "customer_name": self.asked.get("billing_customer_name", ""),
            "customer_phone": self.asked.get("billing_phone", ""),
            "status": "CANCELED" if self.is_cancelled else "NEW",
            "status_code": 5 if self.is_cancelled else 1,
            "shipments": [{"id": self.shipment, "courier": self.courier, "awb": self.awb}],
        }


class Shiprocket(Simulator):
    """One seller's account."""

    most = 600

    def __init__(self, *, known: str = "doubles") -> None:
        super().__init__()
        self.orders: list[Order] = []
        self.tokens: set[str] = set()
        self.pickup_locations = {"Primary"}
        self.known = known
        self.is_poor = False
        self.is_locked = False
        self._numbers = itertools.count(16161616)
        self._shipments = itertools.count(15151515)

    def bookings(self, reference: str) -> int:
        return len(self.orders_of(reference))

    def orders_of(self, reference: str) -> list[Order]:
        """Its orders of a reference that aren't cancelled."""
        return [one for one in self.orders if one.reference == reference and not one.is_cancelled]

    def sign_out(self) -> None:
        """Every token is no longer good."""
        self.tokens.clear()

    def handle_one(self, asked: Received) -> Reply:
        path = asked.path.removeprefix("/v1/external")
        if path == "/auth/login" and asked.method == "POST":
            return self._log_in(asked)
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return self.signed_out()
        does = _DOES.get((asked.method, path))
        return does(self, asked) if does else said(404, {"message": "404 Not Found"})

    def _log_in(self, asked: Received) -> Reply:
        if self.is_locked:
            return said(403, {"message": "Your account has been blocked due to failed attempts."})
        if asked.json() != {"email": EMAIL, "password": PASSWORD}:
            return said(400, {"message": "Invalid email and password combination"})
        token = f"eyJ0eXAi.{len(self.tokens)}.invented"
        self.tokens.add(token)
        return said(200, {"id": 1, "first_name": "API", "last_name": "USER", "token": token})

    def _create(self, asked: Received) -> Reply:
        body = self._checked(asked, REQUIRED, "billing")
        if body["pickup_location"] not in self.pickup_locations:
            words = "Wrong Pickup location entered. Please choose one location from the data given"
            return said(200, {"message": words, "data": {"data": sorted(self.pickup_locations)}})
        return self._add(body)

    def _create_return(self, asked: Received) -> Reply:
        body = self._checked(asked, REQUIRED_BACK, "pickup")
        if body["payment_method"] != "Prepaid":
            raise _invalid(payment_method="The payment method must be Prepaid.")
        return self._add(body)

    def _add(self, body: dict[str, Any]) -> Reply:
        known = [one for one in self.orders if one.reference == body["order_id"]]
        if known and self.known == "returned":
            return _created(known[0])
        if (known and self.known == "refused") or any(one.is_cancelled for one in known):
            raise _invalid(order_id="Order id already exists.")
        order = Order(next(self._numbers), next(self._shipments), body["order_id"], body)
        self.orders.append(order)
        return _created(order)

    def _checked(self, asked: Received, required: tuple[str, ...], who: str) -> dict[str, Any]:
        if asked.headers.get("content-type") != "application/json":
            raise _invalid(order_id="The order id field is required.")
        body = asked.json()
        lacking = [name for name in required if body.get(name) in (None, "", [])]
        if lacking:
            raise _invalid(**{name: f"The {name} field is required." for name in lacking})
        wrong = {name: words for name, is_right, words in _rules(body, who) if not is_right}
        if wrong:
            raise _invalid(**wrong)
        return body

    def _assign(self, asked: Received) -> Reply:
        order = self._order_of_shipment(asked.json().get("shipment_id"))
        if order is None:
            raise _invalid(shipment_id="The shipment id field is required.")
        if order.awb:
            words = "Oops! Cannot reassign courier for this shipment."
            return said(400, {"message": words, "status_code": 400})
        if self.is_poor:
            words = "Please recharge your ShipRocket wallet."
            return said(200, {"message": words, "status_code": 350})
        order.awb, order.courier = f"3210557{order.shipment}", "Amazon Surface"
        data = {
            "courier_company_id": 142,
            "awb_code": order.awb,
            "cod": int(order.asked["payment_method"] == "COD"),
            "order_id": order.number,
            "shipment_id": order.shipment,
            "awb_code_status": 1,
            "courier_name": order.courier,
            "shipped_by": {"shipper_phone": "8976967989", "shipper_email": "hdhd@gshd.example"},
        }
        return said(200, {"awb_assign_status": 1, "response": {"data": data}})

    def _pick_up(self, asked: Received) -> Reply:
        numbers = asked.json().get("shipment_id")
        order = self._order_of_shipment(numbers[0] if isinstance(numbers, list) else None)
        if order is None or not order.awb:
            return said(400, {"message": "Invalid shipment id", "status_code": 400})
        if order.has_pickup:
            return said(400, {"message": "Already in Pickup Queue.", "status_code": 400})
        order.has_pickup = True
        when = {"pickup_scheduled_date": "2026-11-24 12:39:54", "pickup_token_number": "194"}
        return said(200, {"pickup_status": 1, "response": when})

    def _cancel(self, asked: Received) -> Reply:
        ids = asked.json().get("ids")
        if not isinstance(ids, list) or not ids:
            words = {"ids": ["The ids field is required."]}
            return said(422, {"message": "Required field missing", "errors": words})
        for number in ids:
            order = next((one for one in self.orders if one.number == number), None)
            if order is None:
                words = "Trying to get property of non-object"
                return said(500, {"message": words, "status_code": 500})
            if order.is_cancelled:
                return said(400, {"message": "Order is already cancelled.", "status_code": 400})
            order.is_cancelled = True
        return Reply(204)

    def _list(self, asked: Received) -> Reply:
        wanted = asked.query.get("search", "")
        size = int(asked.query.get("per_page", 15))
        found = [one for one in self.orders if wanted in one.reference or wanted == one.awb]
        shown = [one.shown() for one in reversed(found)][:size]
        pages = {"total": len(found), "count": len(shown), "per_page": size, "current_page": 1}
        return said(200, {"data": shown, "meta": {"pagination": pages}})

    def _order_of_shipment(self, number: Any) -> Order | None:
        return next((one for one in self.orders if one.shipment == number), None)


def _created(order: Order) -> Reply:
    facts = {
        "order_id": order.number,
        "shipment_id": order.shipment,
        "status": "CANCELED" if order.is_cancelled else "NEW",
        "status_code": 5 if order.is_cancelled else 1,
        "onboarding_completed_now": 0,
        "awb_code": order.awb or None,
        "courier_company_id": None,
        "courier_name": None,
    }
    return said(200, facts)


def _invalid(**errors: str) -> RefusalError:
    told = {name: [words] for name, words in errors.items()}
    return RefusalError(said(422, {"message": "Oops! Invalid Data.", "errors": told}))


def _rules(body: dict[str, Any], who: str) -> list[tuple[str, bool, str]]:
    """ "Create Custom Order", its table of parameters."""
    phone, pin = str(body[f"{who}_phone"]), str(body[f"{who}_pincode"])
    is_sized = all(body[side] > 0.5 for side in ("length", "breadth", "height"))
    are_items = all(
        str(item.get("name", "")) and item.get("sku") and int(item["units"]) > 0
        for item in body["order_items"]
    )
    return [
        ("order_id", len(body["order_id"]) <= 50, "The order id may not be greater than 50."),
        (f"{who}_phone", len(phone) == 10 and phone.isdigit(), "Phone is in an invalid format."),
        (f"{who}_pincode", len(pin) == 6 and pin.isdigit(), "The pincode is invalid."),
        (f"{who}_city", len(body[f"{who}_city"]) <= 30, "The city may not be greater than 30."),
        (f"{who}_email", "@" in body[f"{who}_email"], "The email must be a valid address."),
        (f"{who}_country", body[f"{who}_country"] == "India", "The country is invalid."),
        ("payment_method", body["payment_method"] in {"COD", "Prepaid"}, "It is invalid."),
        ("length", is_sized, "Must be more than 0.5."),
        ("weight", body["weight"] > 0, "Must be more than 0."),
        ("sub_total", isinstance(body["sub_total"], int | float), "It must be a number."),
        ("order_items", are_items, "An item lacks its name, sku or units."),
    ]


_DOES = {
    ("POST", "/orders/create/adhoc"): Shiprocket._create,
    ("POST", "/orders/create/return"): Shiprocket._create_return,
    ("POST", "/courier/assign/awb"): Shiprocket._assign,
    ("POST", "/courier/generate/pickup"): Shiprocket._pick_up,
    ("POST", "/orders/cancel"): Shiprocket._cancel,
    ("GET", "/orders"): Shiprocket._list,
}
