"""What no field claims, found where people typed it.

Rules kept here:
- offsets are those of the original text, though matching happens on folded text;
- certainty is one number: the shape gives it, `context` raises or lowers it; from `SURE` on it
  is a hit;
- where two kinds claim the same characters, the one earlier in the table wins;
- a new kind is one row in `DETECTORS`.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from orderveil.core.detect.cards import card_spans
from orderveil.core.detect.contacts import email_spans, phone_spans
from orderveil.core.detect.context import (
    CARD_WORDS,
    PHONE_WORDS,
    KeySays,
    Span,
    Surroundings,
    weighed,
)
from orderveil.core.detect.cvv import cvv_spans
from orderveil.core.detect.kinds import EVERYTHING, SURE, Hit, Kind
from orderveil.core.scripts import fold_with_places

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
