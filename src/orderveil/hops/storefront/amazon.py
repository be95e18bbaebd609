"""Amazon's orders as the Selling Partner API gives them: v0, and the model of 2026-01-01.

Nothing is pushed: these payloads are pulled by the brand's own tools and imported here. Which of
the two models an order follows shows in the name of its id.
"""

from typing import Any

from orderveil.core.orders import OrderDraft
from orderveil.hops.storefront.amazon_2026 import read_order as read_2026
from orderveil.hops.storefront.amazon_v0 import read_order as read_v0
from orderveil.hops.storefront.reader import Reader


def parse(payload: Any, *, topic: str | None = None, pointer: str = "") -> OrderDraft:
    """One order, of either model. `topic` means nothing here. Raises RefusedError."""
    del topic
    order = Reader(payload, pointer)
    return read_2026(order) if order.code("orderId", claim=False) else read_v0(order)
