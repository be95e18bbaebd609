"""Presidio as its users run it: the analyzer of its package, with its recognizers for our kinds.

Rules kept here, each in Presidio's favour:
- phones are looked for in one region, India; foreign numbers have a `+`;
- it runs on its own engine without language processing, the quickest there is: so it looks for no
  names and places, for which it needs a language model, and none comes as a package of its makers;
- nothing leaves the machine: the list of public suffixes, which it would fetch to judge emails,
  is the copy inside tldextract.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import tldextract
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
from presidio_analyzer import predefined_recognizers as predefined
from presidio_analyzer.nlp_engine import NoOpNlpEngine

KINDS = {
    "PHONE_NUMBER": "PHONE", "EMAIL_ADDRESS": "EMAIL", "CREDIT_CARD": "CARD",
    "IN_AADHAAR": "AADHAAR", "IN_PAN": "PAN", "IN_GSTIN": "GSTIN", "IBAN_CODE": "IBAN",
}  # fmt: skip
"""What its entities are called here. It knows no UPI ids, no IFSC and no Indian PIN codes."""
ENGLISH = "en"

Found = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Presidio:
    """One analyzer."""

    engine: AnalyzerEngine

    def find(self, text: str, key: str | None, least: float) -> list[Found]:
        """What it finds from this score on; the words of the key are its context."""
        words = re.findall(r"[A-Za-z][a-z]*", key) if key else None
        results = self.engine.analyze(text, ENGLISH, context=words, score_threshold=least)
        return [(KINDS.get(one.entity_type, ""), one.start, one.end) for one in results]

    def read(self, rows: Iterable[Mapping[str, object]]) -> int:
        """How many finds there are in rows, a column at a time: its own way with tables."""
        columns: dict[str, list[str]] = {}
        for row in rows:
            for key, value in row.items():
                columns.setdefault(key, []).append(str(value))
        answers = BatchAnalyzerEngine(self.engine).analyze_dict(columns, ENGLISH)
        return sum(len(hits) for answer in answers for hits in answer.recognizer_results)


def start() -> Presidio:
    """With every pattern and checksum it has for our kinds."""
    nlp = NoOpNlpEngine([{"lang_code": ENGLISH, "model_name": "no_op"}])
    nlp.load()
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    recognizers = [
        predefined.CreditCardRecognizer(),
        predefined.EmailRecognizer(),
        predefined.IbanRecognizer(),
        predefined.PhoneRecognizer(supported_regions=("IN",)),
        predefined.InAadhaarRecognizer(),
        predefined.InPanRecognizer(),
        predefined.InGstinRecognizer(),
    ]
    registry = RecognizerRegistry(recognizers)
    return Presidio(AnalyzerEngine(registry, nlp, supported_languages=[ENGLISH]))
