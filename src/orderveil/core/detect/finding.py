"""What no field claims, found where people typed it.

Rules kept here:
- offsets are those of the original text, though matching happens on folded text, and on what is
  left of it without escapes and odd separators;
- certainty is one number: the shape gives it, `context` raises or lowers it; from `SURE` on it
  is a hit;
- where two kinds claim the same characters, the one earlier in the table wins; an address yields
  only the ground that others stand on;
- a text is screened first: detectors without a trigger in it do not run;
- a new kind is one row in `DETECTORS`, and its trigger in `screening`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol, TypeAlias

from orderveil.core.detect.accounts import iban_spans, ifsc_spans, vpa_spans
from orderveil.core.detect.cards import card_spans
from orderveil.core.detect.contacts import email_spans, phone_spans
from orderveil.core.detect.context import (
    CARD_WORDS,
    LOWER,
    PHONE_WORDS,
    KeySays,
    Span,
    Surroundings,
    weighed,
)
from orderveil.core.detect.cvv import cvv_spans
from orderveil.core.detect.decoys import is_decoy, is_in_hex
from orderveil.core.detect.disguises import unescaped, with_plain_separators
from orderveil.core.detect.identities import (
    aadhaar_spans,
    gstin_spans,
    is_of_person,
    pan_spans,
)
from orderveil.core.detect.keys import KeyFacts, facts_of
from orderveil.core.detect.kinds import EVERYTHING, SURE, Hit, Kind
from orderveil.core.detect.names import name_spans
from orderveil.core.detect.pairs import may_hold_pairs, pairs_in
from orderveil.core.detect.places import address_spans, pincode_spans
from orderveil.core.detect.screening import suspected
from orderveil.core.detect.topics import weighed_for
from orderveil.core.detect.words import Token, low_of, tokens_in
from orderveil.core.scripts import Folded, fold_with_places

_DECOY = 0.3
"""No decoy is surer: still enough for those who hide a number when in doubt."""

_OF_BUSINESS, _OF_PRODUCT, _PLAIN = 0.6, 0.6, 0.1
_FIRMS = 0.45
_OF_FIRMS_TOO = frozenset({Kind.PAN, Kind.GSTIN})
_LEAST_PIECE = 3
_IN_DISGUISE = frozenset({Kind.CARD, Kind.AADHAAR, Kind.PHONE})
"""What people write with odd separators."""

_WITHOUT_KEYS = frozenset({Kind.CARD, Kind.CVV, Kind.PHONE, Kind.EMAIL})
"""For these the words around a value do."""


@dataclass(slots=True)
class Scene:
    """One reading of a text, with what its key says; words are cut once."""

    around: Surroundings
    facts: KeyFacts
    cut: list[Token] | None = None

    @property
    def tokens(self) -> list[Token]:
        """The words and numbers of the text."""
        if self.cut is None:
            self.cut = tokens_in(low_of(self.around.text))
        return self.cut


Detector: TypeAlias = Callable[[Scene], Iterator[Span]]
Scanned: TypeAlias = tuple[int, int, Kind, float, bool]


class _Places(Protocol):
    def span(self, start: int, end: int) -> tuple[int, int]: ...


def _cards(scene: Scene) -> Iterator[Span]:
    around = scene.around
    for start, end, certainty in weighed(around, card_spans(around.text), CARD_WORDS, KeySays.CARD):
        decoy = certainty >= SURE and is_in_hex(around.text, start, end)
        yield start, end, min(certainty, _DECOY) if decoy else certainty


def _cvvs(scene: Scene) -> Iterator[Span]:
    return cvv_spans(scene.around.text, named_by_key=scene.facts.cvv)


def _emails(scene: Scene) -> Iterator[Span]:
    return email_spans(scene.around.text)


def _phones(scene: Scene) -> Iterator[Span]:
    around = scene.around
    spans = weighed(around, phone_spans(around.text), PHONE_WORDS, KeySays.PHONE)
    amount = LOWER * scene.facts.amount
    for start, end, certainty in spans:
        if amount and around.whole(start, end):
            yield start, end, certainty - amount
        elif certainty >= SURE and is_decoy(around.text, start, end):
            yield start, end, _DECOY
        else:
            yield start, end, certainty


def _of(kind: Kind, spans: Callable[[str], Iterator[Span]]) -> Detector:
    def detector(scene: Scene) -> Iterator[Span]:
        return weighed_for(kind, scene.around, scene.facts, spans(scene.around.text))

    return detector


def _pins(scene: Scene) -> Iterator[Span]:
    lower = _OF_BUSINESS * scene.facts.business
    for start, end, certainty in pincode_spans(scene.around.text, scene.tokens, scene.facts):
        yield start, end, certainty - lower


def _addresses(scene: Scene) -> Iterator[Span]:
    facts, text = scene.facts, scene.around.text
    pins = [span[:2] for span in pincode_spans(text, scene.tokens, facts) if span[2] > 0]
    lower = max(_OF_BUSINESS * facts.business, _OF_PRODUCT * facts.product)
    for start, end, certainty in address_spans(text, scene.tokens, facts, pins):
        yield start, end, certainty - lower


def _names(scene: Scene) -> Iterator[Span]:
    facts = scene.facts
    lower = max(_OF_BUSINESS * facts.business, _OF_PRODUCT * facts.product)
    for start, end, certainty in name_spans(scene.around.text, scene.tokens, facts):
        yield start, end, certainty - lower


DETECTORS: Mapping[Kind, Detector] = MappingProxyType(
    {
        Kind.CARD: _cards,
        Kind.CVV: _cvvs,
        Kind.EMAIL: _emails,
        Kind.VPA: _of(Kind.VPA, vpa_spans),
        Kind.GSTIN: _of(Kind.GSTIN, gstin_spans),
        Kind.PAN: _of(Kind.PAN, pan_spans),
        Kind.IBAN: _of(Kind.IBAN, iban_spans),
        Kind.IFSC: _of(Kind.IFSC, ifsc_spans),
        Kind.AADHAAR: _of(Kind.AADHAAR, aadhaar_spans),
        Kind.PHONE: _phones,
        Kind.PINCODE: _pins,
        Kind.ADDRESS: _addresses,
        Kind.NAME: _names,
    }
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
    return find_under(text, facts_of(context or ""), kinds, least)


def find_under(text: str, facts: KeyFacts, kinds: frozenset[Kind], least: float) -> list[Hit]:
    """`find` under a key of which the facts are known."""
    folded = fold_with_places(text)
    if kinds <= _WITHOUT_KEYS or not may_hold_pairs(folded.text):
        return _read(text, folded, facts, kinds, least)
    pairs = pairs_in(folded.text, facts.path)
    if not pairs:
        return _read(text, folded, facts, kinds, least)
    hits = []
    rest = list(text)
    for own, first, last in pairs:
        start, end = folded.span(first, last)
        value = text[start:end]
        rest[start:end] = " " * (end - start)
        hits += [
            replace(hit, start=hit.start + start, end=hit.end + start)
            for hit in _read(value, fold_with_places(value), own, kinds, least)
        ]
    outside = "".join(rest)
    hits += _read(outside, fold_with_places(outside), facts, kinds, least)
    return sorted(hits, key=lambda hit: hit.start)


def _read(
    text: str, folded: Folded, facts: KeyFacts, kinds: frozenset[Kind], least: float
) -> list[Hit]:
    """What is in the text, in every reading of it."""
    hits = _hits(folded, folded.text, facts, kinds, least)
    readings = 1
    if reading := unescaped(text):
        hits += _hits(reading, reading.text, facts, kinds, least)
        readings += 1
    if not kinds.isdisjoint(_IN_DISGUISE) and (plain := with_plain_separators(folded.text)):
        hits += _hits(folded, plain, facts, kinds & _IN_DISGUISE, least + _PLAIN)
        readings += 1
    return _merged(hits) if readings > 1 and hits else hits


def _hits(
    places: _Places, text: str, facts: KeyFacts, kinds: frozenset[Kind], least: float
) -> list[Hit]:
    suspects = suspected(text, facts, kinds)
    if not suspects:
        return []
    scene = Scene(Surroundings(text, facts.path, facts.kind), facts)
    scanned = sorted(_scanned(scene, suspects, least))
    return [
        Hit(kind, *places.span(start, end), certainty, personal)
        for start, end, kind, certainty, personal in scanned
    ]


def _scanned(scene: Scene, suspects: list[Kind], least: float) -> Iterator[Scanned]:
    text = scene.around.text
    taken = bytearray(len(text))
    for kind in suspects:
        spans = []
        for start, end, certainty in DETECTORS[kind](scene):
            if certainty >= least or round(certainty, 2) >= least:
                spans.append((start, end, round(min(certainty, 1.0), 2)))
        if kind in _OF_FIRMS_TOO:
            spans = [_of_firm(span, text) for span in spans]
        if kind is Kind.ADDRESS:
            spans = [piece for span in spans for piece in _free(span, text, taken)]
        for start, end, certainty in _apart(spans, taken) if spans else ():
            if certainty < least:
                continue  # a firm's: it holds its ground, so that nothing is seen inside it
            yield start, end, kind, certainty, _is_personal(kind, text, start, end)


def _of_firm(span: Span, text: str) -> Span:
    """A firm's number is known, yet never sure: it names nobody."""
    start, end, certainty = span
    return start, end, certainty if is_of_person(text[start:end]) else min(certainty, _FIRMS)


def _is_personal(kind: Kind, text: str, start: int, end: int) -> bool:
    if kind is Kind.PAN or kind is Kind.GSTIN:
        return is_of_person(text[start:end])
    return kind is not Kind.IFSC


def _apart(spans: list[Span], taken: bytearray) -> Iterator[Span]:
    """The spans on free ground, better ones first; the ground they stand on is taken."""
    for start, end, certainty in sorted(spans, key=lambda span: (-span[2], span[0] - span[1])):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            yield start, end, certainty


def _free(span: Span, text: str, taken: bytearray) -> Iterator[Span]:
    """The pieces of a span that nothing else has taken, without signs at their ends."""
    start, end, certainty = span
    at = start
    while at < end:
        stop = taken.find(1, at, end)
        stop = end if stop < 0 else stop
        first, last = at, stop
        while first < last and not text[first].isalnum():
            first += 1
        while first < last and text[last - 1] in " ,;:-.\n|":
            last -= 1
        if last - first >= _LEAST_PIECE:
            yield first, last, certainty
        at = taken.find(0, stop, end)
        if at < 0:
            return


def _merged(hits: list[Hit]) -> list[Hit]:
    """Of the hits of several readings those that do not overlap, surer and longer ones first."""
    kept: list[Hit] = []
    order = sorted(hits, key=lambda hit: (-hit.certainty, hit.start - hit.end, hit.start))
    taken = bytearray(max(hit.end for hit in hits))
    for hit in order:
        if not any(taken[hit.start : hit.end]):
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
