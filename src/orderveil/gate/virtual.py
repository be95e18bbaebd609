"""What stands for a phone or an email in a view that shows them `virtual`.

Rules kept here:
- the contact is the courier's: a label prints the number that the parcel's courier gets, whoever
  prints it;
- a pool without room gives the brand's care number, never the customer's;
- an order without the field has nothing that stands for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from orderveil.contacts import setup as setups
from orderveil.contacts.allocating import Given, Place, allocate
from orderveil.contacts.models import ContactKind, Setup
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.virtual import spelled
from orderveil.gate.compose import Opened, Plan
from orderveil.partners import assignments

KIND_OF: Final = {Field.PHONE: ContactKind.PHONE, Field.EMAIL: ContactKind.EMAIL}


def stand_ins(
    brand_id: int,
    partner_id: int,
    hop: Hop,
    plan: Plan,
    orders: Sequence[Opened],
    now: datetime,
) -> list[Mapping[str, str]]:
    """For each order: field name -> what stands for it. Empty where the plan shows none."""
    if not plan.virtual:
        return [{}] * len(orders)
    setup = setups.setup_of(brand_id)
    if setup is None:  # the policy would not have loaded
        return [{}] * len(orders)
    places = _places(partner_id, hop, orders)
    shown: list[dict[str, str]] = [{} for _ in orders]
    for name in plan.virtual:
        wanted = [place for place, order in zip(places, orders, strict=True) if order.has(name)]
        given = allocate(brand_id, KIND_OF[name], wanted, now) if wanted else {}
        for at, (place, order) in enumerate(zip(places, orders, strict=True)):
            text = _text(setup, name, given.get(place))
            if order.has(name) and text:
                shown[at][name.value] = text
    return list(shown)


def _places(partner_id: int, hop: Hop, orders: Sequence[Opened]) -> list[Place]:
    """Whose contact it is, of each order's first visible parcel."""
    parcels = [(order.order_id, int(order.parcels[0]["n"])) for order in orders]
    couriers = assignments.assignees(parcels, Hop.COURIER) if hop == Hop.LABEL else {}
    return [
        Place(*parcel, couriers[parcel], Hop.COURIER)
        if parcel in couriers
        else Place(*parcel, partner_id, hop)
        for parcel in parcels
    ]


def _text(setup: Setup, name: Field, given: Given | None) -> str:
    if name == Field.EMAIL:
        return f"{given.code}@{setup.mail_domain}" if given else ""
    return spelled(given.number, given.code) if given else setup.care_number
