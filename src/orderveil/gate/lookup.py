"""What a person calls an order -> its id: a number, the shop's id, ours in hexadecimal, a ref.

Rules kept here:
- only orders of the brand are found, whatever else a ref or an id would open to;
- a tombstone is found by its id, its shop's id or a ref: who erases twice is told so;
- the law is read anew, because a partner may have been added a moment ago.
"""

import re

from django.db import connection

from orderveil.core.blindindex import order_id
from orderveil.core.errors import Problem, RefusedError
from orderveil.gate import law as laws
from orderveil.gate.asking import partner_refs
from orderveil.gate.keys import brand_keys
from orderveil.partners.models import Channel

_ID = re.compile(r"[0-9a-fA-F]{32}")
MOST_LISTED = 5


def find_order(
    brand_id: int, text: str, *, partner_id: int | None = None
) -> tuple[bytes, int | None]:
    """(order id, parcel number if a ref named one); `partner_id` narrows whose refs are tried.

    Raises `RefusedError` if there is none, or if several orders have that number.
    """
    text = text.strip()
    if _ID.fullmatch(text) and _exists(brand_id, bytes.fromhex(text)):
        return bytes.fromhex(text), None
    found = (
        _by_ref(brand_id, text, partner_id)
        or _by_number(brand_id, text)
        or _by_shop_id(brand_id, text)
    )
    if found is None:
        raise RefusedError(UNKNOWN)
    return found


def _exists(brand_id: int, number: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM vault_order WHERE order_id = %s AND brand_id = %s", [number, brand_id]
        )
        return cursor.fetchone() is not None


def _by_ref(brand_id: int, text: str, partner_id: int | None) -> tuple[bytes, int | None] | None:
    law = laws.reload(brand_id)
    for partner in law.partners.values():
        if partner_id is None or partner.pk == partner_id:
            found = partner_refs(law, partner).open(text)
            # A foreign ref opens to an id that nothing has: 128 bits, so no false friend.
            if found is not None and _exists(brand_id, found[0]):
                return found
    return None


def _by_shop_id(brand_id: int, text: str) -> tuple[bytes, int | None] | None:
    """By the shop's own id, on any of the brand's channels: our id is an HMAC of both."""
    tag = brand_keys(brand_id).ids
    for number in Channel.objects.filter(brand_id=brand_id).values_list("pk", flat=True):
        made = order_id(tag, number, text)
        if _exists(brand_id, made):
            return made, None
    return None


def _by_number(brand_id: int, text: str) -> tuple[bytes, int | None] | None:
    """By the order number, also without the `#` that a shell would read as a comment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id FROM vault_order WHERE brand_id = %s AND order_number = ANY(%s)"
            " ORDER BY order_id LIMIT %s",
            [brand_id, [text, f"#{text}"], MOST_LISTED + 1],
        )
        ids = [bytes(row[0]) for row in cursor.fetchall()]
    if len(ids) > 1:
        raise RefusedError(_several(ids))
    return (ids[0], None) if ids else None


UNKNOWN = Problem(
    code="unknown_order",
    detail="This brand has no order by that number, id or ref.",
    remedy="Search with `orderveil find`; an erased order has no number any more.",
    rule="an order is found within its brand",
    status=404,
)


def _several(ids: list[bytes]) -> Problem:
    listed = ", ".join(order.hex() for order in ids[:MOST_LISTED])
    more = " and more" if len(ids) > MOST_LISTED else ""
    return Problem(
        code="several_orders",
        detail="Several orders have that number.",
        remedy=f"Name one by its id: {listed}{more}.",
        rule="an order number is its shop's own, and a brand may have several shops",
        status=409,
    )
