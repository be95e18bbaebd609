"""Decoded JSON, walked and copied without recursion.

Rules kept here:
- any depth is walked: the nesting of a payload is the sender's choice;
- a pointer (RFC 6901) names keys and positions only; digits of a key that could be a phone or a
  card number show as `#`, and a key that holds an `@` shows as `***`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

Link: TypeAlias = tuple[Any, Any] | None
"""Of a container: the link of the one it stands in, and the key there. None: nothing above."""


class _Sign(Enum):
    KEYS = "keys"
    DROP = "drop"


_CONTAINERS = (dict, list, tuple)
KEYS = _Sign.KEYS
DROP = _Sign.DROP

has_digit = re.compile(
    r"[\d\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]"
).search
"""True if a text holds a digit of any script, superscripts and circled ones too."""

_LONG_DIGITS = re.compile(r"\d(?:[\s().-]{0,3}\d){6,}")
VALUE_KEYS = frozenset(
    {"value", "Value", "VALUE", "values", "FieldValue", "fieldValue", "field_value"}
)
"""In a list of names and values, the keys of the values: they say nothing themselves."""
LABEL_KEYS = ("name", "key", "label", "Name", "Key", "Label", "FieldName", "field_name")


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a text or number in a payload."""

    container: Any
    key: Any
    link: Link

    def names(self) -> list[Any]:
        """Keys and positions from the top down to this place."""
        names = [self.key]
        link = self.link
        while link is not None:
            link, name = link
            names.append(name)
        return names[-2::-1]  # the last is the place in the wrapper of `leaves`

    def pointer(self) -> str:
        """Where the place is, as a JSON pointer without personal data."""
        return pointer_of(self.names())

    def context(self) -> str:
        """The key path, ending with what names the value: {"name": "cvv", "value": "..."}."""
        names = [_escaped(str(name)) for name in self.names()]
        if names and isinstance(self.container, dict):
            names[-1] = _escaped(label(self.container, self.key) or "") or names[-1]
        return "/".join(names)


def pointer_of(names: Iterable[Any]) -> str:
    """The JSON pointer of keys and positions from the top down, without personal data."""
    return "".join(f"/{_shown(name)}" for name in names)


def label(container: Mapping[str, Any], key: str) -> str | None:
    """The name beside a value in a list of names and values; None elsewhere."""
    if key not in VALUE_KEYS:
        return None
    names = (container.get(name) for name in LABEL_KEYS)
    return next((name for name in names if isinstance(name, str)), None)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _shown(name: Any) -> str:
    if isinstance(name, int):
        return str(name)
    if "@" in name or "\uff20" in name:
        return "***"
    return _escaped(_LONG_DIGITS.sub(lambda run: re.sub(r"\d", "#", run[0]), name))


def leaves(payload: Any) -> Iterator[tuple[Any, Any, Any, Link]]:
    """Container, key, value and link of every text that holds a digit and every number, in order.

    Each dictionary comes first, once, with `KEYS` as its key: its keys are text too.
    """
    root = [payload]
    stack: list[tuple[Any, Iterator[tuple[Any, Any]], Link]] = [(root, enumerate(root), None)]
    while stack:
        container, entries, link = stack[-1]
        for key, value in entries:
            if isinstance(value, str):
                if len(value) > 2 and has_digit(value):
                    yield container, key, value, link
            elif isinstance(value, _CONTAINERS):
                if isinstance(value, dict):
                    yield value, KEYS, None, (link, key)
                    stack.append((value, iter(value.items()), (link, key)))
                else:
                    stack.append((value, enumerate(value), (link, key)))
                break
            elif value is not None and value is not True and value is not False:
                yield container, key, value, link
        else:
            stack.pop()


def copied(payload: Any, edits: Mapping[int, Mapping[Any, Any]]) -> Any:
    """A copy of `payload`, with `edits[id(container)][key]` in place of what stood there.

    `DROP` as the new value leaves the entry out. The payload itself, as a text or number, is
    entry 0 of container 0.
    """
    if not isinstance(payload, _CONTAINERS):
        return edits.get(0, {}).get(0, payload)
    top: Any = {} if isinstance(payload, dict) else []
    stack: list[tuple[Any, Any]] = [(payload, top)]
    while stack:
        source, target = stack.pop()
        changed = edits.get(id(source), {})
        is_mapping = isinstance(source, dict)
        for key, old in source.items() if is_mapping else enumerate(source):
            value = changed.get(key, old)
            if value is DROP:
                continue
            if isinstance(value, _CONTAINERS):
                copy: Any = {} if isinstance(value, dict) else []
                stack.append((value, copy))
                value = copy
            if is_mapping:
                target[key] = value
            else:
                target.append(value)
    return top
