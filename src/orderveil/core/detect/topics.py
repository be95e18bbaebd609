"""Which words, beside a number or in its key, speak for which kind.

Rule kept here: a key that names the kind decides; a word nearby raises; a label of another kind
of number ("AWB", "order no") lowers, unless the kind's own word stands between.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from orderveil.core.detect.context import (
    RAISE,
    Span,
    Surroundings,
    lowered,
    speaks_anywhere,
    speaks_of,
)
from orderveil.core.detect.keys import KeyFacts
from orderveil.core.detect.kinds import Kind
from orderveil.core.detect.vocabulary import words

_BY_KEY = 0.5
_SELF_EVIDENT = 0.9
"""From here on, by its check digits or its issuer's name, no label speaks against it."""

_LABEL_REACH = 24


@dataclass(frozen=True, slots=True)
class Topic:
    """What speaks for a kind."""

    words: frozenset[str]
    keys: frozenset[str]


TOPICS: Mapping[Kind, Topic] = MappingProxyType(
    {
        Kind.AADHAAR: Topic(
            words(
                "aadhaar aadhar adhaar adhar aadhaarno uid uidai vid kyc आधार ஆதார் ఆధార్ আধার ಆಧಾರ್"
                " ആധാർ આધાર ਆਧਾਰ"
            ),
            words("aadhaar aadhar adhaar adhar uidai aadhaarno aadhaarnumber uid आधार"),
        ),
        Kind.PAN: Topic(
            words("pan pancard permanent panno kyc tax taxpayer it पैन"),
            words("pan pancard panno pannumber taxid kyc पैन"),
        ),
        Kind.GSTIN: Topic(
            words("gst gstin gstno gstn tax जीएसटी"), words("gst gstin gstno gstnumber taxid")
        ),
        Kind.VPA: Topic(
            words(
                "upi vpa upiid gpay googlepay phonepe bhim paytm paytmid amazonpay pay payment"
                " payee refund यूपीआई"
            ),
            words("upi vpa upiid payeevpa payervpa bhim gpay phonepe"),
        ),
        Kind.IFSC: Topic(
            words("ifsc ifsccode bank branch neft rtgs imps account acct beneficiary आईएफएससी बैंक"),
            words("ifsc ifsccode bankcode branchcode"),
        ),
        Kind.IBAN: Topic(
            words("iban bank account konto compte cuenta swift bic"), words("iban account")
        ),
    }
)


def weighed_for(
    kind: Kind, around: Surroundings, facts: KeyFacts, spans: Iterable[Span]
) -> Iterator[Span]:
    """The spans, with certainties that key and words have raised and lowered."""
    topic = TOPICS[kind]
    by_key = _BY_KEY * (not topic.keys.isdisjoint(facts.words))
    spoken: bool | None = None
    for start, end, certainty in spans:
        if by_key:
            yield start, end, certainty + by_key
        elif certainty >= around.least:
            yield start, end, _weighed(topic, around, start, end, certainty)
        else:
            if spoken is None:  # once: a text may be full of candidates
                spoken = speaks_anywhere(topic.words, around.text)
            if spoken and certainty + RAISE >= around.least:
                yield start, end, _weighed(topic, around, start, end, certainty)


def _weighed(topic: Topic, around: Surroundings, start: int, end: int, certainty: float) -> float:
    text = around.text
    if speaks_of(topic.words, text[max(0, start - _LABEL_REACH) : start], _LABEL_REACH, start):
        return certainty + RAISE
    near = speaks_of(topic.words, text, start, end)
    if certainty >= _SELF_EVIDENT or certainty + RAISE * near < around.least:
        return certainty
    return certainty + RAISE * near - lowered(around, start, end)
