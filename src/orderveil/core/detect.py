"""What no field claims, found where people typed it: phones, emails, card numbers, CVVs.

Rules kept here:
- offsets are those of the original text, though matching happens on folded text;
- certainty is one number: the shape gives it, `context` raises or lowers it; from `SURE` on it
  is a hit;
- where two kinds claim the same characters, the one earlier in the table wins;
- a new kind is one row in `DETECTORS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from orderveil.core.cards import card_spans
from orderveil.core.contacts import email_spans, phone_spans
from orderveil.core.context import (
    CARD_WORDS,
    PHONE_WORDS,
    KeySays,
    Span,
    Surroundings,
    weighed,
)
from orderveil.core.cvv import cvv_spans
from orderveil.core.jsonwalk import DROP, KEYS, Place, copied, leaves
from orderveil.core.scripts import fold_with_places
from orderveil.core.suspects import suspect_keys, suspect_text

SURE = 0.5
"""From this certainty on, a candidate is a hit."""


class Kind(StrEnum):
    """What can be found in a text."""

    CARD = "card"
    CVV = "cvv"
    EMAIL = "email"
    PHONE = "phone"


EVERYTHING = frozenset(Kind)
CARD_DATA = frozenset({Kind.CARD, Kind.CVV})


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found at `text[start:end]`. `certainty` is between 0 and 1."""

    kind: Kind
    start: int
    end: int
    certainty: float


Detector: TypeAlias = Callable[[Surroundings], Iterator[Span]]


def _cards(around: Surroundings) -> Iterator[Span]:
    return weighed(around, card_spans(around.text), CARD_WORDS, KeySays.CARD)


def _cvvs(around: Surroundings) -> Iterator[Span]:
    return cvv_spans(around.text, around.path)


def _emails(around: Surroundings) -> Iterator[Span]:
    return email_spans(around.text)


def _phones(around: Surroundings) -> Iterator[Span]:
    return weighed(around, phone_spans(around.text), PHONE_WORDS, KeySays.PHONE)


DETECTORS: Mapping[Kind, Detector] = MappingProxyType(
    {Kind.CARD: _cards, Kind.CVV: _cvvs, Kind.EMAIL: _emails, Kind.PHONE: _phones}
)


def find(
    text: str,
    context: str | None = None,
    *,
    kinds: frozenset[Kind] = EVERYTHING,
    least: float = SURE,
) -> list[Hit]:
    """Everything of `kinds` in `text`, first to last, never overlapping.

    `context` is the key path of the value ("line_items/0/id", or a JSON pointer). `least` is the
    certainty from which a candidate counts.
    """
    folded = fold_with_places(text)
    around = Surroundings(folded.text, context or "")
    taken = bytearray(len(folded.text))
    hits = []
    for kind, detector in DETECTORS.items():
        if kind not in kinds:
            continue
        spans = [(*span[:2], round(min(span[2], 1.0), 2)) for span in detector(around)]
        for start, end, certainty in _apart([s for s in spans if s[2] >= least], taken):
            hits.append(Hit(kind, *folded.span(start, end), certainty))
    return sorted(hits, key=lambda hit: hit.start)


def _apart(spans: list[Span], taken: bytearray) -> Iterator[Span]:
    """The spans on free ground, better ones first; the ground they stand on is taken."""
    for start, end, certainty in sorted(spans, key=lambda span: (-span[2], span[0] - span[1])):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            yield start, end, certainty


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
