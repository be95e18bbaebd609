"""The project's own sample orders: invented people, payloads in the shops' full shapes."""

from dataclasses import dataclass
from importlib.resources import files

from orderveil.hops.storefront.formats import Format

WALK = "shopify_walk"
"""The order the walk shows: it has a value in nearly every field, and is part paid on delivery."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One payload as a shop would send it; a batch holds several orders."""

    name: str
    format: Format
    topic: str | None
    body: bytes


_TOPICS: dict[str, tuple[Format, str | None]] = {
    WALK: (Format.SHOPIFY, "orders/create"),
    "shopify_prepaid": (Format.SHOPIFY, "orders/paid"),
    "shopify_fulfilled": (Format.SHOPIFY, "orders/fulfilled"),
    "woocommerce_cod": (Format.WOOCOMMERCE, "order.created"),
    "woocommerce_gift": (Format.WOOCOMMERCE, "order.updated"),
    "amazon_v0": (Format.AMAZON, None),
    "amazon_2026": (Format.AMAZON, None),
    "own_order": (Format.ORDERVEIL, None),
    "own_batch": (Format.ORDERVEIL, None),
}


def load(name: str) -> Sample:
    """The sample of that name. Raises KeyError for a name that isn't one."""
    format_, topic = _TOPICS[name]
    return Sample(name, format_, topic, (files(__package__) / f"{name}.json").read_bytes())


def load_all() -> tuple[Sample, ...]:
    """Every sample, the walk's order first."""
    return tuple(load(name) for name in _TOPICS)
