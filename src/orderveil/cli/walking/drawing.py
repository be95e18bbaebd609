"""From what the hops got to the picture: the policies' lights, the ledger's proved entries."""

import time

from orderveil.cli.walking.cast import Cast
from orderveil.cli.walking.road import Road
from orderveil.core.errors import OrderveilError
from orderveil.core.fields import Field
from orderveil.core.orders import OrderDraft
from orderveil.ledger.queries import entries_of
from orderveil.policy import versions
from orderveil.scams.evidence import news
from orderveil.scams.laws import law_of_table
from orderveil.scams.picture import LedgerNews, Picture, build

SETTLED_SECONDS = 20.0


def _settled_news(brand_id: int, order_id: bytes) -> LedgerNews:
    """The order's entries, once the sequencer has placed them all and signed for them."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while time.monotonic() < deadline:
        if all(entry.place is not None for entry in entries_of(order_id)):
            found = news(brand_id, order_id)
            if found.verified:
                return found
        time.sleep(0.05)
    msg = "The ledger's sequencer does not place new entries."
    raise OrderveilError(msg, remedy="Is the worker running? See /readyz.")


def held_fields(draft: OrderDraft) -> set[Field]:
    """The fields that the order has a value for."""
    facts = draft.facts
    held = set(draft.personal) | {Field.ORDER_NUMBER, Field.PLACED_AT, Field.ITEMS, Field.REGION}
    held |= {Field.PARCEL_STATE, Field.CARRIER, Field.AWB}
    told = {
        Field.AMOUNTS: facts.amounts,
        Field.COD_DUE: facts.cod_due,
        Field.PAYMENT_METHOD: facts.payment_method,
        Field.WEIGHT: facts.weight_g,
        Field.DIMENSIONS: facts.dimensions,
    }
    return held | {field for field, value in told.items() if value is not None}


def draw(cast: Cast, road: Road, order_id: bytes, draft: OrderDraft) -> Picture:
    """The picture of one walked order."""
    policies = versions.policies(cast.brand.pk)
    found = _settled_news(cast.brand.pk, order_id)
    return build(
        brand=cast.brand.name,
        order=draft.order_number or "",
        today=law_of_table("today", policies.today),
        now=law_of_table(policies.label, policies.table),
        answers=road.answers,
        asked_in_state=road.asked_in,
        ledger=found.entries,
        verified=found.verified,
        sentence=found.sentence,
        published_channel=bool(cast.brand.published_channel),
        order_fields=held_fields(draft),
    )
