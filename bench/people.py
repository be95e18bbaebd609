"""Invented orders: patterned names and phones, example.com addresses, facts of a small shop."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from orderveil.core.fields import Field
from orderveil.core.orders import Amounts, Facts, Item, OrderDraft
from orderveil.core.personal import Personal

_BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
_CITIES = (("Bengaluru", "Karnataka", "5600"), ("Pune", "Maharashtra", "4110"))
_AGENT = "Mozilla/5.0 (Linux; Android 14; Sample Phone) AppleWebKit/537.36 Mobile Safari/537.36"


def phone(number: int) -> str:
    """The phone of the order of that number; three orders share one."""
    return f"+9190000{number // 3 % 100_000:05d}"


def draft(number: int) -> OrderDraft:
    """One order: five sealed compartments, every fourth with a note to the courier as well."""
    city, state, pin = _CITIES[number % 2]
    personal = {
        Field.NAME: f"Namuna Grahak {number}",
        Field.PHONE: phone(number),
        Field.EMAIL: f"grahak{number // 3}@example.com",
        Field.LINE1: f"Flat {number % 900}, Udaharan Residency",
        Field.LINE2: f"{number % 40} Cross, Namuna Layout",
        Field.CITY: city,
        Field.STATE: state,
        Field.PINCODE: f"{pin}{number % 90 + 10}",
        Field.COUNTRY: "IN",
        Field.GATEWAY_REF: f"pay_Sample{number:08d}",
        Field.IP: f"198.51.100.{number % 250}",
        Field.USER_AGENT: _AGENT,
    }
    if number % 4 == 0:
        personal[Field.DELIVERY_NOTE] = "Leave it with the guard at the second gate"
    placed = _BEGAN + timedelta(seconds=number)
    return OrderDraft(
        shop_order_id=str(5_500_000_000_000 + number),
        order_number=f"#{number}",
        placed_at=placed,
        updated_at=placed,
        personal={name: Personal(value) for name, value in personal.items()},
        facts=Facts(
            items=(
                Item("Handloom stole", 1, sku="NH-STOLE-01", kind="apparel", unit_price="1499.00"),
                Item("Filter coffee 500 g", 2, sku="NH-COFFEE-500", kind="grocery"),
            ),
            amounts=Amounts(currency="INR", total="2339.00", subtotal="2339.00", tax="111.00"),
            payment_method="prepaid",
            weight_g=1240,
        ),
    )


def batches(size: int = 1_000) -> Iterator[list[OrderDraft]]:
    """Batches of orders that were never sent before, without end."""
    for number in itertools.count(0, size):
        yield [draft(each) for each in range(number, number + size)]
