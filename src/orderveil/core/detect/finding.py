"""What no field claims, found where people typed it.

Rules kept here:
- offsets are those of the original text, though matching happens on folded text, and on what is
  left of it without escapes and odd separators;
- certainty is one number: the shape gives it, `context` raises or lowers it; from `SURE` on it
  is a hit;
- where two kinds claim the same characters, the one earlier in the table wins; an address yields
  only the ground that others stand on;
- a text is screened first: detectors without a trigger in it do not run.
"""

from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from typing import Protocol, TypeAlias

from orderveil.core.detect.context import Span, Surroundings
from orderveil.core.detect.detectors import DECOY, DETECTORS, Scene
from orderveil.core.detect.disguises import unescaped, with_plain_separators
from orderveil.core.detect.identities import is_of_person
from orderveil.core.detect.keys import KeyFacts, facts_of
from orderveil.core.detect.kinds import EVERYTHING, SURE, Hit, Kind
from orderveil.core.detect.pairs import Pair, may_hold_pairs, pairs_in
from orderveil.core.detect.screening import is_inert, suspected
from orderveil.core.scripts import Folded, fold_with_places

_PLAIN = 0.1
_LEAST_PIECE = 3
_IN_DISGUISE = frozenset({Kind.CARD, Kind.AADHAAR, Kind.PHONE})
"""What people write with odd separators."""

_WITHOUT_KEYS = frozenset({Kind.CARD, Kind.CVV, Kind.PHONE, Kind.EMAIL})
"""For these the words around a value do."""

_OF_FIRMS_TOO = frozenset({Kind.PAN, Kind.GSTIN})
_FIRMS_GROUND = 0.4
"""From here on a firm's number keeps other kinds off its characters."""

_start = attrgetter("start")

_SAME = Folded("", None)
"""The places of a text that folding leaves as it is."""

Scanned: TypeAlias = tuple[int, int, Kind, float, bool]


class _Places(Protocol):
    def span(self, start: int, end: int) -> tuple[int, int]: ...


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
    if facts.inert and kinds is EVERYTHING and least > DECOY and is_inert(text):
        return []
    if text.isascii() and text.isprintable():
        shown, places = text, _SAME
    else:
        places = fold_with_places(text)
        shown = places.text
    if may_hold_pairs(shown) and not kinds <= _WITHOUT_KEYS:
        pairs = pairs_in(shown, facts.path)
        if pairs:
            spans = [(own, *places.span(start, end)) for own, start, end in pairs]
            return _apart_by_key(text, spans, facts, kinds, least)
    return _read(text, shown, places, facts, kinds, least)


def _apart_by_key(
    text: str, pairs: list[Pair], facts: KeyFacts, kinds: frozenset[Kind], least: float
) -> list[Hit]:
    """What is in the values of the pairs, each under its own key, and in what is left."""
    hits = []
    rest = list(text)
    for own, start, end in pairs:
        rest[start:end] = " " * (end - start)
        hits += [
            replace(hit, start=hit.start + start, end=hit.end + start)
            for hit in _folded_read(text[start:end], own, kinds, least)
        ]
    hits += _folded_read("".join(rest), facts, kinds, least)
    return sorted(hits, key=_start)


def _folded_read(text: str, facts: KeyFacts, kinds: frozenset[Kind], least: float) -> list[Hit]:
    folded = fold_with_places(text)
    return _read(text, folded.text, folded, facts, kinds, least)


def _read(
    text: str,
    shown: str,
    places: Folded,
    facts: KeyFacts,
    kinds: frozenset[Kind],
    least: float,
) -> list[Hit]:
    """What is in the text, in every reading of it."""
    suspects = suspected(shown, facts, kinds)
    hits = _hits(places, shown, suspects, facts, least) if suspects else []
    readings = 1
    if reading := unescaped(text):
        further = suspected(reading.text, facts, kinds)
        hits += _hits(reading, reading.text, further, facts, least)
        readings += 1
    if not _IN_DISGUISE.isdisjoint(suspects) and (plain := with_plain_separators(shown)):
        numbers = suspected(plain, facts, kinds & _IN_DISGUISE)
        hits += _hits(places, plain, numbers, facts, least + _PLAIN)
        readings += 1
    return _merged(hits) if readings > 1 and hits else hits


def _hits(
    places: _Places, text: str, suspects: list[Kind], facts: KeyFacts, least: float
) -> list[Hit]:
    scene = Scene(Surroundings(text, facts.path, facts.kind, least), facts)
    return [
        Hit(kind, *places.span(start, end), certainty, personal)
        for start, end, kind, certainty, personal in sorted(_scanned(scene, suspects, least))
    ]


def _scanned(scene: Scene, suspects: list[Kind], least: float) -> Iterator[Scanned]:
    text = scene.around.text
    taken = bytearray(len(text))
    for kind in suspects:
        spans = []
        bound = min(least, _FIRMS_GROUND) if kind in _OF_FIRMS_TOO else least
        for start, end, certainty in DETECTORS[kind](scene):
            if certainty >= bound or round(certainty, 2) >= bound:
                spans.append((start, end, round(min(certainty, 1.0), 2)))
        if kind is Kind.ADDRESS:
            spans = [piece for span in spans for piece in _free(span, text, taken)]
        for start, end, certainty in _apart(spans, taken) if spans else ():
            if kind in _OF_FIRMS_TOO and certainty < least:
                continue  # it only keeps others off its ground
            yield start, end, kind, certainty, _is_personal(kind, text, start, end)


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
    return sorted(kept, key=_start)
