"""One payload may hold one order or many: where each of them is."""

from typing import Any

from orderveil.hops.storefront.reader import MAX_ORDERS
from orderveil.hops.storefront.refusing import refuse


def split_orders(payload: Any, *, limit: int | None = MAX_ORDERS) -> list[tuple[str, Any]]:
    """The orders of a payload, each with its JSON pointer.

    Understands a bare order, a list of orders, and the envelopes `order`, `orders`, `Orders` and
    `payload`. Refuses more than `limit` orders. What the entries are, their parsers judge.
    """
    pointer = ""
    while isinstance(payload, dict):
        for name in ("payload", "order", "orders", "Orders"):
            if isinstance(payload.get(name), dict | list):
                pointer, payload = f"{pointer}/{name}", payload[name]
                break
        else:
            return [(pointer, payload)]
    if not isinstance(payload, list):
        return [(pointer, payload)]
    if limit is not None and len(payload) > limit:
        refuse(
            "too_many",
            f"There are more than {limit:,} orders here.",
            "Send them in several batches.",
            pointer=pointer,
            rule="storefront limits",
        )
    return [(f"{pointer}/{position}", order) for position, order in enumerate(payload)]
