"""What no field claims, found where people typed it.

Rules kept here:
- offsets are those of the original text, though matching happens on folded text, and on what is
  left of it without escapes and odd separators;
- certainty is one number: the shape gives it, `context` raises or lowers it; from `SURE` on it
  is a hit;
- where two kinds claim the same characters, a sure one goes before a doubtful one, then the one
  earlier in the table; an address yields only the ground that others stand on;
- a text is screened first: detectors without a trigger in it do not run.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Protocol, TypeAlias

from orderveil.core.detect.context import Span, Surroundings
from orderveil.core.detect.detectors import DECOY, DETECTORS, Scene
from orderveil.core.detect.disguises import unescaped, unquoted, with_plain_separators
from orderveil.core.detect.identities import is_of_person
from orderveil.core.detect.keys import KeyFacts, facts_of
from orderveil.core.detect.kinds import EVERYTHING, SURE, Hit, Kind
from orderveil.core.detect.pairs import may_hold_pairs, pairs_in
from orderveil.core.detect.screening import is_inert, suspected
from orderveil.core.scripts import Folded, fold_with_places

_PLAIN = 0.1
_LEAST_PIECE = 3
_HAIR = 0.01
"""More than rounding takes away."""

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
        hits = _placed(_found(text, facts, kinds, least), _SAME)
    else:
        folded = fold_with_places(text)
        hits = _placed(_found(folded.text, facts, kinds, least), folded)
    if reading := unescaped(text):
        plain = _placed(_found(reading.text, facts, kinds, least), reading)
        hits = _merged(plain, [hit for hit in hits if not reading.breaks(hit.start, hit.end)])
    if "=" in text and (reading := unquoted(text)):
        hits = _merged(hits, _placed(_found(reading.text, facts, kinds, least), reading))
    return hits


def _placed(scanned: list[Scanned], places: _Places) -> list[Hit]:
    """What was found in a reading, at its place in the original."""
    if not scanned:
        return []
    return [
        Hit(kind, *places.span(start, end), certainty, personal)
        for start, end, kind, certainty, personal in sorted(scanned)
    ]


def _found(shown: str, facts: KeyFacts, kinds: frozenset[Kind], least: float) -> list[Scanned]:
    """What is in folded text: in the values of its pairs, each under its own key, and around."""
    if (kinds is not EVERYTHING and kinds <= _WITHOUT_KEYS) or not may_hold_pairs(shown):
        return _read(shown, facts, kinds, least)
    found: list[Scanned] = []
    rest: list[str] = []
    done = 0
    for own, start, end in pairs_in(shown, facts.path):
        rest += (shown[done:start], " " * (end - start))
        done = end
        found += [
            (first + start, last + start, kind, certainty, personal)
            for first, last, kind, certainty, personal in _read(shown[start:end], own, kinds, least)
        ]
    rest.append(shown[done:])
    return found + _read("".join(rest) if done else shown, facts, kinds, least)


def _read(shown: str, facts: KeyFacts, kinds: frozenset[Kind], least: float) -> list[Scanned]:
    """What is in a text without pairs, as it is and with plain separators."""
    suspects = suspected(shown, facts, kinds)
    if not suspects:
        return []
    found = list(_scanned(shown, suspects, facts, least))
    if _IN_DISGUISE.isdisjoint(suspects):
        return found
    if plain := with_plain_separators(shown):
        numbers = suspected(plain, facts, kinds & _IN_DISGUISE)
        further = _scanned(plain, numbers, facts, least + _PLAIN)
        return _freed(found, further, len(shown))
    return found


def _freed(found: list[Scanned], further: Iterable[Scanned], length: int) -> list[Scanned]:
    """What was found, the surer and longer first where two overlap."""
    order = sorted([*found, *further], key=lambda one: (-one[3], one[0] - one[1], one[0]))
    taken = bytearray(length)
    kept = []
    for one in order:
        start, end = one[:2]
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            kept.append(one)
    return kept


def _scanned(text: str, suspects: list[Kind], facts: KeyFacts, least: float) -> Iterator[Scanned]:
    scene = Scene(Surroundings(text, facts.path, facts.kind, least), facts)
    taken = bytearray(len(text))
    doubtful = []
    for kind in suspects:
        bound = min(least, _FIRMS_GROUND) if kind in _OF_FIRMS_TOO else least
        sure, unsure = _split(DETECTORS[kind](scene), bound)
        if unsure:
            doubtful.append((kind, unsure))
        if sure:
            yield from _taking(kind, sure, text, taken)
    for kind, spans in doubtful:
        for one in _taking(kind, spans, text, taken):
            if one[3] >= least:  # else a firm's: it only keeps others off its ground
                yield one


def _split(spans: Iterable[Span], bound: float) -> tuple[list[Span], list[Span]]:
    """The sure ones, and the doubtful ones from `bound` on."""
    sure, unsure = [], []
    for start, end, certainty in spans:
        if certainty < bound - _HAIR:
            continue
        rounded = round(certainty, 2) if certainty < 1 else 1.0
        if rounded >= SURE:
            sure.append((start, end, rounded))
        elif rounded >= bound:
            unsure.append((start, end, rounded))
    return sure, unsure


def _taking(kind: Kind, spans: list[Span], text: str, taken: bytearray) -> Iterator[Scanned]:
    if kind is Kind.ADDRESS:
        spans = [piece for span in spans for piece in _free(span, text, taken)]
    for start, end, certainty in _apart(spans, taken):
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


def _merged(first: list[Hit], then: list[Hit]) -> list[Hit]:
    """The hits of two readings, the former's before the latter's where they overlap."""
    if not first or not then:
        return first or then
    taken = bytearray(max(hit.end for hit in (*first, *then)))
    for hit in first:
        taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    free = [hit for hit in then if not any(taken[hit.start : hit.end])]
    return sorted([*first, *free], key=_start)
