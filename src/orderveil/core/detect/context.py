"""What the words around a number, or the key above it, say about it.

Rules kept here:
- a word that speaks of cards (or phones) anywhere near raises certainty;
- a word that names an identifier lowers it only as a *label*, with nothing but filler between
  the word and the number: "order to 4111..." hides no card;
- a key says most about a value that is nothing but the number, little about a sentence.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Span: TypeAlias = tuple[int, int, float]
"""Start, end and certainty (0 to 1) of a candidate in folded text."""

RAISE = 0.3
LOWER = 0.6
LOWER_LITTLE = 0.3
_WITH_COUNTRY = 0.9
"""A phone number with a `+` before it is no identifier, whatever its key says."""

_WINDOW = 48
_LABEL_REACHES = (24, 120)
"""Most labels stand close; only a list of numbers is worth a longer look."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CARD_WORDS = _words(
    "card cards visa mastercard maestro amex rupay diners jcb unionpay debit credit cc ccnum ccno"
    " cardno cardnumber creditcard debitcard pan cvv cvc exp expiry expires thru cardholder"
)
PHONE_WORDS = _words(
    "phone phones ph tel telephone telefon mobile mob mobileno cell cellphone call calls contact"
    " whatsapp wa landline sms ring dial fax phonenumber contactno"
) | _words("फोन फ़ोन मोबाइल कॉल संपर्क व्हाट्सएप போன் தொலைபேசி ఫోన్ ফোন ফোনে ಫೋನ್ ഫോൺ ફોન ਫ਼ੋਨ")

_ID_SUBJECTS = _words(
    "order orders awb waybill tracking tracker consignment shipment docket lrn imei iccid ean upc"
    " gtin isbn barcode serial timestamp epoch invoice reference rrn utr txn transaction token"
    " ticket booking coupon voucher receipt sku hsn asin iban account fulfillment fulfilment"
    " checkout cart session customer user product variant item bill payment gateway request"
    " delivery parcel package return batch device location warehouse shop seller merchant lot"
    " eway ewaybill"
)
_ID_TAILS = _words(
    "id ids gid uid uuid guid identifier token tokens timestamp url uri link href key hash digest"
    " checksum etag signature fingerprint authorization awb waybill sku hsn ean upc gtin isbn asin"
    " barcode imei iccid ref reference rrn utr at date time epoch lat lng latitude longitude ms"
    " nonce cookie slug serial lot batch ewb eway ewaybill bill"
)
_ID_LABELS = _words(
    "order orders awb awbs waybill waybills tracking consignment shipment docket lrn imei imeis"
    " iccid ean upc gtin isbn barcode barcodes serial timestamp epoch invoice invoices reference"
    " ref rrn utr txn transaction token ticket booking coupon voucher receipt sku hsn asin"
    " id ids orderid orderno ordernumber awbno awbnumber trackingid trackingno"
    " trackingnumber transactionid txnid refno paymentid invoiceno lot batch bill ewb eway"
    " ewaybill way"
)
_NUMBER_TAILS = _words("number numbers no nos num code codes")
_LITTLE = _words("name number numbers no num code title")
_GLUED_ID = re.compile(
    r"(?:order|tracking|transaction|txn|payment|product|item|user|customer|invoice|awb|waybill"
    r"|checkout|cart|session|shipment|variant|parcel)s?(?:id|ids|no|num|number|numbers|token|ref)"
).fullmatch

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ANY_WORD = re.compile(r"[^\W\d_](?:[^\s\d!-/:-@\[-`{-~])*")
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W_A-Za-z0-9]+")
_FILLER = _words("no nos num number numbers is code and")
_SERIAL = re.compile(r"(?<![A-Za-z])(?i:s/n)[ .:#-]{0,3}$").search
_IN_URL = re.compile(r"(?:://|www\.|[?&]\w)\S*$|^/\S*$").search


class KeySays(StrEnum):
    """What a key says its value is."""

    CARD = "card"
    PHONE = "phone"
    IDENTIFIER = "identifier"
    PERHAPS_IDENTIFIER = "perhaps_identifier"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A folded text, and the key path above it."""

    text: str
    path: str
    says: KeySays
    least: float
    """The certainty that asks for no further look: what can't reach it is left alone."""

    def whole(self, start: int, end: int) -> bool:
        """True if the text holds nothing but what stands there."""
        if len(self.text) - (end - start) > _WINDOW:
            return False
        rest = self.text[:start] + self.text[end:]
        return not any(char.isalnum() for char in rest)


def key_words(segment: str) -> list[str]:
    """The words of a key, lower-case: "trackingNumber" and "tracking_number" have the same."""
    return [word.lower() for word in _WORD.findall(segment)]


def path_segments(path: str) -> list[str]:
    """The names in a key path or JSON pointer; list indices are left out."""
    names = path.replace("~1", "_").replace("~0", "~").replace(".", "/").split("/")
    return [name for name in names if name and not name.isdigit()]


def key_says(path: str | None) -> KeySays:
    """What the last names of a key path say of the value."""
    segments = path_segments(path) if path else []
    words = key_words(segments[-1]) if segments else []
    parent = key_words(segments[-2]) if len(segments) > 1 else []
    tail = words[-1] if words else ""
    if tail in _ID_TAILS or _GLUED_ID("".join(words)):
        return KeySays.IDENTIFIER
    if not CARD_WORDS.isdisjoint(words + parent) and "gift" not in words + parent:
        return KeySays.CARD
    if not PHONE_WORDS.isdisjoint(words):
        return KeySays.PHONE
    if _is_numbered(words):
        return KeySays.IDENTIFIER
    return KeySays.PERHAPS_IDENTIFIER if tail in _LITTLE else KeySays.NOTHING


def _is_numbered(words: list[str]) -> bool:
    """True for "awb" and "order_number", not for "order_note"."""
    if len(words) == 1:
        return words[0] in _ID_LABELS
    return bool(words) and words[-1] in _NUMBER_TAILS and not _ID_SUBJECTS.isdisjoint(words)


def speaks_anywhere(words: frozenset[str], text: str) -> bool:
    """True if one of `words` stands in the text."""
    return speaks_of(words, text, len(text), len(text), reach=len(text))


def speaks_of(words: frozenset[str], text: str, start: int, end: int, reach: int = _WINDOW) -> bool:
    """True if one of `words` stands within reach of what is at `text[start:end]`."""
    near = text[max(0, start - reach) : start] + " " + text[end : end + _WINDOW // 2]
    near = near.replace("iPhone", "")  # a thing to sell
    if not words.isdisjoint(map(str.lower, _WORD.findall(near))):
        return True
    return not near.isascii() and not words.isdisjoint(map(str.lower, _ANY_WORD.findall(near)))


def labelled_as_id(text: str, start: int) -> bool:
    """True if the words right before `start` name an identifier.

    Between the label and the number there may be filler, and other long numbers: a list.
    """
    if _SERIAL(text[max(0, start - 8) : start]):
        return True
    for reach in _LABEL_REACHES:
        tokens = _TOKEN.findall(text[max(0, start - reach) : start])
        if start > reach:
            del tokens[:1]  # it may be half a word
        for token in reversed(tokens):
            word = token.lower()
            if word in _ID_LABELS:
                return True
            if word not in _FILLER and not (word.isdigit() and len(word) >= 10):
                return False
        if start <= reach:
            return False
    return False


def weighed(
    around: Surroundings, spans: Iterable[Span], words: frozenset[str], speaking: KeySays
) -> Iterator[Span]:
    """The spans, with certainties that the surroundings have raised and lowered.

    `words` are those that speak for such a number, `speaking` is what a key says that does.
    """
    says = around.says
    for start, end, certainty in spans:
        if certainty + RAISE < around.least:
            continue
        labelled = labelled_as_id(around.text, start)
        heard = says is speaking or (not labelled and speaks_of(words, around.text, start, end))
        abroad = around.text[start] == "+" and certainty >= _WITH_COUNTRY
        against = 0.0 if abroad else _lowered_by_key(around, says, start, end)
        against += LOWER if labelled else _lowered_by_touch(around.text, start, end)
        yield start, end, certainty + RAISE * heard - against


def lowered(around: Surroundings, start: int, end: int) -> float:
    """By how much key and text speak against what stands there: they call it an identifier."""
    by_key = _lowered_by_key(around, around.says, start, end)
    if labelled_as_id(around.text, start):
        return by_key + LOWER
    return by_key + _lowered_by_touch(around.text, start, end)


def _lowered_by_key(around: Surroundings, says: KeySays, start: int, end: int) -> float:
    if says is KeySays.IDENTIFIER:
        return LOWER if around.whole(start, end) else LOWER_LITTLE
    if says is KeySays.PERHAPS_IDENTIFIER and around.whole(start, end):
        return LOWER_LITTLE
    return 0.0


def _lowered_by_touch(text: str, start: int, end: int) -> float:
    if _glued(text, start, end):
        return LOWER_LITTLE
    before = text[max(0, start - 200) : start]
    linked = "/" in before or "&" in before or "?" in before or "www." in before
    return LOWER_LITTLE if linked and _IN_URL(before) else 0.0


def _glued(text: str, start: int, end: int) -> bool:
    """True if a letter, `_` or `#` touches the number: part of a code."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return before in {"_", "#"} or after == "_" or before.isalpha() or after.isalpha()
