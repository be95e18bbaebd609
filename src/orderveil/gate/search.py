"""Exact search within a brand: by phone, email, order number or AWB. Answers ids, never values."""

from datetime import datetime
from enum import StrEnum

import msgspec
from django.db import connection

from orderveil.core import normalise
from orderveil.core.blindindex import fingerprint
from orderveil.core.fields import Field
from orderveil.core.personal import Personal
from orderveil.gate.keys import brand_keys

MOST_FOUND = 200


class By(StrEnum):
    """What can be searched for."""

    PHONE = "phone"
    EMAIL = "email"
    NUMBER = "number"
    AWB = "awb"


class Found(msgspec.Struct, frozen=True):
    """One order that matches."""

    order_id: bytes
    order_number: str | None
    placed_at: datetime | None
    states: tuple[str, ...]


_WHERE = {
    By.PHONE: "o.order_id IN (SELECT order_id FROM vault_index WHERE phone = %s)",
    By.EMAIL: "o.order_id IN (SELECT order_id FROM vault_index WHERE email = %s)",
    By.NUMBER: "o.order_number = ANY(%s)",
    By.AWB: "o.order_id IN (SELECT order_id FROM vault_parcel WHERE brand_id = %s AND awb = %s)",
}


def find(brand_id: int, by: By, value: Personal) -> list[Found]:
    """The brand's orders whose field equals `value` once normalised: at most 200, newest first."""
    text = value.reveal()
    needle: bytes | str | list[str] = text.strip()
    if by == By.NUMBER:
        needle = [text.strip(), f"#{text.strip()}"]  # people leave the shop's `#` out
    if by in {By.PHONE, By.EMAIL}:
        field = Field(by.value)
        spelled = normalise.phone(text) if by == By.PHONE else normalise.email(text)
        key = normalise.search_key(field, spelled)
        needle = fingerprint(brand_keys(brand_id).index, field, key)
    params = [brand_id, needle] if by == By.AWB else [needle]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.order_id, o.order_number, o.placed_at,"  # noqa: S608 - conditions of ours
            " (SELECT array_agg(state ORDER BY parcel_no) FROM vault_parcel p"
            "   WHERE p.order_id = o.order_id)"
            f" FROM vault_order o WHERE o.brand_id = %s AND o.erased_at IS NULL AND {_WHERE[by]}"
            " ORDER BY o.placed_at DESC NULLS LAST, o.order_id LIMIT %s",
            [brand_id, *params, MOST_FOUND],
        )
        return [
            Found(order, number, placed, tuple(states or ()))
            for order, number, placed, states in cursor.fetchall()
        ]
