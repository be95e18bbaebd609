"""The detectors of all kinds, in the order of their precedence.

Rule kept here: a new kind is one row in `DETECTORS`, and its trigger in `screening`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from orderveil.core.detect.accounts import iban_spans, ifsc_spans, vpa_spans
from orderveil.core.detect.addresses import address_spans
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
from orderveil.core.detect.identities import aadhaar_spans, gstin_spans, is_of_person, pan_spans
from orderveil.core.detect.keys import KeyFacts
from orderveil.core.detect.kinds import SURE, Kind
from orderveil.core.detect.names import name_spans
from orderveil.core.detect.pincodes import pincode_spans
from orderveil.core.detect.topics import weighed_for
from orderveil.core.detect.words import Token, low_of, tokens_in

DECOY = 0.3
"""No decoy is surer: still enough for those who hide a number when in doubt."""

_AMONG_GOODS = 0.4
"""By so much the key of a product speaks against an address: a "Block Print Kurta" is none."""

_FIRMS = 0.45
"""Nor is a firm's number: it is known, and holds its ground, but names nobody."""


@dataclass(slots=True)
class Scene:
    """One reading of a text, with what its key says; words are cut once."""

    around: Surroundings
    facts: KeyFacts
    cut: list[Token] | None = None
    codes: list[Span] | None = None

    @property
    def tokens(self) -> list[Token]:
        """The words and numbers of the text."""
        if self.cut is None:
            self.cut = tokens_in(low_of(self.around.text))
        return self.cut

    @property
    def pins(self) -> list[Span]:
        """What may be PIN codes in the text."""
        if self.codes is None:
            self.codes = list(pincode_spans(self.around.text, self.tokens, self.facts))
        return self.codes


Detector: TypeAlias = Callable[[Scene], Iterator[Span]]


def _cards(scene: Scene) -> Iterator[Span]:
    around = scene.around
    for start, end, certainty in weighed(around, card_spans(around.text), CARD_WORDS, KeySays.CARD):
        decoy = certainty >= SURE and is_in_hex(around.text, start, end)
        yield start, end, min(certainty, DECOY) if decoy else certainty


def _cvvs(scene: Scene) -> Iterator[Span]:
    return cvv_spans(scene.around.text, named_by_key=scene.facts.cvv)


def _emails(scene: Scene) -> Iterator[Span]:
    return email_spans(scene.around.text)


def _phones(scene: Scene) -> Iterator[Span]:
    around = scene.around
    spans = weighed(around, phone_spans(around.text), PHONE_WORDS, KeySays.PHONE)
    if around.least <= DECOY and not scene.facts.amount:
        return spans  # a decoy would count all the same
    return _without_decoys(spans, around, amount=scene.facts.amount)


def _without_decoys(spans: Iterator[Span], around: Surroundings, *, amount: bool) -> Iterator[Span]:
    for start, end, certainty in spans:
        if amount and around.text[start] != "+" and around.whole(start, end):
            yield start, end, certainty - LOWER
        elif certainty >= SURE and is_decoy(around.text, start, end):
            yield start, end, DECOY
        else:
            yield start, end, certainty


def _of(kind: Kind, spans: Callable[[str], Iterator[Span]]) -> Detector:
    def detector(scene: Scene) -> Iterator[Span]:
        return weighed_for(kind, scene.around, scene.facts, spans(scene.around.text))

    return detector


def _pins(scene: Scene) -> Iterator[Span]:
    return iter(scene.pins)


def _addresses(scene: Scene) -> Iterator[Span]:
    facts, text = scene.facts, scene.around.text
    pins = [span[:2] for span in scene.pins if span[2] > 0]
    lower = _AMONG_GOODS * facts.product
    for start, end, certainty in address_spans(text, scene.tokens, facts, pins):
        yield start, end, certainty - lower


def _names(scene: Scene) -> Iterator[Span]:
    return name_spans(scene.around.text, scene.tokens, scene.facts)


def _of_people(kind: Kind, spans: Callable[[str], Iterator[Span]]) -> Detector:
    weighed_spans = _of(kind, spans)

    def detector(scene: Scene) -> Iterator[Span]:
        for start, end, certainty in weighed_spans(scene):
            persons = is_of_person(scene.around.text[start:end])
            yield start, end, certainty if persons else min(certainty, _FIRMS)

    return detector


DETECTORS: Mapping[Kind, Detector] = MappingProxyType(
    {
        Kind.CARD: _cards,
        Kind.CVV: _cvvs,
        Kind.EMAIL: _emails,
        Kind.VPA: _of(Kind.VPA, vpa_spans),
        Kind.GSTIN: _of_people(Kind.GSTIN, gstin_spans),
        Kind.PAN: _of_people(Kind.PAN, pan_spans),
        Kind.IBAN: _of(Kind.IBAN, iban_spans),
        Kind.IFSC: _of(Kind.IFSC, ifsc_spans),
        Kind.AADHAAR: _of(Kind.AADHAAR, aadhaar_spans),
        Kind.PHONE: _phones,
        Kind.PINCODE: _pins,
        Kind.ADDRESS: _addresses,
        Kind.NAME: _names,
    }
)
