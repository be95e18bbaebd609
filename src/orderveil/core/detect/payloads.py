"""Card numbers and CVVs in decoded JSON: where they stand, and a copy without them."""

from collections.abc import Iterator
from typing import Any

from orderveil.core.detect.finding import find
from orderveil.core.detect.kinds import CARD_DATA, Hit
from orderveil.core.detect.suspects import suspect_keys, suspect_text
from orderveil.core.jsonwalk import DROP, KEYS, Place, copied, leaves


def cards_in(payload: Any) -> list[tuple[str, Hit]]:
    """Every card number and CVV in decoded JSON: JSON pointer (RFC 6901) and hit.

    Offsets are those in the text, or in a number's decimal digits. Keys are context, and are
    searched too: the pointer of such a hit ends with that key. Pointers hold no personal data.
    """
    found = []
    for place, _, hits in _found(payload):
        pointer = place.pointer()  # once: a key may be as long as the payload, and full of hits
        found += [(pointer, hit) for hit in hits]
    return found


def without_cards(payload: Any) -> tuple[Any, list[str]]:
    """A copy with each card number and CVV cut out, and the pointers to where they stood.

    From a text the digits are cut; a number becomes None; an entry whose key is one goes.
    """
    edits: dict[int, dict[Any, Any]] = {}
    pointers = []
    for place, value, hits in _found(payload):
        pointers.append(place.pointer())
        entries = edits.setdefault(id(place.container) if place.link else 0, {})
        entries.setdefault(place.key, DROP if value is None else _cut(value, hits))
    return copied(payload, edits), pointers


def _cut(value: Any, hits: list[Hit]) -> str | None:
    if not isinstance(value, str):
        return None
    rest = value
    for hit in reversed(hits):
        rest = rest[: hit.start] + rest[hit.end :]
    return rest


def _found(payload: Any) -> Iterator[tuple[Place, Any, list[Hit]]]:
    """Place, value (None: the key itself) and hits of everything that holds card data."""
    for container, key, value, link in leaves(payload):
        if key is KEYS:
            for name in container if suspect_keys(container) else ():
                if hits := find(str(name), kinds=CARD_DATA):
                    yield Place(container, name, link), None, hits
        elif text := suspect_text(container, key, value, link):
            place = Place(container, key, link)
            if hits := find(text, place.context(), kinds=CARD_DATA):
                yield place, value, hits
