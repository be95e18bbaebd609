"""Reads the one order of a sample, for tests that compare it field by field."""

from typing import Any

from hops.storefront.walking import read
from orderveil.core.orders import OrderDraft
from orderveil.hops.storefront.decoding import decode
from orderveil.hops.storefront.formats import split
from orderveil.hops.storefront.samples import load


def payload_of(name: str) -> Any:
    """The first order of the sample, decoded."""
    return split(decode(load(name).body))[0][1]


def draft_of(name: str, /, **changes: Any) -> OrderDraft:
    """The first order of the sample, read, after top-level values were replaced."""
    return read(load(name), payload_of(name) | changes)


def fields_of(draft: OrderDraft) -> dict[str, str]:
    return {field.value: value.reveal() for field, value in draft.personal.items()}
