"""Our own JSON: the published schema and the parser say the same."""

from typing import Any

import msgspec
import pytest

from hops.storefront.mapping import draft_of, fields_of, payload_of
from hops.storefront.walking import paths, with_value
from orderveil.core.errors import RefusedError
from orderveil.core.fields import PERSONAL
from orderveil.core.orders import Amounts, Dimensions, Facts, Item, ParcelDraft
from orderveil.core.states import ParcelState
from orderveil.hops.storefront.decoding import decode
from orderveil.hops.storefront.formats import split
from orderveil.hops.storefront.own import parse
from orderveil.hops.storefront.own_schema import OwnBatch, OwnOrder
from orderveil.hops.storefront.samples import load


def test_the_full_sample_is_of_the_schema_and_fills_it() -> None:
    """Every name the schema knows is in the sample, so that the other tests cover them all."""
    order = msgspec.json.decode(load("own_order").body, type=OwnOrder)

    def blanks(struct: Any) -> list[str]:
        inner = {name: getattr(struct, name) for name in struct.__struct_fields__}
        found = [name for name, value in inner.items() if value is None or value == []]
        for value in inner.values():
            for part in value if isinstance(value, list) else [value]:
                found += blanks(part) if isinstance(part, msgspec.Struct) else []
        return found

    assert blanks(order) == []


def test_every_name_of_the_schema_is_claimed() -> None:
    """The parser reads all that the schema publishes: nothing of the full sample is dropped."""
    assert draft_of("own_order").dropped == 0


def test_every_personal_field_has_a_place_in_the_schema() -> None:
    """The full sample's fields are the whole vocabulary, each under its own name."""
    found = fields_of(draft_of("own_order"))
    assert set(found) == {field.value for field in PERSONAL}
    order = payload_of("own_order")
    groups = ("customer", "address", "billing", "payment", "browsing", "notes")
    sent = {key: value for group in groups for key, value in order[group].items()}
    assert {key: sent[key] for key in found} == found


def test_facts_of_the_full_sample() -> None:
    """Facts keep their names and units."""
    draft = draft_of("own_order")
    assert draft.facts == Facts(
        items=(Item("Jute bag", 2, "NB-JUTE", "bags", "400.00"),),
        amounts=Amounts("INR", "900.00", "800.00", "100.00", "38.10", "0.00"),
        cod_due="900.00",
        payment_method="cod",
        weight_g=700,
        dimensions=Dimensions(400, 300, 80),
    )
    assert draft.parcels == (
        ParcelDraft("P-1", ParcelState.PACKED, "Sample Express", "SXP0000040041"),
    )


def test_the_batch_s_schema_refuses_what_the_parser_forgives() -> None:
    """Numbers for PIN and phone are outside the schema, and read all the same."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(load("own_batch").body, type=OwnBatch)
    assert fields_of(draft_of("own_batch"))["pincode"] == "194101"


def test_an_unknown_name_is_dropped_and_counted() -> None:
    """`loyalty_tier` has no field."""
    orders = split(decode(load("own_batch").body))
    assert [parse(order, pointer=place).dropped for place, order in orders] == [0, 1]


def test_one_broken_order_leaves_the_rest_of_a_batch_unharmed() -> None:
    """Each order is read by itself; the refusal points into the batch."""
    batch = {"orders": [payload_of("own_order"), {"id": "S-9", "items": [{"quantity": -1}]}]}
    (first, good), (second, bad) = split(batch)
    assert parse(good, pointer=first).shop_order_id == "S-1"
    with pytest.raises(RefusedError) as refusal:
        parse(bad, pointer=second)
    assert refusal.value.problem.pointer == "/orders/1/items/0/quantity"


@pytest.mark.parametrize("digits", ["4242424242424242", "42", "abcd", "٤٢٤٢"])
def test_a_card_s_last_four_are_four_digits(digits: str) -> None:
    """More of a card's number than four digits is refused, not cut."""
    with pytest.raises(RefusedError) as refusal:
        draft_of("own_order", payment={"card_last4": digits})
    assert refusal.value.problem.pointer == "/payment/card_last4"
    assert digits not in refusal.value.problem.detail


def test_an_unknown_state_is_refused() -> None:
    """Our own format has our own words only."""
    with pytest.raises(RefusedError) as refusal:
        draft_of("own_order", parcels=[{"id": "P-1", "state": "teleported"}])
    assert refusal.value.problem.code == "unknown_state"


def test_every_key_may_be_missing_but_the_id() -> None:
    """What is left out is absent."""
    order = payload_of("own_order")
    for path, _value in list(paths(order)):
        if path and path[-1] != "id":
            parse(with_value(order, path, None))
