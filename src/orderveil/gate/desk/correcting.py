"""Correcting an address at the desk: sealed like the first one, and the courier gets the new view.

Rules kept here:
- nothing of the address is shown or opened for whoever corrects it; what they type goes in only;
- only while a parcel is on its road, only an order they may work, a few times a day; and so many
  orders a day that one account, or one cookie, redirects no brand's parcels;
- the order is sealed anew under a new key: a disclosure shows the old address or the new one;
- from then on the compartment is a person's: the shop's older copy does not come back;
- the act names fields, never values.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from orderveil.core import detect, normalise
from orderveil.core.actors import Actor
from orderveil.core.errors import Problem
from orderveil.core.fields import Compartment, Field
from orderveil.core.orders import Facts
from orderveil.core.personal import Personal
from orderveil.core.roles import Permission
from orderveil.core.sealing import purged_bit
from orderveil.core.states import ParcelState
from orderveil.core.transitions import ENDED
from orderveil.gate import refusals
from orderveil.gate.asking import spend
from orderveil.gate.desk.working import Hand, changing_hand
from orderveil.gate.inserting import survives_rekey
from orderveil.gate.prepare import HOME_COUNTRY, normalised
from orderveil.gate.resealing import locked, opened, reseal
from orderveil.ledger.acts import ActKind, by, record
from orderveil.outbox.events import EventKind, emit
from orderveil.people.budgets import Spending, tries_left

CORRECTABLE: Mapping[Field, int] = {
    Field.LINE1: 200,
    Field.LINE2: 200,
    Field.LANDMARK: 200,
    Field.CITY: 80,
    Field.STATE: 40,
    Field.PINCODE: 12,
}
"""What can be corrected, and how many characters it has at most."""
NEVER_EMPTY = frozenset({Field.LINE1, Field.CITY, Field.PINCODE})
MOST_A_DAY = 5
_ADDRESS_BIT = purged_bit(Compartment.ADDRESS)
_INDIAN_PIN = re.compile(r"[1-9][0-9]{5}").fullmatch


def correct_address(
    actor: Actor, order_id: bytes, fields: Mapping[Field, Personal], *, now: datetime
) -> Problem | None:
    """Replace these fields of the address, an empty one by nothing; why not, if that may not be.

    What is not among `fields` stays. The place on the map goes: it was that of the old address.
    """
    fresh = _checked(fields)
    if isinstance(fresh, Problem):
        return fresh
    return _correct(actor, order_id, fresh, now)


def corrected_since(order_id: bytes, since: datetime) -> bool:
    """Has somebody corrected this order's address then or later?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM ledger_record"
            " WHERE order_id = %s AND at >= %s AND kind = %s)",
            [order_id, since, ActKind.ADDRESS_CORRECTED.value],
        )
        return bool(cursor.fetchone()[0])


@survives_rekey
@transaction.atomic(durable=True)
def _correct(
    actor: Actor, order_id: bytes, fresh: dict[Field, str], now: datetime
) -> Problem | None:
    hand = changing_hand(actor, Permission.CORRECT_ADDRESS, "correct the address", now)
    if isinstance(hand, Problem):
        return hand
    row = locked(actor.brand_id, order_id)
    problem = _closed(hand, order_id, row)
    if problem is not None or row is None:
        return problem
    values = opened(actor.brand_id, order_id, row)
    address = _merged(values.get(Compartment.ADDRESS, {}), fresh)
    problem = _no_such_pin(address)
    if problem is not None:
        return problem
    # In this transaction, and so given back if it fails; nothing is learned from a try.
    problem = spend(hand.caller, 1, now, Spending.CORRECTIONS)
    if problem is not None:
        return problem
    if tries_left(order_id, now, MOST_A_DAY, what="corrections") is None:
        transaction.set_rollback(True)
        return _ENOUGH
    values[Compartment.ADDRESS] = address
    reseal(actor.brand_id, order_id, row, values, row["purged"])
    _mark(order_id, row, address)
    record(
        actor.brand_id,
        ActKind.ADDRESS_CORRECTED,
        now=now,
        who=by(actor),
        order_id=order_id,
        detail={"fields": ",".join(name for name in CORRECTABLE if name in fresh)},
    )
    emit(actor.brand_id, EventKind.ORDER_UPDATED, now=now, order_id=order_id)
    return None


def _checked(fields: Mapping[Field, Personal]) -> dict[Field, str] | Problem:
    """The fields in their one spelling, "" for those to be emptied; a Problem with the place."""
    if not fields:
        return _NOTHING
    for name in fields:
        if name not in CORRECTABLE:
            return _problem(name, "not_correctable", "This is no part of an address.", "Leave it.")
    spelled = normalised(fields).get(Compartment.ADDRESS, {})
    fresh = {name: spelled.get(name.value, "") for name in fields}
    for name, text in fresh.items():
        if not text and name in NEVER_EMPTY:
            return _problem(name, "missing", "An address has this.", "Type it in.")
        if len(text) > CORRECTABLE[name]:
            most = CORRECTABLE[name]
            return _problem(name, "too_long", f"It has at most {most} characters.", "Shorten it.")
        if detect.find(text, name.value, kinds=detect.CARD_DATA):
            return _problem(name, "card_data", "This looks like card data.", "Never type it here.")
    return fresh


def _closed(hand: Hand, order_id: bytes, row: Mapping[str, Any] | None) -> Problem | None:
    """Why this order's address can't be corrected by this hand."""
    if row is None:
        return refusals.UNKNOWN
    with connection.cursor() as cursor:
        cursor.execute("SELECT parcel_no, state FROM vault_parcel WHERE order_id = %s", [order_id])
        parcels = [(number, ParcelState(state)) for number, state in cursor.fetchall()]
    mine = [
        state
        for number, state in parcels
        if state in hand.states and hand.reaches(order_id, number)
    ]
    if not mine and parcels:
        return refusals.UNKNOWN
    if row["erased_at"] is not None:
        return refusals.ERASED
    if row["purged"] & _ADDRESS_BIT:
        return _PURGED
    return NOTHING_ON_THE_ROAD if set(mine) <= ENDED else None


def _merged(before: Mapping[str, str], fresh: Mapping[Field, str]) -> dict[str, str]:
    after = {name: text for name, text in before.items() if name != Field.GEO}
    after |= {name.value: text for name, text in fresh.items()}
    return {name: text for name, text in after.items() if text}


def _no_such_pin(address: Mapping[str, str]) -> Problem | None:
    """An Indian address has an Indian PIN; of other countries' codes only the length is known."""
    country = address.get(Field.COUNTRY, HOME_COUNTRY).strip().upper()
    code = address.get(Field.PINCODE, "")
    if country not in {HOME_COUNTRY, "INDIA"} or _INDIAN_PIN(code):
        return None
    return _problem(
        Field.PINCODE, "no_such_pin", "An Indian PIN code has six digits.", "Type all six."
    )


def _mark(order_id: bytes, row: Mapping[str, Any], address: Mapping[str, str]) -> None:
    """The region is a fact of the new address, and the compartment a person's from now on."""
    facts = msgspec.json.decode(row["facts"], type=Facts) if row["facts"] else Facts()
    region = normalise.region(address.get(Field.STATE), address.get(Field.PINCODE))
    facts = msgspec.structs.replace(facts, region=region)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_order SET facts = %s::jsonb, corrected = corrected | %s"
            " WHERE order_id = %s",
            [msgspec.json.encode(facts).decode(), _ADDRESS_BIT, order_id],
        )


def _problem(name: Field, code: str, detail: str, remedy: str) -> Problem:
    return Problem(
        code=code,
        detail=detail,
        remedy=remedy,
        pointer=f"/{name}",
        rule="correcting: an address is checked like a shop's",
    )


_NOTHING = Problem(
    code="nothing_corrected",
    detail="Nothing was typed in.",
    remedy="Type in what is wrong as it should be.",
    rule="correcting: a correction names what it corrects",
)
_PURGED = Problem(
    code="address_purged",
    detail="This order's address has been shredded.",
    remedy="What was purged is never refilled.",
    rule="vault: a purged compartment stays empty",
    status=410,
)
NOTHING_ON_THE_ROAD = Problem(
    code="nothing_on_the_road",
    detail="No parcel of this order is on its road any more.",
    remedy="An address is corrected before the delivery; for a return, open one first.",
    rule="correcting: only what is still to be delivered or fetched",
    status=409,
)
_ENOUGH = Problem(
    code="too_many_corrections",
    detail=f"This order's address was corrected {MOST_A_DAY} times today (UTC).",
    remedy="Ask the customer once more, and go on tomorrow.",
    rule="correcting: a few corrections of an order in a day, whoever makes them",
    status=429,
)
