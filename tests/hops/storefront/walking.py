"""Walks JSON payloads for the tests: where the leaves are, and copies with one of them changed."""

from collections.abc import Iterator
from typing import Any

import msgspec

from orderveil.core.orders import OrderDraft
from orderveil.hops.storefront.decoding import decode
from orderveil.hops.storefront.formats import RULES, split
from orderveil.hops.storefront.samples import Sample, load_all

Path = tuple[str | int, ...]
DROP = object()


def orders() -> list[tuple[str, Sample, Any]]:
    """Every order of every sample, with a name for the test's id."""
    return [
        (f"{sample.name}{pointer}", sample, order)
        for sample in load_all()
        for pointer, order in split(decode(sample.body))
    ]


def read(sample: Sample, payload: Any) -> OrderDraft:
    draft = RULES[sample.format].parse(payload, topic=sample.topic)
    assert isinstance(draft, OrderDraft)
    return draft


def paths(node: Any, here: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every node with its path, the root last."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from paths(value, (*here, key))
    yield here, node


def strings(node: Any) -> list[Path]:
    return [path for path, value in paths(node) if isinstance(value, str) and value.strip()]


def with_value(node: Any, path: Path, value: Any) -> Any:
    """A copy of `node` in which `path` holds `value`; DROP removes it."""
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    if len(path) == 1 and value is DROP:
        del copy[path[0]]
    else:
        copy[path[0]] = with_value(node[path[0]], path[1:], value)
    return copy


def personal_text(draft: OrderDraft) -> str:
    return "\n".join(value.reveal() for value in draft.personal.values())


def stored_plain(draft: OrderDraft) -> str:
    """Everything of a draft that is stored unsealed, as one text."""
    plain = (draft.shop_order_id, draft.order_number, draft.facts, draft.parcels)
    return msgspec.json.encode(plain).decode()


def pointer(path: Path) -> str:
    return "".join(f"/{key}" for key in path)
